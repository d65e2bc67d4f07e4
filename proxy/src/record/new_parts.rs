//! What is new in a turn, by what happened to it and by tool.
//!
//! A conversation sends every result again with each turn, but in one of its turns alone a result
//! stands after the assistant's last message. Counted there, each is counted once.

use super::weight;
use brevity::{Outcome, Report, Tally};
use std::collections::BTreeMap;

/// How many tools of one request are told apart. The parts of more count under [`OTHER`].
const TOOLS: usize = 64;

/// The name of what has no place of its own.
pub(crate) const OTHER: &str = "other";

/// The name of what has none.
pub(crate) const UNKNOWN: &str = "unknown";

/// The parts that stand after the assistant's last message. Its size is bounded.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct NewParts {
    /// By codec, and by the reason why they stayed.
    pub report: Report,
    /// By the tool that gave them; at most 65 names.
    pub tools: BTreeMap<String, Tally>,
}

impl NewParts {
    /// All of them.
    pub fn total(&self) -> Tally {
        self.report.total
    }

    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.report.add(outcome);
        let name = outcome.place.tool.as_deref().unwrap_or(UNKNOWN);
        let weight = weight(outcome);
        match self.tools.get_mut(name) {
            Some(tally) => *tally += weight,
            None => {
                let name = if self.tools.len() < TOOLS { name } else { OTHER };
                *self.tools.entry(name.to_owned()).or_default() += weight;
            }
        }
    }
}
