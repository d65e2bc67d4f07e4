//! The binary `brevity`: arguments, then the subcommand that they name.

mod cli;

use clap::Parser;
use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A request is many small pieces of memory, made on one thread and given back on another: an eighth
/// of its instructions are saved over the C library's allocator (docs/load.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
