//! Which strings of a request are eligible, from the parsed body.

use brevity::{
    Dialect,
    walk::json::{Event, JsonWalker},
};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// A string that may be rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligible {
    /// The index of its message.
    pub message: u64,
    /// The name of the tool that made it.
    pub tool: Option<String>,
    /// Its text.
    pub text: String,
}

/// The eligible strings of `body` that are not empty, in order. `None`: a tree does not tell, since keys come twice, are
/// of wrong types or are very long; or `body` has no tree.
pub fn eligible(dialect: Dialect, body: &[u8]) -> Option<Vec<Eligible>> {
    let root = serde_json::from_slice::<Value>(body).ok()?;
    if members(&root) != keys(body) {
        return None;
    }
    let mut found = Found::default();
    let messages = root.get("messages").and_then(Value::as_array);
    for (index, message) in messages.into_iter().flatten().enumerate() {
        found.message = index as u64;
        let Value::Object(message) = message else { continue };
        match dialect {
            Dialect::OpenAiChat => found.openai_chat(message)?,
            _ => found.anthropic(message)?,
        }
    }
    Some(found.texts)
}

#[derive(Default)]
struct Found {
    message: u64,
    calls: HashMap<String, String>,
    texts: Vec<Eligible>,
}

impl Found {
    fn anthropic(&mut self, message: &Map<String, Value>) -> Option<()> {
        for item in objects(message.get("content")) {
            match item.get("type").and_then(Value::as_str) {
                Some("tool_use") => self.call(item.get("id"), item.get("name"))?,
                Some("tool_result") => {
                    let tool = self.tool(name(item.get("tool_use_id"))?);
                    self.content(item.get("content"), tool);
                }
                _ => {}
            }
        }
        Some(())
    }

    fn openai_chat(&mut self, message: &Map<String, Value>) -> Option<()> {
        for call in objects(message.get("tool_calls")) {
            let kinds = [call.get("function"), call.get("custom")];
            let ([Some(function), None] | [None, Some(function)]) = kinds else { return None };
            self.call(call.get("id"), function.get("name"))?;
        }
        let (id, own) = (name(message.get("tool_call_id"))?, name(message.get("name"))?);
        match message.get("role").and_then(Value::as_str) {
            Some("tool") => self.content(message.get("content"), self.tool(id)),
            Some("function") => self.content(message.get("content"), own),
            _ => {}
        }
        Some(())
    }

    fn call(&mut self, id: Option<&Value>, tool: Option<&Value>) -> Option<()> {
        self.calls.insert(name(id)??, name(tool)??);
        Some(())
    }

    fn tool(&self, id: Option<String>) -> Option<String> {
        self.calls.get(&id?).cloned()
    }

    fn content(&mut self, content: Option<&Value>, tool: Option<String>) {
        let parts = objects(content).filter(|part| part.get("type") == Some(&"text".into()));
        let texts = parts.filter_map(|part| part.get("text"));
        for text in content.into_iter().chain(texts).filter_map(Value::as_str) {
            if text.is_empty() {
                continue;
            }
            let (text, tool) = (text.to_owned(), tool.clone());
            self.texts.push(Eligible { message: self.message, tool, text });
        }
    }
}

fn objects(array: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
    array.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// A string of an ordinary length, or nothing. `None` outside: something else.
fn name(value: Option<&Value>) -> Option<Option<String>> {
    match value {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(name)) if name.len() <= 40 => Some(Some(name.clone())),
        Some(_) => None,
    }
}

fn members(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.len() + map.values().map(members).sum::<usize>(),
        Value::Array(elements) => elements.iter().map(members).sum(),
        _ => 0,
    }
}

fn keys(mut body: &[u8]) -> usize {
    let mut walker = JsonWalker::new(256);
    let mut count = 0;
    while let Ok(Some(event)) = walker.next(&mut body) {
        count += usize::from(event == Event::KeyEnd);
    }
    count
}
