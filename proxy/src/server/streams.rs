//! The streams of HTTP/2, whose answers have to be taken within a time.
//!
//! On HTTP/1 an answer that its client does not take shows in the writes to the connection. A stream
//! of HTTP/2 waits for a window of its own, while the connection lives on. Its body is not asked for
//! more then, so no body can watch over it. But each stream is a task: the clock stands around that.
//!
//! A stream that is given up is reset. Its body is dropped with it, and so is the upstream's end.

use super::signs::Signs;
use crate::{
    body::{AnyBody, Fault},
    stall::Stall,
};
use bytes::Bytes;
use hyper::{
    body::{Body, Frame, SizeHint},
    rt::Executor,
};
use std::{
    cell::Cell,
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::task_local;

/// Runs streams. One whose client takes nothing of its answer for so long is ended.
#[derive(Clone, Debug)]
pub(super) struct Streams(Duration);

/// An answer's body that tells its connection which pieces have not left, and the stream that it is on
/// how far its client has taken it.
pub(super) struct TakenBody {
    inner: AnyBody,
    signs: Arc<Signs>,
}

/// How far an answer was taken.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    /// How many pieces were given to hyper.
    pieces: u64,
    /// Whether the last one waits: hyper has not asked for another since.
    waits: bool,
}

task_local! {
    /// Of the answer on the stream that runs. There is none on HTTP/1.
    static TAKEN: Cell<Taken>;
}

impl Streams {
    pub(super) fn new(patience: Duration) -> Self {
        Self(patience)
    }
}

impl<F> Executor<F> for Streams
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        tokio::spawn(TAKEN.scope(Cell::default(), watched(stream, self.0)));
    }
}

/// Runs `stream` to its end, or until one piece of its answer has waited for `patience`.
async fn watched(stream: impl Future<Output = ()>, patience: Duration) {
    let new = || Stall::new(patience, "the client took nothing for too long");
    let (mut stream, mut stall, mut before) = (pin!(stream), new(), Taken::default());
    poll_fn(|cx| {
        if stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let now = TAKEN.with(Cell::get);
        if std::mem::replace(&mut before, now).pieces != now.pieces {
            stall = new();
        }
        let taken = if now.waits { Poll::Pending } else { Poll::Ready(Ok(())) };
        match stall.taken(cx, taken) {
            Poll::Ready(Err(stalled)) => {
                tracing::debug!("a stream was reset: {stalled}");
                Poll::Ready(())
            }
            _ => Poll::Pending,
        }
    })
    .await;
}

impl TakenBody {
    pub(super) fn new(inner: AnyBody, signs: Arc<Signs>) -> Self {
        Self { inner, signs }
    }
}

impl Body for TakenBody {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(cx);
        let waits = matches!(frame, Poll::Ready(Some(Ok(_))));
        let _ = TAKEN.try_with(|taken| {
            let pieces = taken.get().pieces + u64::from(waits);
            taken.set(Taken { pieces, waits });
        });
        let leaving = |frame: Frame<Bytes>| frame.map_data(|piece| self.signs.leaving(piece));
        frame.map_ok(leaving)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
