//! Each type of content and of message that the specification has, by hand.

use super::{Between, answer, call, rows};
use brevity::{McpCarrier, Reason, ToolRules};

/// The length of each eligible text, and a content. Texts that are not eligible say `no`.
const CONTENT: &[(&[u64], &str)] = &[
    (&[3], r#"{"type":"text","text":"y.."}"#),
    (&[3], r#"{ "text" : "y.." , "type" : "text" }"#),
    (
        &[3],
        r#"{"annotations":{"audience":["user"],"priority":1},"text":"y..","type":"text","_meta":{"text":"no","type":"no"}}"#,
    ),
    (
        &[3, 4],
        r#"{"type":"text","text":"y.."},{"type":"image","data":"no","mimeType":"image/png"},{"type":"text","text":"y..."}"#,
    ),
    (&[3], r#"{"t\u0079pe":"te\u0078t","te\u0078t":"y.."}"#),
    // Other types of content.
    (&[], r#"{"type":"image","data":"no","mimeType":"image/png","text":"no"}"#),
    (&[], r#"{"type":"audio","data":"no","mimeType":"audio/wav","text":"no"}"#),
    (
        &[],
        r#"{"type":"resource","resource":{"uri":"file:///no","mimeType":"text/plain","text":"no","type":"text"}}"#,
    ),
    (&[], r#"{"type":"resource","resource":{"uri":"file:///no","blob":"no"}}"#),
    (
        &[],
        r#"{"type":"resource_link","uri":"file:///no","name":"no","description":"no","text":"no"}"#,
    ),
    (&[], r#"{"type":"tool_use","id":"no","name":"no","input":{"text":"no"}}"#),
    (&[], r#"{"type":"tool_result","toolUseId":"no","content":[{"type":"text","text":"no"}]}"#),
    (&[], r#"{"type":"other","text":"no"}"#),
    (&[], r#"{"type":"Text","text":"no"}"#),
    // What is not as the specification says.
    (&[], r#"{"text":"no"}"#),
    (&[], r#"{"type":null,"text":"no"},{"type":["text"],"text":"no"},{"type":1,"text":"no"}"#),
    (
        &[],
        r#"{"type":"text","text":["no"]},{"type":"text","text":{"text":"no"}},{"type":"text","text":7}"#,
    ),
    (&[], r#"{"type":"text"},{"type":"text","text":""}"#),
    (&[], r#""no",["no",{"type":"text","text":"no"}],null,7,true"#),
    (&[], r#"{"type":"text","text":"no","text":"no"}"#),
    (&[], r#"{"type":"image","type":"text","text":"no"}"#),
];

#[test]
fn types_of_content() {
    for (lengths, content) in CONTENT {
        let spaced = answer(content).replace("\":", "\" :\n\t").replace(",\"", " , \"");
        for body in [answer(content), spaced] {
            let mut between = Between::counting();
            between.call("1", "list");
            let expected: Vec<_> = lengths.iter().map(|len| (*len, Reason::Off)).collect();
            assert_eq!(between.stays(&body), expected, "{body}");
        }
    }
}

/// The members of each object in every order; and what else a result may hold.
#[test]
fn orders_of_keys() {
    let content = r#""content":[{"type":"text","text":"y.."}]"#;
    let orders = |members: [&str; 3]| {
        let [a, b, c] = members;
        [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]].map(|m| m.join(","))
    };
    for result in orders([content, r#""isError":true"#, r#""_meta":{"content":[]}"#]) {
        let result = format!(r#""result":{{{result}}}"#);
        for message in orders([r#""jsonrpc":"2.0""#, r#""id":1"#, &result]) {
            let mut between = Between::counting();
            between.call("1", "list");
            assert_eq!(between.stays(&format!("{{{message}}}")), [(3, Reason::Off)], "{message}");
        }
    }
    let structured = r#""structuredContent":{"text":"no"}"#;
    for result in orders([content, structured, r#""isError":false"#]) {
        let mut between = Between::counting();
        between.call("1", "list");
        let body = format!(r#"{{"result":{{{result}}},"id":1}}"#);
        assert_eq!(between.stays(&body), [(3, Reason::Structured)]);
    }
}

#[test]
fn other_messages_are_not_looked_at() {
    let item = r#"{"type":"text","text":"no"}"#;
    for body in [
        // Requests and notifications of the server.
        format!(r#"{{"id":1,"method":"sampling/createMessage","params":{{"content":[{item}]}}}}"#),
        format!(r#"{{"id":1,"method":"tools/call","result":{{"content":[{item}]}}}}"#),
        format!(
            r#"{{"method":"notifications/message","params":{{"data":{item},"content":[{item}]}}}}"#
        ),
        format!(r#"{{"id":1,"method":7,"result":{{"content":[{item}]}}}}"#),
        // Answers to other requests.
        format!(r#"{{"id":1,"result":{{"contents":[{item}]}}}}"#),
        format!(r#"{{"id":1,"result":{{"messages":[{{"role":"user","content":{item}}}]}}}}"#),
        format!(r#"{{"id":1,"result":{{"content":{item}}}}}"#),
        format!(r#"{{"id":1,"error":{{"code":1,"message":"no","data":{{"content":[{item}]}}}}}}"#),
        format!(r#"{{"id":1,"result":[{item}]}}"#),
        format!(r#"{{"id":1,"content":[{item}]}}"#),
        format!(r#"{{"id":null,"result":{{"content":[{item}]}}}}"#),
        format!(r#"{{"result":{{"content":[{item}]}}}}"#),
        // Keys that come twice.
        format!(r#"{{"id":1,"id":1,"result":{{"content":[{item}]}}}}"#),
        format!(r#"{{"id":1,"result":{{"content":[],"content":[{item}]}}}}"#),
        format!(r#"{{"id":1,"result":{{}},"result":{{"content":[{item}]}}}}"#),
        // No message at all.
        format!("[[{}]]", answer(item)),
        item.to_owned(),
        format!("[{item}]"),
        "7".to_owned(),
        "\"no\"".to_owned(),
        " \n".to_owned(),
        String::new(),
    ] {
        let mut between = Between::counting();
        between.call("1", "list");
        assert_eq!(between.stays(&body), [], "{body}");
    }
}

#[test]
fn a_batch_is_so_many_messages() {
    let mut between = Between::counting();
    let calls = [call("1", "list", "{}"), call("\"b\"", "read_file", "{}"), call("3", "x", "{}")];
    between.ask_in("", &format!("[ {} ]", calls.join(",")));
    let text = |id: &str, text: &str| {
        format!(r#"{{"id":{id},"result":{{"content":[{{"type":"text","text":"{text}"}}]}}}}"#)
    };
    let body = format!("[{},7,{},{}]", text("3", "y"), text("1", "y."), text("\"b\"", "y.."));
    let off = Reason::Off;
    assert_eq!(between.stays(&body), [(1, off), (2, off), (3, off)]);
    let passed = between.answer(McpCarrier::Whole, [body.as_bytes()]);
    let tools: Vec<_> = passed.notes.iter().map(|note| note.place.tool.as_deref()).collect();
    assert_eq!(tools, [Some("x"), Some("list"), Some("read_file")]);
}

#[test]
fn the_call_tells_the_tool() {
    let mut between = Between::with(|settings| {
        settings.policy.tools = ToolRules::default().exclude("secret*");
    });
    let small = Reason::Small;
    for (request, expected) in [
        (call("1", "list", "{}"), small),
        (call("1", "read_text_file", "{}"), Reason::FileRead),
        (call("1", "secrets", "{}"), Reason::Excluded),
        (call("1", "shell", r#"{"timeout":1,"command":"ls"}"#), small),
        (call("1", "shell", r#"{"command":["cat","x.rs"]}"#), Reason::FileRead),
        (call("1", "shell", "{}"), Reason::FileRead),
        // What is not known may show a file.
        (call("\"1\"", "list", "{}"), Reason::FileRead),
        (call("1.0", "list", "{}"), Reason::FileRead),
        (call("null", "list", "{}"), Reason::FileRead),
        (call("1", "list", "{}").replace("tools/call", "tasks/result"), Reason::FileRead),
        (call("1", "list", "{}").replace("\"id\"", "\"ID\""), Reason::FileRead),
        (call("1", "list", "{}").replace("\"name\"", "\"name\":\"a\",\"name\""), Reason::FileRead),
        (call("1", "list", "{}").replace("}}}", "}}"), Reason::FileRead),
    ] {
        let forget = call("1", "no", "{}").replace("tools/call", "ping");
        between.ask_in("", &forget);
        between.ask_in("", &request);
        let body = answer(r#"{"type":"text","text":"x"}"#);
        assert_eq!(between.stays(&body), [(1, expected)], "{request}");
    }
}

#[test]
fn scopes_are_apart() {
    let mut between = Between::counting();
    between.ask_in("a", &call("1", "list", "{}"));
    let body = answer(r#"{"type":"text","text":"x"}"#);
    for (scope, tool) in [("a", Some("list")), ("b", None), ("", None)] {
        let passed = between.answer_in(scope, McpCarrier::Whole, [body.as_bytes()]);
        assert_eq!(passed.notes[0].place.tool.as_deref(), tool);
    }
}

#[test]
fn tools_with_an_output_schema_are_left_alone() {
    let mut between = Between::counting();
    let tools = r#"{"id":0,"result":{"tools":[{"name":"plain","inputSchema":{"outputSchema":{}}},{"outputSchema":{"type":"object"},"name":"typed"}]}}"#;
    assert_eq!(between.stays(tools), []);
    let body = answer(r#"{"type":"text","text":"x"}"#);
    for (tool, reason) in [("plain", Reason::Off), ("typed", Reason::Structured)] {
        between.call("1", tool);
        assert_eq!(between.stays(&body), [(1, reason)], "{tool}");
    }
}

/// Nobody can tell which of its names such a tool has.
#[test]
fn each_name_of_a_tool_with_an_output_schema_counts() {
    let mut between = Between::counting();
    let tools = r#"{"id":0,"result":{"tools":[{"name":"a","outputSchema":{},"name":"b"},{"name":"c","name":"d"}]}}"#;
    assert_eq!(between.stays(tools), []);
    let body = answer(r#"{"type":"text","text":"x"}"#);
    for (tool, reason) in [
        ("a", Reason::Structured),
        ("b", Reason::Structured),
        ("c", Reason::Off),
        ("d", Reason::Off),
    ] {
        between.call("1", tool);
        assert_eq!(between.stays(&body), [(1, reason)], "{tool}");
    }
}

#[test]
fn what_a_tool_gave_is_no_list_of_tools() {
    let tools = r#"{"id":7,"result":{"tools":[{"name":"list","outputSchema":{}}]}}"#;
    let request = tools.replace("\"id\"", "\"method\":\"x\",\"id\"");
    let body = answer(r#"{"type":"text","text":"x"}"#);
    let reason = |between: &mut Between| {
        between.call("1", "list");
        between.stays(&body)
    };
    let mut between = Between::counting();
    between.call("7", "any");
    assert_eq!(between.stays(tools), []);
    assert_eq!(between.stays(&request), []);
    assert_eq!(reason(&mut between), [(1, Reason::Off)]);
    // The same id, for another request.
    between.ask_in("", r#"{"id":7,"method":"tools/list"}"#);
    assert_eq!(between.stays(tools), []);
    assert_eq!(reason(&mut between), [(1, Reason::Structured)]);
}

#[test]
fn a_clients_own_settings_say_how_results_are_treated() {
    let mut between = Between::with(|_| {});
    let mut settings = (*between.settings).clone();
    settings.policy.tools = ToolRules::default().exclude("list");
    let configured = std::mem::replace(&mut between.settings, settings.into());
    between.call("1", "list");
    between.settings = configured;
    between.call("2", "list");
    let first = answer(r#"{"type":"text","text":"x"}"#);
    assert_eq!(between.stays(&first), [(1, Reason::Excluded)]);
    assert_eq!(between.stays(&first.replace(":1,", ":2,")), [(1, Reason::Small)]);
}

#[test]
fn texts_are_rewritten_where_they_stand_and_come_back() {
    let item = format!(r#"{{"type":"text","text":"{}"}}"#, rows());
    let others: Vec<_> = CONTENT.iter().map(|(_, content)| *content).collect();
    let content = format!("{},{item},{},{item}", others.join(","), others.join(" ,"));
    let mut between = Between::with(|_| {});
    between.call("1", "list");
    let body = answer(&content);
    let passed = between.answer(McpCarrier::Whole, [body.as_bytes()]);
    let short = String::from_utf8(passed.bytes).expect("UTF-8");
    assert!(short.len() < body.len() * 3 / 4, "{} {}", short.len(), body.len());
    assert_eq!(String::from_utf8_lossy(&brevity::expand(short.as_bytes())), body);
    // What stands around the two texts is what stood there.
    for piece in body.split(&rows()) {
        assert!(short.contains(piece));
    }
}
