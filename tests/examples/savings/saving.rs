//! Two counts of tokens and what is left of the first.

use std::{fmt, iter::Sum};

/// Exact counts of o200k, or sums of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Saving {
    pub(crate) source: u64,
    pub(crate) brevity: u64,
}

impl Saving {
    /// What is left: 1 is all.
    pub(crate) fn ratio(self) -> f64 {
        self.brevity as f64 / self.source as f64
    }
}

impl Sum for Saving {
    fn sum<I: Iterator<Item = Self>>(savings: I) -> Self {
        savings.fold(Self::default(), |sum, saving| Self {
            source: sum.source + saving.source,
            brevity: sum.brevity + saving.brevity,
        })
    }
}

/// Three cells of a table.
impl fmt::Display for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {} | {:.3}", self.source, self.brevity, self.ratio())
    }
}

/// The geometric mean.
pub(crate) fn mean(ratios: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = ratios.len() as f64;
    (ratios.map(f64::ln).sum::<f64>() / count).exp()
}
