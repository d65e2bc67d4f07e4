//! A request body, read until it is complete or too long to be held.

use super::{
    BoxError,
    budget::{Account, Grant},
    came::Broken,
    chunks::Chunks,
};
use crate::record::Entry;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::{HeaderMap, body::Body};

/// Chunks below this length are joined by copying: a body in chunks of one byte each would take
/// dozens of times its length.
const JOIN: usize = 1024;

/// How long a chunk of joined ones becomes.
const JOINED: usize = 16 * 1024;

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

impl Whole {
    /// The body with its length.
    pub(crate) fn into_body(self) -> Chunks {
        Chunks::new(self.chunks, self.trailers)
    }
}

/// Reads `body` until it is complete or longer than `limit` bytes. What is held is paid for by
/// `account`.
pub(crate) async fn hold<B>(
    mut body: B,
    limit: u64,
    account: &mut Account,
    entry: &Entry,
) -> Result<Held<B>, Broken>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let (mut came, mut len, mut trailers) = (Came::default(), 0, None);
    while let Some(frame) = body.frame().await {
        match frame.map_err(|error| broke(entry, error))?.into_data() {
            Ok(chunk) => {
                len += chunk.len() as u64;
                entry.came(chunk.len());
                if len > limit {
                    let mut came = came.finish();
                    came.push(chunk);
                    return Ok(Held::Long(Long { came, rest: body }));
                }
                let grant = account.take(chunk.len()).await;
                came.push(chunk, grant.map_err(|error| broke(entry, Broken::from(error)))?);
            }
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    Ok(Held::Whole(Whole { chunks: came.finish(), trailers }))
}

/// Chunks as they come, each paid for.
#[derive(Default)]
struct Came {
    chunks: Vec<Bytes>,
    joined: BytesMut,
    grant: Option<Grant>,
}

impl Came {
    fn push(&mut self, chunk: Bytes, grant: Grant) {
        if chunk.len() >= JOIN {
            self.seal();
            return self.chunks.push(grant.pay_for(chunk));
        }
        self.joined.extend_from_slice(&chunk);
        match &mut self.grant {
            Some(sum) => sum.merge(grant),
            sum @ None => *sum = Some(grant),
        }
        if self.joined.len() >= JOINED {
            self.seal();
        }
    }

    fn seal(&mut self) {
        if let Some(grant) = self.grant.take() {
            self.chunks.push(grant.pay_for(std::mem::take(&mut self.joined).freeze()));
        }
    }

    fn finish(mut self) -> Vec<Bytes> {
        self.seal();
        self.chunks
    }
}

/// Notes why the body does not come.
pub(super) fn broke(entry: &Entry, error: impl Into<BoxError>) -> Broken {
    let broken = Broken::of(error);
    entry.broke(&broken);
    broken
}
