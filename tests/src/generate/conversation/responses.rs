//! Bodies of OpenAI's Responses API: one client whose shell and patches the API itself knows, and one
//! that speaks as Codex does.

use super::{Call, Client, Conversation, Json, Outcome, SYSTEM, Shape, TOOLS, Turn, schema};

pub(super) fn body(conversation: &Conversation, shape: Shape) -> Json {
    let order: &[&str] = match shape.client {
        Client::ResponsesPython => &["input", "model", "store", "stream", "tools", "truncation"],
        _ => &[
            "model",
            "instructions",
            "input",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "reasoning",
            "store",
            "stream",
            "include",
            "prompt_cache_key",
        ],
    };
    Json::object(order.iter().map(|&key| (key, field(key, conversation, shape))))
}

fn field(key: &str, conversation: &Conversation, shape: Shape) -> Json {
    match key {
        "model" => Json::text("gpt-5-codex"),
        "instructions" => Json::text(SYSTEM),
        "input" => input(conversation, shape),
        "tools" => Json::Array(TOOLS.iter().map(|&tool| definition(tool)).collect()),
        "tool_choice" => Json::text("auto"),
        "truncation" => Json::text("disabled"),
        "reasoning" => Json::object([("effort", Json::text("medium"))]),
        "include" => Json::Array(vec![Json::text("reasoning.encrypted_content")]),
        "prompt_cache_key" => Json::text("0198-5f2c-session-41"),
        "store" => Json::number(false),
        _ => Json::number(true),
    }
}

fn definition((name, description): (&str, &str)) -> Json {
    Json::object([
        ("type", Json::text("function")),
        ("name", Json::text(name)),
        ("description", Json::text(description)),
        ("strict", Json::number(false)),
        ("parameters", schema()),
    ])
}

fn input(conversation: &Conversation, shape: Shape) -> Json {
    let mut items = vec![said(shape, "user", &conversation.task)];
    for turn in &conversation.turns {
        items.extend([reasoning(turn, shape), said(shape, "assistant", &turn.thought)]);
        items.extend(turn.calls.iter().map(|call| self::call(call, shape)));
        items.extend(turn.calls.iter().map(|call| output(call, shape)));
    }
    Json::Array(items)
}

fn said(shape: Shape, role: &str, text: &str) -> Json {
    let kind = if role == "user" { "input_text" } else { "output_text" };
    let part = Json::object([("type", Json::text(kind)), ("text", Json::text(text))]);
    let members = vec![("role", Json::text(role)), ("content", Json::Array(vec![part]))];
    item(shape, "message", members)
}

fn reasoning(turn: &Turn, shape: Shape) -> Json {
    let members = vec![
        ("summary", Json::Array(vec![])),
        ("encrypted_content", Json::text(turn.signature.as_str())),
    ];
    item(shape, "reasoning", members)
}

fn call(call: &Call, shape: Shape) -> Json {
    let id = ("call_id", Json::text(id(call)));
    let is_codex = shape.client == Client::Codex;
    let named = |rest| vec![id.clone(), ("name", Json::text(call.tool)), rest];
    match call.tool {
        "Bash" if is_codex => {
            let words = ["bash", "-lc"].map(Json::text).into_iter().chain([command(call)]);
            let action = [("type", Json::text("exec")), ("command", Json::Array(words.collect()))];
            item(shape, "local_shell_call", vec![id, ("action", Json::object(action))])
        }
        "Bash" => {
            let action = Json::object([("commands", Json::Array(vec![command(call)]))]);
            item(shape, "shell_call", vec![id, ("action", action)])
        }
        "Edit" if is_codex => {
            let patch = Json::text(call.input.minified());
            item(shape, "custom_tool_call", named(("input", patch)))
        }
        "Edit" => item(shape, "apply_patch_call", vec![id, ("operation", call.input.clone())]),
        _ => {
            let arguments = Json::text(call.input.minified());
            item(shape, "function_call", named(("arguments", arguments)))
        }
    }
}

/// The command that a shell is asked to run.
fn command(call: &Call) -> Json {
    match &call.input {
        Json::Object(members) => members[0].1.clone(),
        other => other.clone(),
    }
}

fn output(call: &Call, shape: Shape) -> Json {
    let part = |text: &String| {
        Json::object([("type", Json::text("input_text")), ("text", Json::text(text))])
    };
    let content = match &call.result {
        Outcome::Whole(text) if call.tool == "Bash" && shape.client != Client::Codex => {
            return shell_output(call, text, shape);
        }
        Outcome::Whole(text) => Json::text(text),
        Outcome::Parts(parts) => Json::Array(parts.iter().map(part).collect()),
        Outcome::Image(text, data) => {
            let url = Json::text(format!("data:image/png;base64,{data}"));
            let image = [("type", Json::text("input_image")), ("image_url", url)];
            Json::Array(vec![part(text), Json::object(image)])
        }
    };
    let kind = match call.tool {
        "Edit" if shape.client == Client::Codex => "custom_tool_call_output",
        "Edit" => "apply_patch_call_output",
        _ => "function_call_output",
    };
    item(shape, kind, vec![("call_id", Json::text(id(call))), ("output", content)])
}

fn shell_output(call: &Call, text: &str, shape: Shape) -> Json {
    let outcome = Json::object([("type", Json::text("exit")), ("exit_code", Json::number(0))]);
    let ran = [("stdout", Json::text(text)), ("stderr", Json::text("")), ("outcome", outcome)];
    let output = Json::Array(vec![Json::object(ran)]);
    item(shape, "shell_call_output", vec![("call_id", Json::text(id(call))), ("output", output)])
}

fn id(call: &Call) -> String {
    format!("call_{}", call.id)
}

/// An item whose type stands first, or last.
fn item(shape: Shape, kind: &str, mut members: Vec<(&'static str, Json)>) -> Json {
    let at = if shape.type_last { members.len() } else { 0 };
    members.insert(at, ("type", Json::text(kind)));
    Json::object(members)
}
