//! Lines that were overdrawn.
//!
//! A progress bar is one line of many states, with a carriage return between them. Each state becomes
//! a line of its own, so that the other layers see what the states share; `~r40` says that the next
//! 40 lines end with a carriage return.

use super::PAGE;

/// From this many states on a line is taken apart.
const STATES: usize = 4;

/// The least bytes of a state, on average.
const SHORTEST_STATE: usize = 6;

/// The lines of a text, some of which end with a carriage return.
pub(super) struct Source<'t> {
    text: &'t [u8],
    pub(super) lines: Vec<&'t [u8]>,
    /// Where lines that end with a carriage return begin, and how many there are; in order.
    pub(super) states: Vec<(usize, usize)>,
}

/// Cuts a text into lines and states of lines.
pub(super) fn split(text: &[u8]) -> Source<'_> {
    let mut source = Source { text, lines: Vec::new(), states: Vec::new() };
    let has_returns = memchr::memchr(b'\r', text).is_some();
    for line in super::super::lines::lines(text) {
        let inner = line.strip_suffix(b"\r").unwrap_or(line);
        let states = if has_returns { memchr::memchr_iter(b'\r', inner).count() } else { 0 };
        // States of a few bytes each are no progress bar.
        if states >= STATES && states * SHORTEST_STATE < line.len() {
            source.push_states(line, states);
        } else {
            source.lines.push(line);
        }
    }
    source
}

impl<'t> Source<'t> {
    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The text of some lines, which begins at byte `from`.
    pub(super) fn text_of(&self, from: usize, lines: &[&[u8]]) -> &'t [u8] {
        let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
        &self.text[from..from + bytes - 1]
    }

    fn push_states(&mut self, line: &'t [u8], states: usize) {
        let first = self.lines.len();
        let near = (0..states).step_by(PAGE).map(|at| (first + at, PAGE.min(states - at)));
        self.states.extend(near);
        self.lines.extend(line.splitn(states + 1, |&byte| byte == b'\r'));
    }
}

/// How many lines end with a carriage return, if `line` says so.
pub(super) fn parse(line: &[u8]) -> Option<usize> {
    let says = std::str::from_utf8(line.strip_prefix(b"~r")?).ok()?;
    says.parse().ok().filter(|states| (1..=PAGE).contains(states))
}
