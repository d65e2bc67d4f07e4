//! A request body that passes as it is.

use super::{BoxError, hold::broke, longer};
use crate::record::Entry;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// Counts what passes.
pub(crate) struct CountBody<B> {
    /// What was read before, and counted as come.
    came: VecDeque<Bytes>,
    inner: B,
    entry: Arc<Entry>,
}

impl<B> CountBody<B> {
    pub(crate) fn new(inner: B, entry: Arc<Entry>) -> Self {
        Self::behind(Vec::new(), inner, entry)
    }

    /// `inner`, of which `came` was read before.
    pub(crate) fn behind(came: Vec<Bytes>, inner: B, entry: Arc<Entry>) -> Self {
        Self { came: came.into(), inner, entry }
    }
}

impl<B> Body for CountBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(chunk) = self.came.pop_front() {
            self.entry.leaves(chunk.len());
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        Poll::Ready(frame.map(|frame| match frame {
            Ok(frame) => {
                let len = frame.data_ref().map_or(0, Bytes::len);
                self.entry.came(len);
                self.entry.leaves(len);
                Ok(frame)
            }
            Err(error) => Err(broke(&self.entry, error).into()),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.came.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        longer(&self.came, self.inner.size_hint())
    }
}
