//! Lines by their hashes: what came before.
//!
//! To find a run, each line is looked up by its hash, and where it came before, the lines around
//! both places are compared. A place that is tried for nothing costs little: a run that is long
//! enough is taken, and one that is not is short.
//!
//! What may leave in a form that keeps no lines (a JSON document) is referred to as a whole.

use super::{
    account::{Account, LONGEST_LINE, Noun, Spot},
    line::{Line, Number},
    reference::Reference,
};
use crate::tokens::estimate;
use foldhash::HashMap;
use std::ops::Range;

/// What a reference weighs at least, in tokens.
pub(super) const COST: u64 = 8;
/// How many places of a line are remembered: the first and the last.
const PLACES: usize = 2;

/// A short line's own bytes and how many they are, or else the first bits of a BLAKE3 hash: nobody
/// can make two lines that are taken for each other. The lowest two bits tell lines with a number
/// in front from those without, and short lines from others.
type Key = u128;

/// The longest line that is its own key: a byte is left for its length.
const SHORT: usize = 15;
const IS_NUMBERED: Key = 1;
const IS_SHORT: Key = 2;

/// The source lines of a request's tool results, as far as they are remembered.
#[derive(Debug)]
pub(crate) struct History {
    noun: Noun,
    account: Account,
    entries: Vec<Entry>,
    /// Where each line stands that can be referred to.
    places: HashMap<Key, [u32; PLACES]>,
    /// The places of the first line of each document.
    documents: HashMap<Key, u32>,
    is_closed: bool,
    /// The raw bytes of a line that has not ended.
    open: usize,
}

/// A line that came.
#[derive(Clone, Copy, Debug)]
struct Entry {
    key: Key,
    number: Option<Number>,
    spot: Spot,
    stands: Stands,
}

/// In which form a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stands {
    /// It cannot be referred to: it is in a document, or a reference stands for it.
    Not,
    /// In a codec's form, perhaps.
    Coded,
    /// As it is.
    Plain,
}

/// A line of a piece, to be looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    key: Key,
    number: Option<Number>,
    len: usize,
    /// Where it came before, if it may refer to that.
    places: Option<[u32; PLACES]>,
    /// What it weighs, in tokens; 0 if it did not come before.
    tokens: u64,
    /// In which form a line must stand, or better, that this one may refer to; `Not`: to none.
    leans_on: Stands,
}

/// Lines of a piece that came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The lines, by their places in the piece.
    pub(crate) lines: Range<usize>,
    /// The place of the first of them in the history.
    source: usize,
    moved: i64,
    tokens: u64,
}

impl Known {
    fn new(raw: &[u8], leans_on: Stands) -> Self {
        let Line { number, rest } = Line::of(raw);
        // Whether there is a number belongs to the line.
        let key = key(rest) | if number.is_some() { IS_NUMBERED } else { 0 };
        Self { key, number, len: raw.len(), places: None, tokens: 0, leans_on }
    }
}

/// The key of a line without a number.
fn key(bytes: &[u8]) -> Key {
    if bytes.len() <= SHORT {
        let mut own = [0; 1 + SHORT];
        own[1..=bytes.len()].copy_from_slice(bytes);
        return Key::from_le_bytes(own) | (bytes.len() as Key) << 2 | IS_SHORT;
    }
    let hash = blake3::hash(bytes);
    let first = hash.as_bytes().first_chunk().copied().unwrap_or_default();
    Key::from_le_bytes(first) & !(IS_SHORT | IS_NUMBERED)
}

impl History {
    pub(crate) fn new(noun: Noun) -> Self {
        Self {
            noun,
            account: Account::default(),
            entries: Vec::new(),
            places: HashMap::default(),
            documents: HashMap::default(),
            is_closed: false,
            open: 0,
        }
    }

    /// Begins the next tool result.
    pub(crate) fn begin(&mut self) {
        self.account.begin();
        self.open = 0;
    }

    /// Stops for good: what comes cannot be accounted for.
    pub(crate) fn close(&mut self) {
        self.is_closed = true;
        self.forget();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Forgets all lines so far: they may not be in the prompt.
    pub(crate) fn forget(&mut self) {
        self.account.forget();
        self.entries.clear();
        self.places.clear();
        self.documents.clear();
    }

    /// Takes bytes of a line that cannot be referred to. When it ends it is counted: its length.
    pub(crate) fn pass(&mut self, raw_len: usize, ends: bool) -> Option<usize> {
        self.open += raw_len;
        ends.then(|| {
            let len = std::mem::take(&mut self.open);
            self.account.enter(len);
            len
        })
    }

    /// What is to be known of a line of these bytes, which may refer to lines that stand as
    /// `leans_on` says. `tokens` is asked only for a line that came before.
    pub(crate) fn look_up(
        &self,
        raw: &[u8],
        leans_on: Stands,
        tokens: impl FnOnce() -> u64,
    ) -> Known {
        let known = Known::new(raw, leans_on);
        let places = self.places.get(&known.key).filter(|_| leans_on != Stands::Not).copied();
        Known { places, tokens: places.map_or(0, |_| tokens()), ..known }
    }

    /// The runs of `lines` that came before and weigh more than a reference by `tokens`, in order.
    /// `raw` gives a line's bytes.
    pub(crate) fn runs<'r>(
        &self,
        lines: &[Known],
        raw: impl Fn(usize) -> &'r [u8],
        tokens: u64,
    ) -> Vec<Run> {
        let (mut runs, mut done) = (Vec::<Run>::new(), 0);
        if !self.may_follow(lines) {
            return runs;
        }
        for at in 0..lines.len() {
            let run = || {
                let run = self.run_at(lines, done, at).filter(|run| run.tokens >= COST + tokens)?;
                let reference = self.reference(&run, raw(run.lines.start)).line();
                (run.tokens >= estimate(reference.as_bytes()) + tokens).then_some(run)
            };
            if at >= done
                && let Some(run) = run()
            {
                done = run.lines.end;
                runs.push(run);
            }
        }
        runs
    }

    /// All `lines` as one run, if they are the raw bytes of a document that came before. `weight`
    /// gives their tokens.
    pub(crate) fn document(
        &self,
        raw: &[u8],
        lines: &[Known],
        weight: impl FnOnce() -> u64,
        tokens: u64,
    ) -> Option<Run> {
        let source = *self.documents.get(&key(raw))? as usize;
        let weight = weight();
        let run = Run { lines: 0..lines.len(), source, moved: 0, tokens: weight };
        let may_go = |line: &Known| line.leans_on != Stands::Not;
        (self.may_follow(lines) && lines.iter().all(may_go) && weight >= COST + tokens)
            .then_some(run)
    }

    /// Whether the way back would follow references to as many bytes.
    fn may_follow(&self, lines: &[Known]) -> bool {
        let len = lines.iter().map(|line| line.len + 2 * Number::LONGEST).sum();
        self.account.may_follow(len)
    }

    /// The heaviest run around the line at `at`, from `floor` on; of equals, the first.
    fn run_at(&self, lines: &[Known], floor: usize, at: usize) -> Option<Run> {
        let places = lines[at].places?;
        let distinct = if places[0] == places[1] { 1 } else { PLACES };
        let runs = places[..distinct].iter().rev();
        runs.filter_map(|&place| self.around(lines, floor, at, place as usize))
            .max_by_key(|run| run.tokens)
    }

    /// The run around the line at `at` and the entry at `place`.
    fn around(&self, lines: &[Known], floor: usize, at: usize, place: usize) -> Option<Run> {
        let moved = match (lines[at].number, self.entries[place].number) {
            (Some(here), Some(there)) => i64::from(here.value) - i64::from(there.value),
            _ => 0,
        };
        let fits = |at: usize, place: usize| self.is_same(&lines[at], place, moved);
        if !fits(at, place) {
            return None;
        }
        let before = (1..=(at - floor).min(place))
            .take_while(|&by| self.follow(place - by) && fits(at - by, place - by))
            .count();
        let after = (1..(lines.len() - at).min(self.entries.len() - place))
            .take_while(|&by| self.follow(place + by - 1) && fits(at + by, place + by))
            .count();
        let run = at - before..at + after + 1;
        let tokens = lines[run.clone()].iter().map(|line| line.tokens).sum();
        Some(Run { lines: run, source: place - before, moved, tokens })
    }

    /// Whether the entry at `place` and the next one are lines that follow each other.
    fn follow(&self, place: usize) -> bool {
        let (a, b) = (self.entries[place].spot, self.entries[place + 1].spot);
        a.result == b.result && a.line + 1 == b.line
    }

    fn is_same(&self, line: &Known, place: usize, moved: i64) -> bool {
        let entry = &self.entries[place];
        let number = match (line.number, entry.number) {
            (Some(here), Some(there)) => there.moved(moved) == Some(here),
            (None, None) => true,
            _ => false,
        };
        let stands = line.leans_on != Stands::Not && entry.stands >= line.leans_on;
        number && stands && line.key == entry.key
    }

    /// The reference to a run, whose first line is `raw`.
    pub(crate) fn reference(&self, run: &Run, raw: &[u8]) -> Reference {
        Reference {
            noun: self.noun,
            from: self.entries[run.source].spot,
            lines: run.lines.len() as u32,
            moved: run.moved,
            quote: Reference::quote(raw),
        }
    }

    /// Remembers lines, which stand in this form.
    pub(crate) fn enter(&mut self, lines: &[Known], stands: impl Fn(usize) -> Stands) {
        lines.iter().enumerate().for_each(|(at, line)| self.add(line, stands(at)));
    }

    /// Remembers a document, which is referred to as a whole.
    pub(crate) fn enter_document(&mut self, raw: &[u8], lines: &[Known]) {
        let place = self.entries.len();
        self.enter(lines, |_| Stands::Not);
        if self.entries.len() == place + lines.len() {
            self.documents.entry(key(raw)).or_insert(place as u32);
        }
    }

    fn add(&mut self, line: &Known, stands: Stands) {
        let Some(spot) = self.account.enter(line.len) else { return };
        if line.len > LONGEST_LINE {
            return;
        }
        let place = self.entries.len() as u32;
        self.entries.push(Entry { key: line.key, number: line.number, spot, stands });
        if stands != Stands::Not {
            self.places.entry(line.key).or_insert([place; PLACES])[1] = place;
        }
    }
}
