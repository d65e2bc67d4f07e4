//! A record in the making. What is left of the request holds it; the last to let go hands it in.

use super::{Record, Recorder};
use crate::{body::Broken, meter::Usage};
use brevity::{Facts, Outcome};
use hyper::StatusCode;
use std::{
    any::Any,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// A record that is being written, shared by the bodies of one request and its answer.
pub(crate) struct Entry {
    open: Mutex<Open>,
    recorder: Arc<dyn Recorder>,
    start: Instant,
    /// When a byte moved last, in milliseconds since `start`.
    moved: AtomicU64,
}

struct Open {
    record: Option<Record>,
    last_assistant: Option<u64>,
    ended: bool,
    broken: Option<Break>,
    /// Kept as long as the request is on its way.
    on_its_way: Option<Box<dyn Any + Send>>,
}

/// What a request ends with whose body did not come.
#[derive(Clone, Debug)]
pub(crate) enum Break {
    /// Nobody is left to answer.
    Left,
    /// An error of our own.
    Refused(StatusCode, String),
}

impl Entry {
    pub(crate) fn new(
        record: Record,
        recorder: Arc<dyn Recorder>,
        on_its_way: impl Any + Send,
    ) -> Arc<Self> {
        let (record, on_its_way): (_, Box<dyn Any + Send>) = (Some(record), Box::new(on_its_way));
        let on_its_way = Some(on_its_way);
        let open = Open { record, last_assistant: None, ended: false, broken: None, on_its_way };
        Arc::new(Self {
            open: Mutex::new(open),
            recorder,
            start: Instant::now(),
            moved: AtomicU64::new(0),
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

    /// The client's body did not come.
    pub(crate) fn broke(&self, broken: &Broken) {
        let outcome = match broken.status() {
            Some(status) => {
                self.failed(broken);
                Break::Refused(status, broken.to_string())
            }
            None => {
                self.failed(&format_args!(
                    "the client stopped in the middle of its body: {broken}"
                ));
                Break::Left
            }
        };
        self.lock().broken.get_or_insert(outcome);
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

    /// Whether the client's body did not come.
    pub(crate) fn broken(&self) -> Option<Break> {
        self.lock().broken.clone()
    }

    /// The answer has ended: the request is not on its way any more. What comes after does not count
    /// in its duration.
    pub(crate) fn ended(&self) {
        let elapsed = self.start.elapsed();
        let mut open = self.lock();
        if !std::mem::replace(&mut open.ended, true)
            && let Some(record) = &mut open.record
        {
            record.duration = elapsed;
        }
        let on_its_way = open.on_its_way.take();
        drop(open);
        drop(on_its_way);
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
        let record = self.lock().record.take();
        if let Some(record) = record {
            // Whoever drops an entry is in the middle of something: a recorder's fault stays its own.
            let _ = catch_unwind(AssertUnwindSafe(|| self.recorder.record(record)));
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
