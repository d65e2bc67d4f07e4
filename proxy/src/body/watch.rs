//! A body that passes, and is shown to somebody when it has passed.

use super::Budget;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

/// Lets a body pass. Its chunks are kept, not copied, and shown when all of them have left; a body
/// longer than the limit is not, nor one for which there is no memory: what is shown is only observed.
pub(crate) struct WatchBody<B> {
    inner: B,
    kept: Vec<Bytes>,
    budget: Budget,
    /// How many more bytes may be kept.
    left: usize,
    show: Option<Show>,
}

/// Who is shown the body.
pub(crate) type Show = Box<dyn FnOnce(Vec<Bytes>) + Send>;

impl<B: Body<Data = Bytes>> WatchBody<B> {
    /// Shows `inner` if it is at most `limit` bytes long.
    pub(crate) fn new(inner: B, limit: usize, budget: Budget, show: Show) -> Self {
        Self { inner, kept: Vec::new(), budget, left: limit, show: Some(show) }
    }

    fn keep(&mut self, chunk: &Bytes) {
        let left = self.left.checked_sub(chunk.len()).filter(|_| self.show.is_some());
        match left.and_then(|left| Some((left, self.budget.try_take(chunk.len())?))) {
            Some((left, grant)) => {
                self.left = left;
                self.kept.push(grant.pay_for(chunk.clone()));
            }
            None => {
                self.show = None;
                self.kept = Vec::new();
            }
        }
    }

    fn end(&mut self) {
        if let Some(show) = self.show.take() {
            show(std::mem::take(&mut self.kept));
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for WatchBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(chunk) = frame.data_ref() {
                    self.keep(chunk);
                }
                // Nobody asks again after the last chunk of a body that knows its end.
                if self.inner.is_end_stream() {
                    self.end();
                }
            }
            Some(Err(_)) => self.show = None,
            None => self.end(),
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

#[cfg(test)]
mod tests {
    use super::{super::Chunks, *};
    use http_body_util::BodyExt as _;
    use std::sync::mpsc;

    async fn shown(limit: usize, memory: usize) -> Option<Vec<u8>> {
        let (tell, told) = mpsc::channel();
        let show = Box::new(move |chunks: Vec<Bytes>| tell.send(chunks.concat()).unwrap());
        let chunks = ["ab", "cd", "e"].map(|chunk| Bytes::from_static(chunk.as_bytes()));
        let budget = Budget::new(memory, std::time::Duration::ZERO);
        let body = WatchBody::new(Chunks::new(chunks, None), limit, budget, show);
        assert_eq!(body.collect().await.unwrap().to_bytes(), "abcde");
        told.try_recv().ok()
    }

    #[tokio::test]
    async fn a_body_is_shown_whole_or_not_at_all() {
        assert_eq!(shown(5, 5).await.as_deref(), Some(&b"abcde"[..]));
        assert_eq!(shown(4, 5).await, None);
        assert_eq!(shown(0, 5).await, None);
        assert_eq!(shown(5, 4).await, None);
    }
}
