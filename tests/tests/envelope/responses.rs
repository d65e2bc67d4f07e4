//! OpenAI Responses: every type of item that its public specification has, and then what is none.

use super::{eligible::marked, lengths, openai_responses, pass, reasons, settings};
use brevity::{Dialect, Level, Reason, ToolRules};
use brevity_tests::{body::children, property::pass_request};

/// As in the other tables, `y` and dots are what is eligible, and nothing else is.
pub(crate) const ITEMS: &[&str] = &[
    // What tools gave, run by the client.
    r#"{"type":"function_call_output","id":"no","call_id":"a","output":"y..","status":"completed"}"#,
    r#"{"type":"function_call_output","call_id":"a","output":[{"type":"input_text","text":"y.."},{"type":"input_image","image_url":"no","detail":"auto","text":"no"},{"type":"input_file","file_data":"no","filename":"no"},{"type":"input_text","text":"y..."}]}"#,
    r#"{"type":"custom_tool_call_output","call_id":"a","output":"y..","id":"no"}"#,
    r#"{"type":"custom_tool_call_output","call_id":"a","output":[{"type":"input_text","text":"y.."}]}"#,
    r#"{"type":"local_shell_call_output","id":"no","output":"y..","status":"completed"}"#,
    r#"{"type":"local_shell_call_output","call_id":"a","output":"y.."}"#,
    r#"{"type":"shell_call_output","call_id":"a","max_output_length":5,"output":[{"stdout":"y..","stderr":"y...","outcome":{"type":"exit","exit_code":0},"created_by":"no"},{"stderr":"y....","stdout":"y.....","outcome":{"type":"timeout","stdout":"no"}}]}"#,
    r#"{"type":"apply_patch_call_output","call_id":"a","status":"completed","output":"y.."}"#,
    r#"{"type":"apply_patch_call_output","call_id":"a","status":"failed"}"#,
    r#"{"type":"function_call_output","call_id":"a","name":"no","namespace":"no","caller":{"type":"direct","output":"no"},"output":"y.."}"#,
    r#"{"type":"shell_call_output","call_id":"a","output":[{"stdout":"y..","stderr":"","outcome":{"type":"exit","exit_code":0}}],"caller":null}"#,
    // What a program of the model called goes to that program, byte for byte.
    r#"{"type":"function_call","call_id":"a","name":"no","arguments":"{}","caller":{"type":"program","caller_id":"no"}},{"type":"function_call_output","call_id":"a","output":"no"}"#,
    r#"{"type":"function_call","call_id":"a","name":"no","arguments":"{}","caller":{"type":"direct"}},{"type":"function_call_output","call_id":"a","output":"y.."}"#,
    r#"{"type":"custom_tool_call","call_id":"a","name":"no","input":"no","caller":{"caller_id":"no","type":"program"}},{"type":"custom_tool_call_output","call_id":"a","output":[{"type":"input_text","text":"no"}],"caller":{"type":"program","caller_id":"no"}}"#,
    r#"{"type":"shell_call","call_id":"a","action":{"commands":["no"]},"caller":{"type":"program","caller_id":"no"}},{"type":"shell_call_output","call_id":"a","output":[{"stdout":"no","stderr":"no"}]}"#,
    r#"{"type":"apply_patch_call","call_id":"a","operation":{"type":"delete_file","path":"no"},"caller":{"type":"program","caller_id":"no"}},{"type":"apply_patch_call_output","call_id":"a","output":"no"}"#,
    // The same where the API keeps the call.
    r#"{"type":"function_call_output","call_id":"a","output":"no","caller":{"type":"program","caller_id":"no"}}"#,
    r#"{"type":"function_call_output","call_id":null,"output":"no","caller":{"type":"program","caller_id":"no"}}"#,
    r#"{"type":"function_call_output","output":"no","caller":{"type":"program","caller_id":"no"}}"#,
    r#"{"type":"program","id":"no","call_id":"p","code":"no","fingerprint":"no","output":"no"}"#,
    r#"{"type":"program_output","id":"no","call_id":"p","result":"no","status":"completed","output":"no"}"#,
    // What the model said, thought and called.
    r#"{"type":"message","role":"user","content":"no"}"#,
    r#"{"role":"user","content":[{"type":"input_text","text":"no"},{"type":"input_image","image_url":"no"}]}"#,
    r#"{"type":"message","role":"assistant","id":"no","content":[{"type":"output_text","text":"no","annotations":[]},{"type":"refusal","refusal":"no"}]}"#,
    r#"{"type":"reasoning","id":"no","summary":[{"type":"summary_text","text":"no"}],"content":[{"type":"reasoning_text","text":"no"}],"encrypted_content":"no"}"#,
    r#"{"type":"function_call","call_id":"a","name":"no","arguments":"{\"output\":\"no\"}","output":"no"}"#,
    r#"{"type":"custom_tool_call","call_id":"a","name":"no","input":"no","output":"no"}"#,
    r#"{"type":"local_shell_call","call_id":"a","action":{"type":"exec","command":["no"],"env":{"output":"no"},"output":"no"},"status":"completed"}"#,
    r#"{"type":"shell_call","call_id":"a","action":{"commands":["no"],"timeout_ms":1,"max_output_length":1}}"#,
    r#"{"type":"apply_patch_call","call_id":"a","operation":{"type":"update_file","path":"no","diff":"no"}}"#,
    // What the API ran by itself.
    r#"{"type":"file_search_call","queries":["no"],"results":[{"text":"no","filename":"no"}]}"#,
    r#"{"type":"web_search_call","action":{"type":"search","query":"no"},"output":"no"}"#,
    r#"{"type":"computer_call","call_id":"a","action":{"type":"type","text":"no"},"pending_safety_checks":[]}"#,
    r#"{"type":"computer_call_output","call_id":"a","output":{"type":"computer_screenshot","image_url":"no","text":"no"}}"#,
    r#"{"type":"image_generation_call","id":"no","result":"no"}"#,
    r#"{"type":"code_interpreter_call","code":"no","outputs":[{"type":"logs","logs":"no"}],"output":"no"}"#,
    r#"{"type":"mcp_list_tools","server_label":"no","tools":[{"description":"no"}]}"#,
    r#"{"type":"mcp_approval_request","name":"no","arguments":"no"}"#,
    r#"{"type":"mcp_approval_response","approval_request_id":"no","approve":true,"reason":"no"}"#,
    r#"{"type":"mcp_call","name":"no","arguments":"no","output":"no","error":"no"}"#,
    r#"{"type":"tool_search_call","call_id":"a","arguments":{"query":"no"}}"#,
    r#"{"type":"tool_search_output","call_id":"a","tools":[{"description":"no"}],"output":"no"}"#,
    r#"{"type":"compaction","encrypted_content":"no","output":"no"}"#,
    r#"{"type":"compaction_trigger","output":"no"}"#,
    r#"{"type":"additional_tools","role":"developer","tools":[{"description":"no"}],"output":"no"}"#,
    r#"{"type":"configuration_update","reasoning":{"effort":"no"},"text":{"format":{"type":"text"}},"output":"no"}"#,
    r#"{"type":"item_reference","id":"no"}"#,
    r#"{"role":"user","content":[{"type":"input_file","file_data":"no","filename":"no"},{"type":"input_audio","input_audio":{"data":"no"}}]}"#,
    r#"{"type":"message","role":"developer","content":[{"type":"input_text","text":"no"}],"output":"no"}"#,
    r#"{"type":"message","role":"system","content":"no"}"#,
    // What is not in the specification, or not as it says.
    r#"{"type":"other_call_output","call_id":"a","output":"no"}"#,
    r#"{"type":"Function_Call_Output","call_id":"a","output":"no"}"#,
    r#"{"output":"no","call_id":"a"}"#,
    r#"{"type":["function_call_output"],"output":"no"},{"type":null,"output":"no"},{"type":1,"output":"no"}"#,
    r#"{"type":"function_call_output","call_id":7,"output":"no"}"#,
    r#"{"type":"function_call_output","call_id":null,"output":"y.."}"#,
    r#"{"type":"function_call_output","output":{"type":"input_text","text":"no"}}"#,
    r#"{"type":"function_call_output","output":["no",["no"],{"text":"no"},{"type":"text","text":"no"},{"type":"output_text","text":"no"},null]}"#,
    r#"{"type":"function_call_output","content":"no","text":"no","input":"no","arguments":"no"}"#,
    r#"{"type":"function_call_output","type":"function_call_output","output":"no"}"#,
    r#"{"output":"no","output":"no","type":"function_call_output"}"#,
    r#"{"type":"shell_call_output","call_id":"a","output":[{"stdout":"y..","stdout":"no","stderr":"no"}]}"#,
    r#"{"t\u0079pe":"function_call\u005foutput","call_id":"a","outpu\u0074":"y.."}"#,
    r#"[{"type":"function_call_output","output":"no"}],"no",7"#,
];

/// The types of items in the specification: `openai` 3.52 for Python.
pub(crate) const TYPES: &[&str] = &[
    "message",
    "file_search_call",
    "computer_call",
    "computer_call_output",
    "web_search_call",
    "function_call",
    "function_call_output",
    "tool_search_call",
    "tool_search_output",
    "additional_tools",
    "configuration_update",
    "reasoning",
    "compaction",
    "compaction_trigger",
    "image_generation_call",
    "code_interpreter_call",
    "local_shell_call",
    "local_shell_call_output",
    "shell_call",
    "shell_call_output",
    "apply_patch_call",
    "apply_patch_call_output",
    "mcp_list_tools",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_call",
    "custom_tool_call",
    "custom_tool_call_output",
    "item_reference",
    "program",
    "program_output",
];

/// Those of them that hold what a tool gave that the client ran.
pub(crate) const RESULTS: &[&str] = &[
    "function_call_output",
    "custom_tool_call_output",
    "local_shell_call_output",
    "shell_call_output",
    "apply_patch_call_output",
];

#[test]
fn items_in_any_order_of_keys() {
    let mut orders = 0;
    for item in ITEMS.iter().filter(|item| item.starts_with('{') && !item.contains("},{\"type\":"))
    {
        let mut members = children(item);
        let mut expected = marked(item);
        expected.sort_unstable();
        let keys: std::collections::BTreeSet<_> = members.iter().map(|(key, _)| key).collect();
        if keys.len() < members.len() {
            continue;
        }
        for _ in 0..2 * members.len() {
            members.rotate_left(1);
            if orders % 2 == 0 {
                members.reverse();
            }
            orders += 1;
            let text: Vec<_> = members.iter().map(|(k, v)| format!("\"{k}\" : {v}")).collect();
            let body = openai_responses(&format!("{{{}}}", text.join(" ,\n")));
            let mut found = lengths(&pass(Dialect::OpenAiResponses, &body));
            found.sort_unstable();
            assert_eq!(found, expected, "{body}");
        }
    }
    assert!(orders > 200, "{orders}");
}

#[test]
fn only_the_input_of_the_root_counts() {
    let item = r#"{"type":"function_call_output","call_id":"a","output":"no"}"#;
    for body in [
        format!(r#"{{"input":{item}}}"#),
        format!(r#"{{"messages":[{item}]}}"#),
        format!(r#"{{"input":[[{item}]]}}"#),
        format!(r#"{{"input":[],"input":[{item}]}}"#),
        format!(r#"{{"x":{{"input":[{item}]}}}}"#),
        format!(r#"[{{"input":[{item}]}}]"#),
        r#"{"input":"no","output":"no"}"#.to_owned(),
    ] {
        assert_eq!(pass(Dialect::OpenAiResponses, &body).notes, [], "{body}");
    }
}

#[test]
fn facts_count_items() {
    let facts = |items: &str| pass(Dialect::OpenAiResponses, &openai_responses(items)).facts;
    let call = r#"{"type":"function_call","call_id":"a","name":"n","arguments":""}"#;
    let output = r#"{"type":"function_call_output","call_id":"a","output":""}"#;
    let said = r#"{"role":"assistant","content":"x"},{"role":"user","content":"x"}"#;
    for (items, messages, last) in [
        (format!("{call},{output},{call},{call},{output},{output}"), 6, Some(3)),
        (format!("{output},{said}"), 3, Some(1)),
        (format!("{output},{{\"type\":\"reasoning\"}},{output}"), 3, Some(1)),
        (format!("{output},{{\"type\":\"web_search_call\"}},{output}"), 3, Some(1)),
        (format!("{output},7,\"x\""), 3, None),
    ] {
        let facts = facts(&items);
        assert_eq!((facts.messages, facts.last_assistant), (messages, last), "{items}");
        assert_eq!(facts.model.as_deref(), Some("m"));
    }
}

/// Each call before an output, the output's kind, and why the output stays, if it may be rewritten.
fn check(cases: &[(String, &str, Option<Reason>)]) {
    let settings = settings(|policy, _| {
        policy.level = Level::Lossless;
        policy.tools = ToolRules::default().exclude("secret");
    });
    for (call, of, expected) in cases {
        let output = format!(r#"{{"type":"{of}_call_output","call_id":"a","output":"x"}}"#);
        let body = openai_responses(&format!("{call},{output}"));
        let passed = pass_request(Dialect::OpenAiResponses, &settings, [body.as_bytes()]);
        // What could have been rewritten is too small.
        assert_eq!(reasons(&passed), [expected.unwrap_or(Reason::Small)], "{body}");
    }
}

fn function(name: &str, arguments: &str) -> String {
    format!(r#"{{"type":"function_call","call_id":"a","name":"{name}","arguments":{arguments}}}"#)
}

const FILE: Option<Reason> = Some(Reason::FileRead);

#[test]
fn the_call_before_an_output_names_its_tool() {
    let custom = |name: &str, input: &str| {
        format!(r#"{{"input":"{input}","call_id":"a","name":"{name}","type":"custom_tool_call"}}"#)
    };
    let argv = r#""{\"command\":[\"bash\",\"-lc\",\"cat x\"]}""#;
    check(&[
        (function("lookup", r#""{}""#), "function", None),
        (function("read_file", r#""{}""#), "function", FILE),
        (function("exec_command", r#""{\"cmd\":\"ls\"}""#), "function", None),
        (function("exec_command", r#""{\"cmd\":\"cat x\"}""#), "function", FILE),
        (function("shell", argv), "function", FILE),
        (function("secret", r#""{}""#), "function", Some(Reason::Excluded)),
        (custom("lookup", "cat x"), "custom_tool", None),
        (custom("shell", "cat x"), "custom_tool", FILE),
        (custom("shell", "ls"), "custom_tool", None),
        (custom("apply_patch", "ls"), "custom_tool", FILE),
    ]);
}

#[test]
fn the_types_of_calls_without_a_name_name_their_tool() {
    let local = |command: &str| {
        let action = format!(r#"{{"type":"exec","command":{command}}}"#);
        format!(r#"{{"type":"local_shell_call","call_id":"a","action":{action}}}"#)
    };
    let shell = |commands: &str| {
        format!(r#"{{"action":{{"commands":{commands}}},"type":"shell_call","call_id":"a"}}"#)
    };
    let patch = r#"{"type":"apply_patch_call","call_id":"a","operation":{}}"#;
    check(&[
        (local(r#"["bash","-lc","ls"]"#), "local_shell", None),
        (local(r#"["bash","-lc","ls"]"#), "function", None),
        (local(r#"["bash","-lc","nl x.rs"]"#), "local_shell", FILE),
        (shell(r#"["ls","pwd"]"#), "shell", None),
        (shell(r#"["ls","cat x"]"#), "shell", FILE),
        (shell("[7]"), "shell", FILE),
        (patch.to_owned(), "apply_patch", FILE),
    ]);
}

/// The API keeps calls where it is asked to: then the tool of an output is not known.
#[test]
fn outputs_of_calls_that_are_not_there_may_show_files() {
    let lookup = function("lookup", r#""{}""#);
    check(&[
        ("{}".to_owned(), "function", FILE),
        ("{}".to_owned(), "custom_tool", FILE),
        ("{}".to_owned(), "shell", FILE),
        (lookup.replace("\"a\"", "\"b\""), "function", FILE),
        (lookup.replace("function_call", "mcp_call"), "function", FILE),
    ]);
}
