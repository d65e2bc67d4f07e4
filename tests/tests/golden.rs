//! What `output = 1` writes for inputs of our own. Providers cache prompts by their bytes: a test here
//! that fails says that an upgrade would empty every user's cache, so a change of these files needs
//! an output number of its own once a release has written them.
//!
//! `BREVITY_BLESS=1 cargo test -p brevity-tests --test golden` writes the files anew.

use brevity::{Dialect, Output, Settings, compress, expand};
use brevity_tests::{
    generate::{
        conversation::{Client, Conversation, Shape},
        json,
        listings::{Listing, listing},
        logs::{Log, log},
        value::Spacing,
    },
    run,
};
use std::{fs, path::PathBuf};

/// Compares with the golden file of this name, or writes it.
fn check(name: &str, source: &[u8], short: &[u8]) {
    assert!(expand(short) == source, "{name} does not come back");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden/1");
    let path = folder.join(format!("{name}.txt"));
    if std::env::var_os("BREVITY_BLESS").is_some() {
        fs::create_dir_all(&folder).expect("a folder");
        return fs::write(&path, short).expect("a file");
    }
    let golden = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let line = || {
        let lines = |text: &[u8]| -> Vec<String> {
            text.split(|&b| b == b'\n').map(|l| String::from_utf8_lossy(l).into_owned()).collect()
        };
        lines(&golden).iter().zip(&lines(short)).position(|(a, b)| a != b).map(|at| at + 1)
    };
    assert!(golden == short, "{name} leaves otherwise, from line {:?} on", line());
}

fn check_text(name: &str, text: &[u8]) {
    check(name, text, &compress(text, &settings()));
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.policy.output = Output::One;
    settings
}

#[test]
fn logs() {
    for kind in Log::ALL {
        check_text(&format!("log-{kind:?}").to_lowercase(), log(1, kind, 120).as_bytes());
    }
}

#[test]
fn listings() {
    for kind in Listing::ALL {
        check_text(&format!("listing-{kind:?}").to_lowercase(), listing(1, kind, 60).as_bytes());
    }
}

#[test]
fn documents() {
    for (at, shape) in json::Shape::ALL.into_iter().enumerate() {
        let text = json::document(at as u64, shape, Spacing::Python, 30);
        check_text(&format!("json-{shape:?}").to_lowercase(), &text);
    }
}

/// The page that shows each codec: what it says of a text is what leaves for it.
#[test]
fn the_page_on_reading() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/reading.md");
    let page = fs::read_to_string(&path).expect("docs/reading.md");
    let mut blocks: Vec<String> = page.split("\n```").map(str::to_owned).collect();
    let mut shown = 0;
    for at in (1..blocks.len() - 2).step_by(4) {
        let source = blocks[at].split_once('\n').expect("a fence").1;
        let short = match source.starts_with("     1\t") {
            true => continue,
            false => compress(source.as_bytes(), &settings()),
        };
        let short = String::from_utf8(short).expect("UTF-8");
        let after = format!("text\n{short}");
        if std::env::var_os("BREVITY_BLESS").is_none() {
            assert_eq!(blocks[at + 2], after, "docs/reading.md says something else");
        }
        blocks[at + 2] = after;
        shown += 1;
    }
    assert_eq!(shown, 6);
    if std::env::var_os("BREVITY_BLESS").is_some() {
        fs::write(&path, blocks.join("\n```")).expect("docs/reading.md");
    }
}

/// The same page's file, read twice: what it says of the second reading comes back.
#[test]
fn the_page_on_reading_a_file_again() {
    let page = include_str!("../../docs/reading.md");
    let blocks: Vec<_> = page.split("\n```").filter_map(|block| block.split_once('\n')).collect();
    let text = |start: &str| {
        let block = blocks.iter().find(|(_, text)| text.starts_with(start));
        serde_json::to_string(block.expect(start).1).expect("a string is JSON")
    };
    let item =
        |text: String| format!(r#"{{"type":"tool_result","tool_use_id":"a","content":{text}}}"#);
    let body = |second: &str| {
        let items = [item(text("     1\t")), item(second.to_owned())].join(",");
        format!(r#"{{"messages":[{{"role":"user","content":[{items}]}}]}}"#)
    };
    let short = body(&text("[same as"));
    let whole = expand(short.as_bytes());
    assert!(whole.len() > short.len() + 500, "references were not followed");
    let chunks = run::chunks(&whole, 4_096);
    let (out, _) = run::request(&settings(), Dialect::Anthropic, chunks);
    assert_eq!(String::from_utf8_lossy(&out.bytes), short);
}

#[test]
fn conversations() {
    for client in [Client::ClaudeCode, Client::OpenAiJs, Client::Codex] {
        let body = Conversation::generate(1, 4).body(4, Shape::of(client));
        let (out, _) = run::request(&settings(), client.dialect(), run::chunks(&body, 4_096));
        check(&format!("conversation-{client:?}").to_lowercase(), &body, &out.bytes);
    }
}
