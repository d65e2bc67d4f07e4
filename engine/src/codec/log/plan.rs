//! Which lines show a pattern, and which lines follow it.
//!
//! In each group the first line shows the pattern, the next ones follow as rows of the words that
//! vary. The more lines follow one pattern, the fewer patterns; but each word that varies once
//! costs a value in all rows. So a pattern lasts as long as tokens per line fall, and a new one
//! begins where a value that had been constant changes, such as a date.

use super::{
    fronts,
    pattern::{CARRIED, FRONT},
    shapes::{NONE, Shapes, Word},
};
use crate::tokens;

/// How far below its pattern a row may stand, in lines of the body.
pub(super) const NEAR: u32 = crate::codec::NEAR as u32;
/// How many more lines are tried after the best end of a pattern.
const AHEAD: u64 = 24;
/// After how many lines a pattern must have saved something.
const HOPE: u64 = 4;
/// What a row costs beside its values: its name and its newline.
const ROW: u64 = 2;
/// What a pattern costs beside its line.
const PATTERN: u64 = 3;

/// A pattern, and the lines that follow it.
pub(super) struct Pattern {
    /// The line that shows it.
    pub(super) line: u32,
    /// The last line that follows it.
    pub(super) last: u32,
    /// Which words of a line are values, in [`Plan::values`].
    first_value: u32,
    values: u16,
    /// Which words are a value before them again, in [`Plan::agains`].
    first_again: u32,
    pub(super) agains: u16,
    /// How many of them, from the first, a row may leave out.
    pub(super) carried: u16,
}

/// All patterns.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) patterns: Vec<Pattern>,
    values: Vec<u16>,
    agains: Vec<u16>,
}

/// Words of a line, as bits.
type Set = u128;

/// Where a pattern may end.
#[derive(Clone, Copy)]
struct End {
    last: u32,
    /// How many lines follow the pattern.
    rows: u64,
    /// The words that vary among them.
    varying: Set,
    /// Tokens per line, in 256ths.
    cost: u64,
}

impl Plan {
    /// Decides for all lines, and notes in them whose pattern they follow.
    pub(super) fn of(shapes: &mut Shapes) -> Self {
        let mut plan = Plan::default();
        plan.add(shapes);
        fronts::group(shapes);
        plan.add(shapes);
        plan
    }

    /// Decides for the lines of the groups that there are.
    fn add(&mut self, shapes: &mut Shapes) {
        for group in 0..shapes.groups.len() {
            let mut line = shapes.groups[group][0];
            while line != NONE {
                line = self.begin(line, shapes);
            }
        }
    }

    /// Which words of a line are values of the pattern.
    pub(super) fn values(&self, pattern: &Pattern) -> &[u16] {
        &self.values[pattern.first_value as usize..][..usize::from(pattern.values)]
    }

    /// Which words of a line are the same as a value before them.
    pub(super) fn agains(&self, pattern: &Pattern) -> &[u16] {
        &self.agains[pattern.first_again as usize..][..usize::from(pattern.agains)]
    }

    /// Lets `line` show a pattern if that pays. Returns the next line of the group that is free.
    fn begin(&mut self, line: u32, shapes: &mut Shapes) -> u32 {
        let next = shapes.line(line).next;
        if next == NONE {
            return NONE;
        }
        let bytes = shapes.bytes(line);
        let rest = shapes.rest(line);
        let whole = tokens::estimate(&bytes[..bytes.len() - rest.map_or(0, <[u8]>::len)]);
        let whole = whole.saturating_sub(u64::from(rest.is_some()));
        let Some(end) = best_end(line, whole, shapes) else { return next };
        let (first_value, first_again) = (self.values.len(), self.agains.len());
        let carried = self.choose_values(line, &end, shapes);
        let values = &self.values[first_value..];
        let words = shapes.words(line);
        let row = values.iter().map(|&at| cost(words[usize::from(at)], shapes)).sum::<u64>() + ROW;
        if end.rows * whole <= end.rows * row + PATTERN {
            self.values.truncate(first_value);
            self.agains.truncate(first_again);
            return next;
        }
        let pattern = self.patterns.len() as u32;
        let values = values.len() as u16;
        self.patterns.push(Pattern {
            line,
            last: end.last,
            first_value: first_value as u32,
            values,
            first_again: first_again as u32,
            agains: (self.agains.len() - first_again) as u16,
            carried,
        });
        let (mut line, after) = (line, shapes.line(end.last).next);
        while line != after {
            let follower = &mut shapes.lines[line as usize];
            follower.pattern = pattern;
            line = follower.next;
        }
        after
    }

    /// Chooses the words that rows give, and returns how many of them are carried from line to
    /// line. Of words that are the same in each row, the first is given.
    fn choose_values(&mut self, line: u32, end: &End, shapes: &Shapes) -> u16 {
        let first = self.values.len();
        let words = shapes.words(line);
        for (at, &word) in words.iter().enumerate() {
            if end.varying >> at & 1 == 0 {
                continue;
            }
            let bytes = shapes.word(word);
            let is_like = |&&value: &&u16| shapes.word(words[usize::from(value)]) == bytes;
            match self.values[first..].iter().find(is_like) {
                Some(&value) if is_same_in_all(usize::from(value), at, line, end.last, shapes) => {
                    self.agains.push(at as u16);
                }
                _ => self.values.push(at as u16),
            }
        }
        let is_front = |&&at: &&u16| usize::from(at) < FRONT && words[usize::from(at)].has_digit;
        self.values[first..].iter().take(CARRIED).take_while(is_front).count() as u16
    }
}

/// Lines from `line` on to `last`, in their group.
fn followers(line: u32, last: u32, shapes: &Shapes) -> impl Iterator<Item = u32> {
    let next = move |&line: &u32| (line != last).then(|| shapes.line(line).next);
    std::iter::successors(Some(line), next)
}

/// Whether two words of each line are the same.
fn is_same_in_all(one: usize, other: usize, line: u32, last: u32, shapes: &Shapes) -> bool {
    followers(line, last, shapes).all(|line| {
        let words = shapes.words(line);
        shapes.word(words[one]) == shapes.word(words[other])
    })
}

/// What a value costs with the space before it: the tokenizer gives one before digits a token.
fn cost(word: Word, shapes: &Shapes) -> u64 {
    let bytes = shapes.word(word);
    tokens::estimate(bytes) + u64::from(bytes[0].is_ascii_digit())
}

/// Where the pattern that `line` shows has the fewest tokens per line.
fn best_end(line: u32, whole: u64, shapes: &Shapes) -> Option<End> {
    let (mut row, mut varying, mut best) = (ROW, 0, None::<End>);
    let (mut last, mut rows) = (shapes.line(line).next, 0);
    while last != NONE && shapes.line(last).at - shapes.line(line).at <= NEAR {
        if best.is_some_and(|best| rows > best.rows + AHEAD) {
            break;
        }
        if !shapes.have_same_separators(line, last) {
            break;
        }
        row += compare(line, last, &mut varying, shapes);
        rows += 1;
        let cost = (whole + PATTERN + rows * row) * 256 / (rows + 1);
        if best.is_none_or(|best| cost <= best.cost) {
            best = Some(End { last, rows, varying, cost });
        }
        if rows == HOPE && best.is_none_or(|best| best.cost >= whole * 256) {
            break;
        }
        last = shapes.line(last).next;
    }
    best
}

/// Adds to `varying` the words that differ, and returns what their values cost.
fn compare(line: u32, other: u32, varying: &mut Set, shapes: &Shapes) -> u64 {
    let mut added = 0;
    for (at, (&ours, &theirs)) in shapes.words(line).iter().zip(shapes.words(other)).enumerate() {
        if *varying >> at & 1 == 0 && shapes.word(ours) != shapes.word(theirs) {
            *varying |= 1 << at;
            added += cost(ours, shapes);
        }
    }
    added
}
