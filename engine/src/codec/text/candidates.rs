//! Which layouts may fit a page, from the bytes that its lines hold.

use super::cells::Columns;
use super::layout::{Column, Filling, Layout, Parted, Place};
use super::learn::learn;
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

/// So many bytes are looked at at once.
const BLOCK: usize = 16;

/// How the bytes of a block and the one behind them are noted, together.
fn marks_of_block(block: &[u8; BLOCK + 1]) -> u8 {
    let mut marks = [0; BLOCK];
    for (at, mark) in marks.iter_mut().enumerate() {
        let (byte, next) = (mark_of(block[at]), mark_of(block[at + 1]));
        *mark = byte | next | ((byte & next & SPACE) * SPACES);
    }
    marks.iter().fold(0, |all, mark| all | mark)
}

/// What may part the columns of a line. Of a very long one, nothing.
pub(super) fn marks_of(line: &[u8]) -> u8 {
    if line.len() > LONGEST_LINE {
        return 0;
    }
    let branch = if tree::is_branch(line) { BRANCH } else { 0 };
    // The last block reaches back over the one before: a byte may be noted twice.
    let Some(last) = line.last_chunk() else {
        let mut short = [0; BLOCK + 1];
        short[..line.len()].copy_from_slice(line);
        return marks_of_block(&short) | branch;
    };
    let blocks = line.windows(BLOCK + 1).step_by(BLOCK).filter_map(<[u8]>::first_chunk);
    blocks.fold(marks_of_block(last), |marks, block| marks | marks_of_block(block)) | branch
}

/// Layouts that may fit `lines`, the first of which is line `at` of the text.
pub(super) fn candidates<'t>(
    at: usize,
    lines: &[&'t [u8]],
    marks: &[u8],
    cells: &mut Columns<'t>,
) -> Vec<Layout> {
    let with = |mark: u8| marks.iter().filter(|&&has| has & mark > 0).count() * 2 >= lines.len();
    let mut layouts = Vec::new();
    for parted in Parted::ALL {
        let is_likely = match parted {
            Parted::Words => with(SPACE),
            Parted::Wide => with(SPACES),
            Parted::By(byte) => with(mark_of(byte)),
        };
        layouts.extend(is_likely.then(|| learn(cells.of(at, lines, parted), parted)).flatten());
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
