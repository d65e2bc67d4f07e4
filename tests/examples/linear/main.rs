//! Makes a hostile input of a given size and walks it, for `linear.sh` to count the instructions.
//!
//! `linear CASE N TIMES` prints the input's length in bytes. The difference between two runs that
//! differ in TIMES is the walk alone. Without arguments it prints the cases, each with its N.

mod json;
mod notation;
mod text;

use brevity::walk::tag::{TagMode, TagWalker};
use brevity::{Limits, Protect};
use std::hint::black_box;

/// Chunks like those of a socket.
const CHUNK: usize = 16 * 1024;

/// A case's name, its smallest N, its input of size N, and what walks it.
type Case = (&'static str, usize, fn(usize) -> String, fn(&[u8]));

const TAGS: &[Case] = &[
    ("siblings", 4_000, |n| "<a>x</a>".repeat(n), tags),
    ("custom-siblings", 4_000, |n| "<a-x>x</a-x>".repeat(n), tags),
    ("cut-short", 16_000, |n| "<x".repeat(n), tags),
    ("close-of-another", 4_000, |n| "<a>".repeat(n) + &"</b>".repeat(n), tags),
    ("custom-close-of-another", 4_000, |n| "<a-x>".repeat(n) + &"</b-x>".repeat(n), tags),
    ("open-quote", 8_000, |n| "<a b=\"".repeat(n), tags),
    ("values-too-long", 200, |n| format!("<a-x b=\"{}", "> ".repeat(3_000)).repeat(n), tags),
    ("names-in-reverse", 2_000, names_in_reverse, tags),
    ("never-closed", 4_000, |n| "<a>".to_string() + &"<b/>".repeat(n), tags),
    ("custom-never-closed", 4_000, |n| "<a-x>".to_string() + &"<b-x/>".repeat(n), tags),
    ("pairs-never-closed", 4_000, |n| "<a-x>".to_string() + &"<b-x></b-x>".repeat(n), tags),
    ("same-name-nested", 4_000, |n| "<a-x>".repeat(n) + &"</a-x>".repeat(n), tags),
    ("less-than", 8_000, |n| "i <n; ".repeat(n), tags),
    // Past every bound at once: more open tags, names and bytes than there is room for.
    ("past-all-bounds", 600_000, |n| (0..n).map(|i| format!("<x-{i:06x}>")).collect(), tags),
];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [name, n, times] = args.as_slice() else {
        return cases().for_each(|(name, n, ..)| println!("{name} {n}"));
    };
    let number = |arg: &String| arg.parse().unwrap_or_else(|_| panic!("{arg} is not a number"));
    let Some((_, _, make, walk)) = cases().find(|case| case.0 == name) else {
        panic!("there is no case {name}");
    };
    let input = make(number(n));
    for _ in 0..number(times) {
        walk(black_box(input.as_bytes()));
    }
    println!("{}", input.len());
}

fn cases() -> impl Iterator<Item = &'static Case> {
    TAGS.iter().chain(json::CASES).chain(notation::CASES).chain(text::CASES)
}

fn names_in_reverse(n: usize) -> String {
    let opens: String = (0..n).map(|i| format!("<x-n{i:06}>")).collect();
    opens + &(0..n).rev().map(|i| format!("</x-n{i:06}>")).collect::<String>()
}

fn tags(input: &[u8]) {
    for protect in [Protect::Known, Protect::Custom] {
        let mut walker = TagWalker::new(&protect, TagMode::Blocks, &Limits::default());
        let mut spans = 0;
        input.chunks(CHUNK).for_each(|chunk| walker.feed(chunk, |_| spans += 1));
        walker.finish(|_| spans += 1);
        black_box(spans);
    }
}
