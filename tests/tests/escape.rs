//! Escapes against an oracle, at every cut.

use brevity::escape::{EscapeError, Style, Unescaper, escape, unescape};
use proptest::prelude::*;

/// Text that is rich in what the styles write differently.
fn text() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        '"', '\\', '/', '<', '>', '&', '\u{8}', '\u{c}', '\n', '\r', '\t', '\0', '\u{1f}',
        '\u{7f}', '\u{80}', 'é', '\u{2027}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{ffff}', '😀',
        'a',
    ]);
    prop::collection::vec(prop_oneof![special, any::<char>()], 0..24)
        .prop_map(|characters| characters.into_iter().collect())
}

/// Insides of JSON strings as some client or other may write them, and some that no one writes.
fn raw() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        r"\\u[0-9a-fA-F]{4}",
        r"\\u00[0-7][0-9a-f]",
        r"\\ud83d\\ude0[0-9a-f]",
        r#"\\["\\/bfnrtux]"#,
        r#"[^"\\\x00-\x1f]"#,
        "[/<>&a\u{7f}\u{e9}\u{2028}]",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn escaped(text: &str, style: Style) -> Vec<u8> {
    let mut out = Vec::new();
    escape(text, style, &mut out);
    out
}

fn unescaped(raw: &[u8]) -> Result<Vec<u8>, EscapeError> {
    let mut out = Vec::new();
    unescape(raw, &mut out).map(|()| out)
}

fn unescaped_in_chunks(chunks: &[&[u8]]) -> Result<Vec<u8>, EscapeError> {
    let (mut unescaper, mut out, mut taken) = (Unescaper::new(), Vec::new(), 0);
    for mut chunk in chunks.iter().copied() {
        while let Some(run) = unescaper.next(&mut chunk)? {
            out.extend_from_slice(run.text());
            taken += run.raw_len();
        }
        assert!(chunk.is_empty(), "a chunk is taken whole");
    }
    let total: usize = chunks.iter().map(|chunk| chunk.len()).sum();
    assert_eq!(taken + unescaper.carried(), total, "raw lengths tile the input");
    unescaper.finish().map(|()| out)
}

proptest! {
    #[test]
    fn every_style_comes_back(text in text()) {
        for style in Style::ALL {
            let raw = escaped(&text, style);
            prop_assert_eq!(unescaped(&raw), Ok(text.clone().into_bytes()));
            prop_assert!(Style::of(&raw).is_some_and(|found| escaped(&text, found) == raw));
        }
    }

    #[test]
    fn raw_is_what_serde_json_writes(text in text()) {
        let ours = escaped(&text, Style::Raw);
        let theirs = serde_json::to_string(&text).expect("a string is JSON");
        prop_assert_eq!(ours, &theirs.as_bytes()[1..theirs.len() - 1]);
    }

    #[test]
    fn a_style_is_the_first_that_reproduces_the_bytes(raw in raw()) {
        let theirs = serde_json::from_str::<String>(&format!("\"{raw}\""));
        let ours = unescaped(raw.as_bytes());
        prop_assert_eq!(ours.as_deref().ok(), theirs.as_deref().ok().map(str::as_bytes));
        let expected = theirs.ok().and_then(|text| {
            Style::ALL.into_iter().find(|style| escaped(&text, *style) == raw.as_bytes())
        });
        prop_assert_eq!(Style::of(raw.as_bytes()), expected);
    }

    #[test]
    fn cuts_change_nothing(raw in raw()) {
        let raw = raw.as_bytes();
        let whole = unescaped(raw);
        for first in 0..=raw.len() {
            for second in first..=raw.len() {
                let chunks = [&raw[..first], &raw[first..second], &raw[second..]];
                prop_assert_eq!(unescaped_in_chunks(&chunks), whole.clone());
            }
        }
    }
}
