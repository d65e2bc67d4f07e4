//! What the provider billed for one arm of a hold-out.
//!
//! Conversations, not requests, were put on a side, and the requests of one conversation are alike.
//! So the mean per request is a ratio of two sums over conversations, and its variance is that of
//! such a ratio (Cochran, Sampling Techniques, 3rd edition, 6.3 and 9A.2).

use crate::meter::Usage;
use std::collections::HashMap;

/// How many conversations are told apart in each arm. Beyond, those that were seen longest ago are
/// closed: a later request of one counts as another conversation.
const OPEN: usize = 4_096;

/// What is compared, in this order.
pub(super) const MEASURES: [&str; 5] = ["prompt", "input", "cache_read", "cache_write", "output"];

/// The conversations of one arm.
#[derive(Debug, Default)]
pub(super) struct Sample {
    open: HashMap<u64, (Totals, u64)>,
    closed: Moments,
    requests: u64,
}

/// Totals of one conversation.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    requests: f64,
    tokens: [f64; MEASURES.len()],
}

/// Sums over conversations of their totals, of the squares, and of the products with the number of
/// requests.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    pub(super) conversations: u64,
    requests: f64,
    requests_squared: f64,
    tokens: [Moment; MEASURES.len()],
}

#[derive(Clone, Copy, Debug, Default)]
struct Moment {
    sum: f64,
    squared: f64,
    with_requests: f64,
}

/// A mean per request and its variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    pub(super) value: f64,
    /// None with less than two conversations.
    pub(super) variance: Option<f64>,
}

impl Sample {
    /// Adds one request.
    pub(super) fn add(&mut self, conversation: u64, usage: &Usage) {
        self.requests += 1;
        if self.open.len() == OPEN && !self.open.contains_key(&conversation) {
            self.close_oldest();
        }
        let (totals, seen) = self.open.entry(conversation).or_default();
        *seen = self.requests;
        totals.add(usage);
    }

    /// How many requests were added.
    pub(super) fn requests(&self) -> u64 {
        self.requests
    }

    /// The moments of all conversations.
    pub(super) fn moments(&self) -> Moments {
        let mut all = self.closed;
        self.open.values().for_each(|(totals, _)| all.add(totals));
        all
    }

    /// Closes an eighth, so that the search for the oldest is rare.
    fn close_oldest(&mut self) {
        let mut seen: Vec<u64> = self.open.values().map(|(_, seen)| *seen).collect();
        let (_, last, _) = seen.select_nth_unstable(OPEN / 8);
        let last = *last;
        let closed = &mut self.closed;
        self.open.retain(|_, (totals, seen)| {
            let stays = *seen > last;
            if !stays {
                closed.add(totals);
            }
            stays
        });
    }
}

impl Totals {
    fn add(&mut self, usage: &Usage) {
        let counts = [usage.input, usage.cache_read, usage.cache_write, usage.output];
        let [input, read, write, output] = counts.map(|count| count.unwrap_or(0) as f64);
        self.requests += 1.0;
        let more = [input + read + write, input, read, write, output];
        self.tokens.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
}

impl Moments {
    fn add(&mut self, totals: &Totals) {
        self.conversations += 1;
        self.requests += totals.requests;
        self.requests_squared += totals.requests * totals.requests;
        for (moment, tokens) in self.tokens.iter_mut().zip(totals.tokens) {
            moment.sum += tokens;
            moment.squared += tokens * tokens;
            moment.with_requests += tokens * totals.requests;
        }
    }

    /// All tokens of a measure.
    pub(super) fn total(&self, measure: usize) -> f64 {
        self.tokens[measure].sum
    }

    /// The mean of a measure per request, if there was any.
    pub(super) fn mean(&self, measure: usize) -> Option<Mean> {
        if self.requests == 0.0 {
            return None;
        }
        let (count, moment) = (self.conversations as f64, &self.tokens[measure]);
        let value = moment.sum / self.requests;
        let squares = moment.squared - 2.0 * value * moment.with_requests
            + value * value * self.requests_squared;
        let variance = squares.max(0.0) / (self.requests * self.requests) * count / (count - 1.0);
        Some(Mean { value, variance: (self.conversations > 1).then_some(variance) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(input: u64, output: u64) -> Usage {
        Usage { input: Some(input), output: Some(output), ..Usage::default() }
    }

    /// By hand: conversations of 1 and 3 requests with 10 and 60 tokens. The mean is 70 / 4; the
    /// residuals are 10 - 17.5 and 60 - 52.5.
    #[test]
    fn the_variance_is_that_of_conversations() {
        let mut sample = Sample::default();
        sample.add(1, &usage(10, 0));
        for _ in 0..3 {
            sample.add(2, &usage(20, 1));
        }
        let moments = sample.moments();
        assert_eq!((sample.requests(), moments.conversations), (4, 2));
        let mean = moments.mean(1).unwrap();
        assert_eq!(mean.value, 17.5);
        assert!((mean.variance.unwrap() - 2.0 * (56.25 + 56.25) / 16.0).abs() < 1e-9);
        assert_eq!(moments.mean(0), moments.mean(1), "without a cache all of the prompt is input");
        assert_eq!(moments.total(4), 3.0);
    }

    #[test]
    fn one_conversation_has_a_mean_and_no_variance() {
        let mut sample = Sample::default();
        assert_eq!(sample.moments().mean(0), None);
        sample.add(1, &usage(10, 0));
        assert_eq!(sample.moments().mean(0), Some(Mean { value: 10.0, variance: None }));
    }

    #[test]
    fn the_table_is_bounded_and_loses_no_token() {
        let mut sample = Sample::default();
        let many = 3 * OPEN as u64;
        for conversation in 0..many {
            sample.add(conversation, &usage(1, 0));
            sample.add(0, &usage(1, 0));
            assert!(sample.open.len() <= OPEN);
        }
        let moments = sample.moments();
        assert_eq!((sample.requests(), moments.total(1)), (2 * many, 2.0 * many as f64));
        assert_eq!(moments.conversations, many, "the one that comes all the time stays open");
    }
}
