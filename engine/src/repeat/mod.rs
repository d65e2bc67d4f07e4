//! Lines that stand earlier in the same request.
//!
//! An agent reads a file, edits it, and reads it again; it runs the same tests ten times. The lines
//! that came before need not be sent twice: a line that refers to them is enough.
//!
//! ```text
//! [same as tool result 3, lines 12-51: def main]
//! ```
//!
//! Both ways keep the same account of source lines, as they stand in the JSON strings of tool
//! results, escapes and all: [`History`] by their hashes, to find what came before; [`Recall`] by
//! their bytes, to put it back. Tool results are counted from 1 in the order in which they come, and
//! so are the lines of each. What is referred to always stands there in some form of its own: no
//! reference leads to another.
//!
//! A numbered view of a file (`cat -n` and its like) is the same as another but for its numbers, so a
//! line's number is kept apart from the rest, and a reference says how far the numbers have moved.
//!
//! What bounds the account holds both ways too, so a reference that was made can be followed. The
//! words of a reference are part of the output: whoever changes them changes every user's cache.

mod account;
mod history;
mod line;
mod recall;
mod reference;

pub(crate) use account::{LONGEST_LINE, Noun};
pub(crate) use history::{History, Known, Run, Stands};
pub(crate) use line::raw_lines;
pub(crate) use recall::Recall;
pub(crate) use reference::{LONGEST_REFERENCE, Reference, START};
