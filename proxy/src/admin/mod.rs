//! What the proxy answers by itself: health checks, sums, and errors in the shape that clients expect.

mod error;
mod health;

pub(crate) use error::error;
pub(crate) use health::{health, upstreams};

use crate::{
    body::{AnyBody, any},
    stats::Stats,
};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderValue},
};

/// What all requests came to.
pub(crate) fn stats(stats: &Stats) -> Response<AnyBody> {
    json(StatusCode::OK, stats.json())
}

/// An answer in JSON.
fn json(status: StatusCode, text: String) -> Response<AnyBody> {
    let mut response = Response::new(any(Full::new(Bytes::from(text))));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// `text` as a JSON string (RFC 8259, 7).
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted() {
        assert_eq!(quote("a\"b\\c\n\u{1}é"), r#""a\"b\\c\u000a\u0001é""#);
    }
}
