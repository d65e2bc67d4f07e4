//! Which way a request's bytes go: as they are, into a block, or into waiting.

use super::{calls::Source, owner::Standing, target::Target, wait::Wait};
use crate::{
    Kind, Outcome, Place, Reason, Settings,
    held::Held,
    step::{Step, Steps},
};
use bytes::Bytes;
use std::sync::Arc;

/// Sends the bytes of each chunk on, in order, each exactly once.
///
/// Only where the way changes is a chunk cut, so what no rule concerns leaves as it came in.
#[derive(Debug)]
pub(super) struct Outlet<T: Target> {
    settings: Arc<Settings>,
    chunk: Bytes,
    /// Up to where the chunk was sent on.
    sent: usize,
    /// The offset of the chunk in the request.
    base: u64,
    way: Way<T::Text>,
    blocks: u64,
    /// There were as many texts as may be. Nothing is eligible any more, so the way stays open.
    is_full: bool,
    target: T,
}

#[derive(Debug)]
enum Way<T> {
    /// As they are.
    Pass,
    /// The inside of an eligible string.
    Into(T),
    /// The inside of a string that a bound forbids, from this offset.
    Kept(Place, u64),
    /// From the first text that may be eligible, until that is known.
    Wait(Wait),
}

/// Where a text stands, and what may be done with it: `None` where a bound forbids to know.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) message: u64,
    pub(super) source: Option<Source>,
}

impl<T: Target> Outlet<T> {
    pub(super) fn new(settings: Arc<Settings>, target: T) -> Self {
        let (chunk, way) = (Bytes::new(), Way::Pass);
        Self { settings, chunk, sent: 0, base: 0, way, blocks: 0, is_full: false, target }
    }

    /// Where eligible texts go.
    pub(super) fn target(&mut self) -> &mut T {
        &mut self.target
    }

    /// Takes a chunk. The one before it must have been sent on.
    pub(super) fn begin(&mut self, chunk: Bytes) {
        self.base += self.chunk.len() as u64;
        self.chunk = chunk;
        self.sent = 0;
    }

    /// Sends the chunk on up to `to`, the way that is open.
    pub(super) fn send(&mut self, to: usize, steps: &mut Steps) {
        if to <= self.sent {
            return;
        }
        let bytes = self.chunk.slice(self.sent..to);
        self.sent = to;
        match &mut self.way {
            Way::Pass | Way::Kept(..) => steps.push(Step::Keep(bytes)),
            Way::Into(text) => self.target.write(text, bytes, steps),
            Way::Wait(wait) => wait.push(bytes),
        }
    }

    /// The offset in the request of a position in the chunk.
    pub(super) fn offset(&self, at: usize) -> u64 {
        self.base + at as u64
    }

    /// Begins an eligible text at `at`.
    pub(super) fn open(&mut self, at: usize, verdict: &Verdict, steps: &mut Steps) {
        if self.is_full {
            return;
        }
        self.send(at, steps);
        self.way = match self.block(verdict) {
            Ok(text) => Way::Into(text),
            Err(place) => Way::Kept(place, self.offset(at)),
        };
    }

    /// Begins a text at `at` of which it is not known whether it is eligible.
    pub(super) fn wait(&mut self, at: usize, part: Standing, steps: &mut Steps) {
        if self.is_full {
            return;
        }
        self.send(at, steps);
        let from = self.offset(at);
        match &mut self.way {
            Way::Wait(wait) => wait.open(from, part),
            way => *way = Way::Wait(Wait::new(from, part)),
        }
    }

    /// Ends the text that is open, if one is, at `at`.
    pub(super) fn close(&mut self, at: usize, steps: &mut Steps) {
        if matches!(self.way, Way::Pass) {
            return;
        }
        self.send(at, steps);
        let to = self.offset(at);
        if let Way::Wait(wait) = &mut self.way {
            return wait.close(to);
        }
        match std::mem::replace(&mut self.way, Way::Pass) {
            Way::Into(text) => self.target.finish(text, steps),
            Way::Kept(place, from) => note(place, to - from, Reason::Limit, steps),
            Way::Pass | Way::Wait(_) => {}
        }
    }

    /// What waits, if something does.
    pub(super) fn waiting(&mut self) -> Option<&mut Wait> {
        match &mut self.way {
            Way::Wait(wait) => Some(wait),
            _ => None,
        }
    }

    /// Whether more waits at `at` than the bounds allow.
    pub(super) fn is_over(&mut self, at: usize) -> bool {
        let (offset, bound) = (self.offset(at), self.settings.limits.block as u64);
        self.waiting().is_some_and(|wait| wait.weight(offset) > bound)
    }

    /// Ends the waiting: sends on what came up to `at`. Without a verdict nothing is eligible.
    pub(super) fn settle(&mut self, at: usize, verdict: Option<&Verdict>, steps: &mut Steps) {
        self.send(at, steps);
        let Way::Wait(wait) = &mut self.way else { return };
        let mut wait = std::mem::take(wait);
        self.way = Way::Pass;
        let Some(verdict) = verdict else { return steps.keep(wait.into_held()) };
        while !self.is_full
            && let Some((before, text)) = wait.next_text()
        {
            steps.keep(before);
            self.send_text(text, verdict, steps);
        }
        if let Some(from) = wait.open_from() {
            self.target.lose_count();
            self.way = Way::Kept(self.place(verdict), from);
        }
        steps.keep(wait.into_held());
    }

    /// Gives up at `at`, in the middle of anything: what follows leaves as it came.
    pub(super) fn give_up(&mut self, at: usize, message: u64, steps: &mut Steps) -> Place {
        self.settle(at, None, steps);
        let at = self.offset(at);
        match std::mem::replace(&mut self.way, Way::Pass) {
            Way::Into(text) => T::abandon(text, steps),
            Way::Kept(place, from) => note(place, at - from, Reason::Limit, steps),
            Way::Pass | Way::Wait(_) => {}
        }
        Place { block: self.blocks, message, tool: None }
    }

    fn send_text(&mut self, text: Held, verdict: &Verdict, steps: &mut Steps) {
        match self.block(verdict) {
            Ok(mut to) => {
                let slices = text.into_slices();
                slices.for_each(|bytes| self.target.write(&mut to, bytes, steps));
                self.target.finish(to, steps);
            }
            Err(place) => {
                let len = text.len() as u64;
                steps.keep(text);
                note(place, len, Reason::Limit, steps);
            }
        }
    }

    /// The next text. `Err`: its place, where a bound forbids to read it.
    fn block(&mut self, verdict: &Verdict) -> Result<T::Text, Place> {
        let place = self.place(verdict);
        self.is_full = place.block == self.settings.limits.texts as u64;
        if self.is_full {
            self.target.lose_count();
            return Err(place);
        }
        self.target.begin(verdict.source.as_ref(), place)
    }

    fn place(&mut self, verdict: &Verdict) -> Place {
        let tool = verdict.source.as_ref().and_then(|source| source.tool.clone());
        self.blocks += 1;
        Place { block: self.blocks - 1, message: verdict.message, tool }
    }
}

/// Notes that `bytes` stayed. They were not read as text, so they count as they stood.
pub(super) fn note(place: Place, bytes: u64, reason: Reason, steps: &mut Steps) {
    steps.push(Step::Note(Outcome {
        place,
        kind: Kind::Text,
        bytes_in: bytes,
        bytes_out: bytes,
        tokens_in: 0,
        tokens_out: 0,
        result: Err(reason),
    }));
}
