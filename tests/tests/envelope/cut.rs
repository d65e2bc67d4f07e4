//! Cuts and modes change nothing.

use super::{anthropic, eligible::cases, reasons, settings};
use brevity::{Dialect, Level};
use brevity_tests::{cuts, property::pass_request};

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
        (
            Dialect::OpenAiResponses,
            r#"{"input":[{"output":[{"stdout":"é\n"}],"type":"shell_call_output"}]}"#,
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
fn rewritten_texts_are_the_same_for_any_cuts() {
    let rows: Vec<_> = (0..200).map(|n| format!(r#"{{"name":"row {n}","open":true}}"#)).collect();
    let text = serde_json::to_string(&format!("[{}]", rows.join(","))).expect("a string is JSON");
    let early = format!(r#"{{"type":"tool_result","tool_use_id":"a","content":{text}}}"#);
    // Other text, so that nothing came before.
    let other = text.replace("row", "line");
    let late = format!(
        r#"{{"content":[{{"text":{other},"type":"text"}}],"type":"tool_result","tool_use_id":"a"}}"#
    );
    let call = r#"{"type":"tool_use","id":"a","name":"lookup","input":{}}"#;
    let body = anthropic(&format!("[{call},{early},{late}]"));
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
    let late = content[2]["content"][0]["text"].as_str().expect("text");
    assert_eq!(content[1]["content"], late.replace("line ", "row "));
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
        assert!(body.as_bytes()[..end].ends_with(broken), "what breaks off is not rewritten");
    }
}
