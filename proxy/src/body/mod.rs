//! Bodies on their way: wrappers with one job each, stacked in this order.
//!
//! ```text
//! request to a model:  Incoming ─► CameBody ─┬─► CountBody ───────────────┬─► WatchBody ─► upstream
//!                                            └─► prepare ─┬► Chunks ──────┤
//!                                                         └► CompressBody ┘
//! its answer:          Incoming ─► ObserveBody ─► client
//!                                      └─► Tap ─► Decoder ─► meter
//! to a tool server:    Incoming ─► CameBody ─► CountBody ─► mcp::AskedBody ─► upstream
//! its answer:          Incoming ─► ObserveBody ─► mcp::AnswerBody ─► client
//! ```
//!
//! | wrapper | job |
//! | --- | --- |
//! | `CameBody` | gives up what is too long, or does not come |
//! | `CountBody` | counts a body that passes as it is |
//! | `prepare` | holds a body, decodes it, has it rewritten, or says why not; what left is a `Chunks` |
//! | `CompressBody` | rewrites a body that is not held whole, as it passes |
//! | `WatchBody` | shows what has left to the cache guard |
//! | `ObserveBody` | gives up an answer that is silent, counts it, and lets the `Tap` read along |
//!
//! Each stack ends in [`any`], which forgets its kind and keeps a panic in it (`CaughtBody`).

mod budget;
mod came;
mod caught;
mod check;
mod chunks;
mod compress;
mod count;
mod decode;
mod hold;
mod inflate;
mod model;
mod observe;
mod prepare;
mod tap;
mod watch;
mod work;

pub(crate) use budget::{Budget, NoMemory};
pub(crate) use came::{Broken, CameBody};
pub(crate) use caught::{Caught, Panic};
pub(crate) use check::Checker;
pub(crate) use chunks::Chunks;
pub(crate) use count::CountBody;
pub(crate) use inflate::{Coding, UnknownCoding};
pub(crate) use model::ByModel;
pub(crate) use observe::ObserveBody;
pub(crate) use prepare::{Act, Prepare};
pub(crate) use tap::Tap;
pub(crate) use watch::WatchBody;
pub(crate) use work::{Engine, Gathered, Panicked, Pool};

use caught::CaughtBody;
use compress::CompressBody;

use bytes::Bytes;
use http_body_util::{BodyExt as _, combinators::UnsyncBoxBody};
use hyper::body::{Body, SizeHint};
use thiserror::Error;

/// Any error of a body.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a body, or the request that it belongs to, broke off.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct Fault(pub(crate) BoxError);

/// A body of either side, its kind forgotten.
pub(crate) type AnyBody = UnsyncBoxBody<Bytes, Fault>;

/// What all bodies share.
#[derive(Clone, Debug)]
pub(crate) struct Means {
    /// The threads for the engine's work.
    pub(crate) pool: Pool,
    /// The memory for bodies that are held.
    pub(crate) budget: Budget,
    /// Who may check what leaves.
    pub(crate) checker: Checker,
}

/// Forgets the kind of `body`. A panic in it is an error from here on.
pub(crate) fn any<B>(body: B) -> AnyBody
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    CaughtBody::new(body).map_err(Fault).boxed_unsync()
}

/// The bytes of `chunks`.
pub(crate) fn length<'c>(chunks: impl IntoIterator<Item = &'c Bytes>) -> u64 {
    chunks.into_iter().map(|chunk| chunk.len() as u64).sum()
}

/// The length of a body behind `chunks`, theirs included.
fn longer<'c>(chunks: impl IntoIterator<Item = &'c Bytes>, rest: SizeHint) -> SizeHint {
    let before = length(chunks);
    let mut hint = SizeHint::new();
    hint.set_lower(before + rest.lower());
    if let Some(upper) = rest.upper() {
        hint.set_upper(before + upper);
    }
    hint
}
