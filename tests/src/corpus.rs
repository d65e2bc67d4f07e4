//! The corpus: real inputs that stay outside the repository.
//!
//! The variable `BREVITY_CORPUS` names its folder. Suites that read it skip, and say so, when it
//! is absent, so that a fresh clone passes.

use serde_json::Value;
use std::{env, fs, path::PathBuf};

/// The files of one folder of the corpus, as name and bytes, sorted by name; `None`, with a line on
/// standard error, where there is no corpus.
///
/// ```
/// for (name, bytes) in brevity_tests::corpus::files("json").unwrap_or_default() {
///     println!("{name}: {} bytes", bytes.len());
/// }
/// ```
///
/// # Panics
///
/// Where `BREVITY_CORPUS` is set and the folder or a file in it cannot be read: a suite that was
/// asked to read the corpus must not pass without it.
pub fn files(folder: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let Some(root) = env::var_os("BREVITY_CORPUS") else {
        eprintln!("skipped: BREVITY_CORPUS is not set, so nothing of {folder}/ was read");
        return None;
    };
    let folder = PathBuf::from(root).join(folder);
    let read = || -> std::io::Result<Vec<_>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                let name = entry.file_name().to_string_lossy().into_owned();
                files.push((name, fs::read(entry.path())?));
            }
        }
        files.sort();
        Ok(files)
    };
    Some(read().unwrap_or_else(|error| panic!("{}: {error}", folder.display())))
}

/// The texts of the tool results in a request body of any dialect, in order.
pub fn tool_results(body: &[u8]) -> Vec<String> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let mut texts = Vec::new();
    for message in body["messages"].as_array().into_iter().flatten() {
        if message["role"] == "tool" {
            texts.push(text_of(&message["content"]));
        }
        for block in message["content"].as_array().into_iter().flatten() {
            if block["type"] == "tool_result" {
                texts.push(text_of(&block["content"]));
            }
        }
    }
    for item in body["input"].as_array().into_iter().flatten() {
        if item["type"].as_str().is_some_and(|name| name.ends_with("call_output")) {
            texts.push(text_of(&item["output"]));
        }
    }
    texts
}

/// A content's text, whether it is a string or an array of parts.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = |part| ["text", "stdout", "stderr"].map(|key| text_in(part, key)).concat();
            parts.iter().map(texts).collect()
        }
        _ => String::new(),
    }
}

fn text_in<'a>(part: &'a Value, key: &str) -> &'a str {
    part[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tool_results_of_each_dialect() {
        let anthropic = br#"{"messages":[{"role":"user","content":"hi"},{"role":"user","content":[
            {"type":"tool_result","content":"one"},{"type":"text","text":"no"},
            {"type":"tool_result","content":[{"type":"text","text":"t"},{"type":"text","text":"wo"}]}]}]}"#;
        assert_eq!(tool_results(anthropic), ["one", "two"]);
        let openai = br#"{"messages":[{"role":"tool","content":"three"}]}"#;
        assert_eq!(tool_results(openai), ["three"]);
        let responses = br#"{"input":[{"type":"function_call_output","output":"four"},
            {"type":"shell_call_output","output":[{"stdout":"fi","stderr":"ve"}]}]}"#;
        assert_eq!(tool_results(responses), ["four", "five"]);
        assert_eq!(tool_results(b"{"), [""; 0]);
    }
}
