//! One request body, shortened as the proxy does it: what became of each tool result.
//!
//! The last body of a conversation holds each of its results once.

use crate::saving::Saving;
use brevity::{Dialect, Report, Settings, exact};
use brevity_tests::run;
use serde_json::Value;
use std::collections::HashMap;

pub(crate) struct Conversation {
    pub(crate) name: String,
    pub(crate) results: Vec<ToolResult>,
    /// What happened to the results' parts, in estimated tokens.
    pub(crate) report: Report,
}

/// One text of a tool's result.
pub(crate) struct ToolResult {
    /// The tool's name, and of a shell the first words of its command.
    pub(crate) tool: String,
    pub(crate) tokens: Saving,
}

impl Conversation {
    pub(crate) fn of(name: &str, dialect: Dialect, body: &[u8]) -> Self {
        let whole = run::chunks(body, body.len().max(1));
        let (out, _) = run::request(&Settings::default(), dialect, whole);
        assert!(brevity::expand(&out.bytes) == body, "{name} does not come back");
        let (before, after) = (texts(body), texts(&out.bytes));
        assert_eq!(before.len(), after.len(), "{name} has other results");
        let results = before.into_iter().zip(after).map(|((tool, source), (_, short))| {
            let (source, brevity) =
                (exact::count(source.as_bytes()), exact::count(short.as_bytes()));
            ToolResult { tool, tokens: Saving { source, brevity } }
        });
        let results = results.collect();
        let mut report = Report::default();
        for outcome in &out.outcomes {
            assert!(outcome.tokens_out <= outcome.tokens_in, "{name}: a longer part: {outcome:?}");
            report.add(outcome);
        }
        Self { name: name.to_string(), results, report }
    }

    pub(crate) fn total(&self) -> Saving {
        self.results.iter().map(|result| result.tokens).sum()
    }

    /// Each result's name and tokens.
    pub(crate) fn named(&self) -> impl Iterator<Item = (String, Saving)> {
        let name =
            |at, result: &ToolResult| format!("{}, result {at} ({})", self.name, result.tool);
        self.results.iter().enumerate().map(move |(at, result)| (name(at, result), result.tokens))
    }
}

/// The texts of the tool results in a body of either dialect, in order, each with its tool.
fn texts(body: &[u8]) -> Vec<(String, String)> {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    let mut tools: HashMap<&str, String> = HashMap::new();
    let mut found = Vec::new();
    for message in items(&body["messages"]) {
        let content = items(&message["content"]);
        for call in content.iter().filter(|item| item["type"] == "tool_use") {
            tools.insert(text(&call["id"]), tool(text(&call["name"]), &call["input"]));
        }
        for call in items(&message["tool_calls"]) {
            let function = &call["function"];
            let arguments = serde_json::from_str(text(&function["arguments"])).unwrap_or_default();
            tools.insert(text(&call["id"]), tool(text(&function["name"]), &arguments));
        }
        let own = (message["role"] == "tool").then_some((&message["tool_call_id"], message));
        let blocks = content.iter().filter(|item| item["type"] == "tool_result");
        for (id, result) in own.into_iter().chain(blocks.map(|item| (&item["tool_use_id"], item))) {
            let tool = tools.get(text(id)).cloned().unwrap_or_default();
            found.extend(texts_of(&result["content"]).map(|text| (tool.clone(), text)));
        }
    }
    found
}

/// A content's texts, whether it is a string or a list of parts.
fn texts_of(content: &Value) -> impl Iterator<Item = String> {
    let parts = items(content).iter().filter_map(|part| part["text"].as_str());
    content.as_str().into_iter().chain(parts).map(str::to_owned)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A tool's name; of one that runs commands also what it ran: the first word, and the second if that
/// names an option or a subcommand, not a file.
fn tool(name: &str, input: &Value) -> String {
    let Some(command) = input["command"].as_str() else { return name.to_string() };
    let is_plain = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let mut words = command.lines().next().unwrap_or_default().split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().filter(is_plain));
    format!("{name}: `{first}{}{}`", second.map_or("", |_| " "), second.unwrap_or_default())
}
