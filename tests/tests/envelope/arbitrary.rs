//! Requests that nobody wrote for this suite, against the oracle.

use super::settings;
use brevity::Dialect;
use brevity_tests::{
    cuts,
    oracle::envelope::eligible,
    property::{envelope, pass_request},
};
use proptest::prelude::*;

#[test]
fn the_corpus_agrees_with_the_oracle() {
    let Some(folder) = std::env::var_os("BREVITY_CORPUS") else {
        return eprintln!("skipped: BREVITY_CORPUS is not set");
    };
    let folder = std::path::Path::new(&folder).join("agent");
    let mut texts = 0;
    for entry in std::fs::read_dir(folder).expect("a corpus") {
        let path = entry.expect("an entry").path();
        let chat = path.to_string_lossy().contains(".openai-chat.");
        let dialect = if chat { Dialect::OpenAiChat } else { Dialect::Anthropic };
        let body = std::fs::read(&path).expect("a file");
        let settings = settings(|_, _| {});
        let whole = pass_request(dialect, &settings, [&body[..]]);
        let expected = eligible(dialect, &body).expect("an ordinary request");
        let expected: Vec<_> =
            expected.into_iter().map(|e| (e.message, e.tool, e.text.len() as u64)).collect();
        assert_eq!(whole.blocks(), expected, "{}", path.display());
        texts += expected.len();
        assert_eq!(whole.bytes, body);
        cuts::random(&body, 7, 17, |pieces| {
            assert_eq!(whole, pass_request(dialect, &settings, pieces.iter().copied()));
        });
    }
    assert!(texts > 500, "{texts} texts");
}

const WORDS: &[&str] = &[
    "tool_result",
    "tool_use",
    "text",
    "tool",
    "function",
    "assistant",
    "user",
    "a",
    "b",
    "Read",
    "function_call",
    "function_call_output",
    "shell_call",
    "shell_call_output",
    "input_text",
    "direct",
    "program",
    "é\\n",
];

const KEYS: &[&str] = &[
    "type",
    "role",
    "content",
    "text",
    "tool_use_id",
    "tool_call_id",
    "tool_calls",
    "id",
    "name",
    "function",
    "arguments",
    "input",
    "command",
    "messages",
    "output",
    "call_id",
    "caller",
    "action",
    "commands",
    "stdout",
    "t\\u0079pe",
];

/// JSON that is close to a request: its keys and values mean something somewhere.
fn near_request() -> impl Strategy<Value = String> {
    let word = prop::sample::select(WORDS);
    let key = prop::sample::select(KEYS);
    let leaf = prop_oneof![6 => word.prop_map(|w| format!("\"{w}\"")), 1 => Just("null".to_owned()), 1 => Just("-1.5".to_owned())];
    let value = leaf.prop_recursive(5, 60, 5, move |inner| {
        let member = (key.clone(), inner.clone()).prop_map(|(k, v)| format!("\"{k}\":{v}"));
        prop_oneof![
            1 => prop::collection::vec(inner, 0..4).prop_map(|v| format!("[{}]", v.join(" ,"))),
            3 => prop::collection::vec(member, 0..6).prop_map(|m| format!("{{{}}}", m.join(","))),
        ]
    });
    let result = value
        .clone()
        .prop_map(|content| format!(r#"{{"content":{content},"type":"tool_result"}}"#));
    let output = (value.clone(), prop::sample::select(vec!["function", "shell", "apply_patch"]))
        .prop_map(|(output, of)| {
            format!(r#"{{"output":{output},"type":"{of}_call_output","call_id":"a"}}"#)
        });
    let item = prop_oneof![value.clone(), result];
    let content =
        prop::collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(",")));
    let message = (content, prop::sample::select(vec!["tool", "user", "function"]))
        .prop_map(|(content, role)| format!(r#"{{"content":{content},"role":"{role}"}}"#));
    let message = prop_oneof![message, value, output];
    let root = prop::sample::select(vec!["messages", "input"]);
    (root, prop::collection::vec(message, 0..4))
        .prop_map(|(root, m)| format!(r#"{{"{root}":[{}]}}"#, m.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn near_requests_agree_with_the_oracle(body in near_request(), choice in 0..16_u8, size: u8) {
        envelope(&[&[choice, size], body.as_bytes()].concat());
    }

    #[test]
    fn broken_requests_leave_as_they_came(
        body in near_request(), choice in 0..16_u8, size: u8, at: prop::sample::Index, byte: u8,
    ) {
        let mut body = body.into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        envelope(&[&[choice, size], &body[..]].concat());
    }
}
