//! A request body that passes as it is.

use crate::record::Entry;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// Counts what passes.
pub(crate) struct CountBody<B> {
    inner: B,
    entry: Arc<Entry>,
}

impl<B> CountBody<B> {
    pub(crate) fn new(inner: B, entry: Arc<Entry>) -> Self {
        Self { inner, entry }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for CountBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            let len = frame.data_ref().map_or(0, Bytes::len) as u64;
            self.entry.moved();
            self.entry.write(|record| {
                record.bytes_in += len;
                record.bytes_out += len;
            });
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
