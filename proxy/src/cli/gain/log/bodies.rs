//! Request bodies, and bare lists of messages or items. The last answer in them ends no request.

use super::super::{
    json::{self, Object},
    turn::{self, Draft, Feed, Thread},
};
use brevity::Dialect;
use bytes::Bytes;
use std::sync::Arc;

/// Offers the turns of the request body that `object` is; false if it is none.
pub(super) fn body(
    file: &Arc<str>,
    line: u64,
    text: &[u8],
    object: &Object<'_>,
    feed: &mut Feed<'_>,
) -> bool {
    let (dialect, messages) = match (object.array("messages"), object.array("input")) {
        (Some(messages), _) => (of_messages(Some(object), &messages), messages),
        (None, Some(items)) => (Dialect::OpenAiResponses, items),
        (None, None) => return false,
    };
    let Some(last) = messages.last() else { return false };
    if !messages.iter().all(|message| message.starts_with(b"{")) {
        return false;
    }
    let close = json::range(text, last).end;
    let mut thread = Thread::default();
    for end in ends(dialect, &messages) {
        let head = &text[..json::range(text, messages[end - 1]).end];
        let body: Bytes = [head, &text[close..]].concat().into();
        let draft = draft(dialect, body, text.len() - close, end, line, object.text("model"));
        feed.offer(file, &mut thread, draft);
    }
    true
}

/// Offers the turns of a bare list; false if it is none of messages or items.
pub(super) fn list(file: &Arc<str>, line: u64, messages: &[&[u8]], feed: &mut Feed<'_>) -> bool {
    let objects: Option<Vec<_>> = messages.iter().map(|message| json::object(message)).collect();
    let Some(objects) = objects.filter(|objects| !objects.is_empty()) else { return false };
    let is_item = |object: &Object<'_>| object.text("type").is_some_and(|kind| is_item(&kind));
    let dialect = if objects.iter().any(is_item) {
        Dialect::OpenAiResponses
    } else if objects.iter().all(|object| object.text("role").is_some()) {
        of_messages(None, messages)
    } else {
        return false;
    };
    let key = if dialect == Dialect::OpenAiResponses { "input" } else { "messages" };
    let mut thread = Thread::default();
    for end in ends(dialect, messages) {
        let (body, tail) = turn::body(key, messages[..end].iter().copied(), None);
        feed.offer(file, &mut thread, draft(dialect, body, tail, end, line, None));
    }
    true
}

fn draft(
    dialect: Dialect,
    body: Bytes,
    tail: usize,
    messages: usize,
    line: u64,
    model: Option<String>,
) -> Draft {
    let (ids, lines) = ((0..messages as u64).collect(), vec![line; messages]);
    Draft { dialect, body, tail, ids, lines, model, usage: None, answer: 0 }
}

/// The number of messages that each turn holds: up to one of the client's behind which the model
/// speaks, or nothing comes.
fn ends(dialect: Dialect, messages: &[&[u8]]) -> Vec<usize> {
    let own: Vec<bool> = messages.iter().map(|message| is_own(dialect, message)).collect();
    let ends = |end: &usize| !own[end - 1] && own.get(*end).is_none_or(|own| *own);
    (1..=messages.len()).filter(ends).collect()
}

/// Whether the model itself has made this message or item.
pub(super) fn is_own(dialect: Dialect, message: &[u8]) -> bool {
    let Some(object) = json::object(message) else { return false };
    let is_assistant = object.text("role").is_some_and(|role| role == "assistant");
    let made = |kind: String| kind == "reasoning" || kind.ends_with("_call");
    is_assistant || dialect == Dialect::OpenAiResponses && object.text("type").is_some_and(made)
}

/// Whether `kind` is a type that only items of OpenAI Responses have.
fn is_item(kind: &str) -> bool {
    kind == "reasoning" || kind.ends_with("_call") || kind.ends_with("_call_output")
}

/// Anthropic Messages and OpenAI Chat Completions share the key `messages`. Roles and the types of
/// blocks tell them apart; where nothing does, there is no tool result either.
fn of_messages(body: Option<&Object<'_>>, messages: &[&[u8]]) -> Dialect {
    if body.is_some_and(|body| body.value("system").is_some()) {
        return Dialect::Anthropic;
    }
    let is_chat = |message: &&[u8]| {
        let Some(message) = json::object(message) else { return false };
        let role = message.text("role").unwrap_or_default();
        message.value("tool_calls").is_some()
            || ["tool", "function", "system", "developer"].contains(&role.as_str())
    };
    if messages.iter().any(is_chat) { Dialect::OpenAiChat } else { Dialect::Anthropic }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bodies that come of a document, their dialect and where their new messages begin.
    fn turns(text: &str) -> Option<Vec<(String, Dialect, u64)>> {
        let mut turns = Vec::new();
        let mut take = |turn: turn::Turn| {
            let body = String::from_utf8(turn.draft.body.to_vec()).expect("UTF-8");
            turns.push((body, turn.draft.dialect, turn.new_from));
        };
        let (file, mut feed) = (Arc::from("f"), Feed::new(&mut take));
        let is_read = match json::split(text.as_bytes()).expect("JSON") {
            json::Json::Object(object) => body(&file, 1, text.as_bytes(), &object, &mut feed),
            json::Json::Array(elements) => list(&file, 1, &elements, &mut feed),
            json::Json::Scalar => false,
        };
        is_read.then_some(turns)
    }

    #[test]
    fn a_body_is_cut_before_each_answer_and_else_stays_as_it_is() {
        let [ask, say, result] = [
            r#"{"role":"user","content":"a"}"#,
            r#"{"role":"assistant","content":"b"}"#,
            r#"{"role":"user", "content":[]}"#,
        ];
        let body = format!(r#"{{ "messages": [{ask} , {say},{result}],"model":"m" }}"#);
        let first = format!(r#"{{ "messages": [{ask}],"model":"m" }}"#);
        let found = turns(&body).expect("turns");
        assert_eq!(found, [(first, Dialect::Anthropic, 0), (body, Dialect::Anthropic, 1)]);
    }

    #[test]
    fn lists_become_bodies_of_their_dialect() {
        let tool = r#"[{"role":"user","content":"a"},{"role":"tool","content":"b"}]"#;
        let found = turns(tool).expect("turns");
        assert_eq!(found, [(format!(r#"{{"messages":{tool}}}"#), Dialect::OpenAiChat, 0)]);
        let items = r#"[{"role":"user","content":"a"},{"type":"function_call"},{"type":"function_call_output"}]"#;
        let found = turns(items).expect("turns");
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], (format!(r#"{{"input":{items}}}"#), Dialect::OpenAiResponses, 1));
    }

    #[test]
    fn what_is_neither_is_told() {
        for text in ["[]", "[1]", "{}", r#"[{"a":1}]"#, r#"{"messages":[1]}"#, r#"{"input":"a"}"#] {
            assert_eq!(turns(text), None, "{text}");
        }
    }
}
