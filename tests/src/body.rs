//! A request body taken apart as text, to write it as other clients would: other key orders, other
//! escapes, fewer turns, a cache mark on the newest block. Nothing is parsed into values, so nothing
//! else changes.

use brevity::{
    escape::{Style, escape, unescape},
    walk::json::{Event, JsonWalker},
};

/// The members of a body, and its messages.
#[derive(Clone, Debug)]
pub struct Body {
    /// Keys and values other than the history, as they stand.
    pub members: Vec<(String, String)>,
    /// The history's key: `messages`, or `input`.
    pub history: String,
    /// Each message, or item, as it stands.
    pub messages: Vec<String>,
}

impl Body {
    /// Takes a body apart.
    ///
    /// # Panics
    ///
    /// If `text` is not a JSON object with an array `messages` or `input`.
    pub fn parse(text: &str) -> Self {
        let mut members = children(text);
        let is_history = |key: &str| key == "messages" || key == "input";
        let at = members.iter().position(|(key, _)| is_history(key)).expect("no messages");
        let (history, messages) = members.remove(at);
        let messages = children(&messages).into_iter().map(|(_, message)| message).collect();
        Self { members, history, messages }
    }

    /// The bodies of all turns: up to each message that is not the assistant's and after which the
    /// assistant speaks or nothing comes.
    pub fn turns(&self) -> Vec<Body> {
        let is_assistant = |message: &String| {
            let says = |key: &str, value: &str| match key {
                "role" => value == "\"assistant\"",
                "type" => value == "\"function_call\"",
                _ => false,
            };
            children(message).iter().any(|(key, value)| says(key, value))
        };
        let ends = (1..=self.messages.len()).filter(|&end| {
            !is_assistant(&self.messages[end - 1])
                && self.messages.get(end).is_none_or(is_assistant)
        });
        ends.map(|end| Body { messages: self.messages[..end].to_vec(), ..self.clone() }).collect()
    }

    /// Writes the body with its keys in `order`; keys that it lacks get a plausible value, and keys
    /// that `order` does not name are left out.
    pub fn write(&self, order: &[&str]) -> String {
        let members = order.iter().map(|key| {
            let value = match self.members.iter().find(|(known, _)| known == key) {
                Some((_, value)) => value.clone(),
                None => self.default_value(key),
            };
            format!("\"{key}\":{value}")
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// The same body with a cache mark on the last block of its last message.
    pub fn marked(&self) -> Body {
        let mut marked = self.clone();
        if let Some(last) = marked.messages.last_mut()
            && let Some(start) = last.strip_suffix("}]}")
        {
            *last = format!(r#"{start},"cache_control":{{"type":"ephemeral"}}}}]}}"#);
        }
        marked
    }

    fn default_value(&self, key: &str) -> String {
        match key {
            key if key == self.history => format!("[{}]", self.messages.join(",")),
            "model" => "\"some-model\"".into(),
            "max_tokens" => "32000".into(),
            "stream" => "true".into(),
            "system" | "tools" => "[]".into(),
            "store" => "false".into(),
            "truncation" => "\"disabled\"".into(),
            "instructions" => "\"some instructions\"".into(),
            "thinking" => r#"{"type":"adaptive"}"#.into(),
            "metadata" => r#"{"user_id":"u"}"#.into(),
            _ => r#"{"edits":[{"type":"clear_thinking_20251015"}]}"#.into(),
        }
    }
}

/// The key orders of real clients of Anthropic's API: the Python SDK, Claude Code, and one that
/// sends the history last.
pub const ANTHROPIC_ORDERS: [&[&str]; 3] = [
    &["max_tokens", "messages", "model", "context_management", "stream", "system", "tools"],
    &[
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
    &["model", "system", "tools", "messages"],
];

/// The key orders of real clients of OpenAI's chat API: the Python and the JavaScript SDK.
pub const OPENAI_ORDERS: [&[&str]; 2] =
    [&["model", "stream", "messages"], &["messages", "model", "stream"]];

/// The key orders of real clients of OpenAI's Responses: the Python SDK, and Codex.
pub const RESPONSES_ORDERS: [&[&str]; 2] = [
    &["input", "model", "store", "stream", "tools", "truncation"],
    &["model", "instructions", "input", "tools", "store", "stream"],
];

/// The same JSON text with all of its strings escaped in `style`.
pub fn restyle(text: &str, style: Style) -> String {
    let mut out = Vec::new();
    let mut done = 0;
    for (event, end) in events(text) {
        let piece = &text.as_bytes()[done..end];
        done = end;
        match event {
            Event::KeyEnd | Event::StringEnd => {
                let mut inner = Vec::new();
                unescape(&piece[..piece.len() - 1], &mut inner).expect("a lone surrogate");
                escape(std::str::from_utf8(&inner).expect("UTF-8"), style, &mut out);
                out.push(b'"');
            }
            _ => out.extend_from_slice(piece),
        }
    }
    out.extend_from_slice(&text.as_bytes()[done..]);
    String::from_utf8(out).expect("UTF-8")
}

/// The children of the root, as they stand, with their keys if it is an object.
pub fn children(text: &str) -> Vec<(String, String)> {
    let (mut children, mut depth, mut start, mut key) = (Vec::new(), 0, 0, String::new());
    for (event, end) in events(text) {
        match event {
            Event::ObjectOpen | Event::ArrayOpen => {
                depth += 1;
                if depth == 1 {
                    start = end;
                }
            }
            Event::ObjectClose | Event::ArrayClose => depth -= 1,
            _ => {}
        }
        let ends_child = matches!(event, Event::Comma) && depth == 1 || depth == 0;
        if matches!(event, Event::Colon) && depth == 1 {
            key = text[start..end - 1].trim().trim_matches('"').to_owned();
            start = end;
        } else if ends_child && !text[start..end - 1].trim().is_empty() {
            children.push((std::mem::take(&mut key), text[start..end - 1].trim().to_owned()));
            start = end;
        }
    }
    children
}

fn events(text: &str) -> Vec<(Event, usize)> {
    let mut walker = JsonWalker::new(1_024);
    let mut rest = text.as_bytes();
    let mut events = Vec::new();
    while let Some(event) = walker.next(&mut rest).expect("JSON") {
        events.push((event, walker.offset() as usize));
    }
    events
}
