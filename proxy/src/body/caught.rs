//! Panics, kept where they happen: one request ends, not its connection or the process.

use super::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};
use thiserror::Error;

/// Something panicked, which is a fault of ours.
#[derive(Clone, Copy, Debug, Error)]
#[error("a fault of Brevity's own; please report it with the log")]
pub(crate) struct Panic;

/// A future whose panic is an error.
pub(crate) struct Caught<F>(Pin<Box<F>>);

/// A body whose panic is an error: it breaks off.
pub(crate) struct CaughtBody<B> {
    inner: Option<B>,
}

impl<F: Future> Caught<F> {
    pub(crate) fn new(future: F) -> Self {
        Self(Box::pin(future))
    }
}

impl<F: Future> Future for Caught<F> {
    type Output = Result<F::Output, Panic>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // After a panic the future is not asked again.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panic)),
        }
    }
}

impl<B> CaughtBody<B> {
    pub(crate) fn new(inner: B) -> Self {
        Self { inner: Some(inner) }
    }
}

impl<B> Body for CaughtBody<B>
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
        let Some(inner) = &mut self.inner else { return Poll::Ready(None) };
        match catch_unwind(AssertUnwindSafe(|| Pin::new(inner).poll_frame(cx))) {
            Ok(poll) => poll.map_err(Into::into),
            Err(_) => {
                self.inner = None;
                Poll::Ready(Some(Err(Panic.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_some_and(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    struct Panics;

    impl Body for Panics {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            panic!("a body that panics, on purpose")
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_error() {
        assert_eq!(Caught::new(async { 1 }).await.unwrap(), 1);
        let panics = async { panic!("a future that panics, on purpose") };
        assert!(Caught::new(panics).await.map(|(): ()| ()).is_err());
        let mut body = CaughtBody::new(Panics);
        assert!(body.frame().await.unwrap().is_err());
        assert!(body.frame().await.is_none(), "it is not asked again");
    }
}
