//! A request's body that passes as it is, and is read along for the tools that it calls.

use brevity::{McpCalls, McpRequests};
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// Reads along. The calls are noted before the last of the body leaves, so before the answer. No more
/// than `limits.block` is read at once, so it is read in place.
pub(super) struct AskedBody<B> {
    inner: B,
    requests: McpRequests,
    calls: Arc<McpCalls>,
}

impl<B> AskedBody<B> {
    pub(super) fn new(inner: B, requests: McpRequests, calls: Arc<McpCalls>) -> Self {
        Self { inner, requests, calls }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for AskedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = &mut *self;
        let frame = ready!(Pin::new(&mut this.inner).poll_frame(cx));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
            this.requests.write(data.clone(), &this.calls);
        }
        // Where the length is known, nobody asks for what follows the last byte.
        if frame.is_none() || this.inner.is_end_stream() {
            this.requests.finish(&this.calls);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
