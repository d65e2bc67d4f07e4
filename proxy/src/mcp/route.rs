//! Which requests are for which tool server.

use crate::{
    base::{self, Base, BaseError, below},
    table::is_path,
};
use hyper::Uri;
use std::{fmt, str::FromStr};
use thiserror::Error;

/// A tool server behind the proxy: requests below a prefix of the path go to its URL.
///
/// ```
/// use brevity_proxy::McpRoute;
///
/// let route: McpRoute = "/mcp/issues=https://issues.example/mcp".parse()?;
/// assert_eq!(route.to_string(), "/mcp/issues=https://issues.example/mcp");
/// # Ok::<_, brevity_proxy::McpRouteError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpRoute {
    prefix: String,
    base: Base,
    /// Whether the URL ends in a slash, which some servers insist on.
    slash: bool,
}

/// Why a text is not a route to a tool server.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum McpRouteError {
    /// It has no `=`, or its prefix is no path.
    #[error("`{0}` is not PREFIX=URL; write one like /mcp/issues=https://issues.example/mcp")]
    Syntax(String),
    /// The URL makes no sense.
    #[error(transparent)]
    Base(#[from] BaseError),
}

impl FromStr for McpRoute {
    type Err = McpRouteError;

    fn from_str(text: &str) -> Result<Self, McpRouteError> {
        let (prefix, url) =
            text.split_once('=').ok_or_else(|| McpRouteError::Syntax(base::selector(text)))?;
        Self::new(prefix, url)
    }
}

impl fmt::Display for McpRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.prefix, self.url())
    }
}

impl McpRoute {
    /// The route from below `prefix` to the server at `url`.
    ///
    /// # Errors
    ///
    /// When `prefix` is no path or the proxy's own, or `url` is no base URL.
    pub fn new(prefix: &str, url: &str) -> Result<Self, McpRouteError> {
        let syntax = || McpRouteError::Syntax(prefix.to_owned());
        let prefix = prefix.trim_end_matches('/');
        if !prefix.starts_with('/') || !is_path(prefix) {
            return Err(syntax());
        }
        Ok(Self { prefix: prefix.to_owned(), base: url.parse()?, slash: url.ends_with('/') })
    }

    /// The prefix of the path, without a slash at its end.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The server's URL.
    pub fn url(&self) -> String {
        let slash = if self.slash { "/" } else { "" };
        format!("{}{slash}", self.base)
    }

    /// The prefix of the path that tells its requests.
    pub(crate) fn name(&self) -> &str {
        &self.prefix
    }

    /// Where the server is.
    pub(crate) fn base(&self) -> &Base {
        &self.base
    }

    /// The URL of `rest`, what follows the prefix. Its bytes stay.
    fn uri(&self, rest: &str) -> Result<Uri, hyper::http::Error> {
        let slash = if self.slash && !rest.starts_with('/') { "/" } else { "" };
        Ok(format!("{}{slash}{rest}", self.base).parse()?)
    }
}

/// The route that a request takes.
pub(crate) struct Found<'t> {
    /// Its index.
    pub(crate) server: usize,
    /// What follows its prefix.
    pub(crate) rest: &'t str,
    pub(crate) uri: Result<Uri, hyper::http::Error>,
}

/// The route that `target`, a path with its query, takes. The longest prefix wins.
pub(crate) fn find<'t>(target: &'t str, routes: &[McpRoute]) -> Option<Found<'t>> {
    let below = |(server, route): (usize, &McpRoute)| Some((server, below(target, &route.prefix)?));
    let found = routes.iter().enumerate().filter_map(below);
    let (server, rest) = found.min_by_key(|(_, rest)| rest.len())?;
    Some(Found { server, rest, uri: routes[server].uri(rest) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_find_their_server() {
        let texts = ["/mcp=http://a/x", "/mcp/b/=https://b", "/mcp/c=http://c/v1/"];
        let routes = texts.map(|text| text.parse().unwrap());
        for (target, uri) in [
            ("/mcp", Some("http://a/x")),
            ("/mcp/", Some("http://a/x/")),
            ("/mcp?q=%20", Some("http://a/x?q=%20")),
            ("/mcp/z/../b", Some("http://a/x/z/../b")),
            ("/mcp/b", Some("https://b/")),
            ("/mcp/b/d?q", Some("https://b/d?q")),
            ("/mcp/c", Some("http://c/v1/")),
            ("/mcp/c/v1/d", Some("http://c/v1/v1/d")),
            ("/mcp/c?q", Some("http://c/v1/?q")),
            ("/mcpx", None),
            ("/v1/messages", None),
        ] {
            let found = find(target, &routes).map(|found| found.uri.unwrap().to_string());
            assert_eq!(found.as_deref(), uri, "{target}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_route() {
        let error = |text: &str| text.parse::<McpRoute>().unwrap_err();
        for text in [
            "",
            "/mcp",
            "mcp=http://a",
            "=http://a",
            "/=http://a",
            "/a?b=http://a",
            "/a b=http://a",
        ] {
            assert!(matches!(error(text), McpRouteError::Syntax(_)), "{text}");
        }
        assert!(matches!(error("/a=b"), McpRouteError::Base(_)));
    }
}
