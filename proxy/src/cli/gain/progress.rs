//! A line on standard error that says how far it is, where that is a terminal.

use crate::cli::stats::Grouped;
use std::{
    io::{IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

/// How often the line changes at most.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Progress {
    files: usize,
    is_shown: bool,
    last: Option<Instant>,
}

impl Progress {
    pub(super) fn new(files: usize) -> Self {
        Self { files, is_shown: std::io::stderr().is_terminal(), last: None }
    }

    /// Says how many files were read, and how many requests were proved.
    pub(super) fn show(&mut self, files: u64, requests: u64) {
        if !self.is_shown || self.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        self.last = Some(Instant::now());
        let (all, requests) = (Grouped(self.files as u64), Grouped(requests));
        let bar = bar(files, self.files as u64);
        tell(&format!("\r{bar} {} of {all} files, {requests} requests\x1b[K", Grouped(files)));
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if self.last.take().is_some() {
            tell("\r\x1b[K");
        }
    }
}

/// Twenty places, as many of them filled as the share that is done.
fn bar(done: u64, all: u64) -> String {
    let filled = (20 * done / all.max(1)) as usize;
    format!("[{:<20}]", "=".repeat(filled.min(20)))
}

fn tell(text: &str) {
    let mut out = std::io::stderr();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills() {
        assert_eq!(bar(0, 0), format!("[{}]", " ".repeat(20)));
        assert_eq!(bar(1, 2), format!("[{}{}]", "=".repeat(10), " ".repeat(10)));
        assert_eq!(bar(3, 3), format!("[{}]", "=".repeat(20)));
    }
}
