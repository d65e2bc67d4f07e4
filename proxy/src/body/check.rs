//! Does what left give back what came? Some bodies are put back to see, after they have left.
//!
//! Every part is proved before it leaves, by the engine, for itself. Here the whole of a body is put
//! back by the way that a reader of it has, so a fault in how parts, references and kept bytes are put
//! together would show as well. It must never happen, so it is counted.
//!
//! Nothing waits for a check and nothing that leaves depends on one. One runs at a time, in a thread
//! of its own; while it does, others are passed over. It holds the body's chunks, which are shared,
//! and what an [`Expander`] holds.

use super::length;
use crate::vitals::{Checks, Vitals};
use brevity::{Expander, Sink};
use bytes::Bytes;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// How much goes into an expander between two looks at what came out, in bytes. A few bytes of a
/// hostile body can stand for megabytes.
const STEP: usize = 1024;

/// The longest text that is compared where a client has sent the notation, in bytes.
const LONGEST: usize = 64 * 1024 * 1024;

/// Who checks bodies.
#[derive(Clone, Debug)]
pub(crate) struct Checker {
    /// One in so many; none if it is 0.
    one_in: u64,
    bodies: Arc<AtomicU64>,
    turn: Arc<Semaphore>,
    vitals: Arc<Vitals>,
}

/// What a check has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Same,
    /// So many bytes did not come back.
    Altered(u64),
    /// What came held the notation already, and not as a whole.
    Unclear,
}

impl Checker {
    /// Checks one body in `one_in`, none if that is 0.
    pub(crate) fn new(one_in: u32, vitals: Arc<Vitals>) -> Self {
        let turn = Arc::new(Semaphore::new(1));
        Self { one_in: one_in.into(), bodies: Arc::default(), turn, vitals }
    }

    /// Checks, perhaps, that `left` gives back `came`. It returns at once.
    pub(crate) fn check(&self, came: &[Bytes], left: &[Bytes]) {
        if self.one_in == 0
            || !self.bodies.fetch_add(1, Ordering::Relaxed).is_multiple_of(self.one_in)
        {
            return;
        }
        let Ok(permit) = self.turn.clone().try_acquire_owned() else {
            return self.vitals.checks.busy.add(1);
        };
        let (came, left, vitals) = (came.to_vec(), left.to_vec(), self.vitals.clone());
        spawn_blocking(move || {
            count(compare(&came, &left), length(&came), &vitals.checks);
            drop(permit);
        });
    }
}

fn count(found: Found, len: u64, checks: &Checks) {
    match found {
        Found::Same => {
            checks.same.add(1);
            checks.bytes.add(len);
        }
        Found::Unclear => checks.unclear.add(1),
        Found::Altered(bytes) => {
            checks.was_altered(bytes);
            tracing::error!(
                "a body that left does not give back {bytes} bytes of what came; please report it"
            );
        }
    }
}

/// Whether `left`, put back, is `came`, or else what `came` itself gives when it is put back: clients send
/// what Brevity has shortened elsewhere, too.
fn compare(came: &[Bytes], left: &[Bytes]) -> Found {
    let back = put_back(left, Match::with(came));
    if back.is_all() {
        return Found::Same;
    }
    if put_back(came, Match::with(came)).is_all() {
        return Found::Altered(back.missing().max(1));
    }
    let digest = |text| put_back(text, Digest::default()).value();
    match digest(came).is_some_and(|came| digest(left) == Some(came)) {
        true => Found::Same,
        false => Found::Unclear,
    }
}

/// Puts `text` back into `sink`, until it has enough.
fn put_back<S: Enough>(text: &[Bytes], mut sink: S) -> S {
    let mut expander = Expander::new();
    for chunk in text {
        for start in (0..chunk.len()).step_by(STEP) {
            expander.write(chunk.slice(start..chunk.len().min(start + STEP)), &mut sink);
            if sink.is_enough() {
                return sink;
            }
        }
    }
    expander.finish(&mut sink);
    sink
}

/// A sink that may know all that it wants to.
trait Enough: Sink {
    fn is_enough(&self) -> bool;
}

/// Compares what comes with what is expected, and keeps none of it.
struct Match<'a> {
    rest: &'a [Bytes],
    /// Where in the first chunk of `rest`.
    at: usize,
    matched: u64,
    differs: bool,
    all: u64,
}

impl<'a> Match<'a> {
    fn with(expected: &'a [Bytes]) -> Self {
        Self { rest: expected, at: 0, matched: 0, differs: false, all: length(expected) }
    }

    fn is_all(&self) -> bool {
        !self.differs && self.matched == self.all
    }

    /// The bytes from the first that differs.
    fn missing(&self) -> u64 {
        self.all - self.matched
    }
}

impl Enough for Match<'_> {
    fn is_enough(&self) -> bool {
        self.differs
    }
}

/// What comes, as a number that no other text has.
#[derive(Default)]
struct Digest {
    hasher: blake3::Hasher,
    len: usize,
}

impl Digest {
    /// `None` if more came than may.
    fn value(&self) -> Option<blake3::Hash> {
        (!self.is_enough()).then(|| self.hasher.finalize())
    }
}

impl Enough for Digest {
    fn is_enough(&self) -> bool {
        self.len > LONGEST
    }
}

impl Sink for Digest {
    fn keep(&mut self, bytes: Bytes) {
        self.put(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.len += bytes.len();
        if !self.is_enough() {
            self.hasher.update(bytes);
        }
    }
}

impl Sink for Match<'_> {
    fn keep(&mut self, bytes: Bytes) {
        self.put(&bytes);
    }

    fn put(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.differs {
            let Some((first, later)) = self.rest.split_first() else {
                self.differs = true;
                return;
            };
            let ahead = &first[self.at..];
            let len = ahead.len().min(bytes.len());
            self.differs = ahead[..len] != bytes[..len];
            let same = match self.differs {
                true => ahead.iter().zip(bytes).take_while(|(a, b)| a == b).count(),
                false => len,
            };
            self.matched += same as u64;
            (self.at, bytes) = (self.at + len, &bytes[len..]);
            if self.at == first.len() {
                (self.rest, self.at) = (later, 0);
            }
        }
    }
}

#[cfg(test)]
mod tests;
