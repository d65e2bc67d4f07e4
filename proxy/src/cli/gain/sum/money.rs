//! What tokens cost in a request, and what the provider has charged.
//!
//! What is new in a request is written to the prompt cache, and what the turn before has sent is read
//! from it. A log with the provider's usage knows better: where nothing was written or read, all is
//! input; where less than half of the prompt was read, the cache was lost, and what was sent again
//! is as dear as what is new. Without a log of usage, a conversation's first request, and
//! one whose model is another than before, find no cache.
//!
//! Some agents clear old results before they send them, and their logs do not say so. Where the tool
//! results alone have more tokens than the provider has charged for the whole prompt, what was sent
//! again is not priced.

use super::{
    super::{prices::Price, turn::Usage},
    Row,
};

/// US dollars per million tokens of one request's prompt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rates {
    new: f64,
    again: f64,
}

impl Rates {
    /// The rates of a request. It `is_cold` where no request before can have filled the cache.
    pub(super) fn new(price: Price, usage: Option<Usage>, is_cold: bool) -> Self {
        let is_cached = usage.is_none_or(|usage| usage.write + usage.read > 0);
        let is_read = usage.map_or(!is_cold, |usage| 2 * usage.read >= usage.prompt().max(1));
        let new = if is_cached { price.write } else { price.input };
        Self { new, again: if is_read { price.read } else { new } }
    }

    /// The same, but that nothing is known of what was sent again.
    pub(super) fn new_alone(self) -> Self {
        Self { again: 0.0, ..self }
    }

    /// The rate of what is new, or of what was sent again.
    pub(super) fn of(self, is_new: bool) -> f64 {
        if is_new { self.new } else { self.again }
    }
}

/// What was asked of one model.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Model {
    pub(in super::super) requests: u64,
    pub(in super::super) row: Row,
    /// Whether the table knows its price.
    pub(in super::super) is_priced: bool,
    /// Requests whose usage the log has, that usage, and what it has cost.
    pub(in super::super) logged: u64,
    pub(in super::super) usage: Usage,
    pub(in super::super) cost: f64,
}

impl Model {
    pub(super) fn add(&mut self, usage: Option<Usage>, price: Option<Price>) {
        self.requests += 1;
        self.is_priced = price.is_some();
        let Some(usage) = usage else { return };
        self.logged += 1;
        self.usage.input += usage.input;
        self.usage.write += usage.write;
        self.usage.read += usage.read;
        self.usage.output += usage.output;
        self.cost += price.map_or(0.0, |price| price.cost(&usage));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_decides_what_tokens_cost() {
        let price = Price { input: 3.0, write: 4.0, read: 0.3, output: 15.0 };
        let rates = |usage, is_cold| {
            let rates = Rates::new(price, usage, is_cold);
            (rates.of(true), rates.of(false))
        };
        let usage = |input, write, read| Some(Usage { input, write, read, output: 1 });
        assert_eq!(rates(None, false), (4.0, 0.3));
        assert_eq!(rates(None, true), (4.0, 4.0));
        assert_eq!(rates(usage(10, 100, 1_000), true), (4.0, 0.3));
        assert_eq!(rates(usage(10, 1_000, 100), false), (4.0, 4.0));
        assert_eq!(rates(usage(1_000, 0, 0), false), (3.0, 3.0));
    }
}
