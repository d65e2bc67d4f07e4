//! The binary `brevity`: arguments, then the subcommand that they name.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
