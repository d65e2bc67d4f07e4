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

/// What an agent quotes in an edit: some lines of a numbered view, without the numbers. Gives the
/// number of edits tried on what the model is shown of `body`.
fn edits(name: &str, body: &[u8]) -> usize {
    let (out, _) =
        run::request(&Settings::default(), Dialect::Anthropic, run::chunks(body, 65_536));
    let [files, shown] = [body, &out.bytes].map(corpus::tool_results);
    let mut edits = 0;
    for (file, shown) in files.iter().zip(&shown) {
        let Some(file) = numbered(file) else { continue };
        let shown = numbered(shown).expect("a file view lost its numbers");
        for (at, old_string) in shown.windows(3).enumerate().step_by(7) {
            let is_found = file.join("\n").contains(&old_string.join("\n"));
            assert!(is_found, "{name}: line {at} is not the file's");
            edits += 1;
        }
    }
    edits
}

fn numbered(view: &str) -> Option<Vec<&str>> {
    let lines = view.lines().map(|line| {
        let (number, text) = line.split_once('\t')?;
        number.trim().parse::<u32>().ok().map(|_| text)
    });
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
