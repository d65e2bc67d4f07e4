//! Which upstreams are reached through an HTTP proxy of the network, and through which.
//!
//! The rules are a value: whoever embeds Brevity makes one, and the command line makes one of the
//! variables that curl and agents read. Nothing here looks at the environment by itself.
//!
//! An upstream on this machine is always reached directly: a proxy elsewhere would ask its own
//! machine for it.

mod except;
mod url;

pub use url::{ProxyUrl, ProxyUrlError};

use crate::base::port_of;
use except::Exceptions;
use hyper::Uri;
use std::{fmt, net::IpAddr, sync::Arc};
use thiserror::Error;

/// Which HTTP proxy leads to which upstream. The default is none for all.
///
/// ```
/// use brevity_proxy::Proxies;
///
/// let proxies = Proxies::all("http://proxy.example:3128".parse()?, "internal.example, 10.0.0.0/8");
/// let way = |url: &'static str| proxies.way(&hyper::Uri::from_static(url)).to_string();
/// assert!(way("https://api.anthropic.com").starts_with("through http://proxy.example:3128"));
/// assert!(way("https://gpu.internal.example").starts_with("directly"));
/// # Ok::<_, brevity_proxy::ProxyUrlError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    http: Option<Rule>,
    https: Option<Rule>,
    except: Arc<Exceptions>,
}

/// What one source says. Its fault counts only where it would be used: the variables are others', too.
type Rule = Arc<Result<Via, ProxyFault>>;

/// A proxy, and who named it.
#[derive(Clone, Debug)]
pub struct Via {
    pub(crate) url: ProxyUrl,
    pub(crate) from: String,
}

/// Somebody named a proxy that is none.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{from}: {why}")]
pub struct ProxyFault {
    from: String,
    why: ProxyUrlError,
}

/// How an upstream is reached.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ProxyWay<'p> {
    /// Directly: no proxy is named for it.
    Direct,
    /// Directly: it is on this machine.
    Here,
    /// Directly: `NO_PROXY` names it.
    Excepted,
    /// Through this proxy.
    Through(&'p Via),
    /// Not at all: what names its proxy makes no sense.
    Faulty(&'p ProxyFault),
}

/// The name of the key of the configuration.
const KEY: &str = "upstream_proxy";

impl Proxies {
    /// Every upstream through `url`, but those that `except` names, a list as in `NO_PROXY`.
    pub fn all(url: ProxyUrl, except: &str) -> Self {
        let rule: Rule = Arc::new(Ok(Via { url, from: KEY.into() }));
        let except = Arc::new(Exceptions::new(except));
        Self { http: Some(rule.clone()), https: Some(rule), except }
    }

    /// What the environment says; `var` gives the value of a variable that is set and not empty.
    ///
    /// Small letters count more than large ones, and a scheme's own variable more than `ALL_PROXY`,
    /// as for curl. Where only `HTTP_PROXY` is set, https goes through it, too, as Claude Code does.
    /// A web server's gateway (`REQUEST_METHOD`) lets clients set `HTTP_PROXY`, so there it is not
    /// read.
    pub fn of_variables(var: impl Fn(&str) -> Option<String>) -> Self {
        let rule = |name: &&str| Some(Rule::new(Via::new(name, &var(name)?)));
        let first = |names: &[&str]| names.iter().find_map(rule);
        let is_gateway = var("REQUEST_METHOD").is_some();
        let http = &["http_proxy", "HTTP_PROXY"][..if is_gateway { 1 } else { 2 }];
        let (http, https) = (first(http), first(&["https_proxy", "HTTPS_PROXY"]));
        let all = first(&["all_proxy", "ALL_PROXY"]);
        let except = ["no_proxy", "NO_PROXY"].into_iter().find_map(&var).unwrap_or_default();
        Self {
            https: https.or_else(|| all.clone()).or_else(|| http.clone()),
            http: http.or(all),
            except: Arc::new(Exceptions::new(&except)),
        }
    }

    /// The way to the upstream that `uri` is at.
    pub fn way(&self, uri: &Uri) -> ProxyWay<'_> {
        let is_tls = uri.scheme_str() == Some("https");
        let Some(rule) = (if is_tls { &self.https } else { &self.http }) else {
            return ProxyWay::Direct;
        };
        match &**rule {
            _ if uri.host().is_some_and(is_here) => ProxyWay::Here,
            _ if self.except.contain(uri) => ProxyWay::Excepted,
            Ok(via) => ProxyWay::Through(via),
            Err(fault) => ProxyWay::Faulty(fault),
        }
    }

    /// Whether any proxy is named at all.
    pub fn is_any(&self) -> bool {
        self.http.is_some() || self.https.is_some()
    }
}

impl Via {
    fn new(from: &str, text: &str) -> Result<Self, ProxyFault> {
        match text.parse() {
            Ok(url) => Ok(Self { url, from: from.to_owned() }),
            Err(why) => Err(ProxyFault { from: from.to_owned(), why }),
        }
    }

    /// Whether a connection to it would end on this machine at `port`.
    pub(crate) fn is_local_port(&self, port: u16) -> bool {
        let uri = self.url.uri();
        uri.host().is_some_and(is_here) && port_of(uri) == port
    }
}

/// For people: the URL without credentials, and who named it.
impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.url, self.from)
    }
}

/// For people, without credentials.
impl fmt::Display for ProxyWay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("directly: no proxy is named for it"),
            Self::Here => f.write_str("directly: it is on this machine"),
            Self::Excepted => f.write_str("directly: NO_PROXY names it"),
            Self::Through(via) => write!(f, "through {via}"),
            Self::Faulty(fault) => write!(f, "not at all: {fault}"),
        }
    }
}

/// Whether `host` is this machine by its plain names: `localhost` and what is below it, loopback
/// addresses, and the address that is none.
fn is_here(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    let ip = host.parse().map(|ip: IpAddr| ip.to_canonical());
    host == "localhost"
        || host.ends_with(".localhost")
        || ip.is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified())
}

#[cfg(test)]
mod tests;
