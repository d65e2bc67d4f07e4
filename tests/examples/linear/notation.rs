//! Text that looks like coded parts, made to be slow to read.

use super::Case;
use brevity::expand;
use std::hint::black_box;

pub(super) const CASES: &[Case] = &[
    (
        "notation-rows",
        8_000,
        |n| part("compact", &("[#a,b".to_owned() + &"\n1,x".repeat(n) + "\n]")),
        back,
    ),
    (
        "notation-brackets",
        400,
        |n| part("compact", &format!("[{}1]", (nest(60) + ",").repeat(n))),
        back,
    ),
    ("notation-too-deep", 100, |n| parts("compact", &"[".repeat(1_000), n), back),
    ("notation-copies", 20, |n| parts("compact", &copies(), n), back),
    (
        "notation-long-absent-key",
        8_000,
        |n| part("compact", &format!("[#{}?{}\n]", "k".repeat(n), "\n".repeat(n))),
        back,
    ),
    (
        "notation-constants",
        100,
        |n| part("compact", &format!("[#{}x{}\n]", "k==v,".repeat(20), "\n1".repeat(40 * n))),
        back,
    ),
    (
        "notation-heads",
        4_000,
        |n| part("compact", &format!("[{}\n]", ["#a,b?,c=1,d(e,f)"].repeat(n).join("\n"))),
        back,
    ),
    (
        "notation-long-gaps",
        4_000,
        |n| part("compact+", &format!("[1{}]\nspacing: a[1=200", ",1".repeat(n))),
        back,
    ),
    (
        "notation-long-indent",
        4_000,
        |n| part("indent 200", &format!("[1{}]", ",1".repeat(n))),
        back,
    ),
    ("notation-gaps-without-end", 100, |n| spaced(" a[1=9999 a[2=8888 +1=7777", n), back),
    ("notation-exceptions", 100, |n| spaced(" +1=9 b[1=n9", n), back),
    ("notation-parts", 1_000, |n| parts("compact", "{a:1}", n), back),
    (
        "notation-parts-in-strings",
        1_000,
        |n| format!("\"{}\"", parts("compact", "{a:1}", n).replace('\n', "\\n")),
        back,
    ),
    ("notation-without-end", 4_000, |n| format!("{ENDLESS}\n{{a:1}}\n").repeat(n), back),
    (
        "notation-without-end-in-strings",
        1_000,
        |n| format!(r#""{ENDLESS}\n\"{ENDLESS}\\n{{a:1}}"#).repeat(n),
        back,
    ),
];

/// A head whose part is never complete.
const ENDLESS: &str = "[brevity 1 table 999999 lines below, compact: x]";

fn back(text: &[u8]) {
    black_box(expand(text));
}

/// A coded part of a table.
fn part(detail: &str, body: &str) -> String {
    let lines = 1 + body.matches('\n').count();
    format!("[brevity 1 table {lines} lines below, {detail}: x]\n{body}")
}

fn parts(detail: &str, body: &str, n: usize) -> String {
    (part(detail, body) + "\n").repeat(n)
}

/// Parts whose spacing is described at length.
fn spaced(words: &str, n: usize) -> String {
    parts("compact+", &format!("[1,2,3]\nspacing:{}", words.repeat(200)), n)
}

fn nest(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

/// Lists that hold the one before twice, up to what a part may become; then it starts anew.
fn copies() -> String {
    let lists = (0..800).map(|i| match i % 8 {
        0 => format!("&{} [x]", i + 1),
        _ => format!("&{} [*{i},*{i}]", i + 1),
    });
    format!("[{}]", lists.collect::<Vec<_>>().join(","))
}
