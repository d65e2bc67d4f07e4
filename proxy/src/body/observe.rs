//! An answer's body on its way to the client.

use super::{BoxError, tap::Tap};
use crate::record::Entry;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use thiserror::Error;

/// Forwards an answer frame by frame. The tap reads along.
pub(crate) struct ObserveBody<B> {
    inner: B,
    tap: Option<Tap>,
    entry: Arc<Entry>,
    silence: Pin<Box<dyn Future<Output = ()> + Send>>,
    waiting: bool,
    /// The bytes that passed. The record learns of them at the end.
    passed: u64,
    /// The answer broke off. The client learns of it after what came before has left.
    broken: Option<BoxError>,
    ended: bool,
}

/// The upstream said nothing for too long.
#[derive(Debug, Error)]
#[error("the upstream sent nothing for too long")]
pub(crate) struct Silent;

impl<B> ObserveBody<B> {
    /// Forwards `inner`; an answer that is silent for `idle` is given up.
    pub(crate) fn new(inner: B, tap: Option<Tap>, entry: Arc<Entry>, idle: Duration) -> Self {
        let watch = entry.clone();
        let silence = Box::pin(async move { watch.silence(idle).await });
        Self { inner, tap, entry, silence, waiting: false, passed: 0, broken: None, ended: false }
    }

    fn pass(&mut self, frame: &Frame<Bytes>) {
        self.waiting = false;
        self.entry.moved();
        if let Some(data) = frame.data_ref() {
            self.passed += data.len() as u64;
            if let Some(tap) = &mut self.tap {
                tap.write(data);
            }
        }
    }

    fn end(&mut self) {
        self.ended = true;
        self.tap = None;
        let passed = std::mem::take(&mut self.passed);
        self.entry.write(|record| record.answer_bytes += passed);
        self.entry.ended();
    }
}

impl<B> Body for ObserveBody<B>
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
        if let Some(error) = self.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.pass(&frame);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => self.fail(error.into(), cx),
            Poll::Ready(None) => {
                self.end();
                Poll::Ready(None)
            }
            Poll::Pending => self.wait(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B> ObserveBody<B> {
    /// hyper drops what it has not written yet when a body fails, even the head. It writes when a
    /// body is not ready, so the error comes one poll later.
    fn fail(
        &mut self,
        error: BoxError,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.entry.failed(&format_args!("the answer broke off: {error}"));
        self.entry.upstream_failed();
        self.end();
        self.broken = Some(error);
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Time counts from when the client has asked: one that reads slowly is not the upstream's
    /// silence.
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !std::mem::replace(&mut self.waiting, true) {
            self.entry.moved();
        }
        match self.silence.as_mut().poll(cx) {
            Poll::Ready(()) => self.fail(Silent.into(), cx),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<B> Drop for ObserveBody<B> {
    /// hyper drops a body without asking once more when all of its length has passed, so this is
    /// where many answers end.
    fn drop(&mut self) {
        if !self.ended {
            self.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{LogRecorder, Record};
    use std::task::Waker;

    /// Gives one frame, then breaks off.
    struct Breaking(Option<Bytes>);

    impl Body for Breaking {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            Poll::Ready(Some(self.0.take().map(Frame::data).ok_or_else(|| "a break".into())))
        }
    }

    #[tokio::test]
    async fn a_break_waits_until_what_came_before_could_leave() {
        let record = Record::new(1, hyper::Method::POST, "/".into());
        let entry = Entry::new(record, Arc::new(LogRecorder), ());
        let inner = Breaking(Some(Bytes::from_static(b"event")));
        let mut body = ObserveBody::new(inner, None, entry, Duration::from_secs(60));
        let mut cx = Context::from_waker(Waker::noop());
        let mut poll = || Pin::new(&mut body).poll_frame(&mut cx);
        assert!(matches!(poll(), Poll::Ready(Some(Ok(_)))));
        assert!(poll().is_pending(), "hyper flushes where a body is not ready");
        assert!(matches!(poll(), Poll::Ready(Some(Err(_)))));
    }
}
