//! What lines look like, from their bytes.
//!
//! Each line is of a [`Kind`]: it has a time in front, or a path and a line number, it ends as code
//! does, and so on. A kind says what a line costs in a run of each look; going from one look to
//! another costs too. The cheapest way through all lines is the answer, so that one odd line does
//! not part a log, and two dozen do. The sums are small integers: the same bytes give the same runs.
//!
//! ```text
//! detect/diff.rs      what belongs to a diff or a commit: a grammar that counts, no guesses
//! detect/kind.rs      the kinds, what they cost, and the order in which they are asked for
//! detect/shape.rs     a line's counts: letters, digits, signs
//! detect/hit.rs       path:12:text and its relatives
//! detect/message.rs   times, levels, what test runners and builders print
//! detect/row.rs       paths, columns, trees
//! detect/code.rs      what speaks for source code
//! detect/way.rs       the cheapest way, and runs that are too short
//! ```
//!
//! Source is what agents quote back, so a wrong guess there breaks edits; a log that is taken for
//! source gains nothing. Between log and listing little is at stake.

mod code;
mod diff;
mod hit;
mod kind;
mod message;
mod row;
mod shape;
mod way;

#[cfg(test)]
mod tests;

use std::ops::Range;

use memchr::memchr;

/// What a run of lines looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Source code, or a view of a file.
    Source,
    /// Lines with a path and a line number in front.
    Search,
    /// A unified diff, or commits.
    Diff,
    /// Messages of programs.
    Log,
    /// Paths, columns, trees, and all else.
    Listing,
}

/// Whole lines that look alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) look: Look,
    /// Where they stand. The last newline is theirs, if there is one.
    pub(crate) range: Range<usize>,
}

/// Parts `text`, which is whole lines, into runs that tile it. An empty text has none.
pub(crate) fn runs(text: &[u8]) -> Vec<Run> {
    let mut eye = kind::Eye::default();
    let mut way = way::Way::default();
    for line in lines(text) {
        way.step(eye.kind(text, line));
    }
    way::joined(text, way.runs(text))
}

/// The lines of `text`, each with its newline.
fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        at += memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        Some(start..at)
    })
}
