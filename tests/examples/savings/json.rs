//! The corpus's JSON: as it is, minified, as TOON, and shortened.

use crate::{rivals, saving::mean};
use brevity::{Settings, compress, exact, expand};
use brevity_tests::corpus;
use std::fmt;

/// The most that is left of min(minified, TOON), as the geometric mean over whole files.
const MEAN: f64 = 0.70;
/// The most that is left of that in any of them.
const WORST: f64 = 1.05;
/// The most that is left of what tools answered, over all of it.
const ANSWERS: f64 = 0.60;

/// Counts of tokens, exact, in o200k.
#[derive(Default)]
struct Row {
    name: String,
    source: u64,
    minified: u64,
    toon: u64,
    brevity: u64,
}

/// Measures the corpus against the goals, or `others`.
pub(crate) fn page(toon: &str, others: impl Iterator<Item = String>) {
    let others: Vec<Row> = others.map(|name| Row::of(name.clone(), &read(&name), toon)).collect();
    match others.as_slice() {
        [] => corpus(toon),
        rows => table(rows),
    }
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The corpus, against the goals.
fn corpus(toon: &str) {
    let rows = |folder: &str| -> Vec<Row> {
        let files = corpus::files(folder).expect("BREVITY_CORPUS");
        let json = files.into_iter().filter(|(name, _)| name.ends_with(".json"));
        json.map(|(name, text)| Row::of(format!("{folder}/{name}"), &text, toon)).collect()
    };
    let files: Vec<Row> = ["json", "tools"].into_iter().flat_map(rows).collect();
    let answers = rows("tool-json");
    let total = Row::total(&answers);
    let mean = mean(files.iter().map(Row::to_rival));
    table(&files);
    println!();
    table(&answers);

    assert!(mean <= MEAN, "{mean:.3} is left on average");
    assert!(total.to_source() <= ANSWERS, "{:.3} is left of answers", total.to_source());
    for row in &files {
        assert!(row.to_rival() <= WORST, "longer than its rival: {row}");
    }
    for row in files.iter().chain(&answers) {
        assert!(row.brevity <= row.source, "longer than its source: {row}");
    }
}

fn table(rows: &[Row]) {
    println!("{HEAD}");
    rows.iter().for_each(|row| println!("{row}"));
    println!("{}", Row::total(rows));
    let (source, rival) =
        (mean(rows.iter().map(Row::to_source)), mean(rows.iter().map(Row::to_rival)));
    println!("| **geometric mean** | | | | | **{source:.3}** | **{rival:.3}** |");
}

const HEAD: &str =
    "| file | source | minified | TOON | Brevity | ÷ source | ÷ min(minified, TOON) |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |";

impl Row {
    fn of(name: String, text: &[u8], toon: &str) -> Self {
        let short = compress(text, &Settings::default());
        assert!(expand(&short) == text, "{name} does not come back");
        Self {
            name,
            source: exact::count(text),
            minified: exact::count(&rivals::minified(text)),
            toon: exact::count(&rivals::as_toon(text, toon)),
            brevity: exact::count(&short),
        }
    }

    fn total(rows: &[Self]) -> Self {
        let sum = |count: fn(&Self) -> u64| rows.iter().map(count).sum();
        Self {
            name: "**total**".to_string(),
            source: sum(|row| row.source),
            minified: sum(|row| row.minified),
            toon: sum(|row| row.toon),
            brevity: sum(|row| row.brevity),
        }
    }

    fn to_source(&self) -> f64 {
        self.brevity as f64 / self.source as f64
    }

    fn to_rival(&self) -> f64 {
        self.brevity as f64 / self.minified.min(self.toon) as f64
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, source, minified, toon, brevity } = self;
        write!(f, "| {name} | {source} | {minified} | {toon} | {brevity} ")?;
        write!(f, "| {:.3} | {:.3} |", self.to_source(), self.to_rival())
    }
}
