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
    /// The index of its message; in OpenAI Responses, of its item.
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
    let key = if dialect == Dialect::OpenAiResponses { "input" } else { "messages" };
    let messages = root.get(key).and_then(Value::as_array);
    for (index, message) in messages.into_iter().flatten().enumerate() {
        found.message = index as u64;
        let Value::Object(message) = message else { continue };
        match dialect {
            Dialect::OpenAiChat => found.openai_chat(message)?,
            Dialect::OpenAiResponses => found.openai_responses(message)?,
            _ => found.anthropic(message)?,
        }
    }
    Some(found.texts)
}

#[derive(Default)]
struct Found {
    message: u64,
    /// The tool of each call; none for one that a program made, which gets its result.
    calls: HashMap<String, Option<String>>,
    texts: Vec<Eligible>,
}

impl Found {
    fn anthropic(&mut self, message: &Map<String, Value>) -> Option<()> {
        for item in objects(message.get("content")) {
            match item.get("type").and_then(Value::as_str) {
                Some("tool_use") => self.call(item, item.get("id"), item.get("name"))?,
                Some("tool_result") => {
                    let Some(tool) = self.tool(name(item.get("tool_use_id"))?) else { continue };
                    self.content(item.get("content"), tool, "text")?;
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
            self.call(&Map::new(), call.get("id"), function.get("name"))?;
        }
        let (id, own) = (name(message.get("tool_call_id"))?, name(message.get("name"))?);
        match message.get("role").and_then(Value::as_str) {
            Some("tool") => {
                let tool = self.tool(id).flatten();
                self.content(message.get("content"), tool, "text")?;
            }
            Some("function") => self.content(message.get("content"), own, "text")?,
            _ => {}
        }
        Some(())
    }

    fn openai_responses(&mut self, item: &Map<String, Value>) -> Option<()> {
        let id = name(item.get("call_id"))?;
        let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
        let of = |kind: &str| match kind {
            "local_shell_call" => Some("local_shell".to_owned()),
            "shell_call" => Some("shell".to_owned()),
            "apply_patch_call" => Some("apply_patch".to_owned()),
            _ => None,
        };
        match kind {
            "function_call" | "custom_tool_call" => {
                self.call(item, item.get("call_id"), item.get("name"))?;
            }
            "local_shell_call" | "shell_call" | "apply_patch_call" => {
                let tool = name(item.get("name"))?.or(of(kind));
                self.calls.insert(id?, tool.filter(|_| !is_by_program(item)));
            }
            "function_call_output"
            | "custom_tool_call_output"
            | "local_shell_call_output"
            | "shell_call_output"
            | "apply_patch_call_output" => {
                let is_known = id.as_ref().is_some_and(|id| self.calls.contains_key(id));
                if item.contains_key("caller") && is_known {
                    // Both tell, and which of them came first, the tree does not say.
                    return None;
                }
                let Some(tool) = self.tool(id).filter(|_| !is_by_program(item)) else {
                    return Some(());
                };
                let tool = tool.or(kind.strip_suffix("_output").and_then(of));
                self.content(item.get("output"), tool, "input_text")?;
            }
            _ => {}
        }
        Some(())
    }

    fn call(
        &mut self,
        item: &Map<String, Value>,
        id: Option<&Value>,
        tool: Option<&Value>,
    ) -> Option<()> {
        let tool = name(tool)??;
        self.calls.insert(name(id)??, (!is_by_program(item)).then_some(tool));
        Some(())
    }

    /// The tool of a result, if it is known. `None`: a program gets the result.
    fn tool(&self, id: Option<String>) -> Option<Option<String>> {
        let known = id.and_then(|id| self.calls.get(&id));
        known.map_or(Some(None), |tool| tool.clone().map(Some))
    }

    /// The texts of a content whose text parts have this type. `None`: a part has several, and a
    /// tree does not tell their order.
    fn content(&mut self, content: Option<&Value>, tool: Option<String>, kind: &str) -> Option<()> {
        let mut texts: Vec<_> = content.into_iter().filter_map(Value::as_str).collect();
        for part in objects(content) {
            let before = texts.len();
            for (key, text) in part {
                let is_text = match key.as_str() {
                    "text" => part.get("type").and_then(Value::as_str) == Some(kind),
                    "stdout" | "stderr" => kind == "input_text",
                    _ => false,
                };
                texts.extend(text.as_str().filter(|_| is_text));
            }
            if texts.len() > before + 1 {
                return None;
            }
        }
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            let (text, tool) = (text.to_owned(), tool.clone());
            self.texts.push(Eligible { message: self.message, tool, text });
        }
        Some(())
    }
}

/// Whether the model did not make the call by itself.
fn is_by_program(item: &Map<String, Value>) -> bool {
    let caller = item.get("caller").and_then(Value::as_object);
    caller.is_some_and(|caller| caller.get("type").and_then(Value::as_str) != Some("direct"))
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

pub(super) fn members(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.len() + map.values().map(members).sum::<usize>(),
        Value::Array(elements) => elements.iter().map(members).sum(),
        _ => 0,
    }
}

pub(super) fn keys(mut body: &[u8]) -> usize {
    let mut walker = JsonWalker::new(256);
    let mut count = 0;
    while let Ok(Some(event)) = walker.next(&mut body) {
        count += usize::from(event == Event::KeyEnd);
    }
    count
}
