//! Writes logs of agents, to measure `brevity gain` on.
//!
//! `sessions FOLDER MEGABYTES [TURNS]` fills a folder with session logs of Claude Code and rollouts of
//! Codex in turn, of conversations of 60 turns where nothing else is said.

use brevity_tests::{
    generate::{
        conversation::{Client, Conversation, Shape},
        sessions,
    },
    responses,
};
use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let (folder, megabytes) = match &arguments[..] {
        [folder, megabytes, ..] => (PathBuf::from(folder), megabytes.parse::<usize>()?),
        _ => return Err("usage: sessions FOLDER MEGABYTES [TURNS]".into()),
    };
    let turns = arguments.get(2).map_or(Ok(60), |turns| turns.parse())?;
    fs::create_dir_all(&folder)?;
    let (mut written, mut seed) = (0, 0);
    while written < megabytes * 1_000_000 {
        let conversation = Conversation::generate(seed, turns);
        let body = conversation.body(turns, Shape::of(Client::ClaudeCode));
        let name = format!("session-{seed:05}");
        let log = match seed % 2 {
            0 => sessions::claude_code(&body, &name),
            _ => sessions::codex(responses::from(&body).as_bytes(), &name),
        };
        written += log.len();
        fs::write(folder.join(name + ".jsonl"), log)?;
        seed += 1;
    }
    println!("{seed} logs, {written} bytes");
    Ok(())
}
