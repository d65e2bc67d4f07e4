//! Which strings are eligible, by hand.

use super::{
    ALL, anthropic, chat, lengths, messages, openai, openai_responses, pass, responses::ITEMS,
};
use brevity::Dialect;

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

pub(crate) fn cases() -> impl Iterator<Item = (Dialect, String)> {
    let contents = ANTHROPIC.iter().map(|&content| content.to_owned());
    let contents = contents.chain(messages::ITEMS.iter().map(|items| format!("[{items}]")));
    let said = OPENAI.iter().chain(chat::MESSAGES);
    let responses = ITEMS.iter().map(|item| (Dialect::OpenAiResponses, openai_responses(item)));
    contents
        .map(|content| (Dialect::Anthropic, anthropic(&content)))
        .chain(said.map(|messages| (Dialect::OpenAiChat, openai(messages))))
        .chain(responses)
}

/// Texts in the cases tell what must become of them: an eligible one is `y` and dots, as many as no
/// other of its case, and all others are something else.
pub(crate) fn marked(body: &str) -> Vec<u64> {
    body.split('"').filter(|text| text.starts_with("y.")).map(|text| text.len() as u64).collect()
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
            for dialect in ALL {
                assert_eq!(pass(dialect, &body).notes, [], "{body}");
            }
        }
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
fn facts_of_a_request() {
    let body = r#"{"messages":[{"role":"user"},{"role":"assistant"},"x",{"role":"user"}],"stream":true,"model":"m\u00e9"}"#;
    for dialect in [Dialect::Anthropic, Dialect::OpenAiChat] {
        let facts = pass(dialect, body).facts;
        assert_eq!(facts.model.as_deref(), Some("mé"));
        assert_eq!((facts.stream, facts.messages, facts.last_assistant), (true, 4, Some(1)));
        let facts = pass(dialect, r#"{"stream":false,"model":7,"x":{"stream":true}}"#).facts;
        assert_eq!(facts, Default::default());
    }
}
