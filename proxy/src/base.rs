//! An upstream's base URL, and how the path of a request joins it.

use hyper::{
    Uri,
    http::uri::{Authority, PathAndQuery, Scheme},
};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// The base URL of an upstream: a scheme, a host, and perhaps a prefix of the path.
///
/// ```
/// use brevity_proxy::Base;
///
/// let base: Base = "https://gateway.example/openai/v1/".parse()?;
/// assert_eq!(base.to_string(), "https://gateway.example/openai/v1");
/// # Ok::<_, brevity_proxy::BaseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    scheme: Scheme,
    authority: Authority,
    prefix: String,
}

/// Why a text is not a base URL.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaseError {
    /// It is no URL at all.
    #[error("`{0}` is not a URL; write one like https://api.anthropic.com")]
    Syntax(String),
    /// The scheme is missing or unknown.
    #[error("`{0}` must start with http:// or https://")]
    Scheme(String),
    /// It holds a user or a password.
    #[error("the URL holds a user name or a password; let the client send its own credentials")]
    Credentials,
    /// The port is no number up to 65535.
    #[error("the port in `{0}` is none; write a number from 1 to 65535")]
    Port(String),
    /// It holds a query or a fragment, which no path could follow.
    #[error(
        "`{0}` goes on with a query or a fragment; give the scheme, the host and a path at most"
    )]
    Query(String),
}

impl FromStr for Base {
    type Err = BaseError;

    fn from_str(text: &str) -> Result<Self, BaseError> {
        if text.contains('@') {
            return Err(BaseError::Credentials);
        }
        // A query may hold a key, which no error shall show.
        let told = text.split(['?', '#']).next().unwrap_or_default();
        if !text.contains("://") {
            return Err(BaseError::Scheme(told.to_owned()));
        }
        let uri: Uri = text.parse().map_err(|_| BaseError::Syntax(told.to_owned()))?;
        let scheme = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS => scheme.clone(),
            _ => return Err(BaseError::Scheme(told.to_owned())),
        };
        if uri.query().is_some() || text.contains('#') {
            return Err(BaseError::Query(told.to_owned()));
        }
        if uri.port().is_some() && uri.port_u16().is_none_or(|port| port == 0) {
            return Err(BaseError::Port(told.to_owned()));
        }
        let Some(authority) = uri.authority().cloned() else {
            return Err(BaseError::Syntax(told.to_owned()));
        };
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { scheme, authority, prefix })
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

impl Base {
    /// The URL of `target`, a path with its query, below this base.
    ///
    /// The target's bytes stay as they came: nothing is decoded, and no `..` is resolved. Where the
    /// base ends in a version (`/v1`) and the target starts with the same one, it stands once.
    pub(crate) fn join(&self, target: &str) -> Result<Uri, hyper::http::Error> {
        let prefix = match self.version() {
            Some(version) if below(target, version).is_some() => {
                &self.prefix[..self.prefix.len() - version.len()]
            }
            _ => &self.prefix,
        };
        let path = match prefix.is_empty() && target.starts_with('/') {
            true => PathAndQuery::try_from(target)?,
            false => PathAndQuery::try_from(format!("{prefix}{target}"))?,
        };
        let uri = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        uri.path_and_query(path).build()
    }

    /// Whether a connection to this base would end on this machine at `port`.
    pub(crate) fn is_local_port(&self, port: u16) -> bool {
        let Ok(uri) = self.to_string().parse::<Uri>() else { return false };
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let local = host == "localhost"
            || host
                .parse()
                .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback() || ip.is_unspecified());
        local && port_of(&uri) == port
    }

    /// The last segment of the prefix with its slash, if it is a version.
    fn version(&self) -> Option<&str> {
        let segment = &self.prefix[self.prefix.rfind('/')?..];
        let digits = segment.strip_prefix("/v")?;
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(segment)
    }
}

/// The port that `uri` is at, or that of its scheme.
pub(crate) fn port_of(uri: &Uri) -> u16 {
    let default = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    uri.port_u16().unwrap_or(default)
}

/// What an error shows of `text`, a selector with a URL behind it: never the URL, which may hold
/// credentials.
pub(crate) fn selector(text: &str) -> String {
    let before = text.split('=').next().unwrap_or_default();
    before.split("://").next().unwrap_or_default().to_owned()
}

/// What follows `prefix` in `target`, a path with its query, if a segment ends there.
pub(crate) fn below<'t>(target: &'t str, prefix: &str) -> Option<&'t str> {
    let rest = target.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(base: &str, target: &str) -> String {
        base.parse::<Base>().unwrap().join(target).unwrap().to_string()
    }

    #[test]
    fn versions_do_not_double() {
        assert_eq!(join("https://h", "/v1/messages"), "https://h/v1/messages");
        assert_eq!(join("https://h/", "/v1/messages"), "https://h/v1/messages");
        assert_eq!(join("https://h/v1", "/v1/messages"), "https://h/v1/messages");
        assert_eq!(join("https://h/v1/", "/v1?x=1"), "https://h/v1?x=1");
        assert_eq!(join("https://h/v1", "/chat/completions"), "https://h/v1/chat/completions");
        assert_eq!(join("https://h/api/v1", "/v1/models"), "https://h/api/v1/models");
        assert_eq!(join("https://h/api", "/v1/models"), "https://h/api/v1/models");
        assert_eq!(join("https://h/v1", "/v10/x"), "https://h/v1/v10/x");
        assert_eq!(join("https://h/v", "/v/x"), "https://h/v/v/x");
    }

    #[test]
    fn targets_stay_as_they_came() {
        assert_eq!(
            join("http://h:1", "/a/%2e%2e/b?beta=true&x=%20"),
            "http://h:1/a/%2e%2e/b?beta=true&x=%20"
        );
        assert_eq!(join("http://h:1/p", "/a//b/../c"), "http://h:1/p/a//b/../c");
    }

    #[test]
    fn says_what_is_wrong_with_a_url() {
        let error = |text: &str| text.parse::<Base>().unwrap_err();
        assert!(matches!(error("api.example.com"), BaseError::Scheme(_)));
        assert!(matches!(error("ftp://host"), BaseError::Scheme(_)));
        assert!(matches!(error("http://"), BaseError::Syntax(_)));
        assert!(matches!(error("http://a b"), BaseError::Syntax(_)));
        assert!(matches!(error("http://h?x"), BaseError::Query(_)));
        assert!(matches!(error("http://h/x#y"), BaseError::Query(_)));
        assert_eq!(error("https://me:secret@host"), BaseError::Credentials);
        assert!(!error("https://me:secret@host").to_string().contains("secret"));
        for text in ["https://host?key=secret", "host?secret", "ftp://h?secret", "http:// ?secret"]
        {
            assert!(!error(text).to_string().contains("secret"), "{text}");
        }
    }

    #[test]
    fn knows_its_own_port() {
        let local = |base: &str| base.parse::<Base>().unwrap().is_local_port(2738);
        assert!(local("http://127.0.0.1:2738") && local("http://[::1]:2738/x"));
        assert!(local("http://localhost:2738"));
        assert!(!local("http://localhost:2739") && !local("http://host:2738"));
    }
}
