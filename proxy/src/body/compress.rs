//! A request body through the engine as it passes, for bodies that are not held whole.

use super::{
    BoxError,
    hold::broke,
    longer,
    work::{Engine, Gathered, Panicked, Pool},
};
use crate::record::Entry;
use bytes::Bytes;
use hyper::{
    HeaderMap,
    body::{Body, Frame, SizeHint},
};
use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// Rewrites a body as it passes. It asks for the next chunk only when all that the last one gave
/// has left, so it holds little and the client is slowed down to the upstream's pace.
///
/// In a dry run the client's own bytes leave, and what the engine makes of them is only counted.
pub(crate) struct CompressBody<B> {
    inner: B,
    engine: Engine,
    pool: Pool,
    entry: Arc<Entry>,
    dry: bool,
    /// Ready to leave.
    out: VecDeque<Bytes>,
    work: Option<Work>,
    trailers: Option<HeaderMap>,
    /// The inner body has ended, and so has the engine's.
    ended: bool,
}

type Work = Pin<Box<dyn Future<Output = Result<Gathered, Panicked>> + Send>>;

impl<B> CompressBody<B> {
    /// The rest of a body, behind what `engine` was fed already.
    pub(crate) fn new(inner: B, engine: Engine, pool: Pool, entry: Arc<Entry>) -> Self {
        let (out, work, trailers) = (VecDeque::new(), None, None);
        let mut body =
            Self { inner, engine, pool, entry, dry: false, out, work, trailers, ended: false };
        body.start();
        body
    }

    /// Starts the steps that wait.
    fn start(&mut self) {
        let steps = self.engine.take();
        if !steps.is_empty() {
            let pool = self.pool.clone();
            self.work = Some(Box::pin(async move { pool.run(steps).await }));
        }
    }

    fn read(&mut self, frame: Frame<Bytes>) -> Result<(), Panicked> {
        match frame.into_data() {
            Ok(chunk) => {
                self.entry.came(chunk.len());
                if self.dry {
                    self.out.push_back(chunk.clone());
                }
                self.engine.write(chunk)?;
                self.start();
            }
            Err(frame) => self.trailers = frame.into_trailers().ok(),
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Panicked> {
        self.ended = true;
        self.engine.finish()?;
        self.start();
        Ok(())
    }

    /// Ends a dry run, of which nothing is left to wait for: a body that knows its length is not
    /// asked again after its last byte.
    fn end_apart(&mut self) {
        let work = self.work.take();
        if let Err(failed) = self.end() {
            return tracing::error!("{failed}");
        }
        let (rest, entry) = (self.work.take(), self.entry.clone());
        let facts = self.engine.facts().clone();
        tokio::spawn(async move {
            for work in [work, rest].into_iter().flatten() {
                match work.await {
                    Ok(gathered) => entry.note(gathered.outcomes, &facts),
                    Err(failed) => tracing::error!("{failed}"),
                }
            }
        });
    }

    fn took(&mut self, gathered: Gathered) {
        self.entry.note(gathered.outcomes, self.engine.facts());
        if !self.dry {
            self.out.extend(gathered.chunks);
        }
    }
}

impl<B: Body> CompressBody<B> {
    /// The same, in a dry run: `came` is what the engine was fed.
    pub(crate) fn dry(mut self, came: Vec<Bytes>) -> Self {
        self.dry = true;
        self.out = came.into();
        if self.inner.is_end_stream() {
            self.end_apart();
        }
        self
    }
}

impl<B> Body for CompressBody<B>
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
        let this = &mut *self;
        loop {
            if let Some(chunk) = this.out.pop_front() {
                this.entry.leaves(chunk.len());
                return Poll::Ready(Some(Ok(Frame::data(chunk))));
            }
            if let Some(work) = &mut this.work {
                let gathered = ready!(work.as_mut().poll(cx));
                this.work = None;
                this.took(gathered?);
            } else if this.ended {
                return Poll::Ready(this.trailers.take().map(Frame::trailers).map(Ok));
            } else {
                match ready!(Pin::new(&mut this.inner).poll_frame(cx)) {
                    Some(frame) => {
                        let frame = frame.map_err(|error| broke(&this.entry, error))?;
                        this.read(frame)?;
                        if this.dry && this.inner.is_end_stream() {
                            this.end_apart();
                        }
                    }
                    None => this.end()?,
                }
            }
        }
    }

    /// Only a dry run knows its length.
    fn size_hint(&self) -> SizeHint {
        match self.dry {
            true => longer(&self.out, self.inner.size_hint()),
            false => SizeHint::default(),
        }
    }
}
