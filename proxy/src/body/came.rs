//! A client's body as it comes, within its bounds, and without what is not for upstreams.

use super::{BoxError, NoMemory};
use crate::headers::drop_from_trailers;
use bytes::Bytes;
use hyper::{
    StatusCode,
    body::{Body, Frame, SizeHint},
};
use std::{
    error::Error as StdError,
    io::{self, ErrorKind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use thiserror::Error;
use tokio::time::{Instant, Sleep, sleep};

/// Why a body did not come.
#[derive(Debug, Error)]
pub(crate) enum Broken {
    /// The client is gone.
    #[error("{0}")]
    Client(BoxError),
    /// It is not what HTTP allows.
    #[error("the body is malformed: {0}")]
    Malformed(BoxError),
    /// The client is slow.
    #[error("the body stopped coming for too long; send it again")]
    Silent,
    /// It is longer than configured.
    #[error("the body is longer than the {0} bytes that this proxy is configured to take")]
    Long(u64),
    /// Others fill the memory.
    #[error(transparent)]
    NoMemory(#[from] NoMemory),
}

impl Broken {
    /// What to answer; nothing where nobody is left to answer.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Client(_) => None,
            Self::Malformed(_) => Some(StatusCode::BAD_REQUEST),
            Self::Silent => Some(StatusCode::REQUEST_TIMEOUT),
            Self::Long(_) => Some(StatusCode::PAYLOAD_TOO_LARGE),
            Self::NoMemory(_) => Some(StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    /// What an error of a body means.
    pub(crate) fn of(error: impl Into<BoxError>) -> Self {
        let error = match error.into().downcast::<Self>() {
            Ok(broken) => return *broken,
            Err(error) => error,
        };
        match malformed(&*error) {
            true => Self::Malformed(error),
            false => Self::Client(error),
        }
    }
}

/// Readers of a body's framing say `InvalidInput` or `InvalidData` where it makes no sense.
fn malformed(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(ErrorKind::InvalidInput | ErrorKind::InvalidData) => return true,
            _ => next = error.source(),
        }
    }
    false
}

/// Gives up a body that is too long, or of which nothing comes for too long. Time counts only while
/// somebody asks for more.
pub(crate) struct CameBody<B> {
    inner: B,
    /// The most bytes, and how many of them may still come.
    most: Option<(u64, u64)>,
    patience: Duration,
    silence: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

impl<B: Body<Data = Bytes>> CameBody<B> {
    /// Lets `inner` come, of at most so many bytes, each within `patience` of the one before.
    ///
    /// # Errors
    ///
    /// When it says that it is longer.
    pub(crate) fn new(inner: B, most: Option<u64>, patience: Duration) -> Result<Self, Broken> {
        if let Some(most) = most.filter(|most| inner.size_hint().lower() > *most) {
            return Err(Broken::Long(most));
        }
        let most = most.map(|most| (most, most));
        Ok(Self { inner, most, patience, silence: None, waiting: false })
    }

    fn count(&mut self, len: usize) -> Result<(), Broken> {
        let Some((most, left)) = &mut self.most else { return Ok(()) };
        *left = left.checked_sub(len as u64).ok_or(Broken::Long(*most))?;
        Ok(())
    }

    /// Whether nothing has come for too long.
    fn is_silent(&mut self, cx: &mut Context<'_>) -> bool {
        let patience = self.patience;
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(patience)));
        if !std::mem::replace(&mut self.waiting, true) {
            silence.as_mut().reset(Instant::now() + patience);
        }
        silence.as_mut().poll(cx).is_ready()
    }
}

impl<B> Body for CameBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) else {
            return match this.is_silent(cx) {
                true => Poll::Ready(Some(Err(Broken::Silent))),
                false => Poll::Pending,
            };
        };
        this.waiting = false;
        Poll::Ready(frame.map(|frame| {
            let mut frame = frame.map_err(Broken::of)?;
            if let Some(trailers) = frame.trailers_mut() {
                drop_from_trailers(trailers);
            }
            this.count(frame.data_ref().map_or(0, Bytes::len))?;
            Ok(frame)
        }))
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

    async fn came(most: Option<u64>) -> Result<Bytes, Broken> {
        let chunks = ["ab", "cd", "e"].map(|chunk| Bytes::from_static(chunk.as_bytes()));
        let body = CameBody::new(Chunks::new(chunks, None), most, Duration::from_secs(60))?;
        Ok(body.collect().await?.to_bytes())
    }

    #[tokio::test]
    async fn only_a_body_that_is_longer_is_too_long() {
        for most in [None, Some(6), Some(5)] {
            assert_eq!(came(most).await.unwrap(), "abcde");
        }
        let status = came(Some(4)).await.unwrap_err().status();
        assert_eq!(status, Some(StatusCode::PAYLOAD_TOO_LARGE));
    }

    #[test]
    fn what_is_malformed_is_told_from_a_client_that_left() {
        let of = |kind: ErrorKind| Broken::of(io::Error::from(kind)).status();
        assert_eq!(of(ErrorKind::InvalidInput), Some(StatusCode::BAD_REQUEST));
        assert_eq!(of(ErrorKind::UnexpectedEof), None);
        let silent: BoxError = Broken::Silent.into();
        assert_eq!(Broken::of(silent).status(), Some(StatusCode::REQUEST_TIMEOUT));
    }
}
