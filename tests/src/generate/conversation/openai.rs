//! Bodies of OpenAI's Chat Completions API.

use super::{Call, Client, Conversation, Json, Outcome, SYSTEM, Shape, TOOLS, Turn, schema};

pub(super) fn body(conversation: &Conversation, shape: Shape) -> Json {
    let order: &[&str] = match shape.client {
        Client::OpenAiJs => &["messages", "model", "stream", "stream_options", "tools"],
        _ => &["model", "stream", "tools", "messages"],
    };
    Json::object(order.iter().map(|&key| (key, field(key, conversation, shape))))
}

fn field(key: &str, conversation: &Conversation, shape: Shape) -> Json {
    match key {
        "model" => Json::text("gpt-5"),
        "messages" => messages(conversation, shape),
        "stream_options" => Json::object([("include_usage", Json::number(true))]),
        "tools" => Json::Array(TOOLS.iter().map(|&tool| definition(tool)).collect()),
        _ => Json::number(true),
    }
}

fn definition((name, description): (&str, &str)) -> Json {
    let function = Json::object([
        ("name", Json::text(name)),
        ("description", Json::text(description)),
        ("parameters", schema()),
    ]);
    Json::object([("type", Json::text("function")), ("function", function)])
}

fn messages(conversation: &Conversation, shape: Shape) -> Json {
    let mut messages = vec![
        message(shape, "system", vec![("content", Json::text(SYSTEM))]),
        message(shape, "user", vec![("content", Json::text(&conversation.task))]),
    ];
    for turn in &conversation.turns {
        messages.push(answer(turn, shape));
        messages.extend(turn.calls.iter().map(|call| result(call, shape)));
    }
    Json::Array(messages)
}

fn answer(turn: &Turn, shape: Shape) -> Json {
    let call = |call: &Call| {
        let function = Json::object([
            ("name", Json::text(call.tool)),
            ("arguments", Json::text(call.input.minified())),
        ]);
        Json::object([
            ("id", Json::text(id(call))),
            ("type", Json::text("function")),
            ("function", function),
        ])
    };
    let calls = Json::Array(turn.calls.iter().map(call).collect());
    let members = vec![("content", Json::text(&turn.thought)), ("tool_calls", calls)];
    message(shape, "assistant", members)
}

/// Tools answer in a string, or in text parts; images have no place here.
fn result(call: &Call, shape: Shape) -> Json {
    let part =
        |text: &String| Json::object([("type", Json::text("text")), ("text", Json::text(text))]);
    let content = match &call.result {
        Outcome::Whole(text) | Outcome::Image(text, _) => Json::text(text),
        Outcome::Parts(parts) => Json::Array(parts.iter().map(part).collect()),
    };
    message(shape, "tool", vec![("tool_call_id", Json::text(id(call))), ("content", content)])
}

fn id(call: &Call) -> String {
    format!("call_{}", call.id)
}

/// A message whose role stands first, or last.
fn message(shape: Shape, role: &str, mut members: Vec<(&'static str, Json)>) -> Json {
    let at = if shape.type_last { members.len() } else { 0 };
    members.insert(at, ("role", Json::text(role)));
    Json::object(members)
}
