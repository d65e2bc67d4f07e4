//! The corpus in random cuts: to each walker, to the engine's requests and to the framer, where the
//! bytes are cut changes nothing.

use brevity::{Dialect, Limits, Protect, Settings, walk::tag::TagMode};
use brevity_tests::{
    corpus, cuts,
    property::{frame_sse, walk_json, walk_tags},
    run,
};
use bytes::Bytes;

const FOLDERS: [&str; 5] = ["agent", "json", "tool-json", "logs", "tools"];
const RUNS: u32 = 4;

fn each_file(mut check: impl FnMut(&str, &[u8])) {
    for folder in FOLDERS {
        let Some(files) = corpus::files(folder) else { return };
        files.iter().for_each(|(name, bytes)| check(name, bytes));
    }
}

#[test]
fn the_tag_walker_sees_the_same_spans() {
    let limits = Limits::default();
    each_file(|name, bytes| {
        let walk = |pieces: &[&[u8]]| walk_tags(pieces, &Protect::Custom, TagMode::Blocks, &limits);
        let whole = walk(&[bytes]);
        cuts::random(bytes, 1, RUNS, |pieces| assert_eq!(walk(pieces), whole, "{name}"));
    });
}

#[test]
fn the_json_walker_sees_the_same_events() {
    each_file(|name, bytes| {
        let whole = walk_json([bytes]);
        cuts::random(bytes, 2, RUNS, |pieces| {
            assert!(walk_json(pieces.iter().copied()) == whole, "{name}");
        });
    });
}

/// An answer that streams a file, a line an event.
#[test]
fn the_framer_sees_the_same_events() {
    each_file(|name, bytes| {
        let stream: Vec<u8> = bytes
            .split_inclusive(|byte| *byte == b'\n')
            .flat_map(|line| [b"event: line\ndata: ".as_slice(), line, b"\n\n"].concat())
            .collect();
        let whole = frame_sse(1 << 16, [stream.as_slice()]);
        cuts::random(&stream, 3, RUNS, |pieces| {
            assert!(frame_sse(1 << 16, pieces.iter().copied()) == whole, "{name}");
        });
    });
}

#[test]
fn requests_leave_alike() {
    let Some(files) = corpus::files("agent") else { return };
    for (name, body) in &files {
        let dialect = match name.contains("openai") {
            true => Dialect::OpenAiChat,
            false => Dialect::Anthropic,
        };
        let chunks = |pieces: &[&[u8]]| -> Vec<Bytes> {
            pieces.iter().map(|piece| Bytes::copy_from_slice(piece)).collect()
        };
        let mut streamed = Settings::default();
        streamed.policy.stream_requests = true;
        for settings in [Settings::default(), streamed] {
            let (whole, facts) = run::request(&settings, dialect, chunks(&[body]).into_iter());
            cuts::random(body, 4, RUNS, |pieces| {
                let (out, seen) = run::request(&settings, dialect, chunks(pieces).into_iter());
                assert!(out.bytes == whole.bytes, "{name}");
                assert_eq!((out.outcomes, &seen), (whole.outcomes.clone(), &facts), "{name}");
            });
            cuts::random(&whole.bytes, 5, 2, |pieces| {
                assert!(run::expand(chunks(pieces).into_iter()) == *body, "{name}");
            });
        }
    }
}
