//! Messages in lines, bodies and events, cut anywhere.

use super::{Between, Passed, answer, call, rows};
use brevity::McpCarrier;

fn item() -> String {
    format!(r#"{{"type":"text","text":"{}"}}"#, rows())
}

/// A stream in `chunks` of this size, to a client that has called `list` as 1.
fn pass(carrier: McpCarrier, stream: &str, size: usize) -> Passed {
    let mut between = Between::with(|_| {});
    between.call("1", "list");
    between.answer(carrier, stream.as_bytes().chunks(size))
}

/// Shorter, for any cuts the same, and back; gives what left.
fn shortened(carrier: McpCarrier, stream: &str) -> String {
    let whole = pass(carrier, stream, usize::MAX);
    for size in [1, 2, 3, 5, 64, 1_000] {
        assert_eq!(pass(carrier, stream, size), whole, "chunks of {size}");
    }
    assert!(whole.bytes.len() < stream.len() * 2 / 3, "{stream:?}");
    assert_eq!(brevity::expand(&whole.bytes), stream.as_bytes());
    String::from_utf8(whole.bytes).expect("UTF-8")
}

#[test]
fn every_pair_of_cuts() {
    let short = answer(r#"{"type":"text","text":"x\ny"}"#);
    for (carrier, stream) in [
        (McpCarrier::Lines, format!("{short}\r\nlog\n\n{short}")),
        (McpCarrier::Whole, short.clone()),
        (McpCarrier::Events, format!("id: 1\r\ndata: {short}\r\n\r\n: x\n\ndata:{short}\r\r")),
    ] {
        let whole = pass(carrier, &stream, usize::MAX);
        assert_eq!(whole.bytes, stream.as_bytes());
        for first in 0..stream.len() {
            for second in (first..stream.len()).step_by(3) {
                let (head, tail) = stream.as_bytes().split_at(second);
                let (head, middle) = head.split_at(first);
                let mut between = Between::with(|_| {});
                between.call("1", "list");
                assert_eq!(between.answer(carrier, [head, middle, tail]), whole);
            }
        }
    }
}

#[test]
fn lines() {
    let stream = format!("listening\n{0}\n{{\"method\":\"x\"}}\r\n{0}\r\n{0}", answer(&item()));
    let short = shortened(McpCarrier::Lines, &stream);
    assert_eq!(short.lines().count(), 5);
    assert!(short.starts_with("listening\n{") && short.contains("}\n{\"method\":\"x\"}\r\n{"));
}

#[test]
fn bodies() {
    let pretty = answer("ITEM").replace("\":", "\" :\r\n ").replace("ITEM", &item());
    shortened(McpCarrier::Whole, &format!("[\n{pretty},\n{}]\n", answer("")));
}

#[test]
fn events() {
    for end in ["\n", "\r\n", "\r"] {
        let event = |data: &str| format!("id: 7_1{end}event: message{end}data: {data}{end}{end}");
        let ping = format!(": ping{end}{end}retry: 5{end}id{end}data:{end}{end}");
        let stream = format!("{}{ping}{}", event(&answer(&item())), event(&answer(&item())));
        let short = shortened(McpCarrier::Events, &stream);
        let lines = |text: &str| {
            let is_other = |line: &&str| !line.starts_with("data: ");
            text.split(end).filter(is_other).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines(&short), lines(&stream));
    }
}

#[test]
fn data_of_several_lines_keeps_its_lines() {
    let before = "data: {\"jsonrpc\":\"2.0\",\ndata:\"id\":1\ndata\nid: 9\ndata: ,\"result\":{\"content\":\ndata: [";
    let stream = format!("{before}{}]}}\ndata:}}\n\n", item());
    let short = shortened(McpCarrier::Events, &stream);
    assert!(short.starts_with(before) && short.ends_with("]}\ndata:}\n\n"));
}

/// Each unit leaves with its last byte, not with the next one's first.
#[test]
fn a_message_leaves_when_it_is_complete() {
    let first = answer(r#"{"type":"text","text":"x"}"#);
    for (carrier, unit) in [
        (McpCarrier::Lines, format!("{first}\n")),
        (McpCarrier::Events, format!("data: {first}\n\n")),
        (McpCarrier::Events, format!("data: {first}\r\n\r\n")),
        (McpCarrier::Events, format!("data: {first}\r\r")),
        (McpCarrier::Events, ": ping\n\n".to_owned()),
    ] {
        let between = Between::with(|_| {});
        let settings = std::sync::Arc::clone(&between.settings);
        let mut answers = brevity::McpAnswers::new(carrier, "", settings);
        let (mut steps, mut out) = (brevity::Steps::new(), Vec::new());
        for round in 1..4 {
            for byte in unit.bytes() {
                answers.write(vec![byte].into(), &between.calls, &mut steps);
                steps.run_into(&mut out);
            }
            assert_eq!(out.len(), unit.len() * round, "{unit:?}");
        }
    }
}

#[test]
fn requests_are_read_line_by_line() {
    let mut between = Between::with(|_| {});
    let lines = format!("{}\n\nnoise\n{}\r\n", call("9", "x", "{}"), call("1", "list", "{}"));
    for size in [1, 50, usize::MAX] {
        let settings = std::sync::Arc::clone(&between.settings);
        let mut requests = brevity::McpRequests::new(McpCarrier::Lines, "", settings);
        for chunk in lines.as_bytes().chunks(size) {
            requests.write(bytes::Bytes::copy_from_slice(chunk), &between.calls);
        }
        let body = answer(&item());
        let passed = between.answer(McpCarrier::Whole, [body.as_bytes()]);
        assert!(passed.bytes.len() < body.len() / 2);
    }
}
