//! OpenAI Chat Completions: every role and every type of part of its public specification, and then
//! what is none.

/// Messages. `y` and dots are what is eligible, and nothing else is.
pub(crate) const MESSAGES: &[&str] = &[
    // What tools gave.
    r#"{"role":"tool","tool_call_id":"a","content":"y.."}"#,
    r#"{"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"y..","prompt_cache_breakpoint":{"mode":"explicit"}},{"type":"text","text":"y..."}]}"#,
    r#"{"role":"function","name":"f","content":"y.."}"#,
    r#"{"role":"function","name":"f","content":null}"#,
    // Parts that a tool's message may not have by the specification; some hosts take them.
    r#"{"role":"tool","tool_call_id":"a","content":[{"type":"image_url","image_url":{"url":"no"},"text":"no"},{"type":"input_audio","input_audio":{"data":"no"},"text":"no"},{"type":"file","file":{"file_data":"no"},"text":"no"},{"type":"refusal","refusal":"no","text":"no"}]}"#,
    // What others said.
    r#"{"role":"system","name":"no","content":"no"}"#,
    r#"{"role":"system","content":[{"type":"text","text":"no"}]}"#,
    r#"{"role":"developer","content":"no"}"#,
    r#"{"role":"developer","content":[{"type":"text","text":"no"}]}"#,
    r#"{"role":"user","name":"no","content":"no"}"#,
    r#"{"role":"user","content":[{"type":"text","text":"no"},{"type":"image_url","image_url":{"url":"no","detail":"low"}},{"type":"input_audio","input_audio":{"data":"no","format":"wav"}},{"type":"file","file":{"file_data":"no","filename":"no"}}]}"#,
    r#"{"role":"assistant","content":"no","refusal":"no","audio":{"id":"no"},"name":"no"}"#,
    r#"{"role":"assistant","content":[{"type":"text","text":"no"},{"type":"refusal","refusal":"no"}]}"#,
    r#"{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"no","arguments":"no"}},{"id":"b","type":"custom","custom":{"name":"no","input":"no"}}]}"#,
    r#"{"role":"assistant","content":null,"function_call":{"name":"no","arguments":"no","content":"no"}}"#,
    r#"{"role":"assistant","reasoning_content":"no","reasoning_details":[{"type":"text","text":"no"}],"content":""}"#,
    // What is not in the specification.
    r#"{"role":"observation","tool_call_id":"a","content":"no"}"#,
    r#"{"role":"ipython","content":[{"type":"text","text":"no"}]}"#,
    r#"{"role":"tool","tool_call_id":"a","content":[{"type":"input_text","text":"no"},{"type":"output_text","text":"no"}]}"#,
];

/// The roles of the specification: `openai` 3.52 for Python.
pub(crate) const ROLES: &[&str] = &["system", "developer", "user", "assistant", "tool", "function"];

/// The types of parts and calls.
pub(crate) const TYPES: &[&str] =
    &["text", "image_url", "input_audio", "file", "refusal", "function", "custom"];
