//! One module per lossless codec. A codec gets one whole part, borrows everything from it, and
//! writes the shorter form. What holds for each:
//!
//! - *Exact*: `encode` and `decode` undo each other, for any bytes.
//! - *Whole*: a number, id or quoted string stands in the output as it stood.
//! - *Near*: no line leans on one more than [`NEAR`] lines up, nor on more than [`OTHERS`] others.
//! - *Framed*: the head line says how many lines there are and, in words, what they are.
//!
//! [`table`] is for JSON and gets a document; the others get lines, and share [`lines`].

pub(crate) mod diff;
pub(crate) mod lines;
pub(crate) mod log;
pub(crate) mod search;
pub(crate) mod table;
pub(crate) mod text;

use crate::{Codec, report::Reach};

/// How far up a line may lean, in lines.
pub(crate) const NEAR: usize = 100;
/// On how many other lines a line may lean; heads of tables are not counted.
pub(crate) const OTHERS: usize = 2;

/// What a codec writes for a part.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Coded {
    /// What the decoder needs to know beside the lines; may be empty. Without `:`.
    pub(crate) detail: String,
    /// What the head line says to its reader, in words.
    pub(crate) words: String,
    /// The lines, without a newline at the end.
    pub(crate) body: Vec<u8>,
}

/// Writes lines shorter: `text` is whole lines without the last newline. `None`: there is nothing
/// in them that `codec` can shorten.
pub(crate) fn encode(codec: Codec, text: &[u8]) -> Option<Coded> {
    match codec {
        Codec::Log => log::encode(text),
        Codec::Search => search::encode(text),
        Codec::Diff => diff::encode(text),
        Codec::Text => text::encode(text),
        Codec::Table | Codec::Repeat => None,
    }
}

/// The text that `body` stands for. `None` where it was not written by `codec`, or where the text
/// would be longer than `longest` bytes. What lines lean on goes to `reach`.
pub(crate) fn decode(
    codec: Codec,
    detail: &str,
    body: &[u8],
    longest: usize,
    depth: usize,
    reach: &mut Reach,
) -> Option<Vec<u8>> {
    match codec {
        Codec::Table => table::decode(detail, body, longest, depth, reach),
        // The others need to know nothing beside the lines.
        _ if !detail.is_empty() => None,
        Codec::Log => log::decode(body, longest, reach),
        Codec::Search => search::decode(body, longest, reach),
        Codec::Diff => diff::decode(body, longest, reach),
        Codec::Text => text::decode(body, longest, reach),
        Codec::Repeat => None,
    }
}
