//! The line that shows a pattern: the line itself, with a mark before each word that is a value.
//!
//! `*` says that each row gives this word, `^` that a row may leave it out, `~` that what follows
//! is the line's own. A word without a mark that is like an earlier one with a mark is that value
//! again.

use super::words;
use smallvec::SmallVec;

/// How many values, from the first, a row may leave out.
pub(super) const CARRIED: usize = 2;
/// They stand among so many first words of a line.
pub(super) const FRONT: usize = 8;
/// Before a value that each row gives.
pub(super) const GIVEN: u8 = b'*';
/// Before a value that a row may leave out.
pub(super) const LEFT_OUT: u8 = b'^';
/// Before a word that is the like value before it again.
pub(super) const AGAIN: u8 = b'&';
/// Before the rest of the line, in the line that shows a pattern and in rows.
pub(super) const REST: u8 = b'~';

/// A word of a line that shows a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    /// Where it begins, behind its mark.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) mark: Option<u8>,
}

/// The words of a line that shows a pattern.
pub(super) fn marked(line: &[u8]) -> impl Iterator<Item = Marked> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = words::start(line, from);
        if at == line.len() {
            return None;
        }
        let mark = mark(line, at);
        let start = at + usize::from(mark.is_some());
        let end = if mark == Some(REST) { line.len() } else { words::end(line, start).0 };
        from = end;
        Some(Marked { start, end, mark })
    })
}

/// The mark at the start of a word, if a word follows.
fn mark(line: &[u8], at: usize) -> Option<u8> {
    let is_mark = matches!(line[at], GIVEN | LEFT_OUT | AGAIN | REST);
    let &next = line.get(at + 1).filter(|_| is_mark)?;
    let follows = !words::is_between(next)
        || ((next == b'"' || next == b'\'') && words::quoted(line, at + 1).is_some());
    follows.then_some(line[at])
}

/// A piece of a pattern.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    Constant(&'a [u8]),
    Value(usize),
}

/// What a line shows.
pub(super) struct Pattern<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
    /// The values of the line itself.
    pub(super) values: Vec<&'a [u8]>,
    /// Which words of the line are the values that a row may leave out.
    pub(super) carried: SmallVec<[usize; CARRIED]>,
    /// Which of the first words of the line are values.
    pub(super) places: SmallVec<[usize; FRONT]>,
    /// The first words of the line.
    pub(super) front: SmallVec<[&'a [u8]; FRONT]>,
    /// The last value is the rest of the line.
    pub(super) has_rest: bool,
}

impl<'a> Pattern<'a> {
    /// Reads a line that shows a pattern. `None`: it cannot be one.
    pub(super) fn of(line: &'a [u8]) -> Option<Self> {
        let mut pattern = Pattern {
            pieces: Vec::new(),
            values: Vec::new(),
            carried: SmallVec::new(),
            places: SmallVec::new(),
            front: SmallVec::new(),
            has_rest: false,
        };
        if line.len() > 2 * words::LONGEST {
            return None;
        }
        let mut constant = 0;
        for (at, word) in marked(line).enumerate() {
            if at > words::MOST {
                return None;
            }
            let Some((value, before)) = pattern.value(line, at, word)? else { continue };
            pattern.pieces.push(Piece::Constant(&line[constant..before]));
            pattern.pieces.push(Piece::Value(value));
            constant = word.end;
        }
        pattern.pieces.push(Piece::Constant(&line[constant..]));
        Some(pattern)
    }

    /// Which value the word numbered `at` is, if it is one, and where it begins with its mark.
    fn value(&mut self, line: &'a [u8], at: usize, word: Marked) -> Option<Option<(usize, usize)>> {
        let Marked { start, end, mark } = word;
        let bytes = &line[start..end];
        if at < FRONT && mark != Some(REST) {
            self.front.push(bytes);
        }
        let Some(mark) = mark else { return Some(None) };
        if mark == AGAIN {
            let again = self.values.iter().position(|&value| value == bytes)?;
            return Some(Some((again, start - 1)));
        }
        if mark == LEFT_OUT {
            let is_first = self.carried.len() == self.values.len() && self.values.len() < CARRIED;
            (is_first && at < FRONT).then(|| self.carried.push(at))?;
        }
        self.has_rest = mark == REST;
        if at < FRONT && !self.has_rest {
            self.places.push(at);
        }
        self.values.push(bytes);
        Some(Some((self.values.len() - 1, start - 1)))
    }
}
