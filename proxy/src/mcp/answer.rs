//! The answer of a tool server on its way to the client.

use crate::{
    body::{BoxError, Gathered, Panicked, Pool},
    record::Entry,
};
use brevity::{Facts, McpAnswers, McpCalls, Step, Steps};
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

/// A message that is longer is read on the pool, so that the streams of others do not wait: a
/// mebibyte takes some milliseconds.
const HERE: usize = 64 * 1024;

/// Shortens an answer message by message. A message leaves when it is complete, and the next bytes are
/// asked for when it has left.
pub(super) struct AnswerBody<B> {
    inner: B,
    /// Missing while it reads on the pool.
    reader: Option<Reader>,
    pool: Pool,
    entry: Arc<Entry>,
    /// Ready to leave.
    out: VecDeque<Bytes>,
    work: Option<Work>,
    end: End,
}

/// Reads messages.
pub(super) struct Reader {
    pub(super) answers: McpAnswers,
    pub(super) calls: Arc<McpCalls>,
    /// Bytes leave as they came; what would have left is only counted.
    pub(super) is_dry: bool,
}

type Work = Pin<Box<dyn Future<Output = Result<(Reader, Gathered), Panicked>> + Send>>;

/// What has come of the inner body's end.
enum End {
    /// More may come.
    Open,
    /// It has ended, perhaps with trailers that have not left.
    Ended(Option<HeaderMap>),
    /// It broke off. The client learns of it when what came before has left.
    Breaks(BoxError),
    /// The same, and what came before can leave now.
    Broken(BoxError),
}

impl<B> AnswerBody<B> {
    pub(super) fn new(inner: B, reader: Reader, pool: Pool, entry: Arc<Entry>) -> Self {
        let (out, work, end) = (VecDeque::new(), None, End::Open);
        Self { inner, reader: Some(reader), pool, entry, out, work, end }
    }

    fn read(&mut self, chunk: Option<Bytes>, is_last: bool) {
        let Some(reader) = self.reader.take() else { return };
        let pool = self.pool.clone();
        self.work = Some(Box::pin(reader.run(chunk, is_last, pool)));
    }

    fn took(&mut self, (reader, gathered): (Reader, Gathered)) {
        self.reader = Some(reader);
        self.entry.note(gathered.outcomes, &Facts::default());
        self.out.extend(gathered.chunks.into_iter().filter(|chunk| !chunk.is_empty()));
    }
}

impl<B: Body<Data = Bytes, Error = BoxError>> AnswerBody<B> {
    fn came(&mut self, frame: Option<Result<Frame<Bytes>, BoxError>>) {
        let chunk = match frame.map(|frame| frame.map(Frame::into_data)) {
            Some(Ok(Ok(chunk))) => {
                // Where the length is known, nobody asks for what follows the last byte.
                let is_last = self.inner.is_end_stream();
                return self.read(Some(chunk), is_last);
            }
            Some(Ok(Err(frame))) => End::Ended(frame.into_trailers().ok()),
            Some(Err(error)) => End::Breaks(error),
            None => End::Ended(None),
        };
        self.end = chunk;
        self.read(None, true);
    }
}

impl Reader {
    /// Takes the next bytes, and ends if they are the last. Gives what leaves now.
    async fn run(
        self,
        chunk: Option<Bytes>,
        is_last: bool,
        pool: Pool,
    ) -> Result<(Self, Gathered), Panicked> {
        let original = chunk.clone().filter(|_| self.is_dry);
        let is_dry = self.is_dry;
        let len = self.answers.held() + chunk.as_ref().map_or(0, Bytes::len);
        let (reader, steps) = match len > HERE {
            true => pool.spawn(move || self.steps(chunk, is_last)).await?,
            false => self.steps(chunk, is_last),
        };
        let mut gathered = pool.run(steps).await?;
        if is_dry {
            gathered.chunks = original.into_iter().collect();
        }
        Ok((reader, gathered))
    }

    fn steps(mut self, chunk: Option<Bytes>, is_last: bool) -> (Self, Vec<Step>) {
        let mut steps = Steps::new();
        if let Some(chunk) = chunk {
            self.answers.write(chunk, &self.calls, &mut steps);
        }
        if is_last {
            self.answers.finish(&self.calls, &mut steps);
        }
        (self, std::iter::from_fn(|| steps.pop()).collect())
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
                this.entry.answer_leaves(chunk.len());
                return Poll::Ready(Some(Ok(Frame::data(chunk))));
            }
            if let Some(work) = &mut this.work {
                let done = ready!(work.as_mut().poll(cx));
                this.work = None;
                this.took(done?);
                continue;
            }
            match std::mem::replace(&mut this.end, End::Ended(None)) {
                End::Open => {
                    this.end = End::Open;
                    let frame = ready!(Pin::new(&mut this.inner).poll_frame(cx));
                    this.came(frame);
                }
                End::Ended(trailers) => {
                    return Poll::Ready(trailers.map(Frame::trailers).map(Ok));
                }
                // hyper writes what it has when a body is not ready, and drops it at an error.
                End::Breaks(error) => {
                    this.end = End::Broken(error);
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                End::Broken(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

#[cfg(test)]
mod tests;
