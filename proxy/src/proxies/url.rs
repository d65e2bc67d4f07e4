//! The URL of an HTTP proxy, as users write it into `HTTPS_PROXY`.

use hyper::{Uri, header::HeaderValue};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// An HTTP proxy: `[http[s]://][user[:password]@]host[:port]`. Credentials are never shown, by
/// `Display` and `Debug` neither.
///
/// ```
/// use brevity_proxy::ProxyUrl;
///
/// let url: ProxyUrl = "http://me:secret@proxy.example:3128".parse()?;
/// assert_eq!(url.to_string(), "http://proxy.example:3128");
/// # Ok::<_, brevity_proxy::ProxyUrlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ProxyUrl(Intercept);

/// Why a text is no URL of an HTTP proxy. The text is not shown: it may hold a password.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyUrlError {
    /// Its scheme is SOCKS.
    #[error("SOCKS is not supported; name an HTTP proxy, like http://proxy.example:3128")]
    Socks,
    /// Its scheme is unknown.
    #[error("a proxy's URL starts with http:// or https://, like http://proxy.example:3128")]
    Scheme,
    /// It is no URL, or one with more than a host and a port.
    #[error(
        "this is no proxy's URL; write one like http://proxy.example:3128, without a path, and \
         write @ / # % in a password as %40 %2F %23 %25"
    )]
    Syntax,
}

impl FromStr for ProxyUrl {
    type Err = ProxyUrlError;

    fn from_str(text: &str) -> Result<Self, ProxyUrlError> {
        let url = match text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase()) {
            None => format!("http://{text}"),
            Some(scheme) if scheme == "http" || scheme == "https" => text.to_owned(),
            Some(scheme) if scheme.starts_with("socks") => return Err(ProxyUrlError::Socks),
            Some(_) => return Err(ProxyUrlError::Scheme),
        };
        let uri: Uri = url.parse().map_err(|_| ProxyUrlError::Syntax)?;
        if !is_bare(&uri) || text.contains('#') {
            return Err(ProxyUrlError::Syntax);
        }
        // It reads the credentials, and encodes them for the header.
        let matcher = Matcher::builder().all(url).build();
        let anywhere = Uri::from_static("http://upstream");
        matcher.intercept(&anywhere).map(Self).ok_or(ProxyUrlError::Syntax)
    }
}

/// Whether it has a host, perhaps a port, and nothing behind them.
fn is_bare(uri: &Uri) -> bool {
    let (Some(authority), Some(host)) = (uri.authority(), uri.host()) else { return false };
    let behind = authority.as_str().rsplit('@').next().and_then(|at| at.strip_prefix(host));
    let is_port = |port: &str| port.parse().is_ok_and(|port: u16| port > 0);
    let ends = behind.is_some_and(|behind| match behind.strip_prefix(':') {
        Some(port) => is_port(port),
        None => behind.is_empty(),
    });
    let is_one = authority.as_str().matches('@').count() < 2;
    is_one && ends && !host.is_empty() && matches!(uri.path(), "" | "/") && uri.query().is_none()
}

impl ProxyUrl {
    /// Where to connect to; without credentials.
    pub(crate) fn uri(&self) -> &Uri {
        self.0.uri()
    }

    /// What it is told of who asks, for `proxy-authorization`.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.0.basic_auth()
    }

    /// Whether it holds a user or a password.
    pub fn has_credentials(&self) -> bool {
        self.authorization().is_some()
    }
}

/// Without credentials.
impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = self.uri();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        write!(f, "{}://{authority}", uri.scheme_str().unwrap_or("http"))
    }
}
