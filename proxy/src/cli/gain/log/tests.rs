//! Logs as agents write them, in short: what requests come of them.

use super::*;
use crate::cli::gain::turn::{Turn, Usage};
use std::io::Write as _;

/// One request of a log: its messages, the first new one, and what was charged.
struct Seen {
    body: String,
    shared: usize,
    new_from: u64,
    conversation: u64,
    usage: Option<Usage>,
}

/// The requests of a log, and what was counted.
fn read(name: &str, lines: &[String]) -> (Vec<Seen>, Tally) {
    let path = std::env::temp_dir().join(format!("brevity-gain-{}-{name}", std::process::id()));
    let mut file = File::create(&path).expect("a file");
    file.write_all(lines.join("\n").as_bytes()).expect("written");
    let mut seen = Vec::new();
    let mut take = |turn: Turn| {
        seen.push(Seen {
            body: String::from_utf8(turn.draft.body.to_vec()).expect("UTF-8"),
            shared: turn.shared,
            new_from: turn.new_from,
            conversation: turn.conversation,
            usage: turn.draft.usage,
        });
    };
    let mut feed = Feed::new(&mut take);
    let (tally, result) = super::read(&path, &mut feed);
    std::fs::remove_file(&path).expect("it was there");
    result.expect("read");
    (seen, tally)
}

/// A line of the user's in a log of Claude Code.
fn user(id: &str, parent: &str, content: &str) -> String {
    line("user", id, parent, &format!(r#"{{"role":"user","content":{content}}}"#))
}

/// A line of an answer: one block of it.
fn answer(id: &str, parent: &str, message: &str, block: &str) -> String {
    let usage = r#"{"input_tokens":1,"cache_creation_input_tokens":2,"cache_read_input_tokens":3,"output_tokens":4}"#;
    let message = format!(
        r#"{{"id":"{message}","role":"assistant","model":"m","content":[{block}],"usage":{usage}}}"#
    );
    line("assistant", id, parent, &message)
}

fn line(kind: &str, id: &str, parent: &str, message: &str) -> String {
    let parent = if parent.is_empty() { "null".to_owned() } else { format!("\"{parent}\"") };
    format!(
        r#"{{"parentUuid":{parent},"sessionId":"s","type":"{kind}","message":{message},"uuid":"{id}"}}"#
    )
}

const TEXT: &str = r#"{"type":"text","text":"t"}"#;

fn call(id: &str) -> String {
    format!(r#"{{"type":"tool_use","id":"{id}","name":"Bash","input":{{}}}}"#)
}

fn result(call: &str) -> String {
    format!(r#"[{{"type":"tool_result","tool_use_id":"{call}","content":"r{call}"}}]"#)
}

#[test]
fn an_answer_of_several_lines_is_one_message() {
    let log = [
        r#"{"type":"summary","summary":"x","leafUuid":"a"}"#.to_owned(),
        user("1", "", r#""do it""#),
        answer("2", "1", "A", TEXT),
        answer("3", "2", "A", &call("x")),
        user("4", "3", &result("x")),
        answer("5", "4", "B", TEXT),
    ];
    let (seen, tally) = read("answer", &log);
    let first = r#"{"role":"user","content":"do it"}"#;
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].body, format!(r#"{{"messages":[{first}],"model":"m"}}"#));
    assert_eq!(
        seen[1].body,
        format!(
            r#"{{"messages":[{first},{{"role":"assistant","content":[{TEXT},{}]}},{{"role":"user","content":{}}}],"model":"m"}}"#,
            call("x"),
            result("x")
        )
    );
    assert_eq!((seen[1].shared, seen[1].new_from), (1, 1));
    assert_eq!(seen[1].usage, Some(Usage { input: 1, write: 2, read: 3, output: 4 }));
    assert_eq!((tally.claude_code, tally.other["summary"]), (5, 1));
    assert_eq!(tally.origin(), Origin::ClaudeCode);
}

#[test]
fn results_beside_the_way_follow_their_calls() {
    let log = [
        user("1", "", r#""do it""#),
        answer("2", "1", "A", &call("x")),
        answer("3", "2", "A", &call("y")),
        user("4", "2", &result("x")),
        user("5", "3", &result("y")),
        answer("6", "5", "B", &call("z")),
        user("7", "6", &result("z")),
        answer("8", "7", "C", TEXT),
    ];
    let (seen, _) = read("beside", &log);
    assert_eq!(seen.len(), 3);
    let x = seen[1].body.find("\"content\":\"rx\"").expect("the first result");
    assert!(x < seen[1].body.find("\"content\":\"ry\"").expect("the second result"));
    assert_eq!((seen[2].shared, seen[2].new_from), (3, 3));
    assert!(seen[2].body.starts_with(seen[1].body.trim_end_matches(r#"],"model":"m"}"#)));
}

#[test]
fn calls_beside_the_way_belong_to_their_answer() {
    // The second call's line and its result hang beside the first call's result.
    let log = [
        user("1", "", r#""do it""#),
        answer("2", "1", "A", &call("x")),
        answer("3", "2", "A", &call("y")),
        user("4", "3", &result("y")),
        user("5", "2", &result("x")),
        answer("6", "5", "B", TEXT),
        user("7", "6", r#""more""#),
        answer("8", "7", "C", TEXT),
    ];
    let (seen, _) = read("calls", &log);
    let calls = format!(r#"{{"role":"assistant","content":[{},{}]}}"#, call("x"), call("y"));
    assert!(seen[1].body.contains(&calls), "{}", seen[1].body);
    assert!(seen[1].body.contains("\"ry\"") && seen[1].body.contains("\"rx\""));
    assert_eq!((seen.len(), seen[2].shared), (3, 3));
}

#[test]
fn branches_share_their_beginning_and_side_chains_stand_alone() {
    let log = [
        user("1", "", r#""do it""#),
        answer("2", "1", "A", TEXT),
        user("3", "2", r#""so""#),
        user("s1", "", r#""a task""#),
        answer("4", "3", "B", TEXT),
        answer("s2", "s1", "S", TEXT),
        // Taken back to the first answer.
        user("5", "2", r#""or so""#),
        answer("6", "5", "C", TEXT),
    ];
    let (seen, _) = read("branch", &log);
    let known: Vec<_> = seen.iter().map(|s| (s.conversation, s.shared, s.new_from)).collect();
    assert_eq!(known, [(1, 0, 0), (1, 1, 1), (1, 2, 2), (2, 0, 0)]);
    assert!(!seen[2].body.contains("\"so\""));
}

#[test]
fn a_compaction_begins_anew_and_errors_of_the_agent_are_no_answers() {
    let log = [
        user("1", "", r#""do it""#),
        answer("2", "1", "A", TEXT),
        r#"{"parentUuid":null,"logicalParentUuid":"2","type":"system","subtype":"compact_boundary","uuid":"3"}"#.to_owned(),
        user("4", "3", r#""in short""#),
        answer("5", "4", "E", TEXT).replace("\"model\":\"m\"", "\"model\":\"<synthetic>\""),
        user("6", "5", r#"[{"type":"text","text":"go on"}]"#),
        answer("7", "6", "B", TEXT),
        answer("9", "8", "L", TEXT),
        "{broken".to_owned(),
    ];
    let (seen, tally) = read("compact", &log);
    assert_eq!(seen.len(), 2);
    let joined = r#"[{"type":"text","text":"in short"},{"type":"text","text":"go on"}]"#;
    assert_eq!(
        seen[1].body,
        format!(r#"{{"messages":[{{"role":"user","content":{joined}}}],"model":"m"}}"#)
    );
    assert_eq!((tally.headless, tally.malformed), (1, 1));
}

/// A line of a rollout.
fn rollout(kind: &str, payload: &str) -> String {
    format!(r#"{{"timestamp":"2026-01-01T00:00:00Z","type":"{kind}","payload":{payload}}}"#)
}

const ASK: &str =
    r#"{"type":"message","role":"user","content":[{"type":"input_text","text":"do"}]}"#;
const CALL: &str = r#"{"type":"function_call","name":"shell","call_id":"c","arguments":"{}"}"#;
const OUTPUT: &str = r#"{"type":"function_call_output","call_id":"c","output":"o"}"#;
const SAY: &str = r#"{"type":"message","role":"assistant","content":[]}"#;
const COUNT: &str = r#"{"type":"token_count","info":{"last_token_usage":{"input_tokens":9,"cached_input_tokens":5,"output_tokens":2}}}"#;

#[test]
fn a_rollout_is_a_list_of_items() {
    let log = [
        rollout("session_meta", r#"{"id":"s"}"#),
        rollout("turn_context", r#"{"model":"gpt"}"#),
        rollout("response_item", ASK),
        rollout("response_item", CALL),
        rollout("event_msg", COUNT),
        rollout("event_msg", &COUNT.replace('9', "8")),
        rollout("response_item", OUTPUT),
        rollout("response_item", SAY),
        rollout("news", "{}"),
        rollout("compacted", &format!(r#"{{"message":"m","replacement_history":[{OUTPUT}]}}"#)),
        rollout("response_item", ASK),
        rollout("response_item", SAY),
    ];
    let (seen, tally) = read("rollout", &log);
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[0].body, format!(r#"{{"input":[{ASK}],"model":"gpt"}}"#));
    assert_eq!(seen[0].usage, Some(Usage { input: 4, write: 0, read: 5, output: 2 }));
    assert_eq!(seen[1].body, format!(r#"{{"input":[{ASK},{CALL},{OUTPUT}],"model":"gpt"}}"#));
    assert_eq!((seen[1].shared, seen[1].new_from, seen[1].usage), (1, 1, None));
    assert_eq!(seen[2].body, format!(r#"{{"input":[{OUTPUT},{ASK}],"model":"gpt"}}"#));
    assert_eq!((seen[2].shared, seen[2].new_from, seen[2].conversation), (0, 1, 2));
    assert_eq!((tally.codex, tally.other["news"]), (11, 1));
}

#[test]
fn turns_that_were_taken_back_are_not_sent_again() {
    let start = rollout("event_msg", r#"{"type":"task_started"}"#);
    let log = [
        start.clone(),
        rollout("response_item", ASK),
        rollout("response_item", SAY),
        start,
        rollout("response_item", OUTPUT),
        rollout("response_item", SAY),
        rollout("event_msg", r#"{"type":"thread_rolled_back","num_turns":1}"#),
        rollout("response_item", ASK),
        rollout("response_item", SAY),
    ];
    let (seen, _) = read("back", &log);
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[2].body, format!(r#"{{"input":[{ASK},{SAY},{ASK}]}}"#));
    assert_eq!((seen[2].shared, seen[2].new_from), (2, 2));
}

#[test]
fn an_older_rollout_has_bare_items() {
    let log = [
        r#"{"id":"s","timestamp":"2025-05-01","instructions":null}"#,
        ASK,
        r#"{"record_type":"state"}"#,
        CALL,
        OUTPUT,
        SAY,
    ];
    let (seen, tally) = read("older", &log.map(str::to_owned));
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[1].body, format!(r#"{{"input":[{ASK},{CALL},{OUTPUT}]}}"#));
    assert_eq!(tally.origin(), Origin::Codex);
}

#[test]
fn what_is_foreign_is_told() {
    for lines in [&["#!/bin/sh", "{}"][..], &[r#"{"a":1}"#, "[]", "12"], &["{", "{}"], &[""]] {
        let lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        let (seen, tally) = read("foreign", &lines);
        assert_eq!((seen.len(), tally.origin()), (0, Origin::Foreign), "{lines:?}");
    }
}
