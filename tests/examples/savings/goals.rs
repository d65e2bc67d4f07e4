//! What the figures have to be. All of them are looked at before one that is missed ends the run, so
//! that whoever missed it sees the tables too.

use crate::saving::Saving;
use std::fmt;

/// How far a text may grow, in percent: what an estimate that decides cannot know.
const ROUNDING: u64 = 1;

#[derive(Default)]
pub(crate) struct Goals {
    goals: Vec<Goal>,
    /// Texts that have more tokens than their source.
    longer: Vec<(String, Saving)>,
}

struct Goal {
    over: &'static str,
    /// What is left now, may be left at most, and is aimed at.
    left: f64,
    most: f64,
    aim: f64,
}

impl Goals {
    pub(crate) fn at_most(&mut self, over: &'static str, left: f64, most: f64, aim: f64) {
        self.goals.push(Goal { over, left, most, aim });
    }

    /// Looks at one text: none may be longer than its source.
    pub(crate) fn longest(&mut self, name: &str, of: Saving) {
        if of.brevity > of.source {
            self.longer.push((name.to_string(), of));
        }
    }

    /// Fails with all that was missed.
    pub(crate) fn end(self) {
        let missed = self.goals.iter().filter(|goal| !goal.is_met());
        let missed = missed.map(|goal| format!("{}: {:.4} is left", goal.over, goal.left));
        let too_long = |of: &Saving| of.brevity * 100 > of.source * (100 + ROUNDING);
        let longer = self.longer.iter().filter(|(_, of)| too_long(of));
        let longer = longer.map(|(name, of)| format!("{name}: {} from {}", of.brevity, of.source));
        let missed: Vec<String> = missed.chain(longer).collect();
        assert!(missed.is_empty(), "missed:\n{}", missed.join("\n"));
    }

    fn worst(&self) -> Option<&(String, Saving)> {
        self.longer.iter().max_by(|a, b| a.1.ratio().total_cmp(&b.1.ratio()))
    }
}

impl Goal {
    fn is_met(&self) -> bool {
        self.left <= self.most
    }
}

impl fmt::Display for Goals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| over | ÷ source | goal | aim |\n| --- | ---: | ---: | ---: |")?;
        for Goal { over, left, most, aim } in &self.goals {
            writeln!(f, "| {over} | **{left:.3}** | {most:.2} | {aim:.2} |")?;
        }
        let Some((name, of)) = self.worst() else {
            return writeln!(f, "\nNo file and no result has more tokens than its source.");
        };
        let (count, Saving { source, brevity }) = (self.longer.len(), of);
        write!(f, "\nFiles and results with more tokens than their source: {count}. ")?;
        writeln!(f, "The worst, of {name}: {brevity} from {source}.")
    }
}
