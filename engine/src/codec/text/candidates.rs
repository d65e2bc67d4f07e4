//! Which layouts may fit a page, from the bytes that its lines hold.

use super::layout::{Column, Filling, Layout, Parted, Place};
use super::{learn::learn, tree};

/// The longest line that is looked at: columns and paths are short.
pub(super) const LONGEST_LINE: usize = 4096;

/// Bytes that may part columns, as they are noted of lines.
const SPACE: u8 = 1;
const SPACES: u8 = 2;
const SLASH: u8 = 4;
/// Noted of a line that is a branch of a tree.
pub(super) const BRANCH: u8 = 64;

/// How a byte is noted.
const fn mark_of(byte: u8) -> u8 {
    match byte {
        b' ' => SPACE,
        b'/' | b'\\' => SLASH,
        b'\t' => 8,
        b',' => 16,
        b';' => 32,
        _ => 0,
    }
}

/// How all bytes are noted.
const MARKS: [u8; 256] = {
    let mut marks = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)]
        let mark = mark_of(byte as u8);
        marks[byte] = mark;
        byte += 1;
    }
    marks
};

/// What may part the columns of a line. Of a very long one, nothing.
pub(super) fn marks_of(line: &[u8]) -> u8 {
    if line.len() > LONGEST_LINE {
        return 0;
    }
    let marks = line.iter().fold(0, |marks, &byte| marks | MARKS[usize::from(byte)]);
    let has_spaces = marks & SPACE > 0 && line.windows(2).any(|pair| pair == b"  ");
    let spaces = if has_spaces { SPACES } else { 0 };
    let branch = if tree::is_branch(line) { BRANCH } else { 0 };
    marks | spaces | branch
}

/// Layouts that may fit.
pub(super) fn candidates(lines: &[&[u8]], marks: &[u8]) -> Vec<Layout> {
    let with = |mark: u8| marks.iter().filter(|&&has| has & mark > 0).count() * 2 >= lines.len();
    let mut layouts = Vec::new();
    for parted in Parted::ALL {
        let is_likely = match parted {
            Parted::Words => with(SPACE),
            Parted::Wide => with(SPACES),
            Parted::By(byte) => with(mark_of(byte)),
        };
        layouts.extend(is_likely.then(|| learn(lines, parted)).flatten());
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
