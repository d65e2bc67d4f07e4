//! JSON that is as awkward as it can be for the search for tables, and for what it needs on the way.

use super::Case;
use brevity::{Settings, compress};
use std::{fmt::Write, hint::black_box};

pub(super) const CASES: &[Case] = &[
    ("json-ones", 30_000, |n| list(n, |_| "1".into()), shorten),
    ("json-numbers", 16_000, |n| list(n, |i| (100_000 + i).to_string()), shorten),
    ("json-empty-objects", 30_000, |n| list(n, |_| "{}".into()), shorten),
    ("json-equal-values", 4_000, |n| list(n, |i| value(i % 7)), shorten),
    ("json-values-in-pairs", 4_000, |n| list(n, |i| value(i / 2)), shorten),
    (
        "json-long-prefixes",
        40,
        |n| list(n, |i| string(&format!("{}{i}", "x".repeat(4_000)))),
        shorten,
    ),
    ("json-keys", 8_000, |n| object(n, |i| format!("key{i}"), |_| "1".into()), shorten),
    ("json-one-key", 16_000, |n| object(n, |_| "key".into(), |_| "1".into()), shorten),
    ("json-a-key-each", 8_000, |n| list(n, |i| format!("{{\"key{i}\":1}}")), shorten),
    ("json-keys-in-front", 500, |n| list(n, |i| keys_in_front(i % 200)), shorten),
    ("json-sparse-long-keys", 400, |n| list(n, sparse), shorten),
    ("json-shapes-in-turn", 8_000, |n| list(n, |i| SHAPES[i % SHAPES.len()].into()), shorten),
    (
        "json-records",
        4_000,
        |n| list(n, |i| format!(r#"{{"id":{i},"ok":true,"of":{}}}"#, value(i % 9))),
        shorten,
    ),
    (
        "json-records-in-records",
        60,
        |n| list(n, |i| nest(60, "{\"a\":", &i.to_string(), "}")),
        shorten,
    ),
    ("json-maps-of-maps", 1_000, |n| list(n, maps_of_maps), shorten),
    ("json-lists-of-lists", 2_000, |n| list(n, |i| format!("[[{i},[[1],[2]]],[[3]]]")), shorten),
    ("json-deep", 250, |n| list(n, |_| nest(120, "[", "", "]")), shorten),
    (
        "json-lists-around-lists",
        8_000,
        |n| nest(100, "[[1],", &list(n, |_| "[1]".into()), "]"),
        shorten,
    ),
    (
        "json-maps-around-maps",
        15_000,
        |n| nest(50, "{\"a\":{\"b\":1},\"c\":", &list(n, |_| "[1]".into()), "}"),
        shorten,
    ),
    ("json-a-gap-each", 2_000, |n| list(n, |i| " ".repeat(i % 250) + "1"), shorten),
    ("json-a-style-each", 4_000, |n| list(n, |i| format!("[{}1]", " ".repeat(i % 100))), shorten),
    ("json-lines", 4_000, |n| object_lines(n), shorten),
    (
        "json-in-strings",
        100,
        |n| object(n, |i| format!("key{i}"), |_| escaped(&list(99, value))),
        shorten,
    ),
];

const SHAPES: [&str; 6] = ["{\"a\":1}", "[1]", "{\"b\":[1]}", "\"a\"", "{\"a\":{\"c\":1}}", "[{}]"];

/// Shortens a block and puts it back.
fn shorten(text: &[u8]) {
    let short = compress(text, &Settings::default());
    assert!(brevity::expand(black_box(&short)) == text);
}

fn list(n: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..n).map(item).collect::<Vec<_>>().join(","))
}

fn object(n: usize, key: impl Fn(usize) -> String, value: impl Fn(usize) -> String) -> String {
    let members: Vec<_> = (0..n).map(|i| format!("{}:{}", string(&key(i)), value(i))).collect();
    format!("{{{}}}", members.join(","))
}

fn string(text: &str) -> String {
    format!("\"{text}\"")
}

fn escaped(text: &str) -> String {
    string(&text.replace('"', "\\\""))
}

fn nest(depth: usize, open: &str, inner: &str, close: &str) -> String {
    [open.repeat(depth).as_str(), inner, &close.repeat(depth)].concat()
}

/// A value that is worth a mark where it comes again.
fn value(i: usize) -> String {
    format!(r#"{{"name":"the value number {i}","size":{i}}}"#)
}

/// Each object has a key that comes before all keys so far.
fn keys_in_front(i: usize) -> String {
    let keys = (0..=i).rev().take(3).map(|k| format!("\"key{k}\":1"));
    format!("{{{}}}", keys.collect::<Vec<_>>().join(","))
}

/// Keys so long that a column each is worth it, though most of its cells are empty.
fn sparse(i: usize) -> String {
    format!("{{\"{}{}\":{i}}}", "k".repeat(260), i % 90)
}

fn maps_of_maps(i: usize) -> String {
    let inner = |j| object(2, |k| format!("c{i}-{j}-{k}"), |k| k.to_string());
    object(3, |j| format!("b{i}-{j}"), inner)
}

fn object_lines(n: usize) -> String {
    (0..n).fold(String::new(), |mut lines, i| {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{}", value(i));
        lines
    })
}
