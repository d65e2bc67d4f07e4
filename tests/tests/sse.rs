//! The event-stream framer against the grammar of the HTML standard, at every cut.

use brevity::walk::sse::SseFramer;
use brevity_tests::{
    oracle,
    property::{frame_sse, sse},
};
use proptest::prelude::*;

const LIMIT: usize = 1 << 20;

/// Name and data of each event.
fn framed(stream: &[u8]) -> Vec<(String, String)> {
    frame_sse(LIMIT, [stream]).0.into_iter().map(|[name, data, _]| (name, data)).collect()
}

fn message(data: &str) -> (String, String) {
    ("message".into(), data.into())
}

#[test]
fn the_examples_of_the_standard() {
    let stocks = b"data: YHOO\ndata: +2\ndata: 10\n\n";
    assert_eq!(framed(stocks), [message("YHOO\n+2\n10")]);
    let four = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n";
    assert_eq!(framed(four), [message("first event"), message("second event")]);
    let ids = frame_sse(LIMIT, [&four[..]]).0;
    assert_eq!(ids.iter().map(|[_, _, id]| id.as_str()).collect::<Vec<_>>(), ["1", ""]);
    assert_eq!(framed(b"data\n\ndata\ndata\n\ndata:"), [message(""), message("\n")]);
    assert_eq!(framed(b"data:test\n\ndata: test\n\n"), [message("test"), message("test")]);
}

#[test]
fn fields() {
    type Expected = &'static [(&'static str, &'static str)];
    let cases: [(&[u8], Expected); 14] = [
        (b"event: a\ndata: 1\n\ndata: 2\n\n", &[("a", "1"), ("message", "2")]),
        (b"event: a\n\ndata: 2\n\n", &[("message", "2")]),
        (b"event: a\nevent: b\ndata: 1\n\n", &[("b", "1")]),
        (b"event: a\nevent\ndata: 1\n\n", &[("message", "1")]),
        (b"data: [DONE]\n\n", &[("message", "[DONE]")]),
        (b"\n\n\ndata: 1\n\n\n\n", &[("message", "1")]),
        (b":\n:data: no\n\n", &[]),
        (b"Data: 1\ndatas: 2\ndat: 3\n data: 4\nevents: 5\n\n", &[]),
        (b"data:: 1\ndata : 2\n\n", &[("message", ": 1")]),
        (b"data: 1", &[]),
        (b"data: 1\n", &[]),
        (b"data: 1\r\r", &[("message", "1")]),
        (b"data: 1\n\r", &[("message", "1")]),
        (
            b"data: 1\r\ndata: 2\rdata: 3\n\r\ndata: 4\n\n",
            &[("message", "1\n2\n3"), ("message", "4")],
        ),
    ];
    for (stream, expected) in cases {
        let seen = framed(stream);
        assert!(
            seen.iter().map(|(name, data)| (&**name, &**data)).eq(expected.iter().copied()),
            "{seen:?}"
        );
    }
}

#[test]
fn a_mark_stands_only_at_the_start() {
    assert_eq!(framed(b"\xef\xbb\xbfdata: 1\n\n"), [message("1")]);
    assert_eq!(framed(b"\xef\xbb\xbf\xef\xbb\xbfdata: 1\n\n"), []);
    assert_eq!(framed(b"\xef\xbbdata: 1\ndata: 2\n\n"), [message("2")]);
    assert_eq!(framed(b"\xef\xbb\n\ndata: 2\n\n"), [message("2")]);
    assert_eq!(framed(b"\n\xef\xbb\xbfdata: 1\ndata: 2\n\n"), [message("2")]);
}

#[test]
fn ids_and_reconnection_times() {
    let stream = b"id: 7\nretry: 1500\ndata: a\n\nid: 8\0\nretry: 1s\nretry: +1\nretry: 99999999999999999999\nretry:\ndata: b\n\n";
    let mut framer = SseFramer::new(LIMIT);
    let mut ids = Vec::new();
    framer.feed(stream, |event| ids.push(event.id.to_vec()));
    assert_eq!(ids, [b"7", b"7"]);
    assert_eq!(framer.retry(), Some(1_500));
}

/// A stream with all that the grammar knows, and an emoji, in as few bytes as it takes.
const EVERYTHING: &[u8] = b"\xef\xbb\xbf:c\r\nevent: e\r\ndata:\xf0\x9f\x98\x80\r\ndata: 2\r\rid:7\nretry: 9\ndata\n\r\ndata:x\r\n\r\nfoo\ndata:y\r\n";

#[test]
fn every_cut_and_every_pair_of_cuts() {
    let whole = frame_sse(LIMIT, [EVERYTHING]);
    assert_eq!(whole.0, oracle::sse::events(EVERYTHING));
    assert_eq!(whole.0.len(), 3);
    for a in 0..=EVERYTHING.len() {
        for b in a..=EVERYTHING.len() {
            let pieces = [&EVERYTHING[..a], &EVERYTHING[a..b], &EVERYTHING[b..]];
            assert_eq!(frame_sse(LIMIT, pieces), whole, "cuts at {a} and {b}");
        }
    }
    assert_eq!(frame_sse(LIMIT, EVERYTHING.chunks(1)), whole);
}

#[test]
fn a_long_event_is_skipped_and_counted() {
    let stream = b"data: 1234567\n\ndata: 12345678\n\ndata: 1\ndata: 2\ndata: 3\ndata: 4\ndata:\n\ndata: after\n\n";
    for size in [1, 2, 7, stream.len()] {
        let (seen, skipped) = frame_sse(8, stream.chunks(size));
        let data: Vec<_> = seen.iter().map(|[_, data, _]| data.as_str()).collect();
        assert_eq!((data, skipped), (vec!["1234567", "after"], 2));
    }
    let name = [&b"event: "[..], &[b'n'; 1_025], b"\ndata: 1\n\ndata: 2\n\n"].concat();
    let (seen, skipped) = frame_sse(8, name.chunks(3));
    assert_eq!((seen.len(), skipped), (1, 1));
}

#[test]
fn a_megabyte_in_small_chunks() {
    let data = "é😀 \"text\" ".repeat(60_000);
    let stream = format!("event: big\ndata: {data}\n\n");
    for size in [1, 1024] {
        let (mut framer, mut seen) = (SseFramer::new(LIMIT), 0);
        for chunk in stream.as_bytes().chunks(size) {
            framer.feed(chunk, |event| {
                assert_eq!(event.data, data.as_bytes());
                seen += 1;
            });
        }
        assert_eq!((seen, framer.skipped()), (1, 0));
    }
}

/// Text that is an event stream, or nearly.
fn nearly_a_stream() -> impl Strategy<Value = Vec<u8>> {
    let token = prop::sample::select(vec![
        "data",
        "event",
        "id",
        "retry",
        ":",
        ": ",
        " ",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\0",
        "x",
        "12",
        "\u{feff}",
        "é",
        "data: a\n",
        "event: b\r",
        "id: 1\n",
        ":comment\n",
    ]);
    prop::collection::vec(token, 0..32).prop_map(|tokens| tokens.concat().into_bytes())
}

proptest! {
    #[test]
    fn agrees_with_the_oracle(size in 1..9_u8, stream in nearly_a_stream()) {
        sse(&[&[size][..], &stream].concat());
    }
}
