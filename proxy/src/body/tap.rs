//! The meter's end of an answer.
//!
//! Most answers are event streams whose events are short, and most of these events say nothing that
//! is counted: they are read where they pass, which costs less than to hand them on. What may take
//! longer has a task of its own: long chunks, compressed answers, and long documents at their end.

use super::decode::Decoder;
use crate::record::Entry;
use brevity::Limits;
use bytes::Bytes;
use hyper::HeaderMap;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    runtime::Handle,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// How many bytes may wait for the task. Beyond, it stops reading: it never slows the answer.
const QUEUE: usize = 4 * 1024 * 1024;

/// How many bytes the task is handed at once.
const BATCH: usize = 4 * 1024;

/// How many bytes are read where they pass: some 20 µs of work.
const HERE: usize = 16 * 1024;

/// Reads an answer along.
pub(crate) struct Tap {
    state: State,
    /// A copy of what was not handed on yet: a small piece would hold on to all of the buffer that it
    /// was read into.
    held: Vec<u8>,
}

enum State {
    /// It is read as it passes.
    Here(Box<Decoder>, Arc<Entry>),
    /// A task is to read it, as soon as there is a batch.
    Waiting(Box<Decoder>, Arc<Entry>),
    /// A task reads it.
    There(UnboundedSender<Bytes>, Arc<AtomicUsize>),
    /// The task fell behind.
    Gone,
}

impl Tap {
    /// A tap that decodes as `headers` say, and writes what it finds to `entry`.
    pub(crate) fn open(headers: &HeaderMap, limits: &Limits, entry: Arc<Entry>) -> Option<Self> {
        let decoder = Box::new(Decoder::new(headers, limits)?);
        let state = match decoder.is_plain() {
            true => State::Here(decoder, entry),
            false => State::Waiting(decoder, entry),
        };
        Some(Self { state, held: Vec::new() })
    }

    /// Reads what passes.
    pub(super) fn write(&mut self, data: &Bytes) {
        match &mut self.state {
            State::Here(decoder, _) if data.len() <= HERE => return decoder.feed(data),
            _ => {}
        }
        if data.len() < BATCH {
            self.held.extend_from_slice(data);
        }
        if self.held.len() >= BATCH || data.len() >= BATCH {
            let held = std::mem::take(&mut self.held);
            self.state.send(held.into());
        }
        if data.len() >= BATCH {
            self.state.send(data.clone());
        }
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let held = std::mem::take(&mut self.held);
        match std::mem::replace(&mut self.state, State::Gone) {
            State::Here(decoder, entry) if decoder.held() <= HERE => entry.used(decoder.finish()),
            State::Here(decoder, entry) => spawn(async move { entry.used(decoder.finish()) }),
            State::Waiting(mut decoder, entry) => spawn(async move {
                decoder.feed(&held);
                entry.used(decoder.finish());
            }),
            mut state => state.send(held.into()),
        }
    }
}

impl State {
    fn send(&mut self, data: Bytes) {
        if data.is_empty() {
            return;
        }
        self.start();
        let Self::There(sender, queued) = self else { return };
        let before = queued.fetch_add(data.len(), Ordering::Relaxed);
        if before >= QUEUE || sender.send(data).is_err() {
            *self = Self::Gone;
        }
    }

    fn start(&mut self) {
        *self = match std::mem::replace(self, Self::Gone) {
            Self::Here(decoder, entry) | Self::Waiting(decoder, entry) => {
                let (sender, receiver) = unbounded_channel();
                let queued = Arc::new(AtomicUsize::new(0));
                spawn(observe(receiver, queued.clone(), decoder, entry));
                Self::There(sender, queued)
            }
            other => other,
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
    use super::{super::ObserveBody, *};
    use crate::record::Record;
    use flate2::{Compression, write::GzEncoder};
    use hyper::header::{self, HeaderValue};
    use std::{io::Write as _, time::Duration};

    struct Telling(UnboundedSender<Record>);

    impl crate::record::Recorder for Telling {
        fn record(&self, record: Record) {
            self.0.send(record).unwrap();
        }
    }

    async fn record_of(
        answer: &[u8],
        kind: &'static str,
        coding: &'static str,
        cut: usize,
    ) -> Record {
        let (tell, mut told) = unbounded_channel();
        let record = Record::new(1, hyper::Method::POST, "/".into());
        let entry = Entry::new(record, Arc::new(Telling(tell)), ());
        let fields = [(header::CONTENT_TYPE, kind), (header::CONTENT_ENCODING, coding)];
        let headers = fields.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let headers = HeaderMap::from_iter(headers);
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
        let usage = r#""usage":{"output_tokens":7}}"#;
        let short = format!(r#"{{"type":"message",{usage}"#);
        let long = format!(r#"{{"type":"message","content":"{}",{usage}"#, "x".repeat(2 * HERE));
        let piece = r#"data: {"type":"content_block_delta","delta":{"text":"a piece"}}"#;
        let end = format!("data: {{\"type\":\"message_delta\",{usage}\n\n");
        let stream = format!("{piece}\n\n").repeat(600) + &end;
        for (answer, kind) in
            [(short, "application/json"), (long, "application/json"), (stream, "text/event-stream")]
        {
            let mut packed = GzEncoder::new(Vec::new(), Compression::none());
            packed.write_all(answer.as_bytes()).unwrap();
            for (answer, coding) in
                [(answer.clone().into_bytes(), ""), (packed.finish().unwrap(), "gzip")]
            {
                // Below a batch, around it, above it; and what is read by a task alone.
                for cut in [1, 70, BATCH - 1, BATCH, 3 * BATCH, HERE + 1] {
                    let record = record_of(&answer, kind, coding, cut).await;
                    let output = record.usage.and_then(|usage| usage.output);
                    assert_eq!(output, Some(7), "{kind} {coding} {cut}");
                    assert_eq!(record.answer_bytes, answer.len() as u64);
                }
            }
        }
    }
}
