//! What is not rewritten leaves as the client's own bytes, in the client's own buffers, and what
//! agents read of files they can quote back.

use brevity::{Dialect, Reason, Settings};
use brevity_tests::{
    body::children,
    corpus,
    generate::conversation::{Client, Conversation, Shape},
    run,
};
use bytes::Bytes;

const AWKWARD: &str = r#" {"model":"m" , "messages":[ {"role":"user","content":"😀 1.0 \/ \u00e9 \ud800 \u0000"},
  {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{}}]},
  {"type":"text","text":"[{\"a\":1}]"}]},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"x",
  "input":{"n":12345678901234567,"m":1e400,"k":123456789012345678901234567890,"k":1.10}}]}],"system":[],"tools":[] } "#;

#[test]
fn a_request_with_nothing_eligible_leaves_from_the_same_buffers() {
    let bom = format!("\u{feff}{AWKWARD}");
    for text in [AWKWARD, &bom, "", "{", "null", "not JSON at all", r#"{"messages":[{"#] {
        for len in [1, 17, 300, 100_000] {
            let chunks: Vec<Bytes> = run::chunks(text.as_bytes(), len).collect();
            let (out, _) =
                run::request(&Settings::default(), Dialect::Anthropic, chunks.clone().into_iter());
            assert_eq!(out.bytes, text.as_bytes());
            let came_in = |slice: &Bytes| {
                chunks.iter().any(|chunk| chunk.as_ptr_range().contains(&slice.as_ptr()))
            };
            // Small chunks may be joined; what came in one piece stays where it is.
            let large = out.kept.iter().filter(|slice| slice.len() >= 256 && len >= 256);
            large.for_each(|slice| assert!(came_in(slice), "a slice was copied"));
        }
    }
}

/// What an agent quotes in an edit: some lines of a numbered view, without the numbers.
#[test]
fn two_hundred_edits_match_the_file() {
    let mut edits = 0;
    for seed in 0.. {
        let shape = Shape::of(Client::ClaudeCode);
        let conversation = Conversation::generate(seed, 20);
        let body = conversation.body(20, shape);
        let (out, _) =
            run::request(&Settings::default(), Dialect::Anthropic, run::chunks(&body, 4_096));
        let [sources, shown] = [&body, &out.bytes].map(|body| corpus::tool_results(body));
        assert!(out.rewritten() > 0);
        for (source, shown) in sources.iter().zip(&shown) {
            let Some(lines) = numbered(source) else { continue };
            let quoted = numbered(shown).expect("a file view lost its numbers");
            for (at, window) in quoted.windows(3).enumerate().step_by(7) {
                assert!(
                    lines.join("\n").contains(&window.join("\n")),
                    "line {at} is not the file's"
                );
                edits += 1;
            }
        }
        if edits >= 200 {
            break;
        }
    }
}

fn numbered(view: &str) -> Option<Vec<&str>> {
    let lines = view.lines().map(|line| {
        let (number, text) = line.split_once('\t')?;
        number.trim().parse::<u32>().ok().map(|_| text)
    });
    lines.collect::<Option<Vec<_>>>().filter(|lines| lines.len() > 3)
}

/// The corpus's own edits: what they quote stands in what the model was shown before.
#[test]
fn corpus_edits_quote_what_was_shown() {
    let Some(files) = corpus::files("agent") else { return };
    let mut edits = 0;
    for (name, body) in files.iter().filter(|(name, _)| name.starts_with("session")) {
        let (out, _) =
            run::request(&Settings::default(), Dialect::Anthropic, run::chunks(body, 65_536));
        let [before, after] = [body, &out.bytes].map(|body| shown_lines(body));
        for old in old_strings(body) {
            for line in old.lines().filter(|line| !line.trim().is_empty()) {
                let is_in = |lines: &[String]| lines.iter().any(|shown| shown.ends_with(line));
                assert_eq!(is_in(&before), is_in(&after), "{name}: {line}");
                edits += usize::from(is_in(&after));
            }
        }
        let reads = out.outcomes.iter().filter(|o| o.result == Err(Reason::FileRead)).count();
        assert!(reads > 0, "{name} reads no file");
    }
    println!("{edits} quoted lines found");
    assert!(edits > 0);
}

fn shown_lines(body: &[u8]) -> Vec<String> {
    let results = corpus::tool_results(body);
    results.iter().flat_map(|text| text.lines().map(str::to_owned)).collect()
}

fn old_strings(body: &[u8]) -> Vec<String> {
    let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
    let mut found = Vec::new();
    let mut left = vec![&body];
    while let Some(value) = left.pop() {
        if let Some(old) = value.get("old_string").and_then(|old| old.as_str()) {
            found.push(old.to_owned());
        }
        match value {
            serde_json::Value::Array(items) => left.extend(items),
            serde_json::Value::Object(members) => left.extend(members.values()),
            _ => {}
        }
    }
    found
}

#[test]
fn the_body_splitter_keeps_text() {
    assert_eq!(
        children(r#" {"a" : [1, 2] , "b":"x,y"} "#),
        [("a".into(), "[1, 2]".into()), ("b".into(), "\"x,y\"".into())]
    );
    assert_eq!(children("[]"), []);
}
