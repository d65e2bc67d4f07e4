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
    ("notation-too-deep", 16_000, |n| part("compact", &"[".repeat(n)), back),
    ("notation-copies", 1_000, copies, back),
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
        |n| part("compact", &format!("[{}\n]", ["#a,b?,c=1,d(e,f)"; 1].repeat(n).join("\n"))),
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
    (
        "notation-gaps-without-end",
        4_000,
        |n| part("compact+", &format!("[1]\nspacing:{}", " a[1=9999 a[2=8888".repeat(n))),
        back,
    ),
    (
        "notation-exceptions",
        4_000,
        |n| part("compact+", &format!("[1]\nspacing:{}", " +1=9".repeat(n))),
        back,
    ),
    ("notation-parts", 1_000, |n| (part("compact", "{a:1}") + "\n").repeat(n), back),
    (
        "notation-parts-in-strings",
        1_000,
        |n| format!("\"{}\"", (part("compact", "{a:1}").replace('\n', "\\n") + "\\n").repeat(n)),
        back,
    ),
    (
        "notation-without-end",
        4_000,
        |n| "[brevity 1 table 999999 lines, compact: x]\n{a:1}\n".repeat(n),
        back,
    ),
    (
        "notation-without-end-in-strings",
        1_000,
        |n| {
            "\"[brevity 1 table 999999 lines, compact: x]\\n\\\"[brevity 1 table 999999 lines, compact: x]\\\\n{a:1}".repeat(n)
        },
        back,
    ),
];

fn back(text: &[u8]) {
    black_box(expand(text));
}

/// A coded part of a table.
fn part(detail: &str, body: &str) -> String {
    let lines = 1 + body.matches('\n').count();
    format!("[brevity 1 table {lines} lines, {detail}: x]\n{body}")
}

fn nest(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

/// Each value holds the one before it twice, up to what a part may become; then it starts anew.
fn copies(n: usize) -> String {
    let lists = (0..n).map(|i| match i % 8 {
        0 => format!("&{} [x]", i + 1),
        _ => format!("&{} [*{i},*{i}]", i + 1),
    });
    part("compact", &format!("[{}]", lists.collect::<Vec<_>>().join(",")))
}
