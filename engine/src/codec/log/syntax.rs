//! How lines of the body are told apart.

use crate::codec::lines::AS_IS;

/// How many patterns may have a name at once.
pub(super) const NAMES: usize = 52;

/// What a line of the body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyLine<'a> {
    /// Shows the pattern that has this name from now on.
    Pattern(usize, &'a [u8]),
    /// Gives values to a pattern.
    Row(usize, &'a [u8]),
    /// The line above stands so many times more.
    Run(&'a [u8]),
    /// The line itself.
    AsIs(&'a [u8]),
}

/// The letter of a name.
pub(super) fn letter(name: usize) -> u8 {
    let (name, first) = if name < 26 { (name, b'a') } else { (name - 26, b'A') };
    first + name as u8
}

fn name(letter: u8) -> Option<usize> {
    match letter {
        b'a'..=b'z' => Some(usize::from(letter - b'a')),
        b'A'..=b'Z' => Some(usize::from(letter - b'A') + 26),
        _ => None,
    }
}

/// What a line of the body is. `is_named`: whether a name has been given.
pub(super) fn read(line: &[u8], is_named: impl Fn(usize) -> bool) -> BodyLine<'_> {
    let Some((&first, rest)) = line.split_first() else { return BodyLine::AsIs(line) };
    match (name(first), rest.first()) {
        _ if first == AS_IS => BodyLine::AsIs(rest),
        (Some(name), Some(b'=')) => BodyLine::Pattern(name, &rest[1..]),
        (Some(name), None | Some(b' ')) if is_named(name) => BodyLine::Row(name, rest),
        (None, Some(_)) if first == b'+' && rest.iter().all(u8::is_ascii_digit) => {
            BodyLine::Run(rest)
        }
        _ => BodyLine::AsIs(line),
    }
}

/// Whether a line as it is would be read as something else.
pub(super) fn is_taken(line: &[u8], is_named: impl Fn(usize) -> bool) -> bool {
    read(line, is_named) != BodyLine::AsIs(line)
}
