//! The configuration: a file, the environment, flags. The later wins, value by value.
//!
//! One list, [`KEYS`], says what can be set. It drives the reader of the file, the names of the
//! variables, what an unknown key may have meant, what `brevity config` prints, and the table in
//! `docs/configuration.md`. A new key is one entry there, with a constant in
//! [`own`] where it is read in a way of its own, and a flag if it shall have one.
//!
//! Each source becomes a [`Layer`]; [`Setup`] puts one on top of the other and knows of every value
//! where it comes from. All is checked before anything starts.

mod environment;
mod fault;
mod file;
mod flags;
mod key;
mod keys;
mod layer;
mod network;
mod origin;
mod own;
mod place;
mod setup;
mod table;
mod value;
mod write;

pub(super) use environment::Environment;
pub(super) use fault::Fault;
pub(super) use flags::Flags;
pub(super) use setup::Setup;

use super::{print, proxy};
use key::{Key, List, Place};
use keys::{KEYS, Values};
use layer::Layer;
use origin::Origin;
use std::process::ExitCode;

/// The arguments of `brevity config`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[group(skip)]
pub(super) struct Args {
    #[command(flatten)]
    proxy: proxy::Args,

    /// List all that can be set, and how, as a table
    #[arg(long)]
    keys: bool,
}

const EXAMPLES: &str = "\
Takes the options of `brevity proxy` and starts nothing. What it prints can be the file itself.
Where a value makes no sense, one line says which, and the exit code is 78; 2 where it is a flag's.

Examples:
  brevity config
  brevity config --keys
  brevity config > team.toml
  brevity config --config team.toml --listen 127.0.0.1:4000";

/// Reads the file, `environment` and `flags`.
///
/// # Errors
///
/// At the first key that is not known or value that makes no sense.
pub(super) fn load(environment: &Environment, flags: &Flags) -> Result<Setup, Fault> {
    let place = place::of(flags.file, environment);
    let mut setup = Setup::new(&place);
    if let Some(layer) = file::read(&place)? {
        setup.add(layer)?;
    }
    setup.add(environment.layer()?)?;
    setup.add(flags.layer()?)?;
    setup.check(environment)
}

/// `brevity config`: prints what is in force.
pub(super) fn run(args: &Args) -> ExitCode {
    if args.keys {
        return print(&table::markdown());
    }
    match load(&Environment::of_process(), &args.proxy.flags()) {
        Ok(setup) => print(&write::toml(setup)),
        Err(fault) => {
            super::fail(&fault);
            fault.code()
        }
    }
}

#[cfg(test)]
mod tests;
