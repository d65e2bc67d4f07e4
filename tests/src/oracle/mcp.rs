//! Which texts of a tool server's messages are eligible, from the parsed message.

use super::envelope::{keys, members};
use brevity::Reason;
use serde_json::Value;

/// Why each eligible text stays where nothing is rewritten, in order, to a client whose calls have the
/// ids `known`. `None`: a tree does not tell, since keys come twice; or `message` has no tree.
pub fn stays(message: &[u8], known: &[Value]) -> Option<Vec<Reason>> {
    let root = serde_json::from_slice::<Value>(message).ok()?;
    if members(&root) != keys(message) {
        return None;
    }
    let batch = root.as_array().cloned().unwrap_or_else(|| vec![root]);
    Some(batch.iter().flat_map(|message| of_message(message, known)).collect())
}

fn of_message(message: &Value, known: &[Value]) -> Vec<Reason> {
    let id = message.get("id").filter(|id| id.is_string() || id.is_number());
    let (Some(id), None) = (id, message.get("method")) else { return Vec::new() };
    let result = &message["result"];
    let items = result["content"].as_array().into_iter().flatten();
    let texts = items.filter(|item| item["type"] == "text" && !item["text"].is_null());
    let texts = texts.filter(|item| item["text"].as_str().is_some_and(|text| !text.is_empty()));
    let is_structured = result.get("structuredContent").is_some() && known.contains(id);
    let reason = if is_structured { Reason::Structured } else { Reason::Off };
    texts.map(|_| reason).collect()
}
