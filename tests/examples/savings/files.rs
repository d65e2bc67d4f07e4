//! One folder of files, each a block of its own: tokens and bytes, by Brevity and by others.

use crate::{
    rivals,
    saving::{self, Saving},
};
use brevity::{Codec, Settings, Wire, exact};
use brevity_tests::{
    corpus,
    run::{self, Output},
};
use std::fmt;

pub(crate) struct Row {
    name: String,
    tokens: Saving,
    /// Tokens of minified JSON and of TOON, where the file is JSON.
    json: Option<(u64, u64)>,
    /// The codecs at work, by what they save.
    codecs: Vec<Codec>,
    bytes: Bytes,
}

struct Bytes {
    source: usize,
    brevity: usize,
    zstd: usize,
}

/// The files of `folder`; `toon` is the script that writes TOON.
pub(crate) fn rows(folder: &str, toon: &str) -> Vec<Row> {
    let files = corpus::files(folder).expect("BREVITY_CORPUS");
    files.into_iter().map(|(name, text)| Row::of(name, &text, toon)).collect()
}

pub(crate) fn total(rows: &[Row]) -> Saving {
    rows.iter().map(|row| row.tokens).sum()
}

/// The geometric mean of what is left of each file.
pub(crate) fn mean(rows: &[Row]) -> f64 {
    saving::mean(rows.iter().map(|row| row.tokens.ratio()))
}

/// Each file's name and tokens.
pub(crate) fn named(rows: &[Row]) -> impl Iterator<Item = (&str, Saving)> {
    rows.iter().map(|row| (row.name.as_str(), row.tokens))
}

pub(crate) fn table(rows: &[Row]) {
    println!("{HEAD}");
    rows.iter().for_each(|row| println!("{row}"));
    let bytes = |count: fn(&Bytes) -> usize| rows.iter().map(|row| count(&row.bytes)).sum();
    let sums = Bytes {
        source: bytes(|bytes| bytes.source),
        brevity: bytes(|bytes| bytes.brevity),
        zstd: bytes(|bytes| bytes.zstd),
    };
    println!("| **total** | {} | | | | {sums} |", total(rows));
    let zstd = saving::mean(rows.iter().map(|row| row.bytes.of(row.bytes.zstd)));
    let brevity = saving::mean(rows.iter().map(|row| row.bytes.of(row.bytes.brevity)));
    println!("| **geometric mean** | | | **{:.3}** | | | | {brevity:.3} | {zstd:.3} |", mean(rows));
}

const HEAD: &str =
    "| file | source | Brevity | ÷ source | minified | TOON | codecs | bytes, Brevity | bytes, `zstd -19` |
| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |";

impl Row {
    fn of(name: String, text: &[u8], toon: &str) -> Self {
        let whole = run::chunks(text, text.len().max(1));
        let out = run::block(&Settings::default(), Wire::Text, whole);
        assert!(brevity::expand(&out.bytes) == text, "{name} does not come back");
        let json = name.ends_with(".json").then(|| {
            let toon = rivals::as_toon(text, toon);
            (exact::count(&rivals::minified(text)), exact::count(&toon))
        });
        let tokens = Saving { source: exact::count(text), brevity: exact::count(&out.bytes) };
        let (source, brevity, zstd) = (text.len(), out.bytes.len(), rivals::zstd(text));
        let bytes = Bytes { source, brevity, zstd };
        Self { name, tokens, json, codecs: codecs(&out), bytes }
    }
}

/// The codecs that wrote parts of it; those that save most come first.
fn codecs(out: &Output) -> Vec<Codec> {
    let saved = |codec: &Codec| -> u64 {
        let its = out.outcomes.iter().filter(|outcome| outcome.result == Ok(*codec));
        its.map(|outcome| outcome.tokens_in.saturating_sub(outcome.tokens_out)).sum()
    };
    let mut codecs: Vec<Codec> = Codec::ALL.to_vec();
    codecs.retain(|codec| saved(codec) > 0);
    codecs.sort_by_key(|codec| std::cmp::Reverse(saved(codec)));
    codecs
}

impl Bytes {
    fn of(&self, bytes: usize) -> f64 {
        bytes as f64 / self.source as f64
    }
}

/// Two cells.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} | {:.3}", self.of(self.brevity), self.of(self.zstd))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, tokens, json, codecs, bytes } = self;
        let (minified, toon) = match json {
            Some((minified, toon)) => (minified.to_string(), toon.to_string()),
            None => ("-".to_string(), "-".to_string()),
        };
        let codecs: Vec<&str> = codecs.iter().map(|codec| codec.name()).collect();
        let codecs = if codecs.is_empty() { "-".to_string() } else { codecs.join(", ") };
        write!(f, "| {name} | {tokens} | {minified} | {toon} | {codecs} | {bytes} |")
    }
}
