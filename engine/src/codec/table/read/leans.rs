//! What lines lean on, as it turns out when they are read: see `near` for what the writer holds to.

use crate::report::Reach;
use smallvec::SmallVec;

/// How many lines are counted that one line leans on. No writer needs more than two; a hostile one
/// gains nothing by more.
const COUNTED: usize = 8;

/// The lines that each line leans on.
#[derive(Debug, Default)]
pub(super) struct Leans {
    /// Up to where the body's lines were counted.
    at: usize,
    lines: Vec<SmallVec<[u32; 2]>>,
    current: SmallVec<[u32; 2]>,
}

impl Leans {
    /// The number of the line that holds `at`, which never goes back.
    pub(super) fn line(&mut self, body: &[u8], at: usize) -> u32 {
        for _ in memchr::memchr_iter(b'\n', &body[self.at..at]) {
            self.lines.push(std::mem::take(&mut self.current));
        }
        self.at = at;
        self.lines.len() as u32
    }

    /// Notes that the line at `at` repeats what stands on `line`; what `has_parts` may repeat others.
    pub(super) fn lean(&mut self, body: &[u8], at: usize, line: u32, has_parts: bool) {
        let here = self.line(body, at);
        let further = self.lines.get(line as usize).filter(|_| has_parts).cloned();
        for line in further.unwrap_or_default().into_iter().chain([line]) {
            if line != here && self.current.len() < COUNTED && !self.current.contains(&line) {
                self.current.push(line);
            }
        }
    }

    /// Says how far the lines lean.
    pub(super) fn finish(mut self, reach: &mut Reach) {
        self.lines.push(self.current);
        for (at, leans) in self.lines.iter().enumerate() {
            let up = leans.iter().map(|&line| at - line as usize).max();
            reach.add(up.unwrap_or(0), leans.len());
        }
    }
}
