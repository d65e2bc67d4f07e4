use super::*;

const ANTHROPIC: &str = r#"event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":300,"cache_read_input_tokens":4000,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo \"usage\" \ud83d\ude00"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"usage\":{\"output_tokens\":9}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":15}}

event: message_stop
data: {"type":"message_stop"}

"#;

const CHAT: &str = r#"data: {"id":"c","object":"chat.completion.chunk","model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

data: {"id":"c","object":"chat.completion.chunk","model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}],"usage":null}

data: {"id":"c","object":"chat.completion.chunk","model":"gpt-x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

data: {"id":"c","object":"chat.completion.chunk","model":"gpt-x","choices":[],"usage":{"prompt_tokens":120,"completion_tokens":8,"total_tokens":128,"prompt_tokens_details":{"cached_tokens":100}}}

data: [DONE]

"#;

const RESPONSES: &str = r#"event: response.created
data: {"type":"response.created","response":{"id":"r","object":"response","status":"in_progress","model":"gpt-x","error":null,"incomplete_details":null,"usage":null}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"Hi"}

event: response.completed
data: {"type":"response.completed","response":{"id":"r","object":"response","status":"completed","model":"gpt-x","error":null,"incomplete_details":null,"usage":{"input_tokens":50,"input_tokens_details":{"cached_tokens":20},"output_tokens":3}}}

"#;

fn metered(content_type: &str, chunks: &[&[u8]]) -> Meter {
    let mut meter = Meter::new(content_type, &Limits::default());
    chunks.iter().for_each(|chunk| meter.feed(chunk));
    meter.finish();
    meter
}

fn stream(text: &str) -> Usage {
    metered("text/event-stream; charset=utf-8", &[text.as_bytes()]).usage
}

fn json(text: &str) -> Usage {
    metered("application/json", &[text.as_bytes()]).usage
}

fn anthropic() -> Usage {
    Usage {
        input: Some(25),
        cache_read: Some(4_000),
        cache_write: Some(300),
        output: Some(15),
        stop_reason: Some("tool_use".into()),
        model: Some("claude-x".into()),
        error: None,
        ended: true,
    }
}

fn openai(stop: &str, input: u64, cached: u64, output: u64) -> Usage {
    Usage {
        input: Some(input),
        cache_read: Some(cached),
        cache_write: None,
        output: Some(output),
        stop_reason: Some(stop.into()),
        model: Some("gpt-x".into()),
        error: None,
        ended: true,
    }
}

#[test]
fn streams_of_each_dialect() {
    assert_eq!(stream(ANTHROPIC), anthropic());
    assert_eq!(stream(CHAT), openai("stop", 20, 100, 8));
    assert_eq!(stream(RESPONSES), openai("completed", 30, 20, 3));
}

#[test]
fn every_cut_gives_the_same() {
    for text in [ANTHROPIC, CHAT, RESPONSES] {
        let whole = stream(text);
        for cut in 0..text.len() {
            let (front, back) = text.as_bytes().split_at(cut);
            let meter = metered("text/event-stream", &[front, back]);
            assert_eq!((&meter.usage, meter.unread()), (&whole, 0), "cut at {cut}");
        }
    }
}

#[test]
fn what_is_not_read_says_nothing() {
    let mut skipped = 0;
    for text in [ANTHROPIC, CHAT, RESPONSES] {
        let mut usage = Usage::default();
        for event in text.lines().filter_map(|line| line.strip_prefix("data: ")) {
            let before = usage.clone();
            let read = events::read(event.as_bytes(), |root| usage.add_event(root));
            assert_eq!(read.is_none(), event == "[DONE]");
            let is_chat = before.model.is_some() && events::is_chat_piece(event.as_bytes());
            if is_chat || events::is_piece(event.as_bytes()) {
                skipped += 1;
                assert_eq!(usage, before, "{event}");
            }
        }
    }
    assert_eq!(skipped, 5, "three of Anthropic's, one of either of OpenAI's");
    for event in [
        r#"{"type":"message_delta"}"#,
        r#"{"type":"error","error":{"type":"overloaded_error"}}"#,
        r#"{"delta":1}"#,
        r#"{"type":"delta"#,
    ] {
        assert_eq!(events::is_piece(event.as_bytes()), event.ends_with("delta"), "{event}");
    }
    for event in [
        r#"{"choices":[{"finish_reason":null}],"error":{"code":"x"}}"#,
        r#"{"choices":[{"finish_reason":null}],"usage":{"prompt_tokens":1}}"#,
        r#"{"choices":[{"delta":{"content":"\"finish_reason\":null"}}]}"#,
    ] {
        assert!(!events::is_chat_piece(event.as_bytes()), "{event}");
    }
}

#[test]
fn documents_of_each_dialect() {
    let text = r#"{"id":"msg_1","type":"message","model":"claude-x","content":[{"type":"text","text":"{\"usage\":{}}"}],
        "stop_reason":"tool_use","usage":{"input_tokens":25,"cache_creation_input_tokens":300,
        "cache_read_input_tokens":4000,"output_tokens":15}}"#;
    assert_eq!(json(text), anthropic());
    let text = r#"{"object":"chat.completion","model":"gpt-x","choices":[{"index":0,"message":{"content":"Hi"},
        "finish_reason":"stop"}],"usage":{"prompt_tokens":120,"completion_tokens":8,
        "prompt_tokens_details":{"cached_tokens":100}}}"#;
    assert_eq!(json(text), openai("stop", 20, 100, 8));
    let text = r#"{"object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},
        "model":"gpt-x","usage":{"input_tokens":50,"input_tokens_details":{"cached_tokens":20},"output_tokens":3}}"#;
    assert_eq!(json(text), openai("max_output_tokens", 30, 20, 3));
}

#[test]
fn errors() {
    let overloaded =
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    assert_eq!(json(overloaded).error.as_deref(), Some("overloaded_error"));
    let usage = stream(&format!("event: error\ndata: {overloaded}\n\n"));
    assert_eq!((usage.error.as_deref(), usage.ended), (Some("overloaded_error"), false));
    let code = json(r#"{"error":{"message":"no","type":null,"code":"rate_limit_exceeded"}}"#);
    assert_eq!(code.error.as_deref(), Some("rate_limit_exceeded"));
    assert_eq!(json(r#"{"error":{}}"#).error.as_deref(), Some("error"));
}

#[test]
fn a_stop_without_its_last_event() {
    let cut = &ANTHROPIC[..ANTHROPIC.find("event: message_stop").unwrap()];
    assert_eq!(stream(cut), Usage { ended: false, ..anthropic() });
}

#[test]
fn what_is_not_read_is_counted() {
    let meter = metered("text/event-stream", &[b"data: {\"a\":\n\ndata: {}\n\ndata: no\n\n"]);
    assert_eq!(meter.unread(), 2);
    assert_eq!(metered("application/json", &[b"<html>"]).unread(), 1);
    assert_eq!(metered("text/html", &[b"<html>"]).unread(), 0);
    assert_eq!(metered("application/json", &[]).unread(), 0);
}

#[test]
fn no_shape_is_too_odd() {
    for odd in ["1", "null", "[]", "[{}]", "{}", "\"\"", r#"{"a":[],"b":{}}"#] {
        for key in ["message", "response", "delta", "usage", "choices", "error", "type", "object"] {
            let nested = format!(r#"{{"type":"message_delta","{key}":{odd},"choices":[{odd}]}}"#);
            for document in [odd, &nested] {
                assert_eq!(metered("application/json", &[document.as_bytes()]).unread(), 0);
                stream(&format!("data: {document}\n\n"));
                Delta::of(document.as_bytes());
            }
        }
    }
}

#[test]
fn a_damaged_byte_stops_nothing() {
    for at in 0..ANTHROPIC.len() {
        let mut damaged = ANTHROPIC.as_bytes().to_vec();
        for byte in *b"\"{[0\\,\n\xff" {
            damaged[at] = byte;
            assert!(metered("text/event-stream", &[&damaged]).unread() <= 2);
        }
    }
}

#[test]
fn bounds_hold() {
    let mut limits = Limits::default();
    (limits.sse_event, limits.document) = (64, 64);
    let mut meter = Meter::new("text/event-stream", &limits);
    meter.feed(ANTHROPIC.as_bytes());
    assert_eq!((meter.unread(), meter.usage().ended), (6, true));
    let mut meter = Meter::new("application/json", &limits);
    (0..20).for_each(|_| meter.feed(b"{\"usage\":"));
    meter.finish();
    assert_eq!(meter.unread(), 1);
    let long = format!(r#"{{"model":"{}"}}"#, "m".repeat(300));
    assert_eq!(json(&long).model, None);
}

#[test]
fn the_text_of_an_answer() {
    let cases = [(ANTHROPIC, 0, "Hello \"usage\" 😀"), (CHAT, 0, "Hi"), (RESPONSES, 1, "Hi")];
    for (recorded, block, expected) in cases {
        let mut framer = SseFramer::new(4_096);
        let mut text = String::new();
        framer.feed(recorded.as_bytes(), |event| {
            if let Some(delta) = Delta::of(event.data) {
                assert_eq!(delta.block, block);
                text += &delta.text;
            }
        });
        assert_eq!(text, expected);
    }
}
