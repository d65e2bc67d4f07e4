//! What leaves as it came: at the bounds, where a body breaks off, and where nothing is eligible.

use super::{ALL, anthropic, eligible::cases, lengths, pass, reasons, settings};
use brevity::{Dialect, Reason, Request, Sink, Step, Steps};
use brevity_tests::property::{Passed, pass_request};
use bytes::Bytes;

#[test]
fn what_waits_too_long_stays_and_is_counted() {
    let long = "x".repeat(500);
    let late = anthropic(&format!(
        r#"[{{"content":"{long}","type":"tool_result"}},{{"content":"short","type":"tool_result"}}]"#
    ));
    let early =
        anthropic(&format!(r#"[{{"type":"tool_result","tool_use_id":"a","content":"{long}"}}]"#));
    let parts = anthropic(&format!(
        r#"[{{"content":[{{"type":"text","text":"ab"}},{{"type":"text","text":"{long}"}},{{"type":"text","text":"abc"}}],"type":"tool_result"}}]"#
    ));
    let settings = settings(|_, limits| limits.block = 200);
    let pass = |body: &str| pass_request(Dialect::Anthropic, &settings, [body.as_bytes()]);
    let limited = |passed: &Passed| -> Vec<_> {
        passed.notes.iter().map(|n| (n.result == Err(Reason::Limit), n.bytes_in)).collect()
    };
    assert_eq!(limited(&pass(&late)), [(true, 500), (false, 5)]);
    assert_eq!(limited(&pass(&early)), [(false, 500)]);
    assert_eq!(limited(&pass(&parts)), [(true, 2), (true, 500), (false, 3)]);
}

#[test]
fn what_breaks_off_leaves_as_it_came() {
    for (dialect, body) in cases() {
        for end in 1..body.len() {
            let passed = pass_request(dialect, &settings(|_, _| {}), [&body.as_bytes()[..end]]);
            assert_eq!(passed.bytes, &body.as_bytes()[..end]);
            assert!(!passed.is_json(), "{}", &body[..end]);
        }
    }
    assert_eq!(pass(Dialect::Anthropic, "").notes, []);
}

#[test]
fn what_is_not_json_leaves_as_it_came() {
    let good = r#"{"messages":[{"role":"tool","content":"first"},{"role":"tool","content":"sec"#;
    for bad in ["\u{1}ond\"}]}", "\\x\"}]}", "ond\"]}", "\"}]}{}", "ond\"}]}x"] {
        let body = format!("{good}{bad}");
        let passed = pass(Dialect::OpenAiChat, &body);
        assert!(!passed.is_json(), "{body}");
        assert_eq!(passed.blocks()[0].2, 5, "what came before had left");
    }
    for body in ["\u{feff}{}", "plain text", "{'a':1}", "[", "\"", "1 2", "{\"a\":01}"] {
        let passed = pass(Dialect::Anthropic, body);
        assert_eq!(reasons(&passed), [Reason::Malformed], "{body}");
    }
    let invalid = b"{\"messages\":[{\"role\":\"tool\",\"content\":\"\xff\"}]}";
    let passed = pass_request(Dialect::OpenAiChat, &settings(|_, _| {}), [&invalid[..]]);
    assert_eq!(
        (passed.bytes.as_slice(), reasons(&passed)),
        (&invalid[..], vec![Reason::Malformed])
    );
    assert_eq!(passed.notes[0].bytes_in, 5, "the rest, from the byte that is wrong");
}

#[test]
fn hostile_nesting_passes() {
    let deep = 100_000;
    let item = r#"{"content":["#;
    for body in [
        "[".repeat(deep),
        r#"{"messages":"#.repeat(deep),
        format!(r#"{{"messages":[{}"#, item.repeat(deep)),
        format!(
            r#"{{"messages":[{{"content":[{}"#,
            r#"{"type":"tool_result","content":["#.repeat(deep)
        ),
        format!(r#"{{"messages":[{{"content":[{}{}]}}]}}"#, "[".repeat(deep), "]".repeat(deep)),
    ] {
        for dialect in ALL {
            assert_eq!(reasons(&pass(dialect, &body)), [Reason::Malformed]);
        }
    }
    let keys: Vec<_> = (0..deep).map(|i| format!(r#""k{i}":{i}"#)).collect();
    let many = format!(r#"{{{},"messages":[{{"role":"tool","content":"x"}}]}}"#, keys.join(","));
    assert_eq!(lengths(&pass(Dialect::OpenAiChat, &many)), [1]);
}

#[test]
fn what_is_kept_lies_in_the_buffers_that_came() {
    #[derive(Default)]
    struct Kept(Vec<Bytes>);
    impl Sink for Kept {
        fn keep(&mut self, bytes: Bytes) {
            self.0.push(bytes);
        }
        fn put(&mut self, _: &[u8]) {
            panic!("nothing is new");
        }
    }
    let text = "word ".repeat(1_000);
    let late = format!(r#"{{"content":"{text}","type":"tool_result"}}"#);
    let body = anthropic(&format!(r#"[{{"type":"text","text":"{text}"}},{late},{late}]"#));
    for (stream, size) in [(true, body.len()), (true, 999), (false, body.len()), (false, 999)] {
        let chunks: Vec<_> = body.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
        let (mut steps, mut kept) = (Steps::new(), Kept::default());
        let settings = settings(|policy, _| policy.stream_requests = stream);
        let mut request = Request::new(Dialect::Anthropic, settings);
        chunks.iter().for_each(|chunk| request.write(chunk.clone(), &mut steps));
        request.finish(&mut steps);
        steps.run_into(&mut kept);
        assert_eq!(kept.0.concat(), body.as_bytes());
        for bytes in kept.0.iter().filter(|bytes| bytes.len() >= 256) {
            let inside = |chunk: &Bytes| chunk.as_ptr_range().contains(&bytes.as_ptr());
            assert!(chunks.iter().any(inside), "{} bytes were copied", bytes.len());
        }
    }
}

#[test]
fn nothing_eligible_leaves_in_the_chunks_that_came() {
    let body = anthropic(&format!(r#"[{{"type":"text","text":"{}"}}]"#, "x".repeat(5_000)));
    let (mut steps, mut count) = (Steps::new(), 0);
    let mut request = Request::new(Dialect::Anthropic, settings(|_, _| {}));
    for chunk in body.as_bytes().chunks(1_000).map(Bytes::copy_from_slice) {
        request.write(chunk.clone(), &mut steps);
        while let Some(step) = steps.pop() {
            let Step::Keep(bytes) = step else { panic!("{step:?}") };
            assert_eq!(bytes, chunk);
            // Runs below 256 bytes may be copied.
            assert!(bytes.as_ptr() == chunk.as_ptr() || bytes.len() < 256);
            count += 1;
        }
    }
    assert_eq!(count, body.len().div_ceil(1_000));
}
