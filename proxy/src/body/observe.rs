//! An answer's body on its way to the client, and a copy for the meter.

use super::{BoxError, decode::Decoder};
use crate::record::Entry;
use brevity::Limits;
use bytes::Bytes;
use hyper::{
    HeaderMap,
    body::{Body, Frame, SizeHint},
};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use thiserror::Error;
use tokio::{
    runtime::Handle,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// How many bytes may wait for the meter. Beyond, it stops reading: it never slows the answer.
const QUEUE: usize = 4 * 1024 * 1024;

/// How many bytes the meter is handed at once.
const BATCH: usize = 4 * 1024;

/// Forwards an answer frame by frame. A task of its own reads a copy.
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

/// The meter's end of an answer. It hands on in batches, so that a stream does not wake the meter for
/// every event, and has no task before the first batch is full.
pub(crate) struct Tap {
    /// A copy of what was not handed on yet: a small piece would hold on to all of the buffer that it
    /// was read into.
    held: Vec<u8>,
    meter: Observer,
}

enum Observer {
    Waiting(Box<Decoder>, Arc<Entry>),
    Reading(UnboundedSender<Bytes>, Arc<AtomicUsize>),
    /// It fell behind.
    Gone,
}

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

impl Tap {
    /// A tap whose other end decodes as `headers` say, and writes what it finds to `entry`.
    pub(crate) fn open(headers: &HeaderMap, limits: &Limits, entry: Arc<Entry>) -> Option<Self> {
        let decoder = Box::new(Decoder::new(headers, limits)?);
        Some(Self { held: Vec::new(), meter: Observer::Waiting(decoder, entry) })
    }

    fn write(&mut self, data: &Bytes) {
        if data.len() < BATCH {
            self.held.extend_from_slice(data);
        }
        if self.held.len() >= BATCH || data.len() >= BATCH {
            let held = std::mem::take(&mut self.held);
            self.meter.send(held.into());
        }
        if data.len() >= BATCH {
            self.meter.send(data.clone());
        }
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let held = std::mem::take(&mut self.held);
        match std::mem::replace(&mut self.meter, Observer::Gone) {
            // Less than a batch: a task costs more.
            Observer::Waiting(mut decoder, entry) if decoder.is_plain() => {
                decoder.feed(&held);
                entry.used(decoder.finish());
            }
            mut meter => meter.send(held.into()),
        }
    }
}

impl Observer {
    fn send(&mut self, data: Bytes) {
        if data.is_empty() {
            return;
        }
        self.start();
        let Self::Reading(sender, queued) = self else { return };
        let before = queued.fetch_add(data.len(), Ordering::Relaxed);
        if before >= QUEUE || sender.send(data).is_err() {
            *self = Self::Gone;
        }
    }

    fn start(&mut self) {
        match std::mem::replace(self, Self::Gone) {
            Self::Waiting(decoder, entry) => {
                let (sender, receiver) = unbounded_channel();
                let queued = Arc::new(AtomicUsize::new(0));
                spawn(observe(receiver, queued.clone(), decoder, entry));
                *self = Self::Reading(sender, queued);
            }
            other => *self = other,
        }
    }
}

/// A body may be dropped when the runtime is gone, and nobody is left to read then.
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(task);
    }
}

async fn observe(
    mut receiver: UnboundedReceiver<Bytes>,
    queued: Arc<AtomicUsize>,
    mut decoder: Box<Decoder>,
    entry: Arc<Entry>,
) {
    while let Some(data) = receiver.recv().await {
        decoder.feed(&data);
        queued.fetch_sub(data.len(), Ordering::Relaxed);
    }
    entry.used(decoder.finish());
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

    struct Telling(UnboundedSender<Record>);

    impl crate::record::Recorder for Telling {
        fn record(&self, record: Record) {
            self.0.send(record).unwrap();
        }
    }

    async fn record_of(answer: &[u8], kind: &'static str, cut: usize) -> Record {
        let (tell, mut told) = unbounded_channel();
        let record = Record::new(1, hyper::Method::POST, "/".into());
        let entry = Entry::new(record, Arc::new(Telling(tell)), ());
        let kind = hyper::header::HeaderValue::from_static(kind);
        let headers = HeaderMap::from_iter([(hyper::header::CONTENT_TYPE, kind)]);
        let tap = Tap::open(&headers, &Limits::default(), entry.clone());
        let chunks = answer.chunks(cut).map(Bytes::copy_from_slice);
        let inner = super::super::Chunks::new(chunks, None);
        let body = ObserveBody::new(inner, tap, entry, Duration::from_secs(60));
        let passed = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
        assert_eq!(passed, answer);
        told.recv().await.unwrap()
    }

    #[tokio::test]
    async fn the_meter_reads_all_of_an_answer_in_its_order() {
        let document = br#"{"type":"message","usage":{"output_tokens":7}}"#.to_vec();
        let piece = r#"data: {"type":"content_block_delta","delta":{"text":"a piece"}}"#;
        let mut stream = format!("{piece}\n\n").repeat(300).into_bytes();
        stream.extend(b"data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n");
        for (answer, kind) in [(document, "application/json"), (stream, "text/event-stream")] {
            // Below a batch, around it, above it.
            for cut in [1, 70, BATCH - 1, BATCH, 3 * BATCH] {
                let record = record_of(&answer, kind, cut).await;
                assert_eq!(record.usage.and_then(|usage| usage.output), Some(7), "{kind} {cut}");
                assert_eq!(record.answer_bytes, answer.len() as u64);
            }
        }
    }
}
