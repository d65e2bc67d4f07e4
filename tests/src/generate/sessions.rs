//! Conversations as agents log them on their user's machine.

use serde_json::{Value, json};

/// A request body of Anthropic Messages, and an answer to it, as a session log of Claude Code: a line
/// for each message of the user, and one for each block of an answer.
///
/// ```
/// use brevity_tests::generate::sessions;
/// let body = br#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#;
/// assert_eq!(sessions::claude_code(body, "s").lines().count(), 3);
/// ```
///
/// # Panics
///
/// If the body is no JSON.
pub fn claude_code(body: &[u8], session: &str) -> String {
    let body: Value = serde_json::from_slice(body).expect("a body is JSON");
    let mut log = ClaudeCode { session, model: &body["model"], lines: vec![], prompt: 0, read: 0 };
    log.lines.push(json!({"type": "summary", "summary": "A task", "leafUuid": log.id(1)}));
    let done = json!({"role": "assistant", "content": [{"type": "text", "text": "Done."}]});
    for message in body["messages"].as_array().into_iter().flatten().chain([&done]) {
        log.message(message);
    }
    joined(&log.lines)
}

/// A request body of OpenAI Responses, and an answer to it, as a rollout of Codex.
///
/// # Panics
///
/// If the body is no JSON.
pub fn codex(body: &[u8], session: &str) -> String {
    let body: Value = serde_json::from_slice(body).expect("a body is JSON");
    let line =
        |kind: &str, payload: Value| json!({"timestamp": TIME, "type": kind, "payload": payload});
    let mut lines = vec![
        line("session_meta", json!({"id": session, "cwd": "/srv/garden", "cli_version": "0.50.0"})),
        line("turn_context", json!({"cwd": "/srv/garden", "model": body["model"]})),
    ];
    let done = json!({"type": "message", "role": "assistant",
        "content": [{"type": "output_text", "text": "Done."}]});
    let (mut prompt, mut cached, mut was_own) = (0, 0, true);
    for item in body["input"].as_array().into_iter().flatten().chain([&done]) {
        let is_own = item["role"] == "assistant" || item["type"] == "function_call";
        if was_own && !is_own && prompt > 0 {
            lines.push(line("event_msg", counts(prompt, cached)));
            cached = prompt;
        }
        was_own = is_own;
        prompt += weight(item);
        lines.push(line("response_item", item.clone()));
    }
    lines.push(line("event_msg", counts(prompt, cached)));
    joined(&lines)
}

const TIME: &str = "2026-03-03T10:00:00.000Z";

fn counts(prompt: usize, cached: usize) -> Value {
    let last = json!({"input_tokens": prompt, "cached_input_tokens": cached, "output_tokens": 50});
    json!({"type": "token_count", "info": {"last_token_usage": last}, "rate_limits": null})
}

/// A session log in the making.
struct ClaudeCode<'b> {
    session: &'b str,
    model: &'b Value,
    lines: Vec<Value>,
    /// About how many tokens the next request has, and how many of them the cache has.
    prompt: usize,
    read: usize,
}

impl ClaudeCode<'_> {
    fn message(&mut self, message: &Value) {
        if message["role"] != "assistant" {
            self.push("user", message.clone());
        } else {
            let answer = format!("msg_{}_{}", self.session, self.lines.len());
            let usage = json!({"input_tokens": 3, "cache_read_input_tokens": self.read,
                "cache_creation_input_tokens": self.prompt - self.read, "output_tokens": 50});
            self.read = self.prompt;
            let whole = json!([{"type": "text", "text": message["content"]}]);
            let blocks = message["content"].as_array().or(whole.as_array());
            for block in blocks.into_iter().flatten() {
                let message = json!({"id": answer, "type": "message", "role": "assistant",
                    "model": self.model, "content": [block], "stop_reason": null, "usage": usage});
                self.push("assistant", message);
            }
        }
        self.prompt += weight(message);
    }

    fn push(&mut self, kind: &str, message: Value) {
        let at = self.lines.len();
        let parent = (at > 1).then(|| self.id(at - 1));
        self.lines.push(json!({"parentUuid": parent, "isSidechain": false, "userType": "external",
            "cwd": "/srv/garden", "sessionId": self.session, "version": "2.0.30", "type": kind,
            "message": message, "uuid": self.id(at), "timestamp": TIME}));
    }

    fn id(&self, at: usize) -> String {
        format!("{}-{at}", self.session)
    }
}

/// About how many tokens a message has.
fn weight(message: &Value) -> usize {
    brevity::estimate(message.to_string().as_bytes()) as usize
}

fn joined(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}
