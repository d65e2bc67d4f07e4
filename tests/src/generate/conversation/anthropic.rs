//! Bodies of Anthropic's Messages API.

use super::{Call, Client, Conversation, Json, Outcome, SYSTEM, Shape, TOOLS, Turn, schema};

pub(super) fn body(conversation: &Conversation, shape: Shape) -> Json {
    let order: &[&str] = match shape.client {
        Client::AnthropicPython => {
            &["max_tokens", "messages", "model", "context_management", "stream", "system", "tools"]
        }
        Client::ClaudeCode => &[
            "model",
            "messages",
            "system",
            "tools",
            "metadata",
            "max_tokens",
            "thinking",
            "context_management",
            "stream",
        ],
        _ => &["model", "max_tokens", "stream", "system", "tools", "messages"],
    };
    Json::object(order.iter().map(|&key| (key, field(key, conversation, shape))))
}

fn field(key: &str, conversation: &Conversation, shape: Shape) -> Json {
    match key {
        "model" => Json::text("claude-sonnet-4-5"),
        "messages" => messages(conversation, shape),
        "system" => Json::Array(vec![text(SYSTEM, shape)]),
        "tools" => Json::Array(TOOLS.iter().map(|&tool| definition(tool)).collect()),
        "metadata" => Json::object([("user_id", Json::text("user_5f2c_session_41"))]),
        "max_tokens" => Json::number(8192),
        "thinking" => {
            Json::object([("type", Json::text("enabled")), ("budget_tokens", Json::number(4096))])
        }
        "context_management" => Json::object([("edits", Json::Array(vec![]))]),
        _ => Json::number(true),
    }
}

fn definition((name, description): (&str, &str)) -> Json {
    Json::object([
        ("name", Json::text(name)),
        ("description", Json::text(description)),
        ("input_schema", schema()),
    ])
}

fn messages(conversation: &Conversation, shape: Shape) -> Json {
    let mut messages = vec![("user", vec![text(&conversation.task, shape)])];
    for turn in &conversation.turns {
        messages.push(("assistant", answer(turn, shape)));
        messages.push(("user", turn.calls.iter().map(|call| result(call, shape)).collect()));
    }
    if shape.moving_cache_control {
        mark_newest(&mut messages);
    }
    let message = |(role, content)| {
        block(shape, ("role", Json::text(role)), vec![("content", Json::Array(content))])
    };
    Json::Array(messages.into_iter().map(message).collect())
}

/// Puts a mark on the last block, as clients do anew on every turn.
fn mark_newest(messages: &mut [(&str, Vec<Json>)]) {
    let newest = messages.last_mut().and_then(|(_, blocks)| blocks.last_mut());
    if let Some(Json::Object(members)) = newest {
        let mark = Json::object([("type", Json::text("ephemeral"))]);
        members.push(("\"cache_control\"".to_owned(), mark));
    }
}

fn answer(turn: &Turn, shape: Shape) -> Vec<Json> {
    let mut blocks = Vec::new();
    if shape.client == Client::ClaudeCode {
        let thinking = vec![
            ("thinking", Json::text(&turn.thought)),
            ("signature", Json::text(&turn.signature)),
        ];
        blocks.push(block(shape, ("type", Json::text("thinking")), thinking));
    }
    blocks.push(text(&turn.thought, shape));
    blocks.extend(turn.calls.iter().map(|call| {
        let call = vec![
            ("id", Json::text(id(call))),
            ("name", Json::text(call.tool)),
            ("input", call.input.clone()),
        ];
        block(shape, ("type", Json::text("tool_use")), call)
    }));
    blocks
}

fn result(call: &Call, shape: Shape) -> Json {
    let content = match &call.result {
        Outcome::Whole(whole) => Json::text(whole),
        Outcome::Parts(parts) => Json::Array(parts.iter().map(|part| text(part, shape)).collect()),
        Outcome::Image(caption, data) => {
            Json::Array(vec![text(caption, shape), image(data, shape)])
        }
    };
    let mut members = vec![("tool_use_id", Json::text(id(call))), ("content", content)];
    if call.failed {
        members.push(("is_error", Json::number(true)));
    }
    block(shape, ("type", Json::text("tool_result")), members)
}

fn id(call: &Call) -> String {
    format!("toolu_01{}", call.id)
}

fn text(text: &str, shape: Shape) -> Json {
    block(shape, ("type", Json::text("text")), vec![("text", Json::text(text))])
}

fn image(data: &str, shape: Shape) -> Json {
    let source = Json::object([
        ("type", Json::text("base64")),
        ("media_type", Json::text("image/png")),
        ("data", Json::text(data)),
    ]);
    block(shape, ("type", Json::text("image")), vec![("source", source)])
}

/// An object whose kind stands first, or last.
fn block(shape: Shape, kind: (&'static str, Json), mut members: Vec<(&'static str, Json)>) -> Json {
    let at = if shape.type_last { members.len() } else { 0 };
    members.insert(at, kind);
    Json::object(members)
}
