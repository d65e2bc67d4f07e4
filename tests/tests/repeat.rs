//! What stands earlier in a request, and the lines that refer to it.

use brevity::{Codec, Dialect, Policy, Settings, expand};
use brevity_tests::{
    property,
    run::{self, Output},
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_referred_to_comes_back(data in prop::collection::vec(0_u8..62, 0..120), choice in any::<u8>(), size in any::<u8>()) {
        property::repeat(&[&[choice, size], &data[..]].concat());
    }
}

fn shorten(body: &str) -> Output {
    let chunks = run::chunks(body.as_bytes(), 100);
    run::request(&Settings::new(Policy::default(), Default::default()), Dialect::Anthropic, chunks)
        .0
}

/// A request whose tool results have these texts, with `rest` behind its messages.
fn body(texts: &[&str], rest: &str) -> String {
    let item = |text: &&str| {
        let text = serde_json::to_string(text).expect("a string is JSON");
        format!(r#"{{"type":"tool_result","tool_use_id":"a","content":{text}}}"#)
    };
    let items: Vec<_> = texts.iter().map(item).collect();
    format!(r#"{{"messages":[{{"role":"user","content":[{}]}}]{rest}}}"#, items.join(","))
}

/// The texts of what leaves.
fn texts(out: &Output) -> Vec<String> {
    let body: serde_json::Value = serde_json::from_slice(&out.bytes).expect("JSON");
    let items = body["messages"][0]["content"].as_array().expect("items").clone();
    items.iter().filter_map(|item| item["content"].as_str().map(str::to_owned)).collect()
}

fn view(lines: std::ops::Range<usize>, from: usize) -> String {
    let line =
        |at: usize| format!("{:>6}\tlet value_{at} = compute({at}, \"some words\");", at + from);
    lines.map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_second_reading_is_one_line() {
    let file = view(1..41, 0);
    let out = shorten(&body(&[&file, "nothing", &file], ""));
    let line = "[same as tool result 1, lines 1-40: let value_1 = compute(1,]";
    assert_eq!(texts(&out), [file.as_str(), "nothing", line]);
    assert_eq!(out.outcomes[2].result, Ok(Codec::Repeat));
    assert_eq!(expand(&out.bytes), body(&[&file, "nothing", &file], "").as_bytes());
}

#[test]
fn a_view_whose_numbers_moved_is_the_same() {
    let (file, edited) = (view(1..41, 0), view(11..41, 70));
    let texts = texts(&shorten(&body(&[&file, &edited], "")));
    let line = "[same as tool result 1, lines 11-40, numbers +70: let value_11 =]";
    assert_eq!(texts[1], line);
}

#[test]
fn nothing_refers_to_a_reference() {
    let file = view(1..41, 0);
    let texts = texts(&shorten(&body(&[&file, &file, &file], "")));
    assert_eq!(texts[1], texts[2]);
    assert!(texts[2].starts_with("[same as tool result 1, lines 1-40"), "{}", texts[2]);
}

#[test]
fn what_may_not_be_in_the_prompt_is_not_referred_to() {
    let file = view(1..41, 0);
    for (rest, may_refer) in [
        ("", true),
        (r#","context_management":null"#, true),
        (r#","context_management":{"edits":[{"type":"clear_thinking_20251015"}]}"#, true),
        (r#","context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]}"#, false),
        (r#","previous_response_id":"r""#, false),
    ] {
        let out = shorten(&body(&[&file, &file], rest));
        assert_eq!(out.rewritten() > 0, may_refer, "{rest}");
    }
    let compacted = body(&[&file, &file], "").replacen(
        r#"},{"type":"tool_result""#,
        r#"},{"type":"compaction","content":"what was said"},{"type":"tool_result""#,
        1,
    );
    let out = shorten(&compacted);
    assert_eq!((out.rewritten(), out.bytes == compacted.as_bytes()), (0, true));
}

/// The same in OpenAI Responses, where a call has to be there: else its tool may show files.
#[test]
fn outputs_refer_to_outputs() {
    let file = serde_json::to_string(&view(1..41, 0)).expect("a string is JSON");
    let call = r#"{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}"#;
    let output = format!(r#"{{"type":"function_call_output","call_id":"a","output":{file}}}"#);
    let shell = format!(
        r#"{{"type":"shell_call_output","call_id":"a","output":[{{"stdout":{file},"stderr":""}}]}}"#
    );
    for (between, rest, may_refer) in [
        ("", "", true),
        (r#"{"type":"reasoning","encrypted_content":"x"},"#, "", true),
        (r#"{"type":"compaction","encrypted_content":"x"},"#, "", false),
        (r#"{"encrypted_content":"x","type":"compaction_summary"},"#, "", false),
        ("", r#","truncation":"disabled","previous_response_id":null,"conversation":null"#, true),
        ("", r#","truncation":"auto""#, false),
        ("", r#","previous_response_id":"resp_1""#, false),
        ("", r#","conversation":"conv_1""#, false),
        ("", r#","conversation":{"id":"conv_1"}"#, false),
        ("", r#","context_management":[{"type":"compaction","compact_threshold":9}]"#, false),
    ] {
        for second in [&output, &shell] {
            let body = format!(r#"{{"input":[{call},{output},{between}{second}]{rest}}}"#);
            let chunks = run::chunks(body.as_bytes(), 100);
            let (out, _) = run::request(&Settings::default(), Dialect::OpenAiResponses, chunks);
            let text = String::from_utf8_lossy(&out.bytes);
            let line = "[same as tool output 1, lines 1-40: let value_1 = compute(1,]";
            assert_eq!(text.contains(line), may_refer, "{between} {rest}");
            assert_eq!(String::from_utf8_lossy(&expand(&out.bytes)), body);
        }
    }
}

#[test]
fn a_foreign_reference_ends_it() {
    let file = view(1..41, 0);
    let foreign = "[same as tool result 1, line 2]";
    let texts = texts(&shorten(&body(&[&file, &file, foreign, &file], "")));
    assert!(texts[1].starts_with("[same as"));
    assert_eq!(texts[2..], [foreign, &file]);
}

#[test]
fn results_of_calls_that_nobody_knows_are_still_counted() {
    let file = view(1..41, 0);
    let mut settings = Settings::default();
    settings.limits.calls = 1;
    let call = r#"{"type":"tool_use","id":"a","name":"x"},"#;
    let body = body(&[&file, &file], "").replacen("[{\"type", &format!("[{call}{{\"type"), 1);
    let chunks = run::chunks(body.as_bytes(), 100);
    let (out, _) = run::request(&settings, Dialect::Anthropic, chunks);
    assert_eq!(out.bytes, body.as_bytes());
}

/// A run may begin in lines of one look and end in lines of another, and the next run in these.
#[test]
fn runs_across_looks_leave_no_line_twice() {
    let diff = "diff --git a/src/pond.rs b/src/pond.rs\nindex 9f5a4da..bc7e4aa 100644\n\
                --- a/src/pond.rs\n+++ b/src/pond.rs\n@@ -1,3 +1,3 @@\n fn main() {\n-    koi();\n\
                +    carp();\n }";
    let log = |lines: std::ops::Range<u32>| {
        let line =
            |i| format!("2026-03-03T20:47:{i:02}Z INFO worker-{} finished job {}", i % 3, i * 7);
        lines.map(line).collect::<Vec<_>>().join("\n")
    };
    let first = [diff, &log(0..3), "--- end ---", &log(20..24)].join("\n");
    let second = ["On branch main", diff, &log(0..3), &log(10..18), &log(20..24)].join("\n");
    let body = body(&[&first, &second], "");
    let out = shorten(&body);
    assert_eq!(texts(&out)[1].matches("[same as").count(), 2);
    assert_eq!(String::from_utf8_lossy(&expand(&out.bytes)), body);
}

/// Lines end with `\n` on the way back, so a newline that is written otherwise ends the account.
#[test]
fn a_newline_that_is_written_as_a_number_ends_it() {
    let rows: Vec<_> = (0..12).map(|i| format!(r#"{{"id":{i},"name":"item {i}"}}"#)).collect();
    let line = |i: u32| format!("let fish_{} = pond({i}, \"some words in a line\");", i % 2);
    let lines = |range: std::ops::Range<u32>| range.map(line).collect::<Vec<_>>().join("\n");
    let first = format!("[{}]\n{}\n", rows.join(","), lines(0..12));
    let second = format!("something else\n{}\n", lines(3..9));
    let body = body(&[&first, &second], "").replacen(r"]\nlet", r"]\u000alet", 1);
    assert!(body.contains(r"\u000a"));
    let out = shorten(&body);
    assert_eq!(String::from_utf8_lossy(&expand(&out.bytes)), body);
}
