//! The tables have every type of the specifications, and what they say holds for any order of keys and
//! any white space.

use super::{
    anthropic, chat,
    eligible::{cases, marked},
    lengths, messages, openai, openai_responses, pass,
    responses::{self, ITEMS},
    settings,
};
use brevity::{Dialect, Level};
use brevity_tests::{body::children, property::pass_request};
use std::collections::BTreeSet;

fn says(table: &[&str], key: &str, value: &str) -> bool {
    table.iter().any(|line| line.contains(&format!(r#""{key}":"{value}""#)))
}

#[test]
fn every_type_has_a_line() {
    for (table, key, values) in [
        (messages::ITEMS, "type", messages::TYPES),
        (chat::MESSAGES, "role", chat::ROLES),
        (chat::MESSAGES, "type", chat::TYPES),
        (ITEMS, "type", responses::TYPES),
    ] {
        for value in values {
            assert!(says(table, key, value), "{key} {value}");
        }
    }
}

/// All that holds a text anywhere, in an item of each type: what the type is decides alone.
#[test]
fn an_item_with_every_member_is_eligible_by_its_type() {
    let text = |part: &str| format!(r#"[{{"type":"{part}","text":"y.."}}]"#);
    let members = |part: &str| {
        let list = text(part);
        ["content", "output", "result", "results", "summary", "arguments", "text", "input"]
            .map(|key| format!(r#","{key}":{list}"#))
            .concat()
    };
    let unknown = ["x_result", "tool_result_x", "", "Tool_Result", "tool-result", "x_call_output"];
    let eligible = |kind: &str, known: &[&str]| known.contains(&kind);
    for kind in messages::TYPES.iter().chain(&unknown) {
        let body = anthropic(&format!(r#"[{{"type":"{kind}"{}}}]"#, members("text")));
        let found = lengths(&pass(Dialect::Anthropic, &body)).len();
        assert_eq!(found, usize::from(eligible(kind, &["tool_result"])), "{body}");
    }
    for role in chat::ROLES.iter().chain(&unknown) {
        let body = openai(&format!(r#"{{"role":"{role}"{}}}"#, members("text")));
        let found = lengths(&pass(Dialect::OpenAiChat, &body)).len();
        assert_eq!(found, usize::from(eligible(role, &["tool", "function"])), "{body}");
    }
    for kind in responses::TYPES.iter().chain(&unknown) {
        let body = openai_responses(&format!(r#"{{"type":"{kind}"{}}}"#, members("input_text")));
        let found = lengths(&pass(Dialect::OpenAiResponses, &body)).len();
        assert_eq!(found, usize::from(eligible(kind, responses::RESULTS)), "{body}");
    }
}

/// Anthropic's roles, and others: a result is one wherever it stands, and what a message says is none.
#[test]
fn anthropics_roles_tell_nothing() {
    let result = r#"[{"type":"text","text":"no"},{"type":"tool_result","content":"y.."}]"#;
    for role in ["user", "assistant", "system", "tool", "developer", "x"] {
        for (content, expected) in [(result, vec![3]), (r#""no""#, vec![])] {
            let message = format!(r#"{{"role":"{role}","content":{content}}}"#);
            let body =
                format!(r#"{{"system":[{{"type":"text","text":"no"}}],"messages":[{message}]}}"#);
            assert_eq!(lengths(&pass(Dialect::Anthropic, &body)), expected, "{body}");
        }
    }
}

/// How a body is written anew.
#[derive(Clone, Copy, Debug)]
struct Form {
    /// By how many places the members of each object are rotated, and whether they are turned round.
    rotate: usize,
    reverse: bool,
    /// What stands between tokens.
    gaps: [&'static str; 3],
}

/// The same value in another form. `None`: a key comes twice, so its place matters.
fn write(value: &str, form: Form) -> Option<String> {
    let [inside, after, colon] = form.gaps;
    let value = value.trim();
    if !value.starts_with(['{', '[']) {
        return Some(value.to_owned());
    }
    let mut members = children(value);
    if value.starts_with('[') {
        let elements = members.iter().map(|(_, element)| write(element, form));
        let elements = elements.collect::<Option<Vec<_>>>()?.join(&format!("{inside},{after}"));
        return Some(format!("[{inside}{elements}{inside}]"));
    }
    let keys: BTreeSet<_> = members.iter().map(|(key, _)| key).collect();
    if keys.len() < members.len() {
        return None;
    }
    let rotate = form.rotate % members.len().max(1);
    members.rotate_left(rotate);
    if form.reverse {
        members.reverse();
    }
    let members = members
        .iter()
        .map(|(key, value)| Some(format!("\"{key}\"{colon}:{colon}{}", write(value, form)?)));
    let members = members.collect::<Option<Vec<_>>>()?.join(&format!("{inside},{after}"));
    Some(format!("{{{inside}{members}{inside}}}"))
}

const GAPS: [[&str; 3]; 4] =
    [["", "", ""], ["", " ", " "], ["\n    ", "", " "], ["\r\n\t", " \t", "\n"]];

#[test]
fn order_and_white_space_change_nothing() {
    let mut written = 0;
    for (dialect, body) in cases() {
        let mut expected = marked(&body);
        expected.sort_unstable();
        for (rotate, reverse) in (0..5).flat_map(|rotate| [(rotate, false), (rotate, true)]) {
            for gaps in GAPS {
                let Some(body) = write(&body, Form { rotate, reverse, gaps }) else { continue };
                let mut found = lengths(&pass(dialect, &body));
                found.sort_unstable();
                assert_eq!(found, expected, "{dialect:?} {body}");
                written += 1;
            }
        }
    }
    assert!(written > 4_000, "{written}");
}

/// The calls of results `a` and `b`, for a tool that shows no files.
fn with_calls(dialect: Dialect, line: &str) -> String {
    let call = |id: &str| match dialect {
        Dialect::Anthropic => {
            format!(r#"{{"type":"tool_use","id":"{id}","name":"f","input":{{}}}},"#)
        }
        Dialect::OpenAiChat => {
            format!(r#"{{"id":"{id}","function":{{"name":"f","arguments":"{{}}"}}}}"#)
        }
        _ => format!(r#"{{"type":"function_call","call_id":"{id}","name":"f","arguments":""}},"#),
    };
    match dialect {
        Dialect::Anthropic => anthropic(&format!("[{}{}{line}]", call("a"), call("b"))),
        Dialect::OpenAiChat => openai(&format!(r#"{{"tool_calls":[{}]}},{line}"#, call("a"))),
        // A program's call is there, or the API keeps it.
        _ if line.contains("\"program\"") => openai_responses(line),
        _ => openai_responses(&format!("{}{line}", call("a"))),
    }
}

/// With texts that can be shortened in every place: those of results are, all others leave as they came.
#[test]
fn what_is_eligible_is_rewritten_and_nothing_else() {
    let settings = settings(|policy, _| {
        (policy.level, policy.stream_requests) = (Level::Lossless, false);
    });
    let long = |name: &str| {
        let row = |n| format!(r#"{{\"{name}\":\"row {n}\",\"open\":true}}"#);
        format!("\"[{}]\"", (0..60).map(row).collect::<Vec<_>>().join(","))
    };
    let (kept, rewritten) = (long("kept"), long("rewritten"));
    let mut counts = (0, 0);
    for (dialect, table) in [
        (Dialect::Anthropic, messages::ITEMS),
        (Dialect::OpenAiChat, chat::MESSAGES),
        (Dialect::OpenAiResponses, ITEMS),
    ] {
        for line in table {
            let names = line.replace(r#""name":"no""#, r#""name":"f""#);
            let names = names.replace(r#""id":"no""#, r#""id":"i""#);
            let mut body = with_calls(dialect, &names.replace("\"no\"", &kept));
            for dots in (2..8).rev() {
                body = body.replace(&format!("\"y{}\"", ".".repeat(dots)), &rewritten);
            }
            let out = pass_request(dialect, &settings, [body.as_bytes()]).bytes;
            let out = String::from_utf8(out).expect("UTF-8");
            assert_eq!(out.matches(&kept).count(), body.matches(&kept).count(), "{line}");
            // Results that name no call may show files.
            let is_known = line.contains(r#"_id":"a""#) || line.contains(r#""role":"function""#);
            let stays = if is_known { 0 } else { body.matches(&rewritten).count() };
            assert_eq!(out.matches(&rewritten).count(), stays, "{line}\n{out}");
            assert_eq!(String::from_utf8_lossy(&brevity::expand(out.as_bytes())), body);
            counts.0 += body.matches(&kept).count();
            counts.1 += body.matches(&rewritten).count() - stays;
        }
    }
    assert!(counts.0 > 200 && counts.1 > 20, "{counts:?}");
}
