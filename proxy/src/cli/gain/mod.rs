//! `brevity gain`: what would Brevity have saved?
//!
//! Reads, offline, what agents have logged on this machine: [`find`] says which files, [`log`] reads
//! them into turns ([`turn`]), [`prove`] runs each through the engine, [`sum`] adds up and checks,
//! [`prices`] says what tokens cost, [`page`] and [`document`] tell it to people and programs.

mod document;
mod find;
mod json;
mod log;
mod page;
mod prices;
mod progress;
mod prove;
mod sum;
mod turn;

use super::inspect::{counted, json_string, kind, sentence, visible};
use find::Found;
use prices::{Prices, PricesError};
use progress::Progress;
use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
};
use sum::{Files, Sum};
use turn::Feed;

/// The arguments of `brevity gain`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Logs, request bodies, lists of messages, or folders of them; the logs of Claude Code and Codex on
    /// this machine where none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// A table of prices in place of the one that comes with Brevity. docs/gain.md shows its form
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,

    /// For programs: one JSON document
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Nothing is sent anywhere and nothing is changed. Each request of a log is built again as it was sent,
shortened, and proved: it expands to its own bytes, and it keeps the prefix of the one before.
Tokens are estimates (o200k); prices are public list prices, to be checked by you. The exit code is 1
if a proof fails.

Examples:
  brevity gain
  brevity gain ~/.claude/projects/some-project
  brevity gain --json request.json | jq .total";

/// Why there is nothing to tell.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    Prices { path: PathBuf, source: PricesError },
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
    #[error("{0} of the proofs failed, which is a fault of Brevity's: please report it")]
    Broken(u64),
}

/// Says what was to be saved.
pub(crate) fn run(args: &Args) -> ExitCode {
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => super::fail(&failure),
    }
}

fn start(args: &Args) -> Result<(), Failure> {
    let prices = table(args.prices.as_deref())?;
    let found =
        find::files(&args.paths).map_err(|(path, source)| Failure::Read { path, source })?;
    let mut sum = Sum::new(prices);
    let files = add_up(&found, &mut sum);
    let text =
        if args.json { document::write(&files, &sum) } else { page::write(&found, &files, &sum) };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())?;
    match sum.is_proved() {
        true => Ok(()),
        false => Err(Failure::Broken(sum.exact.failed() + sum.prefix.failed())),
    }
}

fn table(file: Option<&Path>) -> Result<Prices, Failure> {
    let Some(path) = file else {
        let path = PathBuf::from("the bundled prices");
        return Prices::bundled().map_err(|source| Failure::Prices { path, source });
    };
    let path = path.to_owned();
    match std::fs::read_to_string(&path) {
        Ok(text) => Prices::parse(&text).map_err(|source| Failure::Prices { path, source }),
        Err(source) => Err(Failure::Read { path, source }),
    }
}

/// Reads all files, and adds up what came of their requests.
fn add_up(found: &Found, sum: &mut Sum) -> Files {
    let mut files = Files::default();
    found.unreadable.iter().for_each(|(path, error)| files.unreadable(path, error));
    let mut progress = Progress::new(found.files.len());
    let read = AtomicU64::new(0);
    let feed = |give: &mut dyn FnMut(turn::Turn)| {
        let mut feed = Feed::new(give);
        for path in &found.files {
            let (tally, result) = log::read(path, &mut feed);
            files.add(path, tally, result);
            read.fetch_add(1, Ordering::Relaxed);
        }
        files.copies = feed.copies;
    };
    prove::all(feed, |proved| {
        sum.add(proved);
        progress.show(read.load(Ordering::Relaxed), sum.requests);
    });
    progress.clear();
    files
}
