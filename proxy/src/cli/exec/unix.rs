//! What the command needs of a Unix: signals, the place of our process, exit codes of a shell.
//!
//! A signal that someone sent to us goes on to the command, and we wait for what it makes of it.
//! What the terminal sends, it sends to the command too, so that is not passed on. A signal that
//! we were started to ignore (`nohup`) stays ignored by both; this is known on Linux alone.
//!
//! Others may hold the command's pipe when it has ended: what it started in the background. We
//! wait for them as any reader of a pipe does, unless a signal said that it is to end. Then what
//! stood in the pipe when the command ended is the last that leaves.

use rustix::{
    event::{PollFd, PollFlags, poll},
    io::ioctl_fionread,
    process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid},
};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    iterator::{
        SignalsInfo,
        exfiltrator::{WithOrigin, origin::Origin},
    },
};
use std::{
    fs::File,
    io::{PipeReader, PipeWriter, Read, Result, pipe, stderr, stdout},
    os::{
        fd::AsFd,
        unix::{
            fs::MetadataExt as _,
            process::{CommandExt as _, ExitStatusExt as _},
        },
    },
    process::{Child, Command, ExitCode, ExitStatus},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

/// The signals that are passed on.
const SIGNALS: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// Puts the command in the place of this process. Returns only where that fails.
pub(super) fn step_aside(mut command: Command) -> Result<ExitCode> {
    Err(command.exec())
}

/// Whether standard output and standard error lead to one place. Some systems number no pipes:
/// what has no number is no place that could be told from another.
pub(super) fn is_one_place() -> bool {
    let place = |stream: &dyn AsFd| {
        let file = File::from(stream.as_fd().try_clone_to_owned()?);
        file.metadata().map(|data| (data.dev(), data.ino()))
    };
    match (place(&stdout()), place(&stderr())) {
        (Ok(output), Ok(error)) => output == error && output.1 != 0,
        _ => false,
    }
}

/// The exit code as shells tell it.
pub(in crate::cli) fn code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.map_or(1, |code| u8::try_from(code).unwrap_or(1))
}

/// Passes signals on to the command, as long as there is one.
pub(in crate::cli) struct Leash {
    signals: Option<SignalsInfo<WithOrigin>>,
    hold: Arc<Mutex<Hold>>,
    /// Ends when nobody is to wait for output any more.
    end: PipeReader,
}

struct Hold {
    /// The command, until it has ended: then its number may be another's.
    child: Option<Pid>,
    /// Whether it was told to end.
    is_told: bool,
    /// Dropped when nobody is to wait for output any more.
    end: Option<PipeWriter>,
}

impl Leash {
    /// Catches signals from now on.
    pub(in crate::cli) fn new() -> Result<Self> {
        let ignored = ignored();
        let caught = SIGNALS.iter().filter(|signal| ignored >> (*signal - 1) & 1 == 0);
        let signals = Some(SignalsInfo::new(caught)?);
        let (end, writer) = pipe()?;
        let hold = Hold { child: None, is_told: false, end: Some(writer) };
        Ok(Self { signals, hold: Arc::new(Mutex::new(hold)), end })
    }

    /// Passes on what has come since [`new`](Self::new), and what will come.
    pub(in crate::cli) fn hold(&mut self, child: &Child) {
        lock(&self.hold).child = Pid::from_raw(child.id().cast_signed());
        let hold = Arc::clone(&self.hold);
        if let Some(mut signals) = self.signals.take() {
            // It ends with the process.
            thread::spawn(move || signals.forever().for_each(|origin| lock(&hold).tell(&origin)));
        }
    }

    /// The command's pipe, to read until it ends or nobody is to wait for more.
    pub(in crate::cli) fn tap(&self, pipe: PipeReader) -> Result<Tap> {
        Ok(Tap { pipe, end: self.end.try_clone()?, left: None })
    }

    /// Waits until the command has ended.
    pub(in crate::cli) fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        if let Some(pid) = Pid::from_raw(child.id().cast_signed()) {
            // Its number stays its own until `wait` below, so no signal goes astray.
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            rustix::io::retry_on_intr(|| waitid(WaitId::Pid(pid), options))?;
        }
        lock(&self.hold).release();
        child.wait()
    }
}

impl Hold {
    fn tell(&mut self, origin: &Origin) {
        self.is_told = true;
        let from_outside = origin.process.is_some();
        match (self.child, Signal::from_named_raw(origin.signal)) {
            (Some(child), Some(signal)) if from_outside => {
                // It may have ended; then there is nobody to tell.
                let _ = kill_process(child, signal);
            }
            (Some(_), _) => {}
            (None, _) => self.end = None,
        }
    }

    fn release(&mut self) {
        self.child = None;
        if self.is_told {
            self.end = None;
        }
    }
}

fn lock(hold: &Mutex<Hold>) -> MutexGuard<'_, Hold> {
    hold.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The signals that this process ignores, signal 1 in the lowest bit.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// The command's pipe.
pub(in crate::cli) struct Tap {
    pipe: PipeReader,
    end: PipeReader,
    /// How much may still be read, once nobody is to wait.
    left: Option<usize>,
}

impl Tap {
    /// Waits for bytes, or for the word that no more are waited for.
    fn await_bytes(&mut self) -> Result<()> {
        let mut ends =
            [PollFd::new(&self.pipe, PollFlags::IN), PollFd::new(&self.end, PollFlags::IN)];
        poll(&mut ends, None)?;
        if !ends[1].revents().is_empty() {
            self.left = Some(usize::try_from(ioctl_fionread(&self.pipe)?).unwrap_or(usize::MAX));
        }
        Ok(())
    }
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.left.is_none() {
            self.await_bytes()?;
        }
        let Some(left) = &mut self.left else { return self.pipe.read(buffer) };
        let most = buffer.len().min(*left);
        if most == 0 {
            return Ok(0);
        }
        let len = self.pipe.read(&mut buffer[..most])?;
        *left -= len;
        Ok(len)
    }
}
