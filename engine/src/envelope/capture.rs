//! Copies of short strings: keys, names, ids, commands.

use crate::escape::unescape;

/// A copy of the start of one string, up to a bound.
#[derive(Debug, Default)]
pub(super) struct Capture {
    raw: Vec<u8>,
    bound: usize,
    running: bool,
}

impl Capture {
    /// Begins at the inside of a string. More than `bound` raw bytes are not copied.
    pub(super) fn start(&mut self, bound: usize) {
        self.raw.clear();
        self.bound = bound;
        self.running = true;
    }

    /// Whether a string is being copied.
    pub(super) fn is_running(&self) -> bool {
        self.running
    }

    /// Takes the string's next raw bytes. One byte beyond the bound is kept as the sign of it.
    pub(super) fn extend(&mut self, raw: &[u8]) {
        let room = (self.bound + 1).saturating_sub(self.raw.len());
        self.raw.extend_from_slice(&raw[..raw.len().min(room)]);
    }

    /// Ends the string. Gives the raw bytes that were copied; more than the bound, if it was longer.
    pub(super) fn finish(&mut self) -> &[u8] {
        self.running = false;
        &self.raw
    }

    /// Ends the string. Gives its text, if it is whole and has one.
    pub(super) fn finish_text(&mut self) -> Option<String> {
        self.running = false;
        let mut text = Vec::new();
        unescape(&self.raw, &mut text).ok().filter(|()| self.raw.len() <= self.bound)?;
        String::from_utf8(text).ok()
    }
}
