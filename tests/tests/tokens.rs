//! The estimate against exact counts, and the laws that it keeps on any bytes.

use brevity::{Estimator, Settings, compress, estimate, exact};
use brevity_tests::{
    corpus,
    generate::{
        conversation::{Client, Conversation, Shape},
        json::{self, document},
        listings::{Listing, listing},
        logs::{Log, log},
        value::Spacing,
    },
};
use proptest::prelude::*;

/// A text's exact and estimated count.
#[derive(Clone, Copy, Default)]
struct Counts {
    exact: u64,
    estimate: u64,
}

impl Counts {
    fn of(text: &[u8]) -> Self {
        Self { exact: exact::count(text), estimate: estimate(text) }
    }

    /// How far the estimate is off, in hundredths.
    fn error(self) -> f64 {
        100.0 * (self.estimate as f64 / self.exact as f64 - 1.0)
    }

    fn add(&mut self, other: Self) {
        self.exact += other.exact;
        self.estimate += other.estimate;
    }
}

/// The total over `texts`, with no text further off than `widest` hundredths.
fn total(label: &str, texts: &[(String, Vec<u8>)], widest: f64) -> Counts {
    let mut total = Counts::default();
    for (name, text) in texts {
        let counts = Counts::of(text);
        total.add(counts);
        let error = counts.error();
        println!(
            "{label:>10} {name:<50} {:>8} {:>8} {error:>6.1} %",
            counts.exact, counts.estimate
        );
        assert!(error.abs() <= widest, "{name} is {error:.1} % off");
    }
    println!(
        "{label:>10} {:<50} {:>8} {:>8} {:>6.1} %",
        "",
        total.exact,
        total.estimate,
        total.error()
    );
    total
}

fn within_eight_percent(folder: &str) {
    let Some(files) = corpus::files(folder) else { return };
    let error = total(folder, &files, 20.0).error();
    assert!(error.abs() <= 8.0, "{folder} is {error:.1} % off");
}

#[test]
fn json_total() {
    within_eight_percent("json");
}

#[test]
fn tool_json_total() {
    within_eight_percent("tool-json");
}

#[test]
fn logs_total() {
    within_eight_percent("logs");
}

#[test]
fn tools_total() {
    within_eight_percent("tools");
}

#[test]
fn agent_bodies_total() {
    within_eight_percent("agent");
}

#[test]
fn agent_tool_results_total() {
    let Some(files) = corpus::files("agent") else { return };
    let results: Vec<_> = files
        .into_iter()
        .map(|(name, body)| (name, corpus::tool_results(&body).join("\n").into_bytes()))
        .collect();
    let error = total("results", &results, 20.0).error();
    assert!(error.abs() <= 8.0, "tool results are {error:.1} % off");
}

/// What a fresh clone can check. Random ids and words are rarer here than in real text.
#[test]
fn generated_totals() {
    let conversation = Conversation::generate(1, 40);
    let bodies = Client::ALL.map(|client| conversation.body(40, Shape::of(client)));
    let shapes = json::Shape::ALL.map(|shape| document(1, shape, Spacing::Minified, 100));
    let logs = Log::ALL.map(|kind| log(1, kind, 400).into_bytes());
    let listings = Listing::ALL.map(|kind| listing(1, kind, 200).into_bytes());
    for (label, texts) in [
        ("bodies", bodies.to_vec()),
        ("json", shapes.to_vec()),
        ("logs", logs.to_vec()),
        ("listings", listings.to_vec()),
    ] {
        let names = (0..texts.len()).map(|at| at.to_string());
        let error = total(label, &names.zip(texts).collect::<Vec<_>>(), 30.0).error();
        assert!(error.abs() <= 8.0, "{label} is {error:.1} % off");
    }
}

/// The gate divides the estimate of a shortened form by the estimate of its source; so the one must not
/// be off in another way than the other: by no more than 5 points, or half of what was gained.
#[test]
fn after_over_before() {
    let folders = ["json", "tool-json", "tools", "logs"];
    let files = folders.iter().flat_map(|folder| corpus::files(folder).unwrap_or_default());
    let generated = json::Shape::ALL.into_iter().flat_map(|shape| {
        [Spacing::Minified, Spacing::Pretty(2)]
            .map(|spacing| (format!("{shape:?}"), document(1, shape, spacing, 100)))
    });
    let (mut shortened, mut worst) = (0, 0.0_f64);
    for (name, text) in files.chain(generated) {
        let short = compress(&text, &Settings::default());
        if short == text {
            continue;
        }
        let (before, after) = (Counts::of(&text), Counts::of(&short));
        let exact = 100.0 * after.exact as f64 / before.exact as f64;
        let estimate = 100.0 * after.estimate as f64 / before.estimate as f64;
        println!("{name:<30} {exact:>6.1} {estimate:>6.1}");
        (shortened, worst) = (shortened + 1, worst.max((exact - estimate).abs()));
        let allowed = f64::max(5.0, (100.0 - exact) / 2.0);
        assert!((exact - estimate).abs() <= allowed, "{name}: {exact:.1} {estimate:.1}");
    }
    println!("{shortened} texts; the worst is {worst:.2} points off");
    assert!(shortened > 0, "no text became shorter");
}

proptest! {
    #[test]
    fn cuts_change_nothing(
        text in proptest::collection::vec(any::<u8>(), 0..4096),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        cuts.sort_unstable();
        let mut estimator = Estimator::default();
        let mut from = 0;
        for cut in cuts {
            estimator.feed(&text[from..cut]);
            from = cut;
        }
        estimator.feed(&text[from..]);
        prop_assert_eq!(estimator.tokens(), estimate(&text));
    }

    #[test]
    fn more_bytes_never_cost_less(text in ".{0,600}", more in ".{0,600}") {
        let mut estimator = Estimator::default();
        estimator.feed(text.as_bytes());
        let before = estimator.tokens();
        prop_assert!(before <= 4 * text.len() as u64);
        prop_assert_eq!(before == 0, text.is_empty());
        estimator.feed(more.as_bytes());
        prop_assert!(estimator.tokens() >= before);
    }

    /// o200k splits digits by three; the estimate adds a little for what stands around numbers.
    #[test]
    fn numbers_cost_about_a_third_of_their_digits(digits in "[0-9]{6,400}") {
        let third = digits.len() as u64 / 3;
        let cost = estimate(digits.as_bytes());
        prop_assert!((third * 3 / 4..=third * 3 / 2 + 1).contains(&cost), "{cost} {third}");
    }
}
