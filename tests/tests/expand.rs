//! `expand(compress(x)) == expand(x)` for any x, built from what the notation is made of.

use brevity::{Settings, compress, expand};
use brevity_tests::{generate::json, property};
use proptest::prelude::*;

const FRAGMENTS: [&str; 47] = [
    "\n[brevity 1 table 3 lines below, compact, first rows: x]\n[#a,b\n1,2\n]\n",
    "\n[brevity 1 table 3 lines below, compact, more rows: x]\n[#a,b\n1,2\n]\n",
    "\\n[brevity 1 table 3 lines below, compact, last rows: x]\\n[#a,b\\n1,2\\n]\\n",
    "[brevity 1 table 1 lines below, compact: x]\n",
    "[brevity 1 table 2 lines below, spaced: x]\n",
    "[brevity 1 table 3 lines below, indent 2+: x]\\n",
    "[brevity 1 table 3 lines below, compact: x]\n[#a,b\n1,2\n]",
    "[brevity 1 table 3 lines below, compact: x]\\n[#a,b\\n1,2\\n]",
    "[brevity 1 table 1 lines below, spaced: x]\\\\n{a:1}",
    "[brevity 1 ",
    "[#a,b?,c=1,d==x\n",
    "#a(b,c),d[](e)\n",
    "spacing: o{1=n4 +3=0\n",
    "1,,x,-\n",
    "&1 [a,b]",
    "*1",
    "=",
    "]",
    "}",
    "[",
    "{",
    "\n",
    "\\n",
    "\\\\n",
    "\"",
    "\\\"",
    "\\\\\\\"",
    ",",
    ":",
    " ",
    "\"a\":1",
    "{\"a\":1,\"b\":\"x\"}",
    "[{\"a\":1,\"b\":2},{\"a\":1,\"b\":3},{\"a\":1,\"b\":2}]",
    "{\"output\":\"",
    "{\\\"a\\\":1}\\n",
    "null",
    "1.10",
    "\"\\u00e9\"",
    "é",
    "<a_b>",
    "</a_b>",
    "<tool-x",
    "text\n",
    "\r\n",
    "[{}]\n",
    "{\"a\":[]}\n",
    "true",
];

fn fragments() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&FRAGMENTS[..]), 0..24).prop_map(|all| all.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn fragments_of_notation_come_back(len in 1_u8.., text in fragments()) {
        property::expand(&[&[len], text.as_bytes()].concat());
    }

    #[test]
    fn any_bytes_come_back(data in prop::collection::vec(any::<u8>(), 0..200)) {
        property::expand(&data);
    }
}

#[test]
fn generated_documents_come_back_at_any_cut() {
    for seed in 0..400 {
        let text = json::any(seed);
        property::expand(&[&[(seed % 251) as u8], text.as_slice()].concat());
        let short = compress(&text, &Settings::default());
        assert!(expand(&short) == text, "seed {seed}");
    }
}

#[test]
fn generated_documents_come_back_from_inside_strings() {
    for seed in 0..200 {
        let text = json::any(seed);
        let Ok(text) = std::str::from_utf8(&text) else { continue };
        let quoted = serde_json::to_string(text).unwrap();
        let wrapped = format!("{{\"output\":{quoted},\"metadata\":{{\"exit_code\":0}}}}");
        let nested = format!("{{\"output\":{}}}", serde_json::to_string(&wrapped).unwrap());
        for text in [wrapped, nested] {
            property::expand(&[&[(seed % 251) as u8], text.as_bytes()].concat());
        }
    }
}

/// Found by fuzzing: a form feed is a blank to Rust and not to JSON.
#[test]
fn a_form_feed_before_a_bracket() {
    property::expand(b"\x01\x0c[]\n]\n");
}

/// The examples on the page that describes the notation: each coded part, and what it stands for.
#[test]
fn the_page_s_examples_expand() {
    let page = include_str!("../../docs/notation.md");
    let blocks: Vec<_> = page.split("\n```").collect();
    let inside = |block: &str| block.split_once('\n').map(|(_, text)| text.to_owned());
    let (mut examples, mut at) = (0, 1);
    while let Some(text) = blocks.get(at).and_then(|block| inside(block)) {
        if text.starts_with("[brevity 1 ") {
            let source = blocks.get(at + 2).and_then(|block| inside(block)).expect("a source");
            assert_eq!(String::from_utf8_lossy(&expand(text.as_bytes())), source);
            examples += 1;
        }
        at += 2;
    }
    assert_eq!(examples, 5);
}

/// Parts that a hostile hand wrote. They may expand or not; they must not take long, nor much memory.
#[test]
fn hostile_parts_cost_what_their_bytes_cost() {
    let spaces = "65536n".repeat(20_000);
    let key = "k".repeat(200_000);
    for text in [
        format!("[brevity 1 table 2 lines below, compact+: x]\n[1,2]\nspacing: o[1={spaces}\n"),
        format!("[brevity 1 table 200002 lines below, compact: x]\n[#{key}?\n{}]", "\n".repeat(200_000)),
        "[brevity 1 table 2 lines below, compact+: x]\n[1,2]\nspacing: +4294967295=0 +4294967295=n\n"
            .into(),
        "[brevity 1 table 1 lines below, compact: x]\n{a:1}\n".repeat(20_000),
        format!("[brevity 1 table 1 lines below, compact: x]\n[&1 x{}]\n", ",*1".repeat(100_000)),
        format!("[brevity 1 table 1 lines below, compact: x]\n{}\n", "[".repeat(100_000)),
    ] {
        assert!(expand(text.as_bytes()).len() < 9 << 20);
        assert!(expand(&compress(text.as_bytes(), &Settings::default())).len() < 9 << 20);
    }
}

/// A stream's chunks may be of any size, so a text that comes at once may hold many parts.
#[test]
fn more_text_than_one_part_may_have_comes_back_at_once() {
    let rows: String =
        (0..200_000).map(|n| format!("{{\"name\":\"row {n}\",\"n\":{n}}}\n")).collect();
    let short = compress(rows.as_bytes(), &Settings::default());
    assert!(short.len() < rows.len());
    assert!(expand(&short) == rows.as_bytes());
}

#[test]
fn a_bound_shorter_than_the_blanks_before_a_document() {
    let mut settings = property::eager();
    settings.limits.document = 10;
    let chunks = ["                    ", "[1]\n"].into_iter().map(bytes::Bytes::from);
    let out = brevity_tests::run::block(&settings, brevity::Wire::Text, chunks);
    assert_eq!(out.bytes, b"                    [1]\n");
}
