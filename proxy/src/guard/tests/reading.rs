//! Which bodies have the same digests.

use super::super::{Prompt, canon::Digest, conversation, prompt::first_message};
use super::talk::{ALL, Turn, guard, read, turn};
use brevity::{Dialect, Limits, walk::json::JsonErrorKind};
use bytes::Bytes;

fn first(dialect: Dialect, body: &str) -> Option<Digest> {
    first_message(dialect, &[Bytes::copy_from_slice(body.as_bytes())], 64)
}

const FULL: &str = r#"{ "model" : "m", "tools": [ {"name":"read","input_schema":{"type":"object","properties":{"name":{"type":"string"}}},"cache_control":{"type":"ephemeral"}},
  {"cache_control":{"a":[{"b":1}]},"name":"wri\u0074e"}, {"defer_loading":true,"name":"later"} ],
 "system":[{"type":"text","text":"x-anthropic-billing-header: cch=1;"},{"type":"text","text":"be\nbrief é","cache_control":{"type":"ephemeral"}}],
 "metadata":{"system":"no","n":[1, -2.5e3, null,true]},
 "messages":[{"role":"user","content":[{"type":"text","text":"hi \"there\"","cache_control" : {"type":"ephemeral"}}]},
   {"content":[{"type":"tool_use","input":{"n":[1, 22,333],"e":{},"f":[]}}],"role":"assistant"},
   {"role":"user","content":[{"type":"tool_result","content":"out","is_error":false}]} ],
 "max_tokens":12, "messages":[{"role":"user","content":"a second time"}], "stream":true}"#;

#[test]
fn all_cuts_give_the_same() {
    let body = FULL.replace("\\n", "\\\\n");
    let responses = turn("u0 a1 t2").of(Dialect::OpenAiResponses).body();
    for (dialect, body) in [(Dialect::Anthropic, &body), (Dialect::OpenAiResponses, &responses)] {
        let whole = read(dialect, body);
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        for cut in 0..bytes.len() {
            let slices = [bytes.slice(..cut), Bytes::new(), bytes.slice(cut..)];
            assert_eq!(Prompt::read(dialect, &slices, 64).as_ref(), Ok(&whole), "at {cut}");
            assert_eq!(first_message(dialect, &slices, 64), Some(whole.messages[0].digest));
        }
        let single: Vec<_> = (0..bytes.len()).map(|at| bytes.slice(at..at + 1)).collect();
        assert_eq!(Prompt::read(dialect, &single, 64).as_ref(), Ok(&whole));
    }
}

#[test]
fn what_is_read() {
    let prompt = read(Dialect::Anthropic, FULL);
    let names: Vec<_> = prompt.tools.iter().map(|tool| tool.name.as_deref()).collect();
    assert_eq!(names, [Some("read"), Some("write")]);
    let answers: Vec<_> = prompt.messages.iter().map(|message| message.is_answer).collect();
    assert_eq!(answers, [false, true, false]);
    assert!(prompt.system.is_some());
}

/// Pairs of values of a message, and whether the model sees the same.
#[test]
fn what_makes_a_digest() {
    let mark = r#""cache_control":{"x":["cache_control",{"cache_control":1}]}"#;
    let with = |text: &str| text.replace('@', mark);
    for (one, other, same) in [
        (r#"{"a":1}"#, "{ \"a\" :\n1\t}", true),
        (r#"{"a":1,"b":2}"#, r#"{"a":1,@,"b":2}"#, true),
        (r#"{"a":1,"b":2}"#, r#"{@, "a":1,"b":2}"#, true),
        (r#"{"a":1,"b":2}"#, r#"{@,@,"a":1,"b":2,@}"#, true),
        (r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2 , @, @ }"#, true),
        (r#"{"a":{}}"#, r#"{"a":{@}}"#, true),
        (r#"{"a":[{},{"b":1}]}"#, r#"{"a":[{@,@},{@,"b":1}],@}"#, true),
        (r#"{"a":1}"#, r#"{"a":1,"cache\u005fcontrol":null}"#, true),
        (r#"{"a":1}"#, r#"{"cache_control":7,"a":1,"cache_control":"x","cache_control":[]}"#, true),
        (r#"{"content":"x"}"#, r#"{"content":[{"type":"text","text":"x",@}]}"#, true),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, false),
        (r#"{"a":[1,2]}"#, r#"{"a":[12]}"#, false),
        (r#"{"a":[1,2]}"#, r#"{"a":[[1],2]}"#, false),
        (r#"{"a":" x"}"#, r#"{"a":"x"}"#, false),
        (r#"{"a":1}"#, r#"{"a":1,"cache_controls":2}"#, false),
        (r#"{"a":"cache_control"}"#, r#"{"a":""}"#, false),
        (r#"{"a":["cache_control",1]}"#, r#"{"a":[1]}"#, false),
        (r#"{"content":"x"}"#, r#"{"content":[{"type":"text","text":"x"},{}]}"#, false),
        (r#""x""#, r#""y""#, false),
    ] {
        let digest = |value: &str| {
            let body = format!(r#"{{"messages":[{value}]}}"#);
            let prompt = read(Dialect::Anthropic, &body);
            assert_eq!(first(Dialect::Anthropic, &body), Some(prompt.messages[0].digest));
            prompt.messages[0].digest
        };
        assert_eq!(digest(one) == digest(&with(other)), same, "{one} and {other}");
    }
}

#[test]
fn a_long_key_and_a_long_text() {
    let long = "k".repeat(100_000);
    let body = |key: &str| {
        format!(r#"{{"{long}":1,"messages":[{{"{key}":1,"role":"assistant","name":"{long}"}}]}}"#)
    };
    let [one, other] = [body(&long), body(&long[1..])].map(|b| read(Dialect::Anthropic, &b));
    assert!(one.messages[0].is_answer && other.messages[0].is_answer);
    assert_ne!(one, other);
}

#[test]
fn keys_in_any_order() {
    for dialect in ALL {
        let body = turn("u0 a1 t2").of(dialect).body();
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        let members: Vec<_> = value.as_object().unwrap().iter().collect();
        let expected = read(dialect, &body_of(&members));
        for by in 0..members.len() {
            let mut turned = members.clone();
            turned.rotate_left(by);
            for members in [turned.clone(), turned.into_iter().rev().collect()] {
                let body = body_of(&members);
                assert_eq!(read(dialect, &body), expected, "{body}");
                assert_eq!(first(dialect, &body), Some(expected.messages[0].digest));
            }
        }
        assert!(expected.system.is_some() && expected.tools.len() == 3);
    }
}

fn body_of(members: &[(&String, &serde_json::Value)]) -> String {
    let members: Vec<_> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

#[test]
fn the_first_message_is_the_same_in_all_turns() {
    for dialect in ALL {
        let digest = |turn: Turn| first(dialect, &turn.of(dialect).body());
        let expected = digest(turn("u0"));
        assert!(expected.is_some());
        let mut marked = turn("u0 a1 u2");
        marked.mark = Some(0);
        assert_eq!(digest(marked), expected);
        assert_eq!(digest(turn("u0 a1 u2").system("else").tools("")), expected);
        assert_ne!(digest(turn("ux a1 u2")), expected);
    }
}

#[test]
fn what_stands_behind_the_first_message_is_not_read() {
    let start = r#"{"messages":[{"role":"user","content":"hi"},"#;
    assert!(first(Dialect::Anthropic, start).is_some());
    assert_eq!(
        first(Dialect::Anthropic, start),
        first(Dialect::Anthropic, &format!("{start}}}}}"))
    );
    assert_eq!(first(Dialect::Anthropic, &start[..start.len() - 3]), None);
}

#[test]
fn messages_in_front_may_be_the_system_prompt() {
    let body = |system: &str| {
        format!(
            r#"{{"input":[{{"role":"developer","content":"{system}"}},{{"role":"user","content":"hi"}},{{"role":"developer","content":"x"}}]}}"#
        )
    };
    let [one, other] = [body("a"), body("b")].map(|b| read(Dialect::OpenAiResponses, &b));
    assert_eq!((one.leading, one.messages.len()), (1, 2));
    assert_eq!(one.messages, other.messages);
    assert_ne!(one.system, other.system);
    let text = read(Dialect::OpenAiResponses, r#"{"input":"hi","prompt_cache_key":"k"}"#);
    assert_eq!((text.messages.len(), text.cache_key.is_some()), (1, true));
}

#[test]
fn attribution_and_form_of_the_system_prompt() {
    let system = |value: &str| {
        let body = format!(r#"{{"system":{value},"messages":["hi"]}}"#);
        read(Dialect::Anthropic, &body).system
    };
    let attributed = |text: &str, rest: &str| {
        system(&format!(r#"[{{"type":"text","text":"{text}"}},{{"type":"text","text":"{rest}"}}]"#))
    };
    let plain = system(r#""be brief""#);
    assert!(plain.is_some());
    for nonce in ["x-anthropic-billing-header: cch=1;", "x-anthropic-billing-header: cch=22;"] {
        assert_eq!(attributed(nonce, "be brief"), plain);
    }
    assert_ne!(attributed("be brief", "x-anthropic-billing-header: cch=1;"), plain);
    assert_ne!(attributed("be", "brief"), plain);
    assert_eq!(system("null"), None);
    assert_eq!(system("[]"), None);
    assert_eq!(system(r#"{"a":[["x"]],"b":"y"}"#), None);
}

#[test]
fn no_body_is_too_odd() {
    let guard = guard();
    let deep = format!(r#"{{"messages":[{}"#, "[".repeat(200_000));
    for body in ["", " ", "<html>", "{", "{\"messages\":[{\"a\":", "\u{feff}{}", &deep] {
        assert_eq!(guard.watch(Dialect::Anthropic, None, &[Bytes::from(body.to_string())]), []);
    }
    assert_eq!(guard.counts().unread, 7);
    for odd in ["1", "null", "[]", "[[[1]]]", "[{}]", "{}", "\"\"", "[\"x\",1,null,[],{\"a\":[]}]"]
    {
        for key in ["messages", "input", "tools", "system", "instructions", "prompt_cache_key"] {
            let body = format!(r#"{{"{key}":{odd},"b":{odd},"{key}":[{odd}]}}"#);
            for (dialect, body) in ALL.iter().flat_map(|d| [(*d, body.as_str()), (*d, odd)]) {
                read(dialect, body);
                first(dialect, body);
            }
        }
    }
    let depth = Limits::default().json_depth;
    let error = Prompt::read(Dialect::Anthropic, &[Bytes::from(deep)], depth).unwrap_err();
    assert_eq!(error.kind, JsonErrorKind::DepthLimit);
}

#[test]
fn a_kept_history_has_no_first_message() {
    let of = |more: &str| {
        let body = format!(r#"{{"input":[{{"role":"user","content":"x"}}]{more}}}"#);
        conversation(Dialect::OpenAiResponses, &[body.into()], 64)
    };
    let whole = of("");
    assert!(whole.is_some());
    for null in [r#","previous_response_id":null"#, r#","conversation":null,"store":true"#] {
        assert_eq!(of(null), whole, "{null}");
    }
    for kept in [
        r#","previous_response_id":"resp_1""#,
        r#","conversation":"conv_1""#,
        r#","conversation":{"id":"conv_1"}"#,
        r#","previous_response_id":null,"conversation":"conv_1""#,
    ] {
        assert_eq!(of(kept), None, "{kept}");
    }
}
