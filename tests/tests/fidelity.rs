//! What is not rewritten leaves as the client's own bytes, in the client's own buffers, and what
//! agents read of files they can quote back.

use brevity::{Dialect, Settings};
use brevity_tests::{
    body::children,
    corpus,
    generate::conversation::{Client, Conversation, Shape},
    run,
};
use bytes::Bytes;
use std::collections::BTreeSet;

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

/// What an agent quotes in an edit: some lines of a numbered view, without the numbers. Every line of
/// a file that was read must stand somewhere in what the model is shown of `body`, up to there, and
/// what is shown must be the file's. Gives the number of edits tried.
fn edits(name: &str, body: &[u8]) -> usize {
    let (out, _) =
        run::request(&Settings::default(), Dialect::Anthropic, run::chunks(body, 65_536));
    let [files, shown] = [body, &out.bytes].map(corpus::tool_results);
    let mut standing = BTreeSet::new();
    let mut edits = 0;
    for (file, shown) in files.iter().zip(&shown) {
        standing.extend(shown.lines().map(without_number));
        let Some(file) = numbered(file) else { continue };
        let lost = file.iter().find(|line| !standing.contains(*line));
        assert_eq!(lost, None, "{name}: a line of a file stands nowhere");
        for run in shown.split("[same as ") {
            let lines: Vec<_> = run.lines().filter_map(number_and_text).collect();
            for quoted in lines.windows(3).step_by(7) {
                let quoted: Vec<_> = quoted.iter().map(|(_, text)| *text).collect();
                let is_found = file.windows(3).any(|window| window == quoted);
                assert!(is_found, "{name}: {quoted:?} is not the file's");
                edits += 1;
            }
        }
    }
    edits
}

/// A line's text, without the number of a view.
fn without_number(line: &str) -> &str {
    number_and_text(line).map_or(line, |(_, text)| text)
}

fn number_and_text(line: &str) -> Option<(u32, &str)> {
    let (number, text) = line.split_once('\t')?;
    Some((number.trim().parse().ok()?, text))
}

fn numbered(view: &str) -> Option<Vec<&str>> {
    let lines = view.lines().map(|line| number_and_text(line).map(|(_, text)| text));
    lines.collect::<Option<Vec<_>>>().filter(|lines| lines.len() > 3)
}

#[test]
fn two_hundred_edits_match_the_file() {
    let shape = Shape::of(Client::ClaudeCode);
    let body = |seed| Conversation::generate(seed, 20).body(20, shape);
    let edits: usize = (0..20).map(|seed| edits(&format!("seed {seed}"), &body(seed))).sum();
    assert!(edits >= 200, "only {edits} edits");
}

#[test]
fn edits_of_corpus_sessions_match_the_file() {
    let Some(files) = corpus::files("agent") else { return };
    let sessions = files.iter().filter(|(name, _)| name.starts_with("session"));
    let edits: usize = sessions.map(|(name, body)| edits(name, body)).sum();
    println!("{edits} edits");
    assert!(edits >= 200, "only {edits} edits");
}

#[test]
fn the_body_splitter_keeps_text() {
    assert_eq!(
        children(r#" {"a" : [1, 2] , "b":"x,y"} "#),
        [("a".into(), "[1, 2]".into()), ("b".into(), "\"x,y\"".into())]
    );
    assert_eq!(children("[]"), []);
}
