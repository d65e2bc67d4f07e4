//! Lines that are as awkward as they can be for the codecs for text, and for the memory of lines.

use super::Case;
use brevity::{Dialect, Request, Settings, Steps, compress, expand};
use brevity_tests::property;
use bytes::Bytes;
use std::{hint::black_box, sync::Arc};

pub(super) const CASES: &[Case] = &[
    ("text-distinct", 4_000, |n| lines(n, distinct), each_codec),
    ("text-equal", 8_000, |n| lines(n, |_| "the same words in each line".into()), each_codec),
    ("text-one-line", 20_000, |n| "word ".repeat(n), each_codec),
    ("text-one-line-of-signs", 16_000, |n| "*~^{}=".repeat(n), each_codec),
    (
        "text-all-words-but-one",
        4_000,
        |n| lines(n, |i| format!("job {i:06} ended well, again")),
        each_codec,
    ),
    ("text-one-word-alike", 4_000, |n| lines(n, |i| distinct(i) + " end"), each_codec),
    ("text-empty-lines", 120_000, |n| "\n".repeat(n), each_codec),
    (
        "text-escape-sequences",
        20_000,
        |n| lines(n, |_| "\x1b[32m\x1b[0m\x1b[2K".into()),
        each_codec,
    ),
    ("text-overdrawn", 400, |n| lines(n, |i| "\rstep".repeat(i % 90)), each_codec),
    (
        "text-one-overdrawn-line",
        8_000,
        |n| (0..n).map(|i| format!("{i:06} of many\r")).collect(),
        each_codec,
    ),
    ("text-templates", 4_000, |n| lines(n, |i| template(i % 5_000, i)), each_codec),
    ("text-templates-in-reverse", 4_000, |n| lines(n, |i| template((n - i) / 3, i)), each_codec),
    ("text-shapes", 4_000, |n| lines(n, shape), each_codec),
    ("text-almost-equal-runs", 2_000, |n| lines(n, almost), each_codec),
    ("text-groups", 4_000, |n| lines(n, |i| format!("line {} of a group", i % 97)), each_codec),
    ("text-growing", 300, |n| lines(n, |i| "word ".repeat(i % 300)), each_codec),
    ("text-signs", 20_000, |n| lines(n, |i| SIGNS[i % SIGNS.len()].into()), each_codec),
    (
        "text-columns",
        2_000,
        |n| lines(n, |i| format!("{:>9}  {:<20} {i:06}", i * 7, shape(i % 50))),
        each_codec,
    ),
    (
        "text-tree",
        4_000,
        |n| lines(n, |i| format!("{}├── f{i:06}", "│   ".repeat(i % 60))),
        each_codec,
    ),
    ("text-paths", 4_000, |n| lines(n, |i| format!("src/{}/a.rs:{i:06}:x", i % 13)), each_codec),
    ("text-a-path-each", 4_000, |n| lines(n, |i| format!("src/p{i:06}.rs:{i:06}:x")), each_codec),
    (
        "text-long-paths",
        100,
        |n| lines(n, |i| format!("{}{}:1:x", "d/".repeat(900), i / 2)),
        each_codec,
    ),
    ("text-one-path", 8_000, |n| lines(n, |i| format!("src/a.rs:{i:06}:    x")), each_codec),
    ("text-one-hit", 8_000, |n| lines(n, |i| format!("src/a.rs:{i:06}:{:05}", i / 40)), each_codec),
    ("text-commits", 400, |n| lines(n, commit), each_codec),
    ("text-files", 1_000, |n| lines(n, |i| HEADER.replace('N', &i.to_string())), each_codec),
    (
        "text-hunks",
        2_000,
        |n| HEADER.to_owned() + &lines(n, |i| format!("@@ -{i:06} +{i:06} @@\n-a\n+b")),
        each_codec,
    ),
    ("text-added", 8_000, |n| HEADER.to_owned() + &lines(n, |i| format!("+{i:06}")), each_codec),
    ("repeat-equal-heads", 1, |n| equal_heads(n * 8_192), request),
    (
        "repeat-past-history",
        40_000,
        |n| results([lines(n, brief), lines(n, |i| brief(i + n))]),
        request,
    ),
    ("repeat-almost", 1_000, almost_repeats, request),
    ("repeat-all", 1_000, |n| results([lines(n, distinct), lines(n, distinct)]), request),
    (
        "repeat-backwards",
        1_000,
        |n| results([lines(n, distinct), lines(n, |i| distinct(n - i))]),
        request,
    ),
    (
        "repeat-one-line",
        2_000,
        |n| results([lines(n, |_| LINE.into()), lines(n, |_| LINE.into())]),
        request,
    ),
    ("repeat-short-runs", 1_000, short_runs, request),
];

/// Long enough to be referred to.
const LINE: &str =
    "a line that is long enough to be worth a reference of its own, whatever it says";

const SIGNS: [&str; 12] =
    ["\\", "~", "^", "a=", "a", "+2", "# x", "@@ +", "commit x", "diff x", "~x 3", "\" x"];

const HEADER: &str = "diff --git a/fN.rs b/fN.rs\nindex 9f5a4da..bc7e4aa 100644\n--- a/fN.rs\n\
+++ b/fN.rs\n@@ -1 +1 @@\n-old\n+new";

/// Shortens with each codec alone, and as it would be by default; all is put back.
fn each_codec(text: &[u8]) {
    let alone = brevity_tests::run::text_codecs().map(property::alone).collect::<Vec<_>>();
    for settings in alone.iter().chain([&Settings::default()]) {
        let short = compress(text, settings);
        assert!(expand(black_box(&short)) == text);
    }
}

fn request(body: &[u8]) {
    let mut request = Request::new(Dialect::Anthropic, Arc::new(Settings::default()));
    let (mut steps, mut short) = (Steps::new(), Vec::new());
    request.write(Bytes::copy_from_slice(body), &mut steps);
    request.finish(&mut steps);
    steps.run_into(&mut short);
    assert!(expand(black_box(&short)) == body);
}

fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).map(line).collect::<Vec<_>>().join("\n")
}

/// Words that no other line has.
fn distinct(i: usize) -> String {
    format!("alpha{i:07} beta{i:07} {:07} gamma{i:07}/delta{i:07}", i * 7)
}

/// A line of one of many templates.
fn template(which: usize, i: usize) -> String {
    format!("unit{which:05} of kind{which:05} says {i:06} to host{which:05} about {}", i % 10)
}

/// A short line that no other is.
fn brief(i: usize) -> String {
    format!("line {i:07} of many")
}

/// Lines of as many words and of as many kinds as there may be.
fn shape(i: usize) -> String {
    let word = |k: usize| ["x", "12", "a/b.c", "k=v", "\"q r\"", "[z]"][(i >> k) % 6];
    (0..1 + i % 12).map(word).collect::<Vec<_>>().join(" ")
}

/// Runs that are equal but for the last line.
fn almost(i: usize) -> String {
    if i % 20 == 19 {
        format!("the end of run {i:06}")
    } else {
        format!("step {} of a run", i % 20)
    }
}

fn commit(i: usize) -> String {
    format!(
        "commit {i:040x}\nAuthor: Ann <ann@pond.example>\nDate:   Sat Feb 14 10:00:00 2026 +0100\n\n    \
         Feed {i}\n\n{}",
        HEADER.replace('N', &i.to_string())
    )
}

/// Two results whose lines share their first words and nothing else.
fn equal_heads(n: usize) -> String {
    let text = |end: &'static str| lines(n, |i| format!("{LINE}{i:07}{end}"));
    results([text("a"), text("b")])
}

/// The second result repeats the first but for each thirtieth line.
fn almost_repeats(n: usize) -> String {
    let other = |i| if i % 30 == 29 { distinct(i + n) } else { distinct(i) };
    results([lines(n, distinct), lines(n, other)])
}

/// The second result says each pair of the first's lines, the last pair first.
fn short_runs(n: usize) -> String {
    results([lines(n, distinct), lines(n, |i| distinct(n - n % 2 + i % 2 - i / 2 * 2))])
}

/// A request with these tool results.
fn results(texts: [String; 2]) -> String {
    let item = |text: String| {
        let text = text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', "\\n");
        format!(r#"{{"type":"tool_result","tool_use_id":"a","content":"{text}"}}"#)
    };
    format!(r#"{{"messages":[{{"role":"user","content":[{}]}}]}}"#, texts.map(item).join(","))
}
