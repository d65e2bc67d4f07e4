//! The answer of a tool server on its way to the client.

use super::Calls;
use crate::{
    body::{BoxError, Gathered, Panicked, Pool},
    record::Entry,
};
use brevity::{Facts, McpAnswers, Steps};
use bytes::Bytes;
use hyper::{
    HeaderMap,
    body::{Body, Frame},
};
use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// Shortens an answer message by message. A message leaves when it is complete, and the next bytes are
/// asked for when it has left.
pub(super) struct AnswerBody<B> {
    inner: B,
    answers: McpAnswers,
    calls: Calls,
    pool: Pool,
    entry: Arc<Entry>,
    /// Ready to leave.
    out: VecDeque<Bytes>,
    work: Option<Work>,
    end: End,
}

type Work = Pin<Box<dyn Future<Output = Result<Gathered, Panicked>> + Send>>;

enum End {
    /// More may come.
    Open,
    /// The inner body has ended, perhaps with trailers.
    Ended(Option<HeaderMap>),
    /// It broke off. The client learns of it when what came before has left.
    Broken(Option<BoxError>, bool),
}

impl<B> AnswerBody<B> {
    pub(super) fn new(
        inner: B,
        answers: McpAnswers,
        calls: Calls,
        pool: Pool,
        entry: Arc<Entry>,
    ) -> Self {
        let (out, work, end) = (VecDeque::new(), None, End::Open);
        Self { inner, answers, calls, pool, entry, out, work, end }
    }

    fn read(&mut self, frame: Option<Result<Frame<Bytes>, BoxError>>) {
        let mut steps = Steps::new();
        match frame.map(|frame| frame.map(Frame::into_data)) {
            Some(Ok(Ok(chunk))) => self.answers.write(chunk, &mut self.calls.lock(), &mut steps),
            Some(Ok(Err(frame))) => self.end = End::Ended(frame.into_trailers().ok()),
            Some(Err(error)) => self.end = End::Broken(Some(error), false),
            None => self.end = End::Ended(None),
        }
        if !matches!(self.end, End::Open) {
            self.answers.finish(&mut self.calls.lock(), &mut steps);
        }
        let steps: Vec<_> = std::iter::from_fn(|| steps.pop()).collect();
        if !steps.is_empty() {
            let pool = self.pool.clone();
            self.work = Some(Box::pin(async move { pool.run(steps).await }));
        }
    }

    fn took(&mut self, gathered: Gathered) {
        self.entry.note(gathered.outcomes, &Facts::default());
        self.out.extend(gathered.chunks.into_iter().filter(|chunk| !chunk.is_empty()));
    }
}

impl<B> Body for AnswerBody<B>
where
    B: Body<Data = Bytes, Error = BoxError> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        loop {
            if let Some(chunk) = this.out.pop_front() {
                this.entry.moved();
                return Poll::Ready(Some(Ok(Frame::data(chunk))));
            }
            if let Some(work) = &mut this.work {
                let gathered = ready!(work.as_mut().poll(cx));
                this.work = None;
                this.took(gathered?);
                continue;
            }
            match &mut this.end {
                End::Open => {
                    let frame = ready!(Pin::new(&mut this.inner).poll_frame(cx));
                    this.read(frame);
                }
                End::Ended(trailers) => {
                    return Poll::Ready(trailers.take().map(Frame::trailers).map(Ok));
                }
                End::Broken(error, true) => return Poll::Ready(error.take().map(Err)),
                // hyper writes what it has when a body is not ready, and drops it at an error.
                End::Broken(_, told) => {
                    *told = true;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        }
    }
}
