//! A record in the making. What is left of the request holds it; the last to let go hands it in.

use super::{Record, Recorder};
use crate::meter::Usage;
use brevity::{Facts, Outcome};
use hyper::StatusCode;
use std::{
    any::Any,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// A record that is being written, shared by the bodies of one request and its answer.
pub(crate) struct Entry {
    open: Mutex<Open>,
    recorder: Arc<dyn Recorder>,
    start: Instant,
    /// When a byte moved last, in milliseconds since `start`.
    moved: AtomicU64,
    /// Kept as long as the request is on its way.
    _busy: Box<dyn Any + Send + Sync>,
}

struct Open {
    record: Option<Record>,
    last_assistant: Option<u64>,
    ended: bool,
    left: bool,
}

impl Entry {
    pub(crate) fn new(
        record: Record,
        recorder: Arc<dyn Recorder>,
        busy: impl Any + Send + Sync,
    ) -> Arc<Self> {
        let open = Open { record: Some(record), last_assistant: None, ended: false, left: false };
        Arc::new(Self {
            open: Mutex::new(open),
            recorder,
            start: Instant::now(),
            moved: AtomicU64::new(0),
            _busy: Box::new(busy),
        })
    }

    /// Another record, for the same recorder. It came the same way.
    pub(crate) fn another(&self, mut record: Record) -> Arc<Self> {
        self.write(|own| {
            record.id.clone_from(&own.id);
            record.trace.clone_from(&own.trace);
            record.route.clone_from(&own.route);
        });
        Self::new(record, self.recorder.clone(), ())
    }

    /// Changes the record.
    pub(crate) fn write(&self, change: impl FnOnce(&mut Record)) {
        if let Some(record) = &mut self.lock().record {
            change(record);
        }
    }

    /// What the record says of itself by now. Once it is handed in, that is nothing.
    pub(crate) fn read<T: Default>(&self, look: impl FnOnce(&Record) -> T) -> T {
        self.lock().record.as_ref().map(look).unwrap_or_default()
    }

    /// Notes what became of the next parts of the request.
    pub(crate) fn note(&self, outcomes: Vec<Outcome>, facts: &Facts) {
        let mut open = self.lock();
        let advanced = open.last_assistant != facts.last_assistant;
        open.last_assistant = facts.last_assistant;
        let Some(record) = &mut open.record else { return };
        record.add(outcomes, facts.last_assistant, advanced);
        record.stream = facts.stream;
        if record.model != facts.model {
            record.model.clone_from(&facts.model);
        }
    }

    /// The head of the answer has come.
    pub(crate) fn answered(&self, status: StatusCode) {
        let elapsed = self.start.elapsed();
        self.write(|record| {
            record.status = Some(status);
            record.first_byte = Some(elapsed);
        });
    }

    /// What the provider says it used.
    pub(crate) fn used(&self, usage: Option<Usage>) {
        self.write(|record| record.usage = usage);
    }

    /// The first thing that went wrong stays.
    pub(crate) fn failed(&self, error: &dyn fmt::Display) {
        self.write(|record| {
            record.error.get_or_insert_with(|| error.to_string());
        });
    }

    /// The client stopped in the middle of its body: nobody is left to answer.
    pub(crate) fn left(&self, error: &dyn fmt::Display) {
        self.failed(&format_args!("the client stopped in the middle of its body: {error}"));
        self.lock().left = true;
    }

    /// The upstream could not be reached, or broke off.
    pub(crate) fn upstream_failed(&self) {
        self.write(|record| record.upstream_failed = true);
    }

    /// The body is there whole, so much time after the request's head.
    pub(crate) fn was_read(&self) {
        let elapsed = self.start.elapsed();
        self.write(|record| record.read = Some(elapsed));
    }

    /// Whether the client stopped in the middle of its body.
    pub(crate) fn has_left(&self) -> bool {
        self.lock().left
    }

    /// The answer has ended. What comes after does not count in its duration.
    pub(crate) fn ended(&self) {
        let elapsed = self.start.elapsed();
        let mut open = self.lock();
        if !std::mem::replace(&mut open.ended, true)
            && let Some(record) = &mut open.record
        {
            record.duration = elapsed;
        }
    }

    /// Bytes of the body came.
    pub(crate) fn came(&self, len: usize) {
        self.moved();
        self.write(|record| record.bytes_in += len as u64);
    }

    /// Bytes of the body leave.
    pub(crate) fn leaves(&self, len: usize) {
        self.moved();
        self.write(|record| record.bytes_out += len as u64);
    }

    /// Bytes of an answer that may be rewritten leave for the client.
    pub(crate) fn answer_leaves(&self, len: usize) {
        self.moved();
        self.write(|record| *record.answer_bytes_out.get_or_insert(0) += len as u64);
    }

    /// A byte has moved.
    pub(crate) fn moved(&self) {
        self.moved.store(millis(self.start.elapsed()), Ordering::Relaxed);
    }

    /// Waits until nothing has moved for `idle`.
    pub(crate) async fn silence(&self, idle: Duration) {
        loop {
            let moved = Duration::from_millis(self.moved.load(Ordering::Relaxed));
            let quiet = self.start.elapsed().saturating_sub(moved);
            if quiet >= idle {
                return;
            }
            tokio::time::sleep(idle - quiet).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.ended();
        if let Some(record) = self.lock().record.take() {
            self.recorder.record(record);
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
