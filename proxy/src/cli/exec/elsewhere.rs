//! What the command needs of a system that is no Unix: it has no signals to pass on.

use std::{
    io::{PipeReader, Result},
    process::{Child, Command, ExitCode, ExitStatus},
};

/// Runs the command on our own streams.
pub(super) fn step_aside(mut command: Command) -> Result<ExitCode> {
    command.status().map(|status| ExitCode::from(code(status)))
}

/// Whether standard output and standard error lead to one place: it cannot be known.
pub(super) fn is_one_place() -> bool {
    false
}

/// The exit code, as far as one byte holds it.
pub(in crate::cli) fn code(status: ExitStatus) -> u8 {
    status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1))
}

/// Waits for the command.
#[derive(Debug)]
pub(in crate::cli) struct Leash;

impl Leash {
    pub(in crate::cli) fn new() -> Result<Self> {
        Ok(Self)
    }

    pub(in crate::cli) fn hold(&mut self, _: &Child) {}

    /// The pipe as it is.
    pub(in crate::cli) fn tap(&self, pipe: PipeReader) -> Result<PipeReader> {
        Ok(pipe)
    }

    pub(in crate::cli) fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        child.wait()
    }
}
