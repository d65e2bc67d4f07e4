//! Which requests are for which tool server.

use crate::base::{Base, BaseError};
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
    /// The prefix is the proxy's own.
    #[error("the prefix `{0}` is taken: the proxy answers it by itself; choose another")]
    Taken(String),
    /// Two routes have the same prefix.
    #[error("the prefix `{0}` stands twice; give each tool server its own")]
    Twice(String),
    /// The URL makes no sense.
    #[error(transparent)]
    Base(#[from] BaseError),
}

impl FromStr for McpRoute {
    type Err = McpRouteError;

    fn from_str(text: &str) -> Result<Self, McpRouteError> {
        let syntax = || McpRouteError::Syntax(text.to_owned());
        let (prefix, url) = text.split_once('=').ok_or_else(syntax)?;
        let prefix = prefix.trim_end_matches('/');
        let path: Uri = prefix.parse().map_err(|_| syntax())?;
        if !prefix.starts_with('/') || path.path() != prefix || path.query().is_some() {
            return Err(syntax());
        }
        if ["/healthz", "/stats"].iter().any(|own| rest(prefix, own).is_some()) {
            return Err(McpRouteError::Taken(prefix.to_owned()));
        }
        Ok(Self { prefix: prefix.to_owned(), base: url.parse()?, slash: url.ends_with('/') })
    }
}

impl fmt::Display for McpRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.slash { "/" } else { "" };
        write!(f, "{}={}{slash}", self.prefix, self.base)
    }
}

impl McpRoute {
    /// The routes that `texts` name.
    ///
    /// # Errors
    ///
    /// When one of them is no route, or two have the same prefix.
    pub fn all<'a>(
        texts: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<McpRoute>, McpRouteError> {
        let mut routes: Vec<McpRoute> = Vec::new();
        for text in texts {
            let route: McpRoute = text.parse()?;
            if routes.iter().any(|other| other.prefix == route.prefix) {
                return Err(McpRouteError::Twice(route.prefix));
            }
            routes.push(route);
        }
        Ok(routes)
    }

    /// The prefix of the path that tells its requests.
    pub(crate) fn name(&self) -> &str {
        &self.prefix
    }

    /// Where the server is.
    pub(crate) fn base(&self) -> &Base {
        &self.base
    }

    /// The URL of `target`, a path with its query, if it is below the prefix. Its bytes stay.
    fn uri(&self, target: &str) -> Option<Result<Uri, hyper::http::Error>> {
        let rest = rest(target, &self.prefix)?;
        let slash = if self.slash && !rest.starts_with('/') { "/" } else { "" };
        Some(format!("{}{slash}{rest}", self.base).parse().map_err(Into::into))
    }
}

/// The route that `target` takes, by its index, and its URL there. The longest prefix wins.
pub(crate) fn find(
    target: &str,
    routes: &[McpRoute],
) -> Option<(usize, Result<Uri, hyper::http::Error>)> {
    let found = routes.iter().enumerate().filter_map(|(at, route)| Some((at, route.uri(target)?)));
    found.max_by_key(|(at, _)| routes[*at].prefix.len())
}

/// What follows `prefix` in `target`, if it ends there as a path does.
fn rest<'t>(target: &'t str, prefix: &str) -> Option<&'t str> {
    let rest = target.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_find_their_server() {
        let texts = ["/mcp=http://a/x", "/mcp/b/=https://b", "/mcp/c=http://c/v1/"];
        let routes = McpRoute::all(&texts.map(str::to_owned)).unwrap();
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
            let found = find(target, &routes).map(|(_, uri)| uri.unwrap().to_string());
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
        assert!(matches!(error("/healthz/x=http://a"), McpRouteError::Taken(_)));
        assert!(matches!(error("/stats=http://a"), McpRouteError::Taken(_)));
        let twice = ["/a=http://a", "/a/=http://b"].map(str::to_owned);
        assert_eq!(McpRoute::all(&twice), Err(McpRouteError::Twice("/a".into())));
    }
}
