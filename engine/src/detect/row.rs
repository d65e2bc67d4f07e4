//! Paths, columns and trees.

use super::shape::Shape;

/// What a line has of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Cells in columns, a branch of a tree, a file with its mode.
    Cells,
    /// One path or name.
    Path,
    Nothing,
}

/// What `shape` has of a listing. Code is told apart by the caller.
pub(super) fn row(shape: &Shape) -> Row {
    if branch(shape)
        || mode(shape)
        || option(shape)
        || shape.starts(b"+--")
        || graph(shape)
        || rows(shape)
    {
        return Row::Cells;
    }
    if shape.spaces() == 0 {
        return lone(shape);
    }
    if shape.signs() <= 2 && columns(shape) || tabbed(shape) || weighed(shape) {
        return Row::Cells;
    }
    Row::Nothing
}

/// `├── x`, `|-- x`, `+- x`.
fn branch(shape: &Shape) -> bool {
    let drawn = [b"\xe2\x94".as_slice(), b"|-- ", b"`-- ", b"+-- ", b"|   ", b"+- ", b"\\- "];
    matches!(shape.first(), 0xe2 | b'|' | b'`' | b'+' | b'\\')
        && drawn.iter().any(|start| shape.starts(start))
}

/// `| words`, as down the side of a graph of commits. A table of Markdown ends in the sign too.
fn graph(shape: &Shape) -> bool {
    shape.indent == 0 && shape.starts(b"| ") && shape.last() != b'|'
}

/// `drwxr-xr-x`.
fn mode(shape: &Shape) -> bool {
    matches!(shape.first(), b'-' | b'd' | b'l' | b'b' | b'c' | b'p' | b's')
        && shape.text.len() > 10
        && shape.text[1..10].iter().all(|byte| b"rwxsStT-".contains(byte))
        && shape.text[1..10].contains(&b'r')
}

/// `-f, --flag  what it does`.
fn option(shape: &Shape) -> bool {
    shape.first() == b'-'
        && shape.indent > 0
        && (shape.at(1).is_ascii_alphanumeric() || shape.at(1) == b'-' && shape.at(2) != b' ')
        && shape.signs() < 6
}

/// `a,b,1.5`: commas without spaces after them.
fn rows(shape: &Shape) -> bool {
    let commas = || memchr::memchr_iter(b',', shape.front()).count();
    shape.signs() == 0
        && shape.odd() >= 2
        && shape.last() != b','
        && commas() >= 2
        && commas() > 2 * shape.spaces()
}

/// A line without a space.
fn lone(shape: &Shape) -> Row {
    if shape.signs() > 0 || shape.odd() > 1 || shape.lower() + shape.upper() == 0 {
        return Row::Nothing;
    }
    match shape.last() {
        b':' | b',' | b'"' | b'\'' => Row::Nothing,
        _ => Row::Path,
    }
}

/// Twice two spaces or once three between words. Prose may have two after a sentence.
fn columns(shape: &Shape) -> bool {
    if shape.spaces() < 3 {
        return false;
    }
    let words = shape.lower() > 6 * shape.spaces();
    let mut gaps = 0;
    let mut spaces = 0;
    for byte in shape.front() {
        gaps += usize::from(*byte == b' ' && (spaces == 1 || spaces == 2));
        spaces = if *byte == b' ' { spaces + 1 } else { 0 };
    }
    gaps >= if words { 4 } else { 2 }
}

/// A tab between words, and few signs.
fn tabbed(shape: &Shape) -> bool {
    shape.control() > 0
        && shape.signs() <= 1
        && shape.indent == 0
        && memchr::memchr(b'\t', shape.front()).is_some()
}

/// `4.0K ./x`, `1234 src/x`: a number and one word, as of `wc` and `uniq -c`.
fn weighed(shape: &Shape) -> bool {
    shape.first().is_ascii_digit() && shape.spaces() == 1 && shape.signs() == 0 && shape.odd() == 0
}
