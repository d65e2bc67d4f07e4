//! Which strings of a request are eligible, and that every other byte leaves as it came.

use brevity::{Dialect, Level, Limits, Policy, Reason, Request, Settings, Sink, Steps, ToolRules};
use brevity_tests::{
    cuts,
    oracle::envelope::eligible,
    property::{Passed, envelope, pass_request},
};
use bytes::Bytes;
use proptest::prelude::*;
use std::sync::Arc;

const BOTH: [Dialect; 2] = [Dialect::Anthropic, Dialect::OpenAiChat];

fn settings(change: impl FnOnce(&mut Policy, &mut Limits)) -> Arc<Settings> {
    let mut settings = Settings::default();
    settings.policy.level = Level::Off;
    settings.policy.stream_requests = true;
    change(&mut settings.policy, &mut settings.limits);
    Arc::new(settings)
}

fn pass(dialect: Dialect, body: &str) -> Passed {
    let passed = pass_request(dialect, &settings(|_, _| {}), [body.as_bytes()]);
    assert_eq!(String::from_utf8_lossy(&passed.bytes), body);
    passed
}

fn lengths(passed: &Passed) -> Vec<u64> {
    passed.blocks().into_iter().map(|(_, _, bytes)| bytes).collect()
}

fn reasons(passed: &Passed) -> Vec<Reason> {
    passed.notes.iter().filter_map(|note| note.result.err()).collect()
}

/// Texts in the cases tell what must become of them: an eligible one is `y` and dots, as many as no
/// other of its case, and all others are something else.
fn marked(body: &str) -> Vec<u64> {
    body.split('"').filter(|text| text.starts_with("y.")).map(|text| text.len() as u64).collect()
}

const ANTHROPIC: &[&str] = &[
    r#"[{"type":"tool_result","tool_use_id":"a","content":"y.."}]"#,
    r#"[{"tool_use_id":"a","type":"tool_result","content":"y..","is_error":true,"cache_control":{"type":"ephemeral"}}]"#,
    r#"[{"content":"y..","type":"tool_result","tool_use_id":"a"},{"type":"tool_result","content":"y..."}]"#,
    r#"[{"type":"tool_result","content":[{"type":"text","text":"y.."},{"text":"y...","type":"text"}]}]"#,
    r#"[{"content":[{"text":"y..","type":"text"},{"type":"text","text":"y..."},{"text":"no","type":"image"}],"type":"tool_result"}]"#,
    r#"[{"content":[{"type":"text","text":"no"}],"type":"document"},{"type":"tool_result","content":"y.."}]"#,
    r#"[{"type":"tool_result","content":[{"type":"image","source":{"type":"base64","data":"no"}},{"type":"text","text":"y.."}]}]"#,
    r#"[{"type":"tool_result","content":[{"type":"document","text":"no","source":{"type":"text","data":"no"}}]}]"#,
    r#"[{"type":"tool_result","content":[{"type":"search_result","content":[{"type":"text","text":"no"}]}]}]"#,
    r#"[{"type":"tool_result","content":[{"type":"tool_reference","text":"no"},{"text":"no"},"no",["no"],null]}]"#,
    r#"[{"type":"text","text":"no"},{"type":"thinking","thinking":"no","signature":"no"}]"#,
    r#"[{"type":"tool_use","id":"a","name":"b","input":{"content":"no","type":"tool_result","text":"no"}}]"#,
    r#"[{"type":"server_tool_use","content":"no"},{"type":"web_search_tool_result","content":"no"}]"#,
    r#"[{"type":"mcp_tool_result","content":[{"type":"text","text":"no"}]},{"type":"redacted_thinking","data":"no"}]"#,
    r#"[{"type":"compaction","content":"no"},{"type":"tool_results","content":"no"},{"content":"no"}]"#,
    r#"[[{"type":"tool_result","content":"no"}],{"x":{"type":"tool_result","content":"no"}}]"#,
    r#"[{"type":"tool_result","content":{"type":"text","text":"no"}}]"#,
    r#"[{"type":"tool_result","content":[[{"type":"text","text":"no"}]]}]"#,
    r#"[{"type":["tool_result"],"content":"no"},{"type":null,"content":"no"},{"type":1,"content":"no"}]"#,
    r#"[{"type":"tool_result","tool_use_id":7,"content":"no"},{"type":"tool_result","tool_use_id":null,"content":"y.."}]"#,
    r#"[{"type":"text","type":"tool_result","content":"no"},{"type":"tool_result","type":"text","content":"no"}]"#,
    r#"[{"content":"no","content":"no","type":"tool_result"},{"type":"tool_result","content":"no","content":"no"},{"type":"tool_result","tool_use_id":"a","content":"y..","content":"no"}]"#,
    r#"[{"type":"tool_result","content":[{"text":"no","text":"no","type":"text"},{"type":"text","text":"y.."}]}]"#,
    r#"[{"t\u0079pe":"tool\u005fresult","cont\u0065nt":"y.."},{"conten\u0000t":"no","type":"tool_result"}]"#,
    r#"[{"\u0063\u006f\u006e\u0074\u0065\u006e\u0074":"y..","type":"tool_result"}]"#,
    r#"[{"TYPE":"tool_result","content":"no"},{"type":"Tool_Result","content":"no"}]"#,
    r#""no""#,
    "[]",
    "{}",
    "null",
];

const OPENAI: &[&str] = &[
    r#"{"role":"tool","tool_call_id":"a","content":"y.."}"#,
    r#"{"content":"y..","tool_call_id":"a","role":"tool"},{"role":"tool","content":"y..."}"#,
    r#"{"role":"tool","content":[{"type":"text","text":"y.."},{"text":"y...","type":"text"}],"tool_call_id":"a"}"#,
    r#"{"content":[{"text":"no","type":"image_url"},{"text":"y..","type":"text"}],"role":"tool"}"#,
    r#"{"role":"function","name":"f","content":"y.."},{"content":"y...","role":"function","name":"f"}"#,
    r#"{"role":"tool","name":null,"tool_call_id":null,"tool_calls":null,"content":"y.."}"#,
    r#"{"role":"user","content":"no"},{"role":"system","content":"no"},{"role":"developer","content":"no"}"#,
    r#"{"role":"user","content":[{"type":"text","text":"no"}]},{"content":[{"type":"text","text":"no"}],"role":"user"}"#,
    r#"{"role":"assistant","content":"no","refusal":"no","tool_calls":[{"id":"a","function":{"name":"no","arguments":"no"}}]}"#,
    r#"{"content":"no"},{"role":7,"content":"no"},{"role":"tool","content":{"type":"text","text":"no"}}"#,
    r#"{"role":"tool","role":"user","content":"no"},{"content":"no","content":"no","role":"tool"}"#,
    r#"{"role":"tool","content":["no",{"text":"no"},{"type":"text","text":["no"]}]}"#,
    r#"{"role":"tool","tool_call_id":{},"content":"no"},["tool"],"tool",{"role":"tools","content":"no"}"#,
];

fn anthropic(content: &str) -> String {
    format!(r#"{{"model":"m","system":"no","messages":[{{"role":"user","content":{content}}}]}}"#)
}

fn openai(messages: &str) -> String {
    format!(r#"{{"messages":[{messages}],"tools":[{{"content":"no"}}],"model":"m"}}"#)
}

fn cases() -> impl Iterator<Item = (Dialect, String)> {
    let anthropic = ANTHROPIC.iter().map(|content| (Dialect::Anthropic, anthropic(content)));
    anthropic.chain(OPENAI.iter().map(|messages| (Dialect::OpenAiChat, openai(messages))))
}

#[test]
fn eligible_are_texts_of_tool_results_alone() {
    for (dialect, body) in cases() {
        assert_eq!(lengths(&pass(dialect, &body)), marked(&body), "{body}");
    }
}

#[test]
fn only_the_messages_of_the_root_count() {
    let result = r#"[{"role":"tool","content":[{"type":"tool_result","content":"no"}]}]"#;
    let text = r#"[{"role":"tool","content":"no"}]"#;
    for messages in [result, text] {
        for body in [
            format!(r#"{{"Messages":{messages}}}"#),
            format!(r#"{{"x":{{"messages":{messages}}}}}"#),
            format!(r#"[{{"messages":{messages}}}]"#),
            format!(r#"{{"messages":[],"messages":{messages}}}"#),
            format!(r#"{{"messages":[{messages}]}}"#),
            format!(r#"{{"messages":{{"messages":{messages}}}}}"#),
            messages.to_owned(),
        ] {
            for dialect in BOTH {
                assert_eq!(pass(dialect, &body).notes, [], "{body}");
            }
        }
    }
}

#[test]
fn cuts_and_modes_change_nothing() {
    for (dialect, body) in cases() {
        for (block, request) in [(1 << 20, 1 << 20), (90, 40), (0, 0)] {
            let settings = |stream| {
                settings(|policy, limits| {
                    policy.stream_requests = stream;
                    (limits.block, limits.request) = (block, request);
                })
            };
            let whole = pass_request(dialect, &settings(true), [body.as_bytes()]);
            assert_eq!(whole, pass_request(dialect, &settings(false), [body.as_bytes()]));
            let (streamed, held) = (settings(true), settings(false));
            for at in 0..=body.len() {
                let (front, back) = body.as_bytes().split_at(at);
                for settings in [&streamed, &held] {
                    assert_eq!(whole, pass_request(dialect, settings, [front, back]), "{body}");
                }
            }
        }
    }
}

#[test]
fn pairs_of_cuts_change_nothing() {
    let bodies = [
        (
            Dialect::Anthropic,
            r#"{"messages":[{"content":[{"content":"a\n\ud83d\ude00","type":"tool_result"}]}]}"#,
        ),
        (
            Dialect::OpenAiChat,
            r#"{"messages":[{"content":[{"text":"é\\","type":"text"}],"role":"tool"}]}"#,
        ),
    ];
    for (dialect, body) in bodies {
        let settings = settings(|_, _| {});
        let whole = pass_request(dialect, &settings, [body.as_bytes()]);
        assert_eq!(whole.blocks().len(), 1);
        cuts::all(body.as_bytes(), |pieces| {
            assert_eq!(whole, pass_request(dialect, &settings, pieces.iter().copied()));
        });
    }
}

#[test]
fn every_order_of_keys_gives_the_same_texts() {
    let members = [
        r#""type":"tool_result""#,
        r#""tool_use_id":"t1""#,
        r#""content":[{"text":"four","type":"text"},{"type":"text","text":"fives"}]"#,
        r#""is_error":false"#,
    ];
    let call = r#"{"input":{"x":[]},"name":"lookup","id":"t1","type":"tool_use"}"#;
    let mut orders = 0;
    permute(&mut members.to_vec(), 0, &mut |members| {
        orders += 1;
        let body = anthropic(&format!("[{call},{{{}}}]", members.join(",")));
        let tool = Some("lookup".to_owned());
        let expected = [(0, tool.clone(), 4), (0, tool, 5)];
        assert_eq!(pass(Dialect::Anthropic, &body).blocks(), expected, "{body}");
    });
    assert_eq!(orders, 24);
}

fn permute<T>(items: &mut Vec<T>, from: usize, check: &mut impl FnMut(&[T])) {
    if from == items.len() {
        return check(items);
    }
    for at in from..items.len() {
        items.swap(from, at);
        permute(items, from + 1, check);
        items.swap(from, at);
    }
}

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
        (call("b", "secret", "{}"), Reason::NoCodec),
        (call("a", "secret", "{}").replace("tool_use", "server_tool_use"), Reason::NoCodec),
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
fn what_waits_too_long_stays_and_is_counted() {
    let long = "x".repeat(500);
    let late = anthropic(&format!(
        r#"[{{"content":"{long}","type":"tool_result"}},{{"content":"short","type":"tool_result"}}]"#
    ));
    let early =
        anthropic(&format!(r#"[{{"type":"tool_result","tool_use_id":"a","content":"{long}"}}]"#));
    let parts = anthropic(&format!(
        r#"[{{"content":[{{"type":"text","text":"ab"}},{{"type":"text","text":"{long}"}},{{"type":"text","text":"abc"}}],"type":"tool_result"}}]"#
    ));
    let settings = settings(|_, limits| limits.block = 200);
    let pass = |body: &str| pass_request(Dialect::Anthropic, &settings, [body.as_bytes()]);
    let limited = |passed: &Passed| -> Vec<_> {
        passed.notes.iter().map(|n| (n.result == Err(Reason::Limit), n.bytes_in)).collect()
    };
    assert_eq!(limited(&pass(&late)), [(true, 500), (false, 5)]);
    assert_eq!(limited(&pass(&early)), [(false, 500)]);
    assert_eq!(limited(&pass(&parts)), [(true, 2), (true, 500), (false, 3)]);
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

#[test]
fn what_breaks_off_leaves_as_it_came() {
    for (dialect, body) in cases() {
        for end in 1..body.len() {
            let passed = pass_request(dialect, &settings(|_, _| {}), [&body.as_bytes()[..end]]);
            assert_eq!(passed.bytes, &body.as_bytes()[..end]);
            assert!(!passed.is_json(), "{}", &body[..end]);
        }
    }
    assert_eq!(pass(Dialect::Anthropic, "").notes, []);
}

#[test]
fn what_is_not_json_leaves_as_it_came() {
    let good = r#"{"messages":[{"role":"tool","content":"first"},{"role":"tool","content":"sec"#;
    for bad in ["\u{1}ond\"}]}", "\\x\"}]}", "ond\"]}", "\"}]}{}", "ond\"}]}x"] {
        let body = format!("{good}{bad}");
        let passed = pass(Dialect::OpenAiChat, &body);
        assert!(!passed.is_json(), "{body}");
        assert_eq!(passed.blocks()[0].2, 5, "what came before had left");
    }
    for body in ["\u{feff}{}", "plain text", "{'a':1}", "[", "\"", "1 2", "{\"a\":01}"] {
        let passed = pass(Dialect::Anthropic, body);
        assert_eq!(reasons(&passed), [Reason::Malformed], "{body}");
    }
    let invalid = b"{\"messages\":[{\"role\":\"tool\",\"content\":\"\xff\"}]}";
    let passed = pass_request(Dialect::OpenAiChat, &settings(|_, _| {}), [&invalid[..]]);
    assert_eq!(
        (passed.bytes.as_slice(), reasons(&passed)),
        (&invalid[..], vec![Reason::Malformed])
    );
    assert_eq!(passed.notes[0].bytes_in, 5, "the rest, from the byte that is wrong");
}

#[test]
fn hostile_nesting_passes() {
    let deep = 100_000;
    let item = r#"{"content":["#;
    for body in [
        "[".repeat(deep),
        r#"{"messages":"#.repeat(deep),
        format!(r#"{{"messages":[{}"#, item.repeat(deep)),
        format!(
            r#"{{"messages":[{{"content":[{}"#,
            r#"{"type":"tool_result","content":["#.repeat(deep)
        ),
        format!(r#"{{"messages":[{{"content":[{}{}]}}]}}"#, "[".repeat(deep), "]".repeat(deep)),
    ] {
        for dialect in BOTH {
            assert_eq!(reasons(&pass(dialect, &body)), [Reason::Malformed]);
        }
    }
    let keys: Vec<_> = (0..deep).map(|i| format!(r#""k{i}":{i}"#)).collect();
    let many = format!(r#"{{{},"messages":[{{"role":"tool","content":"x"}}]}}"#, keys.join(","));
    assert_eq!(lengths(&pass(Dialect::OpenAiChat, &many)), [1]);
}

#[test]
fn rewritten_texts_are_the_same_for_any_cuts() {
    let rows: Vec<_> = (0..200).map(|n| format!(r#"{{"name":"row {n}","open":true}}"#)).collect();
    let text = serde_json::to_string(&format!("[{}]", rows.join(","))).expect("a string is JSON");
    let early = format!(r#"{{"type":"tool_result","tool_use_id":"a","content":{text}}}"#);
    let late = format!(r#"{{"content":[{{"text":{text},"type":"text"}}],"type":"tool_result"}}"#);
    let body = anthropic(&format!("[{early},{late}]"));
    let rewriting = |stream| {
        settings(|policy, limits| {
            (policy.level, policy.stream_requests) = (Level::Lossless, stream);
            limits.request = 20_000;
        })
    };
    let whole = pass_request(Dialect::Anthropic, &rewriting(true), [body.as_bytes()]);
    assert!(whole.bytes.len() < body.len() / 2, "{} of {}", whole.bytes.len(), body.len());
    assert_eq!(reasons(&whole), []);
    let out: serde_json::Value = serde_json::from_slice(&whole.bytes).expect("JSON");
    let content = &out["messages"][0]["content"];
    assert_eq!(content[0]["content"], content[1]["content"][0]["text"]);
    cuts::random(body.as_bytes(), 3, 34, |pieces| {
        for settings in [rewriting(true), rewriting(false)] {
            let pieces = pieces.iter().copied();
            assert_eq!(whole, pass_request(Dialect::Anthropic, &settings, pieces));
        }
    });
    for end in (1..body.len()).step_by(97) {
        let passed = pass_request(Dialect::Anthropic, &rewriting(true), [&body.as_bytes()[..end]]);
        let equal = whole.bytes.iter().zip(&passed.bytes).take_while(|(a, b)| a == b).count();
        let broken = &passed.bytes[equal..];
        assert!(body[..end].as_bytes().ends_with(broken), "what breaks off is not rewritten");
    }
}

#[test]
fn facts_of_a_request() {
    let body = r#"{"messages":[{"role":"user"},{"role":"assistant"},"x",{"role":"user"}],"stream":true,"model":"m\u00e9"}"#;
    for dialect in BOTH {
        let facts = pass(dialect, body).facts;
        assert_eq!(facts.model.as_deref(), Some("mé"));
        assert_eq!((facts.stream, facts.messages, facts.last_assistant), (true, 4, Some(1)));
        let facts = pass(dialect, r#"{"stream":false,"model":7,"x":{"stream":true}}"#).facts;
        assert_eq!(facts, Default::default());
    }
}

#[test]
fn what_is_kept_lies_in_the_buffers_that_came() {
    #[derive(Default)]
    struct Kept(Vec<Bytes>);
    impl Sink for Kept {
        fn keep(&mut self, bytes: Bytes) {
            self.0.push(bytes);
        }
        fn put(&mut self, _: &[u8]) {
            panic!("nothing is new");
        }
    }
    let text = "word ".repeat(1_000);
    let late = format!(r#"{{"content":"{text}","type":"tool_result"}}"#);
    let body = anthropic(&format!(r#"[{{"type":"text","text":"{text}"}},{late},{late}]"#));
    for (stream, size) in [(true, body.len()), (true, 999), (false, body.len()), (false, 999)] {
        let chunks: Vec<_> = body.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
        let (mut steps, mut kept) = (Steps::new(), Kept::default());
        let settings = settings(|policy, _| policy.stream_requests = stream);
        let mut request = Request::new(Dialect::Anthropic, settings);
        chunks.iter().for_each(|chunk| request.write(chunk.clone(), &mut steps));
        request.finish(&mut steps);
        steps.run_into(&mut kept);
        assert_eq!(kept.0.concat(), body.as_bytes());
        for bytes in kept.0.iter().filter(|bytes| bytes.len() >= 256) {
            let inside = |chunk: &Bytes| chunk.as_ptr_range().contains(&bytes.as_ptr());
            assert!(chunks.iter().any(inside), "{} bytes were copied", bytes.len());
        }
    }
}

#[test]
fn nothing_eligible_leaves_in_the_chunks_that_came() {
    let body = anthropic(&format!(r#"[{{"type":"text","text":"{}"}}]"#, "x".repeat(5_000)));
    let (mut steps, mut count) = (Steps::new(), 0);
    let mut request = Request::new(Dialect::Anthropic, settings(|_, _| {}));
    for chunk in body.as_bytes().chunks(1_000).map(Bytes::copy_from_slice) {
        request.write(chunk.clone(), &mut steps);
        while let Some(step) = steps.pop() {
            let brevity::Step::Keep(bytes) = step else { panic!("{step:?}") };
            assert_eq!((bytes.as_ptr(), bytes.len()), (chunk.as_ptr(), chunk.len()));
            count += 1;
        }
    }
    assert_eq!(count, body.len().div_ceil(1_000));
}

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

/// JSON that is close to a request: its keys and values mean something somewhere.
fn near_request() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
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
        "é\\n",
    ]);
    let key = prop::sample::select(vec![
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
        "t\\u0079pe",
    ]);
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
    let item = prop_oneof![value.clone(), result];
    let content =
        prop::collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(",")));
    let message = (content, prop::sample::select(vec!["tool", "user", "function"]))
        .prop_map(|(content, role)| format!(r#"{{"content":{content},"role":"{role}"}}"#));
    let message = prop_oneof![message, value];
    prop::collection::vec(message, 0..4)
        .prop_map(|m| format!(r#"{{"messages":[{}]}}"#, m.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn near_requests_agree_with_the_oracle(body in near_request(), choice in 0..8_u8, size: u8) {
        envelope(&[&[choice, size], body.as_bytes()].concat());
    }

    #[test]
    fn broken_requests_leave_as_they_came(
        body in near_request(), choice in 0..8_u8, size: u8, at: prop::sample::Index, byte: u8,
    ) {
        let mut body = body.into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        envelope(&[&[choice, size], &body[..]].concat());
    }
}
