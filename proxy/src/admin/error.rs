//! Errors that are the proxy's own.

use super::json;
use crate::{body::AnyBody, json::quote};
use brevity::Dialect;
use hyper::{
    Response, StatusCode,
    header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE},
};

/// An error with `message`, in the shape that clients of `dialect` read. Errors of an upstream
/// never come through here: they pass as they are.
pub(crate) fn error(
    status: StatusCode,
    dialect: Option<Dialect>,
    message: &str,
) -> Response<AnyBody> {
    let message = quote(&format!("brevity: {message}"));
    let kind = kind(status);
    let mut answer = json(
        status,
        match dialect {
            Some(Dialect::Anthropic) => {
                format!(r#"{{"type":"error","error":{{"type":"{kind}","message":{message}}}}}"#)
            }
            _ => format!(
                r#"{{"error":{{"message":{message},"type":"{kind}","param":null,"code":null}}}}"#
            ),
        },
    );
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    challenge(&mut answer);
    answer
}

/// Says what is asked for, where that is why (RFC 9110, 11.6.1).
pub(super) fn challenge(answer: &mut Response<AnyBody>) {
    if answer.status() == StatusCode::UNAUTHORIZED {
        let asked = HeaderValue::from_static(r#"Bearer realm="brevity""#);
        answer.headers_mut().insert(WWW_AUTHENTICATE, asked);
    }
}

/// The words that both families of APIs have for such errors.
fn kind(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "authentication_error",
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        StatusCode::PAYLOAD_TOO_LARGE => "request_too_large",
        status if status.is_server_error() => "api_error",
        _ => "invalid_request_error",
    }
}
