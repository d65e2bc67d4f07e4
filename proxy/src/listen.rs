//! Where the proxy listens for clients.

use std::{
    fmt, io,
    net::{SocketAddr, ToSocketAddrs as _},
    path::PathBuf,
    str::FromStr,
};
use thiserror::Error;

/// What stands before the path of a socket.
const UNIX: &str = "unix:";

/// The longest path that a socket may have, in bytes; the system keeps one more for its end.
const LONGEST: usize =
    if cfg!(any(target_os = "linux", target_os = "android")) { 107 } else { 103 };

/// Where the proxy listens for clients.
///
/// ```
/// use brevity_proxy::Listen;
///
/// let listen: Listen = "127.0.0.1:2738".parse()?;
/// assert!(listen.is_local());
/// # Ok::<_, brevity_proxy::ListenError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Listen {
    /// At this address. Port 0 is any free one.
    At(SocketAddr),
    /// At a socket in the file system, which only its own user can connect to.
    Unix(PathBuf),
}

/// Why a text names no place to listen.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ListenError {
    /// It is no address.
    #[error(
        "cannot listen on `{text}`: {why}; write a host and a port, like 127.0.0.1:2738{}",
        or_socket()
    )]
    Address {
        /// What was written.
        text: String,
        /// What the system says.
        why: io::Error,
    },
    /// No socket can have this path.
    #[error(
        "cannot listen on `{0}`: the path of a socket has 1 to {LONGEST} bytes; choose another"
    )]
    Path(String),
    /// This system has no such sockets.
    #[error(
        "cannot listen on `{0}`: only Unix has such sockets; write a host and a port, like 127.0.0.1:2738"
    )]
    NotUnix(String),
}

/// What else may be written, where there are such sockets.
fn or_socket() -> &'static str {
    if cfg!(unix) { ", or a socket, like unix:/run/brevity.sock" } else { "" }
}

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        if let Some(path) = text.strip_prefix(UNIX) {
            return socket(text, path);
        }
        let error = |why| ListenError::Address { text: text.to_owned(), why };
        let mut found = text.to_socket_addrs().map_err(error)?;
        let none = || error(io::ErrorKind::AddrNotAvailable.into());
        found.next().map(Self::At).ok_or_else(none)
    }
}

fn socket(text: &str, path: &str) -> Result<Listen, ListenError> {
    if !cfg!(unix) {
        return Err(ListenError::NotUnix(text.to_owned()));
    }
    match (1..=LONGEST).contains(&path.len()) && !path.contains('\0') {
        true => Ok(Listen::Unix(path.into())),
        false => Err(ListenError::Path(text.to_owned())),
    }
}

impl From<SocketAddr> for Listen {
    fn from(address: SocketAddr) -> Self {
        Self::At(address)
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

impl Listen {
    /// The address, where there is one.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::At(address) => Some(*address),
            Self::Unix(_) => None,
        }
    }

    /// The port that is known before it is bound.
    pub(crate) fn port(&self) -> Option<u16> {
        self.address().map(|address| address.port()).filter(|port| *port != 0)
    }

    /// Whether only this machine can reach it.
    pub fn is_local(&self) -> bool {
        self.address().is_none_or(is_loopback)
    }
}

/// Whether only this machine can reach `address`.
pub(crate) fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        let listen: Listen = "127.0.0.1:2738".parse().unwrap();
        assert_eq!(listen.to_string(), "127.0.0.1:2738");
        for text in ["", "127.0.0.1", "127.0.0.1:99999", "2738", "/run/x.sock"] {
            let error = text.parse::<Listen>().unwrap_err().to_string();
            assert!(error.contains("like 127.0.0.1:2738"), "{error}");
        }
    }

    #[test]
    fn what_others_reach_is_told_from_what_they_do_not() {
        for (text, local) in [
            ("127.0.0.1:0", true),
            ("127.9.9.9:1", true),
            ("[::1]:0", true),
            ("[::ffff:127.0.0.1]:0", true),
            ("0.0.0.0:0", false),
            ("[::]:0", false),
            ("192.168.0.1:1", false),
        ] {
            assert_eq!(text.parse::<Listen>().unwrap().is_local(), local, "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn paths_are_checked() {
        let longest = format!("unix:/{}", "x".repeat(LONGEST - 1));
        for text in ["unix:/run/brevity.sock", "unix:here", &longest] {
            let listen: Listen = text.parse().unwrap();
            assert!(listen.is_local() && listen.address().is_none());
            assert_eq!(listen.to_string(), text);
        }
        for text in ["unix:", &format!("{longest}x"), "unix:/a\0b"] {
            let error = text.parse::<Listen>().unwrap_err().to_string();
            assert!(error.contains("choose another"), "{error}");
        }
    }
}
