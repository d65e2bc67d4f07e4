//! What the proxy answers by itself: health checks, sums, metrics, and errors in the shape that
//! clients expect. Where agents talk to it, it says little; the rest is for the admin listener.

mod error;
mod health;
mod listener;
mod metrics;

pub(crate) use error::error;
pub(crate) use health::{health, upstreams};
pub use listener::AdminError;
pub(crate) use listener::{Listener, Opened, Seen};

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
