//! Headers on their way: what belongs to one connection stays behind, all else goes on.

use hyper::{
    HeaderMap,
    header::{self, HeaderName, HeaderValue},
};

/// Headers that are about one connection (RFC 9110, 7.6.1). `trailer` is not among them: it names
/// fields that go all the way.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
    "keep-alive",
    "proxy-connection",
];

/// What headers of our own begin with.
pub(crate) const OWN: &str = "x-brevity-";

/// Whether a body with these headers is compressed.
pub(crate) fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .into_iter()
        .any(|value| !value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity"))
}

/// `application/json`, or a type with the suffix `+json` (RFC 6839), whatever its parameters.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|kind| kind == "application/json" || kind.ends_with("+json"))
}

/// The type of a body without its parameters, in small letters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Drops what is about one connection, the names that `connection` lists, and `also`. The rest
/// keeps its order.
pub(crate) fn drop_hop_by_hop(headers: &mut HeaderMap, also: &[HeaderName]) {
    let listed: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    // A length beside chunks is not the length (RFC 9112, 6.3).
    let is_chunked = headers.contains_key(header::TRANSFER_ENCODING);
    drop_where(headers, |name| {
        HOP_BY_HOP.contains(&name.as_str())
            || listed.contains(name)
            || also.contains(name)
            || (is_chunked && *name == header::CONTENT_LENGTH)
    });
}

/// Drops what no trailer may hold: what is for Brevity alone, and credentials (RFC 9110, 6.5.1), which
/// could be the proxy's token.
pub(crate) fn drop_from_trailers(trailers: &mut HeaderMap) {
    drop_where(trailers, |name| {
        name.as_str().starts_with(OWN)
            || *name == header::AUTHORIZATION
            || *name == header::PROXY_AUTHORIZATION
    });
}

/// Drops the headers whose name `goes`. The rest keeps its order.
pub(crate) fn drop_where(headers: &mut HeaderMap, goes: impl Fn(&HeaderName) -> bool) {
    if !headers.keys().any(&goes) {
        return;
    }
    // Removing from a map moves its last entry, so the order is kept by building a new one.
    let (old, mut goes_now) = (std::mem::take(headers), false);
    let mut current = None;
    headers.reserve(old.len());
    for (name, value) in old {
        if let Some(name) = name {
            goes_now = goes(&name);
            current = Some(name);
        }
        if let Some(name) = current.as_ref().filter(|_| !goes_now) {
            headers.append(name, value);
        }
    }
}

/// Drops each header that `goes`, by its name and its value; whether there was one. The rest keeps its
/// order, also among those of one name.
pub(crate) fn drop_each(
    headers: &mut HeaderMap,
    goes: impl Fn(&HeaderName, &HeaderValue) -> bool,
) -> bool {
    if !headers.iter().any(|(name, value)| goes(name, value)) {
        return false;
    }
    let old = std::mem::take(headers);
    headers.reserve(old.len());
    for (name, value) in old.iter().filter(|(name, value)| !goes(name, value)) {
        headers.append(name, value.clone());
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_what_is_about_one_connection_and_keeps_the_order() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "a"),
            ("x-a", "1"),
            ("connection", "keep-alive, X-Private"),
            ("x-private", "2"),
            ("x-b", "3"),
            ("te", "trailers"),
            ("x-a", "4"),
            ("trailer", "x-sum"),
            ("x-c", "5"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        drop_hop_by_hop(&mut headers, &[header::HOST]);
        let left: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(
            left,
            [("x-a", "1"), ("x-a", "4"), ("x-b", "3"), ("trailer", "x-sum"), ("x-c", "5")]
        );
    }
}
