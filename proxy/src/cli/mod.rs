//! The command line: one file per subcommand.
//!
//! Exit codes: 0 when all went well, also when the reader of a pipe has closed it early, since it
//! has what it wanted; 1 when something could not be read or written, or is not the kind
//! that was asked for; 2 when the arguments make no sense; 69 when the port cannot be had; 78 when the
//! configuration makes no sense (sysexits.h has these two). `exec`, `wrap` and `mcp-wrap` give the exit code of their command.

mod compress;
mod config;
mod demo;
mod exec;
mod expand;
mod gain;
mod inspect;
mod io;
mod log;
mod mcp_wrap;
mod proxy;
mod stats;
mod stream;
mod wrap;

use clap::{Parser, Subcommand, ValueEnum};
use std::{error::Error, io::Write as _, process::ExitCode};

/// The exit code where the port cannot be had: EX_UNAVAILABLE.
const UNAVAILABLE: u8 = 69;
/// The exit code where the configuration makes no sense: EX_CONFIG.
const CONFIG: u8 = 78;

/// Shortens what AI agents send to language models. What it removes can be put back to the byte.
#[derive(Debug, Parser)]
#[command(name = "brevity", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  brevity demo
  brevity gain
  brevity proxy
  cargo metadata --format-version 1 | brevity compress --stats > short.txt
  brevity expand short.txt
  brevity exec -- cargo test
  brevity wrap claude
  brevity inspect --api anthropic request.json";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the proxy between an agent and its model
    Proxy(proxy::Args),
    /// Show what the proxy would be told, and where each value comes from
    Config(config::Args),
    /// Shorten standard input or a file
    Compress(compress::Args),
    /// Put back what `compress` removed
    Expand(expand::Args),
    /// Run a command and shorten what it prints
    Exec(exec::Args),
    /// Start an agent with a proxy in front of it, for as long as it runs
    Wrap(wrap::Args),
    /// Run a tool server that speaks MCP, and shorten what its tools give
    McpWrap(mcp_wrap::Args),
    /// Show what Brevity sees in an input, and why it leaves parts of it alone
    Inspect(inspect::Args),
    /// Say what Brevity would have saved, from the logs that agents keep
    Gain(gain::Args),
    /// Replay an agent's conversation through the proxy, with a table per turn
    Demo(demo::Args),
}

/// The API that a request body or an answer speaks.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Api {
    /// Anthropic Messages
    Anthropic,
    /// OpenAI Chat Completions
    OpenaiChat,
    /// OpenAI Responses
    OpenaiResponses,
    /// MCP: messages of a tool server and its client, one a line
    Mcp,
}

/// Why a subcommand stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The input could not be read.
    #[error("cannot read {name}: {source}")]
    Read { name: String, source: std::io::Error },
    /// The output could not be written.
    #[error("cannot write: {0}")]
    Write(std::io::Error),
    /// The arguments make no sense together.
    #[error("{0}")]
    Usage(&'static str),
    /// The input had to be JSON. All of it was written all the same.
    #[error("{name} is not all JSON: {error}; it was written all the same")]
    NotJson { name: String, error: brevity::walk::json::JsonError },
}

impl Cli {
    /// Runs the subcommand.
    pub(crate) fn run(self) -> ExitCode {
        match self.command {
            Command::Proxy(args) => proxy::run(&args),
            Command::Config(args) => config::run(&args),
            Command::Compress(args) => exit(compress::run(&args)),
            Command::Expand(args) => exit(expand::run(&args)),
            Command::Exec(args) => exec::run(&args),
            Command::Wrap(args) => wrap::run(&args),
            Command::McpWrap(args) => mcp_wrap::run(&args),
            Command::Inspect(args) => exit(inspect::run(&args)),
            Command::Gain(args) => gain::run(&args),
            Command::Demo(args) => demo::run(&args),
        }
    }
}

impl Api {
    /// The dialect of its request bodies, if it is a model's.
    fn dialect(self) -> Option<brevity::Dialect> {
        match self {
            Api::Anthropic => Some(brevity::Dialect::Anthropic),
            Api::OpenaiChat => Some(brevity::Dialect::OpenAiChat),
            Api::OpenaiResponses => Some(brevity::Dialect::OpenAiResponses),
            Api::Mcp => None,
        }
    }
}

/// Whether `short` expands to `body`. A body may hold notation already, of `exec` or of a page about
/// it; then both stand for the same.
fn stands_for(short: &[u8], body: &[u8]) -> bool {
    let back = brevity::expand(short);
    back == body || back == brevity::expand(body)
}

fn exit(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure @ Failure::Usage(_)) => {
            fail(&failure);
            ExitCode::from(2)
        }
        Err(failure) => fail(&failure),
    }
}

/// Writes to standard output. One that is closed changes nothing.
fn print(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// Says why on standard error. A standard error that is closed changes nothing.
fn fail(error: &dyn Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "brevity: {error}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;
    use brevity::Settings;
    use clap::CommandFactory as _;

    #[test]
    fn arguments_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_holds_notation_stands_for_the_same() {
        let rows: Vec<_> = (0..99).map(|row| format!(r#"{{"id":{row},"on":true}}"#)).collect();
        let text = format!("[{}]", rows.join(","));
        let short = brevity::compress(text.as_bytes(), &Settings::default());
        assert!(short.len() < text.len());
        assert!(stands_for(&short, text.as_bytes()) && stands_for(&short, &short));
        assert!(!stands_for(&short, b"other"));
    }
}
