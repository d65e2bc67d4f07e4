//! Which layouts may fit a page, from the bytes that its lines hold.

use super::layout::{Column, Filling, Layout, Parted, Place};
use super::learn::Columns;
use super::tree;

/// The longest line that is looked at: columns and paths are short.
pub(super) const LONGEST_LINE: usize = 4096;

/// Bytes that may part columns, as they are noted of lines.
const SPACE: u8 = 1;
const SPACES: u8 = 2;
const SLASH: u8 = 4;
/// Noted of a line that is a branch of a tree.
pub(super) const BRANCH: u8 = 64;

/// How a byte is noted. Without branches: many bytes are looked at at once.
fn mark_of(byte: u8) -> u8 {
    let is = |other: u8, mark: u8| if byte == other { mark } else { 0 };
    is(b' ', SPACE)
        | is(b'/', SLASH)
        | is(b'\\', SLASH)
        | is(b'\t', 8)
        | is(b',', 16)
        | is(b';', 32)
}

/// What may part the columns of a line. Of a very long one, nothing.
pub(super) fn marks_of(line: &[u8]) -> u8 {
    if line.len() > LONGEST_LINE {
        return 0;
    }
    let marks = line.iter().fold(0, |marks, &byte| marks | mark_of(byte));
    let is_space = |byte: u8| u8::from(byte == b' ');
    let has_spaces = || {
        let pairs = line.iter().zip(&line[1..]);
        pairs.fold(0, |found, (&a, &b)| found | is_space(a) & is_space(b)) > 0
    };
    let spaces = if marks & SPACE > 0 && has_spaces() { SPACES } else { 0 };
    let branch = if tree::is_branch(line) { BRANCH } else { 0 };
    marks | spaces | branch
}

/// Layouts that may fit.
pub(super) fn candidates<'t>(
    lines: &[&'t [u8]],
    marks: &[u8],
    columns: &mut Columns<'t>,
) -> Vec<Layout> {
    let with = |mark: u8| marks.iter().filter(|&&has| has & mark > 0).count() * 2 >= lines.len();
    let mut layouts = Vec::new();
    for parted in Parted::ALL {
        let is_likely = match parted {
            Parted::Words => with(SPACE),
            Parted::Wide => with(SPACES),
            Parted::By(byte) => with(mark_of(byte)),
        };
        layouts.extend(is_likely.then(|| columns.learn(lines, parted)).flatten());
        if let Parted::By(b'\t') = parted
            && is_likely
        {
            let hole = || Column { place: Place::Next, filling: Filling::Hole(None) };
            layouts.push(Layout { parted, columns: vec![hole(), hole()], prefix: Vec::new() });
        }
    }
    if with(SLASH) {
        let hole = Column { place: Place::Next, filling: Filling::Hole(None) };
        let columns = vec![hole];
        layouts.push(Layout { parted: Parted::Words, columns, prefix: Vec::new() });
    }
    layouts
}
