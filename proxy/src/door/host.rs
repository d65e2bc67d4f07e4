//! The name by which a client asks for the proxy.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};
use thiserror::Error;

/// The longest name of a host (RFC 1035, 2.3.4).
const LONGEST: usize = 253;

/// A name that the proxy is asked for by: `brevity.example.org`, or `*.example.org`, which stands for
/// one more label.
///
/// ```
/// use brevity_proxy::HostName;
///
/// let name: HostName = "*.Example.org".parse()?;
/// assert_eq!(name.to_string(), "*.example.org");
/// assert!("https://example.org".parse::<HostName>().is_err());
/// # Ok::<_, brevity_proxy::HostNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName {
    name: String,
    /// Whether it stands for names with one label before it.
    below: bool,
}

/// Why a text is no name of a host.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "`{0}` is no name of a host; write one without a scheme and a port, like brevity.example.org or \
     *.example.org"
)]
pub struct HostNameError(String);

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, HostNameError> {
        let lower = text.to_ascii_lowercase();
        let whole = lower.strip_suffix('.').unwrap_or(&lower);
        let name = whole.strip_prefix("*.");
        let (name, below) = (name.unwrap_or(whole), name.is_some());
        match is_name(name) {
            true => Ok(Self { name: name.to_owned(), below }),
            false => Err(HostNameError(text.to_owned())),
        }
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.below { "*." } else { "" }, self.name)
    }
}

impl HostName {
    fn is(&self, name: &str) -> bool {
        let name = match self.below {
            true => name.split_once('.').map_or("", |(_, rest)| rest),
            false => name,
        };
        name.eq_ignore_ascii_case(&self.name)
    }
}

/// The names that are known.
pub(super) struct Hosts {
    machine: String,
    configured: Vec<HostName>,
}

impl Hosts {
    /// Those of this machine, and those of the configuration.
    pub(super) fn new(configured: &[HostName]) -> Self {
        Self { machine: machine(), configured: configured.to_vec() }
    }

    /// Whether `host`, as a request has it, is one of them. Every address is: no name leads astray
    /// where there is none.
    pub(super) fn knows(&self, host: &[u8]) -> bool {
        match Host::read(host) {
            Some(Host::Address) => true,
            Some(Host::Name(name)) => {
                is_localhost(name)
                    || name.eq_ignore_ascii_case(&self.machine)
                    || self.configured.iter().any(|known| known.is(name))
            }
            None => false,
        }
    }
}

/// The name in `host`, if there is one.
pub(super) fn named(host: &[u8]) -> Option<&str> {
    match Host::read(host)? {
        Host::Name(name) => Some(name),
        Host::Address => None,
    }
}

/// What a request asks for, its port left out.
#[derive(Debug, PartialEq, Eq)]
enum Host<'h> {
    Address,
    Name(&'h str),
}

impl<'h> Host<'h> {
    /// Nothing where it is neither: a user before it, a path behind it, an address of IPv6 without
    /// brackets.
    fn read(host: &'h [u8]) -> Option<Self> {
        let text = std::str::from_utf8(host).ok()?;
        if let Some(rest) = text.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            let is_sound = address.parse::<Ipv6Addr>().is_ok() && is_port(port);
            return is_sound.then_some(Self::Address);
        }
        let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
        let name = name.strip_suffix('.').unwrap_or(name);
        match is_port(port) && is_name(name) {
            true if name.parse::<Ipv4Addr>().is_ok() => Some(Self::Address),
            true => Some(Self::Name(name)),
            false => None,
        }
    }
}

/// Whether `text` is what may stand behind a host: nothing, or a colon and a port, which may be empty
/// (RFC 3986, 3.2.3).
fn is_port(text: &str) -> bool {
    let is_number = |port: &str| port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    text.is_empty() || text.strip_prefix(':').is_some_and(is_number)
}

/// Whether `text` is labels with dots between. Underscores are not for hosts, but are found in names
/// of containers.
fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_part);
    text.len() <= LONGEST && text.split('.').all(is_label)
}

/// Browsers let these names lead to this machine alone (RFC 6761, 6.3).
fn is_localhost(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("localhost")
}

/// The name of this machine; none where the system does not tell.
fn machine() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:2738",
            "127.0.0.1.",
            "10.1.2.3:",
            "[::1]",
            "[::1]:2738",
            "[fe80::1]:1",
            "[::ffff:10.0.0.1]",
        ] {
            assert_eq!(Host::read(host.as_bytes()), Some(Host::Address), "{host}");
        }
        for (host, name) in [
            ("localhost", "localhost"),
            ("Brevity.Example.ORG:443", "Brevity.Example.ORG"),
            ("a.b.:80", "a.b"),
            ("my_box-1", "my_box-1"),
            ("127.0.0.1.example", "127.0.0.1.example"),
            ("127.1", "127.1"),
            ("0x7f.1", "0x7f.1"),
            ("2130706433", "2130706433"),
        ] {
            assert_eq!(Host::read(host.as_bytes()), Some(Host::Name(name)), "{host}");
        }
        for host in [
            "",
            ".",
            "a..b",
            ".a",
            "a.b..",
            ":80",
            "::1",
            "fe80::1",
            "[::1",
            "::1]",
            "[]",
            "[::1]x",
            "[::1%25lo]",
            "[127.0.0.1]",
            "a:b",
            "a:1:2",
            "a:123456",
            "user@a",
            "a/b",
            "a b",
            " a",
            "a,b",
            "*.a",
            "http://a",
            "a?b",
            "é.example",
            "a\0",
        ] {
            assert_eq!(Host::read(host.as_bytes()), None, "{host}");
        }
        assert_eq!(Host::read(b"\xff"), None);
        assert_eq!(Host::read("a".repeat(254).as_bytes()), None);
    }

    #[test]
    fn names_are_known_or_not() {
        let configured = ["Brevity.example.org.", "*.team.example"];
        let hosts = Hosts {
            machine: "box.lan".into(),
            configured: configured.map(|name| name.parse().unwrap()).into(),
        };
        for host in [
            "localhost",
            "LOCALHOST:1",
            "localhost.",
            "a.localhost:80",
            "BOX.lan",
            "brevity.EXAMPLE.org:2738",
            "brevity.example.org.",
            "a.team.example",
            "10.0.0.1",
        ] {
            assert!(hosts.knows(host.as_bytes()), "{host}");
        }
        for host in [
            "example.com",
            "localhost.example.com",
            "notlocalhost",
            "box",
            "box.lan.example",
            "example.org",
            "a.brevity.example.org",
            "team.example",
            "a.b.team.example",
            ".team.example",
            "team.example.evil.example",
            "",
        ] {
            assert!(!hosts.knows(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn a_machine_without_a_name_knows_no_empty_one() {
        let hosts = Hosts { machine: String::new(), configured: Vec::new() };
        assert!(!hosts.knows(b"") && !hosts.knows(b":80") && !hosts.knows(b"."));
    }

    #[test]
    fn configured_names_are_checked() {
        for text in ["", "*", "*.", "a.*.b", "**.a", "https://a", "a:80", "[::1]", "a b", "a..b"] {
            let error = text.parse::<HostName>().unwrap_err().to_string();
            assert!(error.contains("like brevity.example.org"), "{error}");
        }
        let name: HostName = "*.Example.ORG.".parse().unwrap();
        assert_eq!(name.to_string(), "*.example.org");
    }
}
