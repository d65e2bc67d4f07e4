//! Requests that vouch for their bodies: which, and by what.

use hyper::{
    HeaderMap, Uri,
    header::{AUTHORIZATION, TRAILER},
};

/// What vouches for a body, so that it must pass byte for byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Attestation {
    /// A subscription's login. Its client may sign what it sends. A configuration may set this
    /// aside.
    Login,
    /// A signature over the request, such as AWS Signature Version 4 or RFC 9421.
    Signature,
    /// A checksum over the body: `Content-MD5`, or a digest of RFC 9530 or RFC 3230.
    Checksum,
}

/// Headers that hold a checksum of the body.
const CHECKSUMS: [&str; 5] =
    ["content-md5", "digest", "content-digest", "repr-digest", "x-amz-content-sha256"];

/// What vouches for the body of a request, from its head. The rules, in order:
///
/// 1. *Signature*: `authorization` starts with `AWS4-`, the query holds `X-Amz-Signature`, or there
///    is a `signature-input` header.
/// 2. *Checksum*: one of `content-md5`, `digest`, `content-digest`, `repr-digest`,
///    `x-amz-content-sha256` is there, or `trailer` says that it will be.
/// 3. *Login*: `authorization` is a bearer token that starts with `sk-ant-oat` (Anthropic's OAuth
///    access tokens), `anthropic-beta` names a feature that starts with `oauth-`, or there is a
///    `chatgpt-account-id` header (a ChatGPT login).
///
/// API keys, in `x-api-key` or as other bearer tokens, vouch for nothing.
pub(crate) fn attestation(uri: &Uri, headers: &HeaderMap) -> Option<Attestation> {
    if is_signed(uri, headers) {
        Some(Attestation::Signature)
    } else if is_summed(headers) {
        Some(Attestation::Checksum)
    } else if is_login(headers) {
        Some(Attestation::Login)
    } else {
        None
    }
}

fn is_signed(uri: &Uri, headers: &HeaderMap) -> bool {
    values(headers, AUTHORIZATION.as_str()).any(|value| value.starts_with("AWS4-"))
        || uri.query().is_some_and(|query| query.contains("X-Amz-Signature="))
        || headers.contains_key("signature-input")
}

fn is_summed(headers: &HeaderMap) -> bool {
    let comes = |name: &str| {
        values(headers, TRAILER.as_str())
            .flat_map(|value| value.split(','))
            .any(|listed| listed.trim().eq_ignore_ascii_case(name))
    };
    CHECKSUMS.iter().any(|name| headers.contains_key(*name) || comes(name))
}

fn is_login(headers: &HeaderMap) -> bool {
    values(headers, AUTHORIZATION.as_str()).any(is_oauth_token)
        || values(headers, "anthropic-beta")
            .flat_map(|value| value.split(','))
            .any(|feature| feature.trim().starts_with("oauth-"))
        || headers.contains_key("chatgpt-account-id")
}

/// The scheme's letter case does not matter (RFC 9110, 11.1).
fn is_oauth_token(value: &str) -> bool {
    value.split_once(' ').is_some_and(|(scheme, token)| {
        scheme.eq_ignore_ascii_case("bearer") && token.trim_start().starts_with("sk-ant-oat")
    })
}

fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderName, HeaderValue};

    fn of(uri: &'static str, name: &'static str, value: &'static str) -> Option<Attestation> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        attestation(&Uri::from_static(uri), &headers)
    }

    #[test]
    fn keys_vouch_for_nothing() {
        assert_eq!(of("/v1/messages", "x-api-key", "sk-ant-api03-x"), None);
        assert_eq!(of("/v1/messages", "authorization", "Bearer sk-ant-api03-x"), None);
        assert_eq!(of("/v1/chat/completions", "authorization", "Bearer sk-proj-x"), None);
        assert_eq!(of("/v1/messages", "anthropic-beta", "context-management-2025-06-27"), None);
    }

    #[test]
    fn logins_signatures_and_checksums_do() {
        let login = Some(Attestation::Login);
        assert_eq!(of("/", "authorization", "Bearer sk-ant-oat01-x"), login);
        assert_eq!(of("/", "authorization", "bearer  sk-ant-oat01-x"), login);
        assert_eq!(of("/", "anthropic-beta", "tools-1, oauth-2025-04-20"), login);
        assert_eq!(of("/", "chatgpt-account-id", "x"), login);
        let signature = Some(Attestation::Signature);
        assert_eq!(of("/", "authorization", "AWS4-HMAC-SHA256 Credential=x"), signature);
        assert_eq!(of("/?X-Amz-Signature=0", "accept", "*/*"), signature);
        assert_eq!(of("/", "signature-input", "sig=()"), signature);
        for name in CHECKSUMS {
            assert_eq!(of("/", name, "x"), Some(Attestation::Checksum));
            assert_eq!(of("/", "trailer", name), Some(Attestation::Checksum));
        }
    }
}
