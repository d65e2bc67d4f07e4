//! The header of a file in a diff, and its row in a body:
//!
//! `diff PATH[ => PATH], LINE[, LINE …]`
//!
//! The lines are those between `diff --git` and `---`, as they stand, but `rename` and `copy` stand
//! for two lines each, which say the paths again. `---` and `+++` are there if a hunk follows.

use super::{
    cursor::{Cursor, split_end},
    is_hunk_head,
};
use memchr::memmem;
use smallvec::SmallVec;

const GIT: &[u8] = b"diff --git a/";
const ROW: &[u8] = b"diff ";
const BETWEEN: &[u8] = b", ";
const ARROW: &[u8] = b" => ";
/// What the lines of a header begin with.
const LINES: [&[u8]; 7] = [
    b"index ",
    b"new file mode ",
    b"deleted file mode ",
    b"old mode ",
    b"new mode ",
    b"similarity index ",
    b"dissimilarity index ",
];
/// Lines that name paths: the word for them, the first and the second.
const MOVES: [[&[u8]; 3]; 2] =
    [[b"rename", b"rename from ", b"rename to "], [b"copy", b"copy from ", b"copy to "]];
/// The most lines of a header.
const MOST: usize = 8;

/// What a row says.
struct Parts<'a> {
    from: &'a [u8],
    to: &'a [u8],
    lines: SmallVec<[&'a [u8]; MOST]>,
    end: &'a [u8],
}

/// The row for a header, if it gives back its lines. `cursor` then stands after them.
pub(super) fn fold(cursor: &mut Cursor) -> Option<Vec<u8>> {
    let mut later = *cursor;
    let row = row(&mut later)?;
    let source = cursor.until(later);
    let mut lines = Vec::with_capacity(source.len() + 1);
    unfold(&row, is_hunk(later), |pieces| {
        pieces.iter().for_each(|piece| lines.extend_from_slice(piece));
        lines.push(b'\n');
        Some(())
    })?;
    (lines.strip_suffix(b"\n") == Some(source)).then(|| *cursor = later)?;
    Some(row)
}

/// Whether a hunk is next.
pub(super) fn is_hunk(cursor: Cursor) -> bool {
    cursor.peek().is_some_and(is_hunk_head)
}

pub(super) fn is_row(line: &[u8]) -> bool {
    Parts::parse(line).is_some()
}

/// A row that may be right. `cursor` then stands after what may be its header.
fn row(cursor: &mut Cursor) -> Option<Vec<u8>> {
    let (line, end) = split_end(cursor.next()?);
    let pair = line.strip_prefix(GIT)?;
    let mut paths = None;
    let mut lines = Vec::new();
    while let Some(line) = cursor.peek().and_then(|line| line.strip_suffix(end)) {
        let moved =
            MOVES.iter().find_map(|[word, from, _]| Some((word, line.strip_prefix(*from)?)));
        let said = match moved {
            Some((word, from)) => {
                cursor.next();
                let line = cursor.peek()?.strip_suffix(end)?;
                let to = MOVES.iter().find_map(|[_, _, to]| line.strip_prefix(*to))?;
                paths = Some((from, to));
                word
            }
            None if is_line(line) => line,
            None => break,
        };
        cursor.next();
        lines.extend_from_slice(BETWEEN);
        lines.extend_from_slice(said);
    }
    if cursor.peek().is_some_and(|line| line.starts_with(b"--- ")) {
        cursor.nth(1);
    }
    let half = pair.len().checked_sub(b" b/".len())? / 2;
    Some(match paths {
        Some((from, to)) => [ROW, from, ARROW, to, &lines, end].concat(),
        None => [ROW, &pair[..half], &lines, end].concat(),
    })
}

/// Gives each line that `row` stands for to `put`, in pieces. `None`: it is no row.
pub(super) fn unfold(
    row: &[u8],
    has_hunk: bool,
    mut put: impl FnMut(&[&[u8]]) -> Option<()>,
) -> Option<()> {
    let Parts { from, to, lines, end } = Parts::parse(row)?;
    put(&[GIT, from, b" b/", to, end])?;
    for line in &lines {
        match MOVES.iter().find(|[word, ..]| word == line) {
            Some([_, first, second]) => {
                put(&[first, from, end])?;
                put(&[second, to, end])?;
            }
            None => put(&[line, end])?,
        }
    }
    if has_hunk {
        let has = |word: &[u8]| lines.iter().any(|line| line.starts_with(word));
        file(b"--- ", b"a/", from, has(b"new file"), end, &mut put)?;
        file(b"+++ ", b"b/", to, has(b"deleted file"), end, &mut put)?;
    }
    Some(())
}

/// `--- a/path`. Git puts a tab after a path with spaces.
fn file(
    sign: &[u8],
    side: &[u8],
    path: &[u8],
    is_absent: bool,
    end: &[u8],
    put: &mut impl FnMut(&[&[u8]]) -> Option<()>,
) -> Option<()> {
    if is_absent {
        return put(&[sign, b"/dev/null", end]);
    }
    let tab: &[u8] = if path.contains(&b' ') { b"\t" } else { b"" };
    put(&[sign, side, path, tab, end])
}

fn is_line(line: &[u8]) -> bool {
    LINES.iter().any(|known| line.starts_with(known))
}

impl<'a> Parts<'a> {
    fn parse(row: &'a [u8]) -> Option<Self> {
        let (mut paths, end) = split_end(row.strip_prefix(ROW)?);
        let mut lines = SmallVec::new();
        let mut is_moved = false;
        while lines.len() < MOST
            && let Some(at) = memmem::rfind(paths, BETWEEN)
        {
            let line = &paths[at + BETWEEN.len()..];
            let is_move = MOVES.iter().any(|[word, ..]| *word == line);
            if !is_move && !is_line(line) {
                break;
            }
            is_moved |= is_move;
            lines.push(line);
            paths = &paths[..at];
        }
        if lines.is_empty() {
            return None;
        }
        lines.reverse();
        let (from, to) = match memmem::find(paths, ARROW) {
            Some(at) if is_moved => (&paths[..at], &paths[at + ARROW.len()..]),
            _ => (paths, paths),
        };
        Some(Self { from, to, lines, end })
    }
}
