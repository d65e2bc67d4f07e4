//! A request body through the engine: whole if it is short enough, else as it passes.

use super::{
    BoxError, Chunks,
    work::{Engine, Gathered, Panicked, Pool},
};
use crate::{record::Entry, route::Skip};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{
    HeaderMap,
    body::{Body, Frame},
};
use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use thiserror::Error;
use tokio::time::timeout;

/// What rewriting a body takes.
pub(crate) struct Rewrite {
    pub(crate) engine: Engine,
    pub(crate) pool: Pool,
    pub(crate) entry: Arc<Entry>,
    /// The longest body that is held until it is complete, in bytes.
    pub(crate) limit: u64,
    /// How long to wait for the next byte.
    pub(crate) idle: Duration,
}

/// A body, ready to leave.
pub(crate) enum Prepared<B> {
    /// Complete, with its length.
    Whole(Chunks),
    /// Too long to be held: the rest is rewritten as it passes.
    Streamed(Box<CompressBody<B>>),
}

/// Why a body did not come.
#[derive(Debug, Error)]
pub(crate) enum Broken {
    #[error("{0}")]
    Client(BoxError),
    #[error("the client sent nothing for too long")]
    Silent,
    #[error(transparent)]
    Panicked(#[from] Panicked),
}

/// Reads `body` until it is complete or longer than the limit, and rewrites it.
///
/// While the body is held, so is every byte as it came: if the engine fails, those bytes leave.
pub(crate) async fn prepare<B>(mut body: B, rewrite: Rewrite) -> Result<Prepared<B>, Broken>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let Rewrite { engine, pool, entry, limit, idle } = rewrite;
    let mut engine = Some(engine);
    let (mut came, mut len, mut trailers) = (Vec::new(), 0, None);
    while let Some(frame) = timeout(idle, body.frame()).await.map_err(|_| Broken::Silent)? {
        match frame.map_err(|error| left(&entry, error))?.into_data() {
            Ok(chunk) => {
                len += chunk.len() as u64;
                entry.moved();
                entry.write(|record| record.bytes_in += chunk.len() as u64);
                came.push(chunk.clone());
                engine = engine.and_then(|mut engine| engine.write(chunk).ok().map(|()| engine));
                if len > limit {
                    return Ok(Prepared::Streamed(Box::new(match engine {
                        Some(engine) => CompressBody::new(body, engine, pool, entry),
                        None => CompressBody::passing(body, came, pool, entry),
                    })));
                }
            }
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    let chunks = finish(engine, &pool, &entry).await.unwrap_or_else(|failed| {
        tracing::error!("{failed}");
        entry.write(|record| record.skip = Some(Skip::Failed));
        came
    });
    let whole = Chunks::new(chunks, trailers);
    entry.write(|record| record.bytes_out = whole.len());
    Ok(Prepared::Whole(whole))
}

fn left(entry: &Entry, error: impl Into<BoxError>) -> Broken {
    let error = error.into();
    entry.left(&error);
    Broken::Client(error)
}

async fn finish(
    engine: Option<Engine>,
    pool: &Pool,
    entry: &Entry,
) -> Result<Vec<Bytes>, Panicked> {
    let (gathered, facts) = pool.end(engine.ok_or(Panicked)?).await?;
    entry.note(gathered.outcomes, &facts);
    Ok(gathered.chunks)
}

/// Rewrites a body as it passes. It asks for the next chunk only when all that the last one gave
/// has left, so it holds little and the client is slowed down to the upstream's pace.
pub(crate) struct CompressBody<B> {
    inner: B,
    /// None where it failed while every byte was still there: then all pass as they came.
    engine: Option<Box<Engine>>,
    pool: Pool,
    entry: Arc<Entry>,
    /// Ready to leave.
    out: VecDeque<Bytes>,
    work: Option<Work>,
    trailers: Option<HeaderMap>,
    /// The inner body has ended, and so has the engine's.
    ended: bool,
}

type Work = Pin<Box<dyn Future<Output = Result<Gathered, Panicked>> + Send>>;

impl<B> CompressBody<B> {
    pub(crate) fn new(inner: B, engine: Engine, pool: Pool, entry: Arc<Entry>) -> Self {
        let mut body = Self::passing(inner, Vec::new(), pool, entry);
        body.engine = Some(Box::new(engine));
        body.start();
        body
    }

    /// A body that passes as it came: `came`, then the rest of `inner`.
    fn passing(inner: B, came: Vec<Bytes>, pool: Pool, entry: Arc<Entry>) -> Self {
        let (out, work, trailers) = (came.into(), None, None);
        Self { inner, engine: None, pool, entry, out, work, trailers, ended: false }
    }

    /// Starts the steps that wait.
    fn start(&mut self) {
        let steps = self.engine.as_mut().map(|engine| engine.take()).unwrap_or_default();
        if !steps.is_empty() {
            let pool = self.pool.clone();
            self.work = Some(Box::pin(async move { pool.run(steps).await }));
        }
    }

    fn read(&mut self, frame: Frame<Bytes>) -> Result<(), Panicked> {
        self.entry.moved();
        match frame.into_data() {
            Ok(chunk) => {
                self.entry.write(|record| record.bytes_in += chunk.len() as u64);
                match &mut self.engine {
                    Some(engine) => engine.write(chunk)?,
                    None => self.out.push_back(chunk),
                }
                self.start();
            }
            Err(frame) => self.trailers = frame.into_trailers().ok(),
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Panicked> {
        self.ended = true;
        if let Some(engine) = &mut self.engine {
            engine.finish()?;
        }
        self.start();
        Ok(())
    }

    fn took(&mut self, gathered: Gathered) {
        if let Some(engine) = &self.engine {
            self.entry.note(gathered.outcomes, engine.facts());
        }
        self.out.extend(gathered.chunks);
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
                this.entry.moved();
                this.entry.write(|record| record.bytes_out += chunk.len() as u64);
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
                        let frame = frame.map_err(|error| left(&this.entry, error))?;
                        this.read(frame)?;
                    }
                    None => this.end()?,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
