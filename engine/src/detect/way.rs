//! The cheapest way through the lines.
//!
//! For each look stands what the cheapest way costs that ends in it. A line adds its kind's cost;
//! a look that is dearer than the best by more than [`CHANGE`] is reached from the best instead.
//! One byte for each line remembers who was reached so; the way is read back from the end.

use super::kind::{Costs, Kind};
use super::{Look, Run, lines};

/// What going from one look to another costs: six lines that are sure, or two dozen that lean.
const CHANGE: u8 = 24;

/// A run that has neither so many lines …
const LINES: usize = 8;
/// … nor so many bytes joins its neighbour: a head of its own would cost more than it saves.
const BYTES: usize = 400;

/// The looks, in the order of [`Costs`].
const LOOKS: [Look; 5] = [Look::Source, Look::Search, Look::Diff, Look::Log, Look::Listing];

/// Where a tie goes: what is told apart by nothing is a listing.
const TIES: [usize; 5] = [4, 3, 0, 1, 2];

/// The ways so far.
#[derive(Default)]
pub(super) struct Way {
    /// What the cheapest way to each look costs, less what the cheapest of all does.
    costs: Costs,
    /// For each line: a bit for each look that was reached from the best, and the best above them.
    back: Vec<u8>,
}

impl Way {
    /// Goes on by a line.
    pub(super) fn step(&mut self, kind: Kind) {
        let best = self.best();
        let mut reached = (best as u8) << 5;
        let mut least = u8::MAX;
        for (look, (cost, add)) in self.costs.iter_mut().zip(kind.costs()).enumerate() {
            reached |= u8::from(*cost > CHANGE) << look;
            *cost = (*cost).min(CHANGE) + add;
            least = least.min(*cost);
        }
        self.costs = self.costs.map(|cost| cost - least);
        self.back.push(reached);
    }

    /// The look whose way is cheapest.
    fn best(&self) -> usize {
        let mut best = TIES[0];
        for look in &TIES[1..] {
            if self.costs[*look] < self.costs[best] {
                best = *look;
            }
        }
        best
    }

    /// The cheapest way, as runs of lines.
    pub(super) fn runs(mut self, text: &[u8]) -> Vec<Run> {
        let mut look = self.best();
        for back in self.back.iter_mut().rev() {
            let reached = *back;
            *back = look as u8;
            if reached >> look & 1 == 1 {
                look = usize::from(reached >> 5);
            }
        }
        let Some(last) = self.back.last() else { return Vec::new() };
        // Where the last run ends is known: most texts are one run, and need no second walk.
        let tail = self.back.iter().rev().take_while(|look| *look == last).count();
        let mut runs: Vec<Run> = Vec::new();
        for (line, look) in lines(text).zip(&self.back[..=self.back.len() - tail]) {
            let look = LOOKS[usize::from(*look)];
            match runs.last_mut() {
                Some(last) if last.look == look => last.range.end = line.end,
                _ => runs.push(Run { look, range: line }),
            }
        }
        if let Some(last) = runs.last_mut() {
            last.range.end = text.len();
        }
        runs
    }
}

/// `runs`, without those that are too short to stand alone.
///
/// A short one joins the longer of its neighbours, which keeps its look. Each is looked at once.
pub(super) fn joined(text: &[u8], runs: Vec<Run>) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    let mut waits = None;
    let mut runs = runs.into_iter().peekable();
    while let Some(mut run) = runs.next() {
        run.range.start = waits.take().unwrap_or(run.range.start);
        let next = runs.peek().map_or(0, |run| run.range.len());
        match joined.last_mut() {
            Some(last) if last.look == run.look => last.range.end = run.range.end,
            _ if !short(&text[run.range.clone()]) => joined.push(run),
            Some(last) if last.range.len() >= next => last.range.end = run.range.end,
            None if next == 0 => joined.push(run),
            _ => waits = Some(run.range.start),
        }
    }
    joined
}

/// Whether a run is too short for a head of its own.
fn short(run: &[u8]) -> bool {
    run.len() < BYTES && lines(run).count() < LINES
}
