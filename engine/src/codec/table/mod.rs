//! JSON with its keys once and its values in rows.
//!
//! A list of like objects becomes a head, which names the columns, and a row for each object.
//! What stands in a cell is the value itself, without quotes where none are needed:
//!
//! ```text
//! [#name,version,license?,yanked==false
//! bytes,1.12.1,MIT
//! memchr,2.8.3,
//! ]
//! ```
//!
//! The words of the notation are documented in `docs/notation.md`. The way there is three steps:
//! [`shape`] finds what repeats, [`write`] prints it, [`read`] prints JSON again.

mod legend;
mod marks;
mod near;
mod read;
mod shape;
mod syntax;
mod write;

use super::Coded;
use crate::{
    json::{Document, Spacing},
    report::Reach,
};
use bumpalo::Bump;
use write::Page;

/// The rows under one head. With its head a page spans at most 100 lines, so nothing in it refers
/// further up.
const PAGE: usize = 99;

/// Writes documents as a table.
pub(crate) fn encode(document: &Document, arena: &Bump) -> Coded {
    let Page { mut body, words } = write::document(document, arena);
    let spacing = document.spacing.to_string();
    let detail = match spacing.split_once(':') {
        None => spacing,
        Some((base, departures)) => {
            body.extend_from_slice(format!("\n{SPACING}{departures}").as_bytes());
            format!("{base}{DEPARTS}")
        }
    };
    Coded { detail, words, body }
}

/// The text that `body` was written for. `None` where `detail` or `body` is not what `encode` writes,
/// where the text would be longer than `longest` bytes, or nests deeper than `depth`.
pub(crate) fn decode(
    detail: &str,
    body: &[u8],
    longest: usize,
    depth: usize,
    reach: &mut Reach,
) -> Option<Vec<u8>> {
    let (spacing, body) = match detail.strip_suffix(DEPARTS) {
        None => (detail.parse(), body),
        Some(base) => {
            let at = memchr::memrchr(b'\n', body)?;
            let departures = std::str::from_utf8(body[at + 1..].strip_prefix(SPACING.as_bytes())?);
            (format!("{base}:{}", departures.ok()?).parse(), &body[..at])
        }
    };
    let spacing: Spacing = spacing.ok()?;
    let compact = read::document(body, longest, depth, reach)?;
    let mut text = Vec::with_capacity(compact.len());
    spacing.restore(&compact, depth, longest, &mut text)?;
    Some(text)
}

/// Ends the detail of a head whose part has a last line on spacing.
const DEPARTS: char = '+';
/// Begins that line.
const SPACING: &str = "spacing:";
