//! Which tool a result comes from, and what its rules make of it.

use super::{anthropic, openai, reasons, settings};
use brevity::{Dialect, Level, Reason, Settings, ToolRules};
use brevity_tests::{
    oracle::notation,
    property::{Passed, pass_request},
};
use std::sync::Arc;

#[test]
fn the_call_before_a_result_names_its_tool() {
    let result =
        |id: &str| format!(r#"{{"type":"tool_result","tool_use_id":"{id}","content":"x"}}"#);
    let call = |id: &str, name: &str, input: &str| {
        format!(r#"{{"type":"tool_use","id":"{id}","name":"{name}","input":{input}}}"#)
    };
    let cases = [
        (call("a", "Read", "{}"), Reason::FileRead),
        (call("a", "Bash", r#"{"command":"cat x.rs"}"#), Reason::FileRead),
        (call("a", "Bash", r#"{"command":"ls","description":"cat x"}"#), Reason::NoCodec),
        (call("a", "Bash", r#"{"x":{"command":"ls"}}"#), Reason::FileRead),
        (call("a", "shell", r#"{"command":["bash","-lc","nl x.rs"]}"#), Reason::FileRead),
        (call("a", "shell", r#"{"command":["bash","-lc","ls"]}"#), Reason::NoCodec),
        (call("a", "secret", "{}"), Reason::Excluded),
        (call("a", "lookup", "{}"), Reason::NoCodec),
        // A thread of the API's keeps calls: this one could have shown a file.
        (call("b", "lookup", "{}"), Reason::FileRead),
        (call("a", "lookup", "{}").replace("tool_use", "server_tool_use"), Reason::FileRead),
        (format!("{},{}", call("a", "secret", "{}"), call("a", "Read", "{}")), Reason::FileRead),
    ];
    let settings = rewriting();
    for (calls, expected) in cases {
        let body = anthropic(&format!("[{calls},{}]", result("a")));
        let passed = pass_request(Dialect::Anthropic, &settings, [body.as_bytes()]);
        assert_eq!(treated(&passed), [expected], "{body}");
    }
}

#[test]
fn the_same_for_chat_completions() {
    let call = |function: &str| {
        let call = format!(r#"{{"id":"a","type":"function","function":{function}}}"#);
        format!(r#"{{"role":"assistant","content":null,"tool_calls":[{call}]}}"#)
    };
    let result = r#"{"role":"tool","tool_call_id":"a","content":"x"}"#;
    let cases = [
        (call(r#"{"name":"read_file","arguments":"{}"}"#), result, Reason::FileRead),
        (
            call(r#"{"arguments":"{\"command\":\"cat x\"}","name":"bash"}"#),
            result,
            Reason::FileRead,
        ),
        (call(r#"{"name":"bash","arguments":"{\"command\":\"ls\"}"}"#), result, Reason::NoCodec),
        (call(r#"{"name":"bash","arguments":"not json"}"#), result, Reason::FileRead),
        (call(r#"{"name":"secret","arguments":"{}"}"#), result, Reason::Excluded),
        ("{}".to_owned(), result, Reason::NoCodec),
        ("{}".to_owned(), r#"{"content":"x","name":"secret","role":"function"}"#, Reason::Excluded),
    ];
    let settings = rewriting();
    for (call, result, expected) in cases {
        let body = openai(&format!("{call},{result}"));
        let passed = pass_request(Dialect::OpenAiChat, &settings, [body.as_bytes()]);
        assert_eq!(treated(&passed), [expected], "{body}");
    }
}

fn rewriting() -> Arc<Settings> {
    settings(|policy, _| {
        policy.level = Level::Lossless;
        policy.tools = ToolRules::default().exclude("secret");
    })
}

/// What a tool's rules made of each text. What could have been rewritten was too small.
fn treated(passed: &Passed) -> Vec<Reason> {
    let small = |reason| if reason == Reason::Small { Reason::NoCodec } else { reason };
    reasons(passed).into_iter().map(small).collect()
}

#[test]
fn results_of_forgotten_calls_stay() {
    let call = |id: &str| format!(r#"{{"type":"tool_use","id":"{id}","name":"n","input":{{}}}}"#);
    let result =
        |id: &str| format!(r#"{{"type":"tool_result","tool_use_id":"{id}","content":"x"}}"#);
    let items: Vec<_> = ["a", "b"].map(call).into_iter().chain(["a", "b"].map(result)).collect();
    let body = anthropic(&format!("[{}]", items.join(",")));
    let pass = |calls: usize, body: &str| {
        let settings = settings(|_, limits| limits.calls = calls);
        let passed = pass_request(Dialect::Anthropic, &settings, [body.as_bytes()]);
        reasons(&passed).iter().map(|reason| *reason == Reason::Limit).collect::<Vec<_>>()
    };
    assert_eq!(pass(1_000, &body), [false, false]);
    assert_eq!(pass(150, &body), [false, true]);
    assert_eq!(pass(0, &body), [true, true]);
    let long = body.replace("\"a\"", &format!("\"{}\"", "a".repeat(1_000)));
    assert_eq!(pass(1_000, &long), [true, false]);
}

/// A program of the model's gets what it called for, and the model does not see it: not rewritten, and
/// nothing refers to it, nor counts it.
#[test]
fn results_that_a_program_reads_are_none_of_the_models() {
    let text: String =
        (0..40).map(|n| format!("step {n} ended with code {}\\n", n * 7919)).collect();
    let caller = r#""caller":{"type":"code_execution_20260120","tool_id":"p"},"#;
    let turn = |id: &str, caller: &str| {
        let call = format!(r#"{{"type":"tool_use","id":"{id}",{caller}"name":"f","input":{{}}}}"#);
        let result = r#"{"type":"tool_result","tool_use_id":"#;
        format!(r#"{call},{result}"{id}","content":"{text}"}}"#)
    };
    let body = |callers: [&str; 3]| {
        let [a, b, c] = callers;
        anthropic(&format!("[{},{},{}]", turn("a", a), turn("b", b), turn("c", c)))
    };
    let settings = settings(|policy, _| {
        (policy.level, policy.stream_requests) = (Level::Lossless, false);
    });
    for (callers, refers, stays) in [
        (["", "", ""], "[same as tool result 1, lines 1-40", 0),
        ([caller, "", ""], "[same as tool result 1, lines 1-40", 1),
        (["", caller, ""], "[same as tool result 1, lines 1-40", 1),
        ([caller, caller, ""], "[brevity 1 ", 2),
        ([caller, caller, caller], &text, 3),
    ] {
        let body = body(callers);
        let passed = pass_request(Dialect::Anthropic, &settings, [body.as_bytes()]);
        let out = String::from_utf8(passed.bytes).expect("UTF-8");
        assert!(out.contains(refers), "{callers:?} {out}");
        assert_eq!(out.matches(&text).count(), stays, "{callers:?}");
        for back in [brevity::expand(out.as_bytes()), notation::expand(out.as_bytes())] {
            assert_eq!(String::from_utf8_lossy(&back), body);
        }
    }
}
