//! What the built-in upstream answers: a few words, with a usage that fits the request.

use brevity::{Dialect, Estimator, Request, Settings, Steps};
use bytes::Bytes;
use std::sync::Arc;

/// The words of every answer, piece by piece. Their tag is cut, as models cut them.
const WORDS: [&str; 5] =
    ["I have read it. ", "<brev", "ity-note>short, and wh", "ole</brevity-", "note>"];

/// The media type and the pieces of an answer to `body`, of which the first `shared` bytes are
/// those of the request before.
pub(super) fn write(body: &Bytes, shared: usize) -> (&'static str, Vec<String>) {
    let usage = Usage {
        read: tokens(&body[..shared]),
        written: tokens(&body[shared..]),
        output: tokens(WORDS.concat().as_bytes()),
    };
    let (model, is_stream) = facts(body);
    if is_stream {
        ("text/event-stream", events(&model, &usage))
    } else {
        ("application/json", vec![message(&model, &usage)])
    }
}

struct Usage {
    read: u64,
    written: u64,
    output: u64,
}

impl Usage {
    fn json(&self, output: u64) -> String {
        format!(
            r#"{{"input_tokens":4,"cache_creation_input_tokens":{},"cache_read_input_tokens":{},"output_tokens":{output}}}"#,
            self.written, self.read
        )
    }
}

fn tokens(text: &[u8]) -> u64 {
    let mut estimator = Estimator::default();
    estimator.feed(text);
    estimator.tokens()
}

fn facts(body: &Bytes) -> (String, bool) {
    let mut request = Request::new(Dialect::Anthropic, Arc::new(Settings::default()));
    let mut steps = Steps::new();
    request.write(body.clone(), &mut steps);
    request.finish(&mut steps);
    let facts = request.facts();
    // A name that would need escapes is none of a model's.
    let is_plain =
        |name: &&str| name.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    (facts.model.as_deref().filter(is_plain).unwrap_or("demo").to_owned(), facts.stream)
}

fn message(model: &str, usage: &Usage) -> String {
    format!(
        r#"{{"id":"msg_demo","type":"message","role":"assistant","model":"{model}","content":[{{"type":"text","text":"{}"}}],"stop_reason":"end_turn","stop_sequence":null,"usage":{}}}"#,
        WORDS.concat(),
        usage.json(usage.output)
    )
}

fn events(model: &str, usage: &Usage) -> Vec<String> {
    let start = format!(
        r#""message":{{"id":"msg_demo","type":"message","role":"assistant","model":"{model}","content":[],"stop_reason":null,"stop_sequence":null,"usage":{}}}"#,
        usage.json(1)
    );
    let open = r#""index":0,"content_block":{"type":"text","text":""}"#;
    let end = format!(
        r#""delta":{{"stop_reason":"end_turn","stop_sequence":null}},"usage":{{"output_tokens":{}}}"#,
        usage.output
    );
    let mut events = vec![event("message_start", &start), event("content_block_start", open)];
    events.push("event: ping\ndata: {\"type\": \"ping\"}\n\n".into());
    events.extend(WORDS.map(|words| {
        event(
            "content_block_delta",
            &format!(r#""index":0,"delta":{{"type":"text_delta","text":"{words}"}}"#),
        )
    }));
    events.push(event("content_block_stop", r#""index":0"#));
    events.push(event("message_delta", &end));
    events.push("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n".into());
    events
}

fn event(name: &str, members: &str) -> String {
    format!("event: {name}\ndata: {{\"type\":\"{name}\",{members}}}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use brevity::walk::sse::SseFramer;

    #[test]
    fn every_event_is_json() {
        let usage = Usage { read: 10, written: 3, output: 7 };
        let mut count = 0;
        let mut framer = SseFramer::new(4_096);
        framer.feed(events("m", &usage).concat().as_bytes(), |event| {
            simd_json::to_borrowed_value(&mut event.data.to_vec()).expect("JSON");
            count += 1;
        });
        assert_eq!(count, 6 + WORDS.len());
        simd_json::to_borrowed_value(&mut message("m", &usage).into_bytes()).expect("JSON");
    }
}
