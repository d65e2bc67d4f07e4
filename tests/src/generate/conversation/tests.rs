use super::*;
use crate::corpus::tool_results;
use serde_json::Value;

/// The key of the history.
fn history(shape: Shape) -> &'static str {
    if shape.client.dialect() == Dialect::OpenAiResponses { "input" } else { "messages" }
}

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("a body is JSON")
}

#[test]
fn a_seed_fixes_a_conversation() {
    let shape = Shape::of(Client::AnthropicPython);
    let body = |seed| Conversation::generate(seed, 6).body(6, shape);
    assert_eq!(body(1), body(1));
    assert_ne!(body(1), body(2));
}

#[test]
fn more_turns_do_not_change_earlier_ones() {
    let shape = Shape::of(Client::OpenAiJs);
    let (short, long) = (Conversation::generate(4, 3), Conversation::generate(4, 9));
    assert_eq!(short.body(3, shape), long.body(3, shape));
}

#[test]
fn sixty_turns_pass_a_hundred_thousand_tokens() {
    for seed in 0..3 {
        let results = Conversation::generate(seed, 60).results(60).join("\n");
        let tokens = brevity::estimate(results.as_bytes());
        assert!(tokens > 100_000, "{tokens}");
    }
}

#[test]
fn every_shape_says_the_same() {
    let conversation = Conversation::generate(5, 12);
    let tasks: Vec<_> = Shape::all()
        .iter()
        .map(|&shape| {
            let body = conversation.body(12, shape);
            let results = tool_results(&body);
            let texts = conversation.results(12).join("");
            assert_eq!(results.join(""), texts, "{shape:?}");
            let at = usize::from(shape.client.dialect() == Dialect::OpenAiChat);
            let first = parsed(&body)[history(shape)][at].take();
            let content = &first["content"];
            content.as_str().or(content[0]["text"].as_str()).map(str::to_owned)
        })
        .collect();
    assert!(tasks.windows(2).all(|pair| pair[0] == pair[1] && pair[0].is_some()));
}

/// Without the mark that moves, the messages of a turn are the first of the next, byte for byte.
#[test]
fn a_turn_begins_the_next() {
    let conversation = Conversation::generate(6, 5);
    for mut shape in Shape::all() {
        shape.moving_cache_control = false;
        for turn in 0..5 {
            let (now, next) = (conversation.body(turn, shape), conversation.body(turn + 1, shape));
            let shared = now.iter().zip(&next).take_while(|(a, b)| a == b).count();
            let text = now.clone();
            let [now, next] = [&now, &next].map(|body| parsed(body)[history(shape)].take());
            let count = now.as_array().map_or(0, Vec::len);
            let ends = [b"}]".as_slice(), b"}"];
            assert!(ends.iter().any(|end| text[..shared].ends_with(end)), "{shape:?}");
            assert_eq!(next[count - 1], now[count - 1]);
        }
    }
}

#[test]
fn the_mark_moves_to_the_newest_block() {
    let conversation = Conversation::generate(7, 4);
    let shape = Shape::of(Client::ClaudeCode);
    for turn in 0..=4 {
        let body = String::from_utf8(conversation.body(turn, shape)).expect("UTF-8");
        assert_eq!(body.matches("\"cache_control\"").count(), 1);
        let mark = body.find("\"cache_control\"").expect("a mark");
        assert!(mark > body.rfind("\"tool_use_id\"").unwrap_or(0));
    }
}

#[test]
fn keys_stand_in_the_clients_order() {
    let conversation = Conversation::generate(8, 1);
    let order = |client, keys: &[&str]| {
        let body = String::from_utf8(conversation.body(1, Shape::of(client))).expect("UTF-8");
        let places: Vec<_> = keys.iter().map(|key| body.rfind(&format!("\"{key}\":"))).collect();
        assert!(places.is_sorted() && places[0].is_some(), "{client:?} {places:?}");
    };
    order(Client::AnthropicPython, &["max_tokens", "messages", "context_management", "system"]);
    order(Client::ClaudeCode, &["model", "messages", "system", "metadata", "max_tokens"]);
    order(Client::OpenAiJs, &["messages", "model", "stream", "stream_options", "tools"]);
    order(Client::ResponsesPython, &["input", "model", "store", "tools", "truncation"]);
    order(Client::Codex, &["model", "instructions", "input", "tools", "store"]);
    order(Client::OpenAiHeadFirst, &["model", "stream", "tools", "messages"]);
}

#[test]
fn a_long_conversation_has_every_kind_of_result() {
    let body = Conversation::generate(9, 60).body(60, Shape::of(Client::ClaudeCode));
    let body = String::from_utf8(body).expect("UTF-8");
    for sign in [
        "     1\\t",
        "\"is_error\":true",
        "\"type\":\"image\"",
        "mcp__tickets__search",
        "<system-reminder>",
        "has been updated",
        "\"signature\":",
    ] {
        assert!(body.contains(sign), "{sign}");
    }
    let turns = parsed(body.as_bytes());
    let parallel = turns["messages"].as_array().into_iter().flatten().any(|message| {
        message["content"].as_array().is_some_and(|blocks| {
            blocks.iter().filter(|block| block["type"] == "tool_result").count() > 1
        })
    });
    assert!(parallel);
}
