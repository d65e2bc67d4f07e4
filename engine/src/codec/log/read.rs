//! Prints the text again.

use super::{
    pattern::{CARRIED, Pattern, Piece},
    syntax::{self, BodyLine, NAMES},
};
use crate::{codec::lines::lines, report::Reach};
use smallvec::SmallVec;

/// A pattern, and the line of the body that shows it.
struct Shown<'a> {
    pattern: Pattern<'a>,
    at: usize,
}

/// A value that later lines may leave out, and the line of the body that gives it.
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
    carried: [Option<Carried<'a>>; CARRIED],
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
        carried: [None; CARRIED],
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
        self.carry(&pattern.values[..pattern.carried], 0);
        self.names[name] = Some(Shown { pattern, at: self.at });
        Some(())
    }

    /// Notes values that this line gives, from the one numbered `first` on.
    fn carry(&mut self, values: &[&'a [u8]], first: usize) {
        for (carried, &value) in self.carried[first..].iter_mut().zip(values) {
            *carried = Some(Carried { value, at: self.at });
        }
    }

    fn row(&mut self, name: usize, given: &'a [u8]) -> Option<()> {
        let Shown { pattern, at } = self.names[name].take()?;
        let mut values = Values::new();
        let left_out = pattern.values.len().checked_sub(count(given, pattern.values.len())?)?;
        for carried in self.carried.get(..left_out.min(pattern.carried))? {
            values.push(carried.as_ref()?.value);
        }
        split(given, |value| values.push(value))?;
        if values.len() != pattern.values.len() {
            return None;
        }
        self.note_reach(at, left_out);
        self.carry(&values[left_out..pattern.carried.max(left_out)], left_out);
        self.put_pieces(&pattern.pieces, &values)?;
        self.names[name] = Some(Shown { pattern, at });
        Some(())
    }

    /// Notes on which lines a row leans: the one that shows its pattern, and those that give what it
    /// leaves out.
    fn note_reach(&mut self, shown: usize, left_out: usize) {
        let mut leans_on: SmallVec<[usize; 3]> = SmallVec::from_slice(&[shown]);
        for carried in self.carried[..left_out].iter().flatten() {
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
fn count(given: &[u8], most: usize) -> Option<usize> {
    let mut count = 0;
    split(given, |_| count += 1)?;
    (count <= most).then_some(count)
}

/// Finds the values of a row: a space before each, and none in them but between quotes.
fn split<'a>(mut given: &'a [u8], mut value: impl FnMut(&'a [u8])) -> Option<()> {
    while let Some((b' ', rest)) = given.split_first() {
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
    given.is_empty().then_some(())
}
