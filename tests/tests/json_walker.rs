//! The JSON lexer against the test suite of RFC 8259, against `serde_json`, and at every cut.

use brevity::walk::json::{Event, JsonError, JsonErrorKind, JsonWalker, Scalar};
use brevity_tests::property::{json_walker, walk_json};
use proptest::prelude::*;
use std::{fs, path::Path};

fn result(document: &[u8]) -> Result<(), JsonError> {
    walk_json([document]).1
}

/// Every single cut and every chunk size give what the whole gives.
fn same_at_every_cut(document: &[u8]) {
    let whole = walk_json([document]);
    for cut in 0..=document.len() {
        let (front, back) = document.split_at(cut);
        assert_eq!(walk_json([front, back]), whole, "cut at {cut}");
    }
    for size in 1..document.len().min(9) {
        assert_eq!(walk_json(document.chunks(size)), whole, "chunks of {size}");
    }
}

#[test]
fn json_test_suite() {
    let Ok(corpus) = std::env::var("BREVITY_CORPUS") else {
        return println!("skipped: BREVITY_CORPUS is not set");
    };
    let mut seen = 0;
    for entry in fs::read_dir(Path::new(&corpus).join("json-test-suite")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let document = fs::read(&path).unwrap();
        match name.as_bytes()[0] {
            b'y' => assert_eq!(result(&document), Ok(()), "{name}"),
            b'n' => assert!(result(&document).is_err(), "{name}"),
            _ => {}
        }
        if document.len() < 2_000 {
            same_at_every_cut(&document);
        } else {
            assert_eq!(walk_json(document.chunks(1)), walk_json([&document[..]]), "{name}");
        }
        seen += 1;
    }
    assert!(seen > 300, "only {seen} files");
}

const EVERYTHING: &[u8] =
    r#" {"k\u00e9y" : [1, -0.5e+7, true ,false,null, "é€😀\"\\\/\b\f\n\r\t\uD834"],
"": {}, "a": [ ], "n": 0 } "#
        .as_bytes();

#[test]
fn every_cut_and_every_pair_of_cuts() {
    let whole = walk_json([EVERYTHING]);
    assert_eq!(whole.1, Ok(()));
    for a in 0..=EVERYTHING.len() {
        for b in a..=EVERYTHING.len() {
            let pieces = [&EVERYTHING[..a], &EVERYTHING[a..b], &EVERYTHING[b..]];
            assert_eq!(walk_json(pieces), whole, "cuts at {a} and {b}");
        }
    }
}

#[test]
fn events_and_their_offsets() {
    use Event::*;
    let (events, result) = walk_json([&br#"{"a":["b",12],"c":null}"#[..]]);
    let expected = [
        (ObjectOpen, 1),
        (KeyStart, 2),
        (KeyEnd, 4),
        (Colon, 5),
        (ArrayOpen, 6),
        (StringStart, 7),
        (StringEnd, 9),
        (Comma, 10),
        (ScalarStart(Scalar::Number), 11),
        (ScalarEnd(Scalar::Number), 12),
        (ArrayClose, 13),
        (Comma, 14),
        (KeyStart, 15),
        (KeyEnd, 17),
        (Colon, 18),
        (ScalarStart(Scalar::Null), 19),
        (ScalarEnd(Scalar::Null), 22),
        (ObjectClose, 23),
    ];
    assert_eq!((&events[..], result), (&expected[..], Ok(())));
}

#[test]
fn errors_name_the_first_wrong_byte() {
    use JsonErrorKind::*;
    let cases: [(&[u8], u64, JsonErrorKind); 24] = [
        (b"", 0, Incomplete),
        (b"  ", 2, Incomplete),
        (b"\xef\xbb\xbf1", 0, Unexpected),
        (b"{} {}", 3, Unexpected),
        (b"12 3", 3, Unexpected),
        (b"[1,]", 3, Unexpected),
        (b"{\"a\",", 4, Unexpected),
        (b"{\"a\":1,}", 7, Unexpected),
        (b"[1}", 2, Unexpected),
        (b"[,1]", 1, Unexpected),
        (b"nul", 3, Incomplete),
        (b"nulL", 3, Unexpected),
        (b"01", 1, Number),
        (b"-", 1, Incomplete),
        (b"-x", 1, Number),
        (b"1.", 2, Incomplete),
        (b"[1.]", 3, Number),
        (b"1e+ ", 3, Number),
        (b"\"\\x\"", 2, Escape),
        (b"\"\\u12g4\"", 5, Escape),
        (b"\"a\tb\"", 2, Control),
        (b"\"\xc3\x28\"", 2, Utf8),
        (b"\"\xed\xa0\x80\"", 2, Utf8),
        (b"\"\x80\"", 1, Utf8),
    ];
    for (document, offset, kind) in cases {
        let error = result(document).unwrap_err();
        assert_eq!((error.offset, error.kind), (offset, kind), "{document:?}");
        same_at_every_cut(document);
    }
}

#[test]
fn an_error_is_final() {
    let mut walker = JsonWalker::new(8);
    let error = walker.next(&mut &b"]"[..]).unwrap_err();
    assert_eq!(walker.next(&mut &b""[..]), Err(error));
    assert_eq!(walker.next(&mut &b"  {}"[..]), Err(error));
    assert_eq!(walker.finish(), Err(error));
}

#[test]
fn documents_follow_each_other() {
    let stream = b"{}{}\n1 2\n\"a\"\"b\"true\n[3]7{}8\"c\"9\n";
    let mut walker = JsonWalker::new(8);
    let (mut bytes, mut ends) = (&stream[..], Vec::new());
    while walker.next(&mut bytes).unwrap().is_some() {
        if walker.is_complete() {
            ends.push(walker.offset());
            walker.next_document();
        }
    }
    assert_eq!(walker.finish(), Ok(None));
    assert_eq!(ends, [2, 4, 6, 8, 12, 15, 19, 23, 24, 26, 27, 30, 31]);
}

#[test]
fn depth_is_a_limit() {
    for open in [&b"["[..], b"{\"a\":"] {
        let document = open.repeat(100_000);
        let error = result(&document).unwrap_err();
        assert_eq!(
            (error.offset, error.kind),
            ((4_096 * open.len()) as u64, JsonErrorKind::DepthLimit)
        );
    }
    let deepest = [b"[".repeat(4_096), b"]".repeat(4_096)].concat();
    assert_eq!(result(&deepest), Ok(()));
    assert!(JsonWalker::new(0).next(&mut &b"[]"[..]).is_err());
}

#[test]
fn every_byte_at_every_place_of_a_word() {
    // The scan takes eight bytes at once: each byte must be seen wherever it stands.
    for byte in 0..=u8::MAX {
        for before in 0..20 {
            let document = [&[b'"'][..], &vec![b'x'; before], &[byte], b"yyyyyyyyy\""].concat();
            json_walker(&[&[3][..], &document].concat());
        }
    }
}

/// Text that is JSON, or nearly.
fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    let token = prop::sample::select(vec![
        "{", "}", "[", "]", ":", ",", "\"a\"", "\"a\":", "1", "-", "0", ".5", "e9", "true", "fals",
        "e", "null", " ", "\n", "\"", "\\", "\\u", "00e9", "é", "😀", "\\ud800", "\t", "{}", "[1,",
        "\"k\":{",
    ]);
    prop::collection::vec(token, 0..24).prop_map(|tokens| tokens.concat().into_bytes())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_serde_json_on_bytes(data in prop::collection::vec(any::<u8>(), 0..64)) {
        json_walker(&data);
    }

    #[test]
    fn agrees_with_serde_json_on_nearly_json(size in 1..9_u8, document in nearly_json()) {
        json_walker(&[&[size][..], &document].concat());
    }

    #[test]
    fn agrees_with_serde_json_on_json(size in 1..9_u8, document in json(), flip in any::<prop::sample::Index>(), bit in 0..8) {
        let mut data = [&[size][..], &serde_json::to_vec_pretty(&document).unwrap()].concat();
        json_walker(&data);
        prop_assert!(walk_json([&data[1..]]).1.is_ok());
        let at = 1 + flip.index(data.len() - 1);
        data[at] ^= 1_u8 << bit;
        json_walker(&data);
    }
}
