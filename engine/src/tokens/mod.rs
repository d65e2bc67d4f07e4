//! Token counts: an estimate in integers, and exact ones behind the feature `exact-tokens`.
//!
//! The estimate is for o200k, in one pass at more than a gigabyte a second, with a state of a few
//! bytes. It reads as the tokenizer's own pattern does (see `automaton`) and adds what each byte
//! costs on average (see `costs`). What counts is that its error is alike for a text and its
//! shortened form, since the gate divides one by the other.

mod automaton;
mod costs;
#[cfg(feature = "exact-tokens")]
pub mod exact;

use automaton::{MEMORY, START, SUMMED, cost, step};

/// Estimates the o200k tokens of a text that comes in chunks. The cuts change nothing.
///
/// On files of some kilobytes and more the estimate is mostly within 5 % of the exact count, on
/// JSON, logs, code and English prose alike; within 25 % on prose in other languages.
///
/// ```
/// let mut estimator = brevity::Estimator::default();
/// estimator.feed(b"The quick brown fox ju");
/// estimator.feed(b"mps over the lazy dog.");
/// assert_eq!(estimator.tokens(), 11); // o200k: 10
/// ```
#[derive(Clone, Debug)]
pub struct Estimator {
    state: u32,
    cost: u64,
}

impl Estimator {
    /// Takes the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        if bytes.len() < WIDE_FROM { self.feed_narrow(bytes) } else { self.feed_wide(bytes) }
    }

    /// The estimate for all bytes so far. It never falls as more come.
    pub fn tokens(&self) -> u64 {
        self.cost.div_ceil(costs::TOKEN)
    }

    fn feed_narrow(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.state = step(self.state, byte);
            self.cost += cost(self.state);
        }
    }

    /// Reads at four places at once: one step must wait for the one before it, but not for those
    /// of another place. Each place but the first finds its state from the bytes before it.
    fn feed_wide(&mut self, bytes: &[u8]) {
        let quarter = bytes.len() / 4;
        let (a, rest) = bytes.split_at(quarter);
        let (b, rest) = rest.split_at(quarter);
        let (c, rest) = rest.split_at(quarter);
        let (d, rest) = rest.split_at(quarter);
        let mut states = [self.state, state_after(a), state_after(b), state_after(c)];
        let places = a.chunks(SUMMED).zip(b.chunks(SUMMED));
        for ((a, b), (c, d)) in places.zip(c.chunks(SUMMED).zip(d.chunks(SUMMED))) {
            let mut sums = [0; 4];
            for (((&a, &b), &c), &d) in a.iter().zip(b).zip(c).zip(d) {
                for (at, byte) in [a, b, c, d].into_iter().enumerate() {
                    states[at] = step(states[at], byte);
                    sums[at] += states[at];
                }
            }
            self.cost += sums.into_iter().map(cost).sum::<u64>();
        }
        self.state = states[3];
        self.feed_narrow(rest);
    }
}

impl Default for Estimator {
    fn default() -> Self {
        Self { state: START, cost: 0 }
    }
}

/// Estimates the o200k tokens of a whole text; see [`Estimator`].
pub fn estimate(text: &[u8]) -> u64 {
    let mut estimator = Estimator::default();
    estimator.feed(text);
    estimator.tokens()
}

/// From this length on, four places at once pay.
const WIDE_FROM: usize = 64;
const _: () = assert!(WIDE_FROM / 4 >= MEMORY);

fn state_after(bytes: &[u8]) -> u32 {
    bytes[bytes.len() - MEMORY..].iter().fold(START, |state, &byte| step(state, byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sentence of every class of bytes, stray ones too.
    const MIXED: &[u8] =
        "fn HTTPServer(id: 1234567) { \"naïve\": [0x3f, -1.5e9], }\r\n\t\tдля 日本語 \
        🦀🦀 ==== https://a.example/b_c?d=e&f='g' \u{0} \u{2014} สวัสดี"
            .as_bytes();

    fn by_cuts(text: &[u8], cuts: &[usize]) -> u64 {
        let mut estimator = Estimator::default();
        let mut from = 0;
        for &cut in cuts {
            estimator.feed(&text[from..cut]);
            from = cut;
        }
        estimator.feed(&text[from..]);
        estimator.cost
    }

    #[test]
    fn cuts_change_nothing() {
        let whole = by_cuts(MIXED, &[]);
        for a in 0..=MIXED.len() {
            for b in a..=MIXED.len() {
                assert_eq!(by_cuts(MIXED, &[a, b]), whole, "cut at {a} and {b}");
            }
        }
    }

    #[test]
    fn four_places_read_as_one() {
        for times in 1..40 {
            let mut text = MIXED.repeat(times);
            text.extend(std::iter::repeat_n(b'7', times));
            text.extend_from_slice(&MIXED[..times]);
            let mut narrow = Estimator::default();
            narrow.feed_narrow(&text);
            let mut wide = Estimator::default();
            wide.feed_wide(&text);
            assert_eq!((wide.state, wide.cost), (narrow.state, narrow.cost));
        }
    }

    #[test]
    fn nothing_is_no_token_and_something_is_one() {
        assert_eq!(estimate(b""), 0);
        for text in ["a", "Z", "7", " ", "\t", "\n", "\"", "日", "🦀", " the"] {
            assert!((1..=3).contains(&estimate(text.as_bytes())), "{text:?}");
        }
    }

    #[test]
    fn marks_that_merge_cost_like_one() {
        let json = estimate(br#"{"name":"value","other":"value"}"#);
        let bare = estimate(b"name,value,other,value");
        assert!(json <= bare + 4, "{json} {bare}");
    }
}
