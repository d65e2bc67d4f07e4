//! A request body that passes as it is.

use crate::record::Entry;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::{
    fmt,
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

impl<B> Body for CountBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: fmt::Display,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                let len = frame.data_ref().map_or(0, Bytes::len) as u64;
                self.entry.moved();
                self.entry.write(|record| {
                    record.bytes_in += len;
                    record.bytes_out += len;
                });
            }
            Some(Err(error)) => self.entry.left(error),
            None => {}
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
