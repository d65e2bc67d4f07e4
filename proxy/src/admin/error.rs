//! Errors that are the proxy's own.

use super::json;
use crate::{body::AnyBody, json::quote};
use brevity::Dialect;
use hyper::{Response, StatusCode};

/// An error with `message`, in the shape that clients of `dialect` read. Errors of an upstream
/// never come through here: they pass as they are.
pub(crate) fn error(
    status: StatusCode,
    dialect: Option<Dialect>,
    message: &str,
) -> Response<AnyBody> {
    let message = quote(&format!("brevity: {message}"));
    let kind = if status.is_server_error() { "api_error" } else { "invalid_request_error" };
    json(
        status,
        match dialect {
            Some(Dialect::Anthropic) => {
                format!(r#"{{"type":"error","error":{{"type":"{kind}","message":{message}}}}}"#)
            }
            _ => format!(
                r#"{{"error":{{"message":{message},"type":"{kind}","param":null,"code":null}}}}"#
            ),
        },
    )
}
