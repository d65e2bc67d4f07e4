//! Prints the text again.

use super::{
    pattern::{FRONT, Pattern, Piece, REST},
    syntax::{self, BodyLine, NAMES},
};
use crate::{codec::lines::lines, report::Reach};
use smallvec::SmallVec;

/// A pattern, and the line of the body that shows it.
struct Shown<'a> {
    pattern: Pattern<'a>,
    at: usize,
}

/// A word that later lines may leave out, and the line of the body that gives it.
#[derive(Clone, Copy)]
struct Carried<'a> {
    value: &'a [u8],
    at: usize,
}

type Values<'a> = SmallVec<[&'a [u8]; 16]>;

struct Reader<'a, 'r> {
    out: Vec<u8>,
    longest: usize,
    names: [Option<Shown<'a>>; NAMES],
    carried: [Option<Carried<'a>>; FRONT],
    /// The line of the body that is being read.
    at: usize,
    /// Where the last line of the text begins.
    start: usize,
    /// Which line of the body says it, and on how many others that one leans.
    said: (usize, usize),
    reach: &'r mut Reach,
}

/// The text that `body` stands for.
pub(super) fn text(body: &[u8], longest: usize, reach: &mut Reach) -> Option<Vec<u8>> {
    let mut reader = Reader {
        out: Vec::with_capacity(longest.min(body.len() * 4)),
        longest: longest.saturating_add(1),
        names: [const { None }; NAMES],
        carried: [None; FRONT],
        at: 0,
        start: 0,
        said: (0, 0),
        reach,
    };
    for line in lines(body) {
        reader.line(line)?;
        reader.at += 1;
    }
    reader.out.pop();
    Some(reader.out)
}

impl<'a> Reader<'a, '_> {
    fn line(&mut self, line: &'a [u8]) -> Option<()> {
        let line = match syntax::read(line, |name| self.names[name].is_some()) {
            BodyLine::Run(count) => return self.run(count),
            line => line,
        };
        self.start = self.out.len();
        self.said = (self.at, 0);
        match line {
            BodyLine::Pattern(name, line) => self.pattern(name, line)?,
            BodyLine::Row(name, values) => self.row(name, values)?,
            BodyLine::AsIs(line) => self.put(line)?,
            BodyLine::Run(_) => return None,
        }
        self.put(b"\n")
    }

    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        self.out.extend_from_slice(bytes);
        (self.out.len() <= self.longest).then_some(())
    }

    fn put_pieces(&mut self, pieces: &[Piece], values: &[&[u8]]) -> Option<()> {
        pieces.iter().try_for_each(|piece| match *piece {
            Piece::Constant(bytes) => self.put(bytes),
            Piece::Value(value) => self.put(values[value]),
        })
    }

    /// Says the line above again, `count` times.
    fn run(&mut self, count: &[u8]) -> Option<()> {
        let count: usize = std::str::from_utf8(count).ok()?.parse().ok()?;
        let end = self.out.len();
        let len = end - self.start;
        let is_short = len.checked_mul(count)?.checked_add(end)? <= self.longest;
        if self.at == 0 || !is_short {
            return None;
        }
        let (at, others) = self.said;
        self.reach.add(self.at - at, others + 1);
        for _ in 0..count {
            self.out.extend_from_within(end - len..end);
        }
        Some(())
    }

    fn pattern(&mut self, name: usize, line: &'a [u8]) -> Option<()> {
        let pattern = Pattern::of(line)?;
        self.put_pieces(&pattern.pieces, &pattern.values)?;
        for (at, &word) in pattern.front.iter().enumerate() {
            self.carry(at, word);
        }
        self.names[name] = Some(Shown { pattern, at: self.at });
        Some(())
    }

    /// Notes that this line gives the word numbered `at`.
    fn carry(&mut self, at: usize, value: &'a [u8]) {
        self.carried[at] = Some(Carried { value, at: self.at });
    }

    fn row(&mut self, name: usize, given: &'a [u8]) -> Option<()> {
        let Shown { pattern, at } = self.names[name].take()?;
        let mut values = Values::new();
        let count = count(given, pattern.has_rest, pattern.values.len())?;
        let left_out = pattern.carried.get(..pattern.values.len().checked_sub(count)?)?;
        for &word in left_out {
            values.push(self.carried[word].as_ref()?.value);
        }
        split(given, pattern.has_rest, |value| values.push(value))?;
        self.note_reach(at, left_out);
        for (&word, &value) in pattern.places.iter().zip(&values).skip(left_out.len()) {
            self.carry(word, value);
        }
        self.put_pieces(&pattern.pieces, &values)?;
        self.names[name] = Some(Shown { pattern, at });
        Some(())
    }

    /// Notes on which lines a row leans: the one that shows its pattern, and those that give what
    /// it leaves out.
    fn note_reach(&mut self, shown: usize, left_out: &[usize]) {
        let mut leans_on: SmallVec<[usize; 3]> = SmallVec::from_slice(&[shown]);
        for carried in left_out.iter().filter_map(|&word| self.carried[word].as_ref()) {
            if !leans_on.contains(&carried.at) {
                leans_on.push(carried.at);
            }
        }
        let furthest = leans_on.iter().min().map_or(0, |&furthest| self.at - furthest);
        self.reach.add(furthest, leans_on.len());
        self.said = (self.at, leans_on.len());
    }
}

/// How many values a row gives. `None`: more than `most`, or it is no list of values.
fn count(given: &[u8], has_rest: bool, most: usize) -> Option<usize> {
    let mut count = 0;
    split(given, has_rest, |_| count += 1)?;
    (count <= most).then_some(count)
}

/// Finds the values of a row: a space before each, and none in them but between quotes and in the
/// rest of the line.
fn split<'a>(mut given: &'a [u8], has_rest: bool, mut value: impl FnMut(&'a [u8])) -> Option<()> {
    while let Some((b' ', rest)) = given.split_first() {
        if has_rest && rest.first() == Some(&REST) {
            value(&rest[1..]);
            return Some(());
        }
        let end = match rest.first()? {
            &quote @ (b'"' | b'\'') => memchr::memchr(quote, &rest[1..])? + 2,
            _ => memchr::memchr(b' ', rest).unwrap_or(rest.len()),
        };
        if end == 0 {
            return None;
        }
        value(&rest[..end]);
        given = &rest[end..];
    }
    (given.is_empty() && !has_rest).then_some(())
}
