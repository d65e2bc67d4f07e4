//! The command line: one file per subcommand.
//!
//! Exit codes: 0 when all went well, also when the reader of a pipe has closed it early, since it
//! has what it wanted; 1 when something could not be read or written, or is not the kind
//! that was asked for; 2 when the arguments make no
//! sense. `exec` gives the exit code of its command.

mod compress;
mod demo;
mod exec;
mod expand;
mod gain;
mod inspect;
mod io;
mod proxy;
mod stats;
mod stream;

use clap::{Parser, Subcommand, ValueEnum};
use std::{error::Error, io::Write as _, process::ExitCode};

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
  brevity inspect --api anthropic request.json";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the proxy between an agent and its model
    Proxy(proxy::Args),
    /// Shorten standard input or a file
    Compress(compress::Args),
    /// Put back what `compress` removed
    Expand(expand::Args),
    /// Run a command and shorten what it prints
    Exec(exec::Args),
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
    /// The input had to be JSON. All of it was written all the same.
    #[error("{name} is not all JSON: {error}; it was written all the same")]
    NotJson { name: String, error: brevity::walk::json::JsonError },
}

impl Cli {
    /// Runs the subcommand.
    pub(crate) fn run(self) -> ExitCode {
        match self.command {
            Command::Proxy(args) => proxy::run(&args),
            Command::Compress(args) => exit(compress::run(&args)),
            Command::Expand(args) => exit(expand::run(&args)),
            Command::Exec(args) => exec::run(&args),
            Command::Inspect(args) => exit(inspect::run(&args)),
            Command::Gain(args) => gain::run(&args),
            Command::Demo(args) => demo::run(&args),
        }
    }
}

impl From<Api> for brevity::Dialect {
    fn from(api: Api) -> Self {
        match api {
            Api::Anthropic => brevity::Dialect::Anthropic,
            Api::OpenaiChat => brevity::Dialect::OpenAiChat,
            Api::OpenaiResponses => brevity::Dialect::OpenAiResponses,
        }
    }
}

fn exit(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => fail(&failure),
    }
}

/// Says why on standard error. A standard error that is closed changes nothing.
fn fail(error: &dyn Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "brevity: {error}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn arguments_are_well_formed() {
        Cli::command().debug_assert();
    }
}
