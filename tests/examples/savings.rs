//! Tokens of the corpus's JSON: as it is, minified, as TOON, and shortened. `measure/json.sh` puts
//! what this prints into `docs/json.md`.
//!
//! `savings TOON` runs `node TOON` for each file, JSON in and TOON out. It fails where a file does
//! not come back or a goal is missed. `savings TOON FILE...` measures other files, without goals.

use brevity::{Settings, compress, exact, expand};
use brevity_tests::corpus;
use std::{
    fmt,
    io::Write,
    process::{Command, Stdio},
    thread,
};

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

fn main() {
    let mut args = std::env::args().skip(1);
    let toon = args.next().expect("the script that writes TOON");
    let others: Vec<Row> = args.map(|name| Row::of(name.clone(), &read(&name), &toon)).collect();
    match others.as_slice() {
        [] => corpus(&toon),
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
            minified: exact::count(&minified(text)),
            toon: exact::count(&as_toon(text, toon)),
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

/// Without the white space between tokens. All else keeps its bytes, so that no number is reprinted.
fn minified(text: &[u8]) -> Vec<u8> {
    let (mut in_string, mut escaped) = (false, false);
    let is_kept = |byte: &&u8| {
        let is_space = !in_string && matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        in_string ^= **byte == b'"' && !escaped;
        escaped = in_string && **byte == b'\\' && !escaped;
        !is_space
    };
    text.iter().filter(is_kept).copied().collect()
}

fn as_toon(text: &[u8], script: &str) -> Vec<u8> {
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let mut stdin = node.stdin.take().expect("a pipe");
    let output = thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(text).expect("node reads all"));
        node.wait_with_output().expect("node ends")
    });
    assert!(output.status.success(), "node failed");
    output.stdout
}

fn mean(ratios: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = ratios.len() as f64;
    (ratios.map(f64::ln).sum::<f64>() / count).exp()
}
