//! Conversations of the other two APIs, said in OpenAI Responses.

use serde_json::{Value, json};

/// A request body of Anthropic Messages or OpenAI Chat Completions as one of OpenAI Responses. What
/// shells printed is wrapped as Codex wraps it.
///
/// ```
/// let chat = br#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#;
/// let body = brevity_tests::responses::from(chat);
/// assert_eq!(body, r#"{"input":[{"content":"hi","role":"user","type":"message"}],"model":"m"}"#);
/// ```
///
/// # Panics
///
/// If the body is not JSON.
pub fn from(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).expect("a body is JSON");
    let mut items = Vec::new();
    for message in body["messages"].as_array().into_iter().flatten() {
        push_message(message, &mut items);
    }
    json!({"model": body["model"], "input": items}).to_string()
}

fn push_message(message: &Value, items: &mut Vec<Value>) {
    let role = message["role"].as_str().unwrap_or_default();
    if role == "tool" {
        return items.push(output(&message["tool_call_id"], &message["content"], items));
    }
    match &message["content"] {
        Value::String(text) if !text.is_empty() => {
            items.push(json!({"type": "message", "role": role, "content": text}));
        }
        Value::Array(blocks) => blocks.iter().for_each(|block| push_block(block, role, items)),
        _ => {}
    }
    for call in message["tool_calls"].as_array().into_iter().flatten() {
        let function = &call["function"];
        items.push(json!({"type": "function_call", "call_id": call["id"],
            "name": function["name"], "arguments": function["arguments"]}));
    }
}

fn push_block(block: &Value, role: &str, items: &mut Vec<Value>) {
    let item = match block["type"].as_str().unwrap_or_default() {
        "text" => json!({"type": "message", "role": role, "content": block["text"]}),
        "tool_use" => json!({"type": "function_call", "call_id": block["id"],
            "name": block["name"], "arguments": block["input"].to_string()}),
        "tool_result" => output(&block["tool_use_id"], &block["content"], items),
        _ => return,
    };
    items.push(item);
}

fn output(id: &Value, content: &Value, items: &[Value]) -> Value {
    let part = |part: &Value| match part["text"].as_str() {
        Some(text) => json!({"type": "input_text", "text": text}),
        None => json!({"type": "input_image", "image_url": "data:image/png;base64,AA"}),
    };
    let output = match content {
        Value::Array(parts) => parts.iter().map(part).collect(),
        Value::String(text) if is_of_shell(id, items) => wrapped(text).into(),
        other => other.clone(),
    };
    json!({"type": "function_call_output", "call_id": id, "output": output})
}

fn is_of_shell(id: &Value, items: &[Value]) -> bool {
    let name = items.iter().rfind(|item| item["call_id"] == *id).map(|call| &call["name"]);
    name.and_then(Value::as_str).is_some_and(|name| name.eq_ignore_ascii_case("bash"))
}

fn wrapped(text: &str) -> String {
    json!({"output": text, "metadata": {"exit_code": 0, "duration_seconds": 0.1}}).to_string()
}
