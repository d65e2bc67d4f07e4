//! Messages that nobody wrote for this suite, against the oracle.

use brevity_tests::property::mcp;
use proptest::prelude::*;

const KEYS: &[&str] = &[
    "id",
    "method",
    "result",
    "params",
    "error",
    "content",
    "structuredContent",
    "isError",
    "_meta",
    "type",
    "text",
    "name",
    "tools",
    "outputSchema",
    "con\\u0074ent",
];

const VALUES: &[&str] = &[
    "1",
    "\"a\"",
    "\"1\"",
    "2.50",
    "null",
    "true",
    "\"text\"",
    "\"image\"",
    "\"\"",
    "\"tools/call\"",
    "\"two\\nlines \\u00e9\"",
    "[]",
    "{}",
];

/// A value, most often of the form that messages have.
fn value(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop::sample::select(VALUES).prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || value(depth - 1);
    let member = (prop::sample::select(KEYS), inner()).prop_map(|(k, v)| format!("\"{k}\":{v}"));
    let object = prop::collection::vec(member, 0..5).prop_map(|m| format!("{{{}}}", m.join(",")));
    let array = prop::collection::vec(inner(), 0..4).prop_map(|e| format!("[{}]", e.join(" , ")));
    prop_oneof![1 => leaf, 3 => object, 1 => array].boxed()
}

fn item() -> impl Strategy<Value = String> {
    let text =
        prop::sample::select(VALUES).prop_map(|v| format!("{{\"type\":\"text\",\"text\":{v}}}"));
    prop_oneof![2 => text, 1 => value(2)]
}

fn message() -> impl Strategy<Value = String> {
    let content = prop::collection::vec(item(), 0..4).prop_map(|i| format!("[{}]", i.join(",")));
    let result = (content, prop::option::weighted(0.3, value(1)), any::<bool>());
    let result = result.prop_map(|(content, more, first)| {
        let content = format!("\"content\":{content}");
        match more.map(|value| format!("\"structuredContent\":{value}")) {
            Some(more) if first => format!("{{{more},{content}}}"),
            Some(more) => format!("{{{content} ,{more}}}"),
            None => format!("{{{content}}}"),
        }
    });
    let id = prop::sample::select(VALUES);
    let plain =
        (id, result).prop_map(|(id, result)| format!("{{\"id\":{id},\"result\":{result}}}"));
    prop_oneof![3 => plain, 1 => value(4)]
}

proptest! {
    #[test]
    fn messages(
        choice in any::<u8>(),
        size in 0..40_u8,
        messages in prop::collection::vec(message(), 1..4),
        form in 0..4,
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut stream = match form {
            0 => messages[0].clone(),
            1 => format!("[{}]", messages.join(",\n")),
            2 => messages.join("\n"),
            _ => messages.iter().map(|m| format!("id: 1\r\ndata: {m}\r\n\r\n")).collect(),
        }
        .into_bytes();
        if let Some(cut) = cut {
            stream.remove(cut.index(stream.len()));
        }
        mcp(&[&[choice, size], &stream[..]].concat());
    }

    #[test]
    fn bytes(data in prop::collection::vec(prop::sample::select(&b"{}[]:,\"\\\r\n dat1x\xff"[..]), 0..60)) {
        mcp(&data);
    }
}
