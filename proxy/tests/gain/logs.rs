//! What `gain` finds, says and fails on.

use crate::{figures, gain, scratch::Scratch};
use brevity_tests::generate::{
    conversation::{Client, Conversation, Shape},
    sessions,
};
use serde_json::{Value, json};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn body(seed: u64, turns: usize) -> Vec<u8> {
    Conversation::generate(seed, turns).body(turns, Shape::of(Client::ClaudeCode))
}

#[test]
fn the_agents_own_folders_are_found() {
    let home = Scratch::folder();
    let log = sessions::claude_code(&body(1, 4), "s");
    home.write(".claude/projects/-srv-garden/a.jsonl", &log);
    // A session that goes on from another holds the other's lines too.
    home.write(".claude/projects/-srv-garden/b.jsonl", &log);
    let items =
        brevity_tests::responses::from(&body(2, 4)).replace("claude-sonnet-4-5", "gpt-5-codex");
    home.write(
        ".codex/sessions/2026/03/03/rollout-1.jsonl",
        sessions::codex(items.as_bytes(), "c"),
    );
    let output = gain(&["--json"], home.path());
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&said["requests"], &said["conversations"]), (&json!(10), &json!(2)));
    assert_eq!((&said["files"]["claude_code"], &said["files"]["codex"]), (&json!(2), &json!(1)));
    assert_eq!(said["files"]["copied_requests"], 5);
    assert_eq!(said["models"]["claude-sonnet-4-5"]["logged"]["requests"], 5);
    assert!(said["models"]["claude-sonnet-4-5"]["logged"]["usd"].as_f64().unwrap() > 0.0);
    assert!(output.stderr.is_empty(), "no terminal, no progress");
}

#[test]
fn nothing_found_says_what_to_do() {
    let home = Scratch::folder();
    let output = gain(&[], home.path());
    let page = text(&output.stdout);
    assert!(output.status.success());
    for word in ["No request was found", ".claude", ".codex", "brevity gain PATH", "is not there"] {
        assert!(page.contains(word), "{word} in\n{page}");
    }
}

#[test]
fn a_path_that_is_not_there_fails() {
    let home = Scratch::folder();
    let output = gain(&["no-such-file"], home.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot read no-such-file"));
}

#[test]
fn foreign_and_broken_files_are_named_and_harm_nothing() {
    let folder = Scratch::folder();
    let log = sessions::claude_code(&body(3, 3), "s");
    // It breaks off in the middle of a line, after its first answers.
    folder.write("cut.log", &log[..log.len() - 300]);
    folder.write("notes.md", "# Notes\n\nnothing of the kind\n");
    folder.write("image.png", [0x89, b'P', 0, 0xff]);
    let said = figures(folder.path());
    assert_eq!((&said["files"]["foreign"], &said["files"]["claude_code"]), (&json!(2), &json!(1)));
    assert_eq!(said["files"]["malformed_lines"], 1);
    assert!(said["files"]["foreign_first"].to_string().contains("notes.md"));
    assert_eq!(said["requests"], 3);
    let output = gain(&[folder.text()], folder.path());
    assert!(text(&output.stdout).contains("image.png"), "{}", text(&output.stdout));
}

#[test]
fn the_page_has_figures_and_no_text() {
    let folder = Scratch::folder();
    let body = body(4, 8);
    let path = folder.write("log", sessions::claude_code(&body, "s"));
    let output = gain(&[path.to_str().unwrap()], folder.path());
    let page = text(&output.stdout);
    for word in [
        "9 of 9 requests expand to their own bytes",
        "8 of 8 keep the prefix",
        "by tool",
        "by codec",
        "left alone",
        "claude-sonnet-4-5",
        "as of 20",
        "Saved most",
    ] {
        assert!(page.contains(word), "{word} in\n{page}");
    }
    let conversation = Conversation::generate(4, 8);
    for result in conversation.results(8) {
        let line = result.lines().find(|line| line.len() > 40);
        assert!(line.is_none_or(|line| !page.contains(line)), "{line:?}");
    }
}

#[test]
fn prices_are_the_users_to_replace() {
    let folder = Scratch::folder();
    let log = folder.write("log", body(5, 6));
    let usd = |table: &str| {
        let prices = folder.write("prices", table);
        let arguments = ["--json", "--prices", prices.to_str().unwrap(), log.to_str().unwrap()];
        let output = gain(&arguments, folder.path());
        assert!(output.status.success());
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        (said["models"]["claude-sonnet-4-5"]["usd"].as_f64(), said["total"]["new"].clone())
    };
    let (none, same) = usd("as of 2026-01\nother-model 1 1 1 1\n");
    let (once, tokens) = usd("as of 2026-01\nclaude-* 1 1 1 1\n");
    let (twice, _) = usd("as of 2026-01\nclaude-* 2 2 2 2\n");
    assert_eq!((none, same), (None, tokens));
    assert!((2.0 * once.unwrap() - twice.unwrap()).abs() < 1e-5 && once.unwrap() > 0.0);
    let broken = folder.write("prices", "as of 2026-01\nclaude-* 1 1\n");
    let output = gain(&["--prices", broken.to_str().unwrap()], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("line 2: expected"));
}
