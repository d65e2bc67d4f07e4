//! Who waits for what on one connection, and the records of it.
//!
//! Each response of a model has a record of its own, like a request over HTTP: `response.create`
//! opens it, or the upstream's `response.created` where the request could not be read. Responses
//! come one after the other, so an event belongs to the oldest that is awaited. What is counted
//! there is not counted in the connection's own record.

use crate::{
    meter::{self, Meter},
    record::{Entry, Record},
    route::Skip,
};
use brevity::{Dialect, Limits};
use hyper::{Method, StatusCode};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::watch;

/// How many responses may be awaited at once. The oldest of more is given up.
const AWAITED: usize = 64;

/// The method in the record of a response: none of HTTP's.
const METHOD: &[u8] = b"WS";

/// One connection.
pub(crate) struct Connection {
    /// The connection's own record.
    pub(crate) entry: Arc<Entry>,
    path: String,
    ordinals: Arc<AtomicU64>,
    limits: Limits,
    state: Mutex<State>,
    /// Whether it is known that nothing is awaited.
    quiet: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    awaited: VecDeque<Awaited>,
    /// Whether there may be requests that were not read.
    blind: bool,
}

struct Awaited {
    entry: Arc<Entry>,
    meter: Meter,
    has_begun: bool,
}

impl Connection {
    pub(crate) fn new(
        entry: Arc<Entry>,
        path: String,
        ordinals: Arc<AtomicU64>,
        limits: Limits,
    ) -> Self {
        let (state, quiet) = (Mutex::default(), watch::Sender::new(true));
        Self { entry, path, ordinals, limits, state, quiet }
    }

    /// The client has asked for a response. Its record, open until the upstream has ended it.
    pub(crate) fn asked(&self) -> Arc<Entry> {
        let mut state = self.lock();
        let entry = self.open(&mut state);
        self.settle(&state);
        entry
    }

    /// Something passed unread: from now on nobody knows what is awaited.
    pub(crate) fn lose_sight(&self, skip: Skip) {
        let mut state = self.lock();
        state.blind = true;
        self.settle(&state);
        self.entry.write(|record| record.skip = Some(skip));
    }

    /// Reads one event of the upstream.
    pub(crate) fn hear(&self, event: &[u8]) {
        let mut state = self.lock();
        if state.awaited.is_empty() {
            if meter::kind(event).as_deref() != Some("response.created") {
                return;
            }
            self.open(&mut state);
        }
        let Some(awaited) = state.awaited.front_mut() else { return };
        let len = event.len() as u64;
        self.entry.write(|record| record.answer_bytes = record.answer_bytes.saturating_sub(len));
        if awaited.hear(event) {
            state.awaited.pop_front();
        }
        self.settle(&state);
    }

    /// Waits until it is known that nothing is awaited.
    pub(crate) async fn quiet(&self) {
        // The sender lives as long as `self`, so waiting does not fail.
        let _ = self.quiet.subscribe().wait_for(|quiet| *quiet).await;
    }

    fn open(&self, state: &mut State) -> Arc<Entry> {
        let ordinal = self.ordinals.fetch_add(1, Ordering::Relaxed) + 1;
        let method = Method::from_bytes(METHOD).unwrap_or_default();
        let mut record = Record::new(ordinal, method, self.path.clone());
        record.dialect = Some(Dialect::OpenAiResponses);
        let entry = self.entry.another(record);
        // Messages are read one by one, so no type of content is told.
        let meter = Meter::new("", &self.limits);
        state.awaited.push_back(Awaited { entry: entry.clone(), meter, has_begun: false });
        if state.awaited.len() > AWAITED {
            state.awaited.pop_front();
        }
        entry
    }

    fn settle(&self, state: &State) {
        self.quiet.send_replace(state.awaited.is_empty() && !state.blind);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Awaited {
    /// Reads one event of the response; whether it was the last.
    fn hear(&mut self, event: &[u8]) -> bool {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.entry.answered(StatusCode::SWITCHING_PROTOCOLS);
        }
        self.entry.write(|record| record.answer_bytes += event.len() as u64);
        self.meter.event(event);
        let usage = self.meter.usage();
        let is_last = usage.ended || usage.error.is_some();
        if is_last {
            self.entry.used(Some(usage.clone()));
            self.entry.ended();
        }
        is_last
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        for awaited in self.lock().awaited.drain(..) {
            awaited.entry.failed(&"the connection ended before the response");
        }
    }
}
