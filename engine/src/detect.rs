//! What lines look like, from their bytes.

use std::ops::Range;

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

/// Parts `text`, which is whole lines, into runs that tile it.
pub(crate) fn runs(text: &[u8]) -> Vec<Run> {
    vec![Run { look: Look::Listing, range: 0..text.len() }]
}
