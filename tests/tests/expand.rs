//! `expand(compress(x)) == expand(x)` for any x, built from what the notation is made of.

use brevity::{Settings, compress, expand};
use brevity_tests::{generate::json, property};
use proptest::prelude::*;

const FRAGMENTS: [&str; 47] = [
    "\n[brevity 1 table 3 lines, compact, first rows: x]\n[#a,b\n1,2\n]\n",
    "\n[brevity 1 table 3 lines, compact, more rows: x]\n[#a,b\n1,2\n]\n",
    "\\n[brevity 1 table 3 lines, compact, last rows: x]\\n[#a,b\\n1,2\\n]\\n",
    "[brevity 1 table 1 lines, compact: x]\n",
    "[brevity 1 table 2 lines, spaced: x]\n",
    "[brevity 1 table 3 lines, indent 2+: x]\\n",
    "[brevity 1 table 3 lines, compact: x]\n[#a,b\n1,2\n]",
    "[brevity 1 table 3 lines, compact: x]\\n[#a,b\\n1,2\\n]",
    "[brevity 1 table 1 lines, spaced: x]\\\\n{a:1}",
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

/// The example on the page that describes the notation.
#[test]
fn the_page_s_example_expands() {
    let page = include_str!("../../docs/notation.md");
    let block = |start: &str| {
        let from = page.find(start).map(|at| at + start.len()).expect(start);
        page[from..].split("\n```").next().expect("a block ends")
    };
    let (short, json) = (block("```text\n"), block("```json\n"));
    assert_eq!(String::from_utf8_lossy(&expand(short.as_bytes())), json);
}
