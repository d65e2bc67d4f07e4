//! A request body, read until it is complete or too long to be held.

use super::{BoxError, Chunks};
use crate::record::Entry;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{HeaderMap, body::Body};
use std::time::Duration;
use thiserror::Error;
use tokio::time::timeout;

/// What was read of a body.
pub(crate) enum Held<B> {
    /// All of it.
    Whole(Whole),
    /// More than may be held.
    Long(Long<B>),
}

/// A complete body, as it came.
#[derive(Clone)]
pub(crate) struct Whole {
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) trailers: Option<HeaderMap>,
}

/// A body whose beginning was read.
pub(crate) struct Long<B> {
    pub(crate) came: Vec<Bytes>,
    pub(crate) rest: B,
}

/// Why a body did not come.
#[derive(Debug, Error)]
pub(crate) enum Broken {
    #[error("{0}")]
    Client(BoxError),
    #[error("the client sent nothing for too long")]
    Silent,
}

impl Whole {
    /// The body with its length.
    pub(crate) fn into_body(self) -> Chunks {
        Chunks::new(self.chunks, self.trailers)
    }
}

/// Reads `body` until it is complete or longer than `limit` bytes. Each byte has to come within
/// `idle` of the one before.
pub(crate) async fn hold<B>(
    mut body: B,
    limit: u64,
    idle: Duration,
    entry: &Entry,
) -> Result<Held<B>, Broken>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let (mut came, mut len, mut trailers) = (Vec::new(), 0, None);
    while let Some(frame) = timeout(idle, body.frame()).await.map_err(|_| Broken::Silent)? {
        match frame.map_err(|error| Broken::Client(left(entry, error)))?.into_data() {
            Ok(chunk) => {
                len += chunk.len() as u64;
                entry.came(chunk.len());
                came.push(chunk);
                if len > limit {
                    return Ok(Held::Long(Long { came, rest: body }));
                }
            }
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    Ok(Held::Whole(Whole { chunks: came, trailers }))
}

/// Notes that the client stopped in the middle.
pub(super) fn left(entry: &Entry, error: impl Into<BoxError>) -> BoxError {
    let error = error.into();
    entry.left(&error);
    error
}
