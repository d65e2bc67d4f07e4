//! Headers of files and of commits in one line each, and messages of commits at the margin.
//!
//! ```text
//! commit 1f0c…                          commit 1f0c… by Ann <ann@pond.example> on Sat Feb 14 …
//! Author: Ann <ann@pond.example>        Feed the fish
//! Date:   Sat Feb 14 …
//!                                       Twice a day.
//!     Feed the fish                     diff src/pond.rs, index 9f5a4da..bc7e4aa 100644
//!                                       @@ -1 +1 @@
//!     Twice a day.
//!
//! diff --git a/src/pond.rs b/src/pond.rs
//! index 9f5a4da..bc7e4aa 100644
//! --- a/src/pond.rs
//! +++ b/src/pond.rs
//! @@ -1 +1 @@
//! ```
//!
//! Where many lines in a row are added ones, a line `@@ +` stands above them, and they stand without
//! their signs until the next `@@`; for removed ones it is `@@ -`.
//!
//! A header is folded (`commit`, `header`) only where its row gives back the very lines. All that is
//! not understood, combined diffs and hunks among it, stands as it is.

mod commit;
mod cursor;
mod header;
mod names;
mod read;
mod row;
#[cfg(test)]
mod tests;
mod write;

use super::{Coded, NEAR, lines::AS_IS};
use crate::{notation::MARK, report::Reach};

/// What messages of commits are indented by.
const INDENT: &[u8] = b"    ";
/// Ends a message where no row does. It stands for an empty line.
const END: &[u8] = b"--";

/// Writes lines shorter, or `None` where nothing can be gained.
pub(crate) fn encode(text: &[u8]) -> Option<Coded> {
    write::write(text)
}

/// The text that `body` was written for.
pub(crate) fn decode(body: &[u8], longest: usize, reach: &mut Reach) -> Option<Vec<u8>> {
    read::read(body, longest, reach)
}

/// Stands in a message for a row too far above.
const MESSAGE: &[u8] = b"commit message";
/// Lines below are added or removed ones, without their signs.
const RUNS: [(&[u8], u8); 2] = [(b"@@ +", b'+'), (b"@@ -", b'-')];
/// Ends such a run where neither a hunk nor a row does.
const RUN_END: &[u8] = b"@@";

/// Whether a line begins a hunk.
fn is_hunk_head(line: &[u8]) -> bool {
    line.starts_with(b"@@ ") && !RUNS.iter().any(|(mark, _)| *mark == line)
}

/// Whether a line of a body does not stand for itself, wherever it stands.
fn is_sign(line: &[u8]) -> bool {
    match line.first() {
        Some(b'@') => line == RUN_END || RUNS.iter().any(|(mark, _)| *mark == line),
        Some(b'c') => line == MESSAGE || row::Row::parse(line).is_some(),
        Some(b'd') => header::is_row(line),
        Some(b'[') => line.starts_with(MARK),
        first => first == Some(&AS_IS),
    }
}

/// Whether a line of a message, at the margin, would be taken for something else.
fn is_taken_in_message(line: &[u8]) -> bool {
    cursor::split_end(line).0 == END || is_sign(line)
}

/// Whether an added or removed line, without its sign, would be taken for something else.
fn is_taken_in_run(line: &[u8]) -> bool {
    line.starts_with(RUN_END) || is_sign(line)
}
