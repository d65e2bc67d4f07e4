//! A body that is there, whole.

use super::length;
use bytes::Bytes;
use hyper::{
    HeaderMap,
    body::{Body, Frame, SizeHint},
};
use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

/// Chunks in order, then perhaps trailers. Its length is known, so it leaves with a
/// `content-length`; with trailers it leaves chunked, the only way to carry them in HTTP/1.1
/// (RFC 9112, 7.1.2).
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    chunks: VecDeque<Bytes>,
    left: u64,
    trailers: Option<HeaderMap>,
}

impl Chunks {
    pub(crate) fn new(
        chunks: impl IntoIterator<Item = Bytes>,
        trailers: Option<HeaderMap>,
    ) -> Self {
        let chunks: VecDeque<Bytes> =
            chunks.into_iter().filter(|chunk| !chunk.is_empty()).collect();
        let left = length(&chunks);
        Self { chunks, left, trailers }
    }

    /// The bytes that have not left yet.
    pub(crate) fn len(&self) -> u64 {
        self.left
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = match self.chunks.pop_front() {
            Some(chunk) => {
                self.left -= chunk.len() as u64;
                Some(Frame::data(chunk))
            }
            None => self.trailers.take().map(Frame::trailers),
        };
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_empty() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match self.trailers {
            None => SizeHint::with_exact(self.left),
            Some(_) => SizeHint::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    #[tokio::test]
    async fn knows_its_length_unless_trailers_follow() {
        let chunks = || [Bytes::from_static(b"ab"), Bytes::new(), Bytes::from_static(b"c")];
        let body = Chunks::new(chunks(), None);
        assert_eq!(body.size_hint().exact(), Some(3));
        assert_eq!(body.collect().await.unwrap().to_bytes(), "abc");

        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", hyper::header::HeaderValue::from_static("1"));
        let body = Chunks::new(chunks(), Some(trailers.clone()));
        assert_eq!(body.size_hint().exact(), None);
        let all = body.collect().await.unwrap();
        assert_eq!(all.trailers(), Some(&trailers));
        assert_eq!(all.to_bytes(), "abc");
    }
}
