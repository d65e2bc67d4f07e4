//! What a million tokens cost, by model: a table in the repository, or one of the user's.

use super::turn::Usage;

/// The table that comes with Brevity.
const BUNDLED: &str = include_str!("prices.txt");

/// A table of prices.
#[derive(Debug)]
pub(super) struct Prices {
    /// When they were looked up, as the table says.
    pub(super) as_of: String,
    list: Vec<(String, Price)>,
}

/// US dollars per million tokens of one model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Price {
    pub(super) input: f64,
    pub(super) write: f64,
    pub(super) read: f64,
    pub(super) output: f64,
}

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum PricesError {
    #[error(
        "line {0}: expected a model's name and four prices: input, cache write, cache read, output"
    )]
    Line(usize),
    #[error("no line says when the prices were looked up; add one: `as of 2026-03`")]
    NoDate,
}

impl Prices {
    /// The table that comes with Brevity.
    pub(super) fn bundled() -> Result<Self, PricesError> {
        Self::parse(BUNDLED)
    }

    /// Reads a table. Lines that are empty or begin with `#` say nothing.
    pub(super) fn parse(text: &str) -> Result<Self, PricesError> {
        let (mut as_of, mut list) = (None, Vec::new());
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(date) = line.strip_prefix("as of ") {
                as_of = Some(date.trim().to_owned());
            } else if !line.is_empty() && !line.starts_with('#') {
                list.push(entry(line).ok_or(PricesError::Line(at + 1))?);
            }
        }
        Ok(Self { as_of: as_of.ok_or(PricesError::NoDate)?, list })
    }

    /// What `model` costs; `None` where no line names it.
    pub(super) fn of(&self, model: &str) -> Option<Price> {
        let is_of = |(pattern, _): &&(String, Price)| matches(pattern, model);
        self.list.iter().find(is_of).map(|(_, price)| *price)
    }
}

impl Price {
    /// What `usage` has cost, in US dollars.
    pub(super) fn cost(&self, usage: &Usage) -> f64 {
        let parts = [
            (usage.input, self.input),
            (usage.write, self.write),
            (usage.read, self.read),
            (usage.output, self.output),
        ];
        parts.iter().map(|&(tokens, price)| usd(tokens, price)).sum()
    }
}

/// What so many tokens cost at a price per million.
pub(super) fn usd(tokens: u64, price: f64) -> f64 {
    tokens as f64 * price / 1e6
}

fn entry(line: &str) -> Option<(String, Price)> {
    let mut words = line.split_whitespace();
    let pattern = words.next()?.to_owned();
    let prices: Vec<f64> = words.map(price).collect::<Option<_>>()?;
    let &[input, write, read, output] = &prices[..] else { return None };
    Some((pattern, Price { input, write, read, output }))
}

fn price(word: &str) -> Option<f64> {
    word.parse().ok().filter(|price: &f64| price.is_finite() && *price >= 0.0)
}

/// Whether `name` is what `pattern` says, where `*` stands for anything. Letter case is ignored.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = name.find(piece) else { return false };
        name = &name[at + piece.len()..];
    }
    name.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        let is = |pattern, name| matches(pattern, name);
        assert!(is("*claude-sonnet-4-5*", "us.anthropic.Claude-Sonnet-4-5-20250929-v1:0"));
        assert!(is("o3", "o3") && !is("o3", "o3-mini") && !is("o3*", "xo3"));
        assert!(is("a*b*c", "a-b-b-c") && !is("a*b*c", "a-c-b") && is("*", ""));
        assert!(!is("ab*b", "ab"));
    }

    #[test]
    fn the_bundled_table_knows_models_and_no_others() {
        let prices = Prices::bundled().expect("a table");
        let of = |model| prices.of(model).map(|price| (price.input, price.output));
        assert_eq!(of("claude-sonnet-4-5-20250929"), Some((3.0, 15.0)));
        assert_eq!(of("claude-opus-4-20250514"), Some((15.0, 75.0)));
        assert_eq!(of("anthropic/claude-opus-4.5"), Some((5.0, 25.0)));
        assert_eq!(of("gpt-5-mini-2025-08-07"), Some((0.25, 2.0)));
        assert_eq!(of("gpt-5.1-codex"), Some((1.25, 10.0)));
        assert_eq!([of("claude-sonnet-9"), of("some-model")], [None, None]);
        for (pattern, price) in &prices.list {
            assert!(price.read <= price.input && price.input <= price.output, "{pattern}");
        }
    }

    #[test]
    fn what_is_wrong_in_a_table_is_told() {
        let error = |text| Prices::parse(text).expect_err("an error");
        assert_eq!(error("as of 2026-01\n\nm 1 2 3"), PricesError::Line(3));
        assert_eq!(error("m 1 2 3 -4"), PricesError::Line(1));
        assert_eq!(error("m 1 2 3 4"), PricesError::NoDate);
    }
}
