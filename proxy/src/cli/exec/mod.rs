//! `brevity exec`: a command whose output leaves shortened.
//!
//! The command gets a pipe in place of its standard output, and another in place of its standard
//! error; each is one block of text. Where both of ours lead to the same place, the command gets
//! one pipe for both, so that its lines stay in order, and the two are one block.
//!
//! Where nothing may be shortened, at a terminal or because the command shows a file, we step
//! aside: the command takes the place of our own process and has our streams for itself.
//!
//! A part of a block leaves when it is complete, never because time passes. So the same output
//! leaves as the same bytes, however slowly it came.

#[cfg(not(unix))]
mod elsewhere;
mod pump;
#[cfg(unix)]
mod unix;
mod words;

#[cfg(not(unix))]
use elsewhere as system;
#[cfg(unix)]
use unix as system;

pub(super) use pump::Flow;
pub(super) use system::{Leash, code};

use super::{
    Failure, fail,
    io::Output,
    stats::{Format, Stats},
};
use brevity::Treatment;
use std::{
    ffi::{OsStr, OsString},
    io::{ErrorKind, IsTerminal as _, PipeReader, Write as _, pipe},
    process::{Child, Command, ExitCode},
    thread::{self, ScopedJoinHandle},
};
use thiserror::Error;

/// The arguments of `brevity exec`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The command and its arguments. No shell reads them
    #[arg(required = true, value_name = "COMMAND", trailing_var_arg = true)]
    command: Vec<OsString>,

    /// Say on standard error, at the end, what was saved, and why parts were left alone
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, value_name = "FORMAT",
          default_missing_value = "table")]
    stats: Option<Format>,
}

const EXAMPLES: &str = "\
Standard output and standard error leave shortened, each by itself, or in order as one where both
go to the same place. `brevity expand` turns them back. A terminal gets everything as it is, and so
does what shows a file (`cat`, `head`, `sed -n` …), which an agent may quote back. Lines leave when
a part is complete, at 1 MiB or at the end at the latest, so a slow command is not seen at work.

The exit code is the command's own; 128 + N if signal N ended it, 127 if it was not found, 126 if it
could not be run, 1 if it went well and its output could not be written. SIGINT, SIGTERM, SIGHUP and
SIGQUIT are passed on to it.

Examples:
  brevity exec -- cargo test
  brevity exec --stats -- kubectl get pods -o json
  brevity exec -- bash -c 'make 2>&1 | tail -500'
  brevity exec -- git log --stat | brevity expand";

/// Runs the command.
pub(crate) fn run(args: &Args) -> ExitCode {
    let treatment = words::treatment(&args.command);
    let stays = treatment != Treatment::Rewrite && args.stats.is_none();
    let result = match stays || std::io::stdout().is_terminal() {
        true => system::step_aside(args.command()).map_err(Fault::Spawn),
        false => shorten(args, treatment),
    };
    result.unwrap_or_else(|fault| fault.tell(&args.command[0]))
}

impl Args {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]);
        command
    }
}

/// Why a command has no exit code of its own.
#[derive(Debug, Error)]
pub(super) enum Fault {
    /// It did not start.
    #[error("{0}")]
    Spawn(std::io::Error),
    /// The system gave us no pipe, no signals, or no word of its end.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

impl Fault {
    /// Says what is wrong with `program`, or with us. Gives the exit code that shells give for it.
    pub(super) fn tell(&self, program: &OsStr) -> ExitCode {
        let program = program.display();
        let (code, what) = match self {
            Self::Spawn(error) if error.kind() == ErrorKind::NotFound => (127, "run"),
            Self::Spawn(_) => (126, "run"),
            Self::System(_) => (1, "attend to"),
        };
        let _ = writeln!(std::io::stderr(), "brevity: cannot {what} {program}: {self}");
        ExitCode::from(code)
    }
}

fn shorten(args: &Args, treatment: Treatment) -> Result<ExitCode, Fault> {
    let mut command = args.command();
    // Before there is a command, so that no signal ends us and leaves it behind.
    let mut leash = Leash::new()?;
    let ends = Ends::connect(&mut command)?;
    let child = command.spawn().map_err(Fault::Spawn)?;
    // Its copies of the pipes' other ends would keep them open.
    drop(command);
    leash.hold(&child);
    let (code, flows) = watch(child, ends, &leash, treatment)?;
    Ok(close(code, flows, args.stats))
}

/// Our ends of the command's pipes.
struct Ends {
    output: PipeReader,
    /// Missing where standard error comes with the output, or is a terminal and was left alone.
    error: Option<PipeReader>,
}

impl Ends {
    fn connect(command: &mut Command) -> std::io::Result<Self> {
        let (output, writer) = pipe()?;
        let mut error = None;
        if system::is_one_place() {
            command.stderr(writer.try_clone()?);
        } else if !std::io::stderr().is_terminal() {
            let (reader, writer) = pipe()?;
            command.stderr(writer);
            error = Some(reader);
        }
        command.stdout(writer);
        Ok(Self { output, error })
    }
}

/// Waits for the command and for its output. Gives its exit code.
fn watch(
    mut child: Child,
    ends: Ends,
    leash: &Leash,
    treatment: Treatment,
) -> std::io::Result<(u8, Vec<Result<Flow, Failure>>)> {
    let output = leash.tap(ends.output)?;
    let error = ends.error.map(|end| leash.tap(end)).transpose()?;
    thread::scope(|scope| {
        let output = scope.spawn(move || pump::pump(output, Output::stdout(), treatment));
        let error =
            error.map(|tap| scope.spawn(move || pump::pump(tap, Output::stderr(), treatment)));
        let status = leash.wait(&mut child)?;
        let flows = std::iter::once(output).chain(error).map(join).collect();
        Ok((code(status), flows))
    })
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Says what there is to say. A fault of ours shows in the exit code of a command that went well.
pub(super) fn close(
    code: u8,
    flows: Vec<Result<Flow, Failure>>,
    stats: Option<Format>,
) -> ExitCode {
    let mut all = Flow::default();
    let mut ours = ExitCode::SUCCESS;
    for flow in flows {
        match flow {
            Ok(flow) => all.add(&flow),
            Err(failure) => ours = fail(&failure),
        }
    }
    if let Some(format) = stats {
        let Flow { bytes_in, bytes_out, report } = &all;
        Stats { bytes_in: *bytes_in, bytes_out: *bytes_out, report }.print(format);
    }
    if code == 0 { ours } else { ExitCode::from(code) }
}
