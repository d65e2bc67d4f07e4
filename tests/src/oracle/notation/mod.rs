//! A second decoder for the notation, written from `docs/notation.md` alone.
//!
//! It holds texts whole, and shares nothing with the engine: where the two give the same, the page
//! says enough. It reads coded parts in plain text and in JSON strings down to four deep, and
//! references in the request bodies of Anthropic and of OpenAI Chat. Of the page's bounds it keeps
//! those that decide what a text means; it does not refuse what is merely too far away or too long.

mod diff;
mod frame;
mod log;
mod references;
mod search;
mod spacing;
mod strings;
mod table;
mod text;
mod tree;

/// The text with all coded parts decoded, and the references in it replaced.
///
/// ```
/// let short = b"[brevity 1 search 3 lines: hits]\n# a.rs\n1:use b;\n7-\nmore";
/// let text = brevity_tests::oracle::notation::expand(short);
/// assert_eq!(text, b"a.rs:1:use b;\na.rs-7-\nmore");
/// ```
pub fn expand(text: &[u8]) -> Vec<u8> {
    references::expand(&frame::expand(text))
}

/// The digits that `text` begins with, if there are any, and the rest.
fn number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}
