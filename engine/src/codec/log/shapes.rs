//! Lines that are alike, found.
//!
//! Lines have the same *shape* if the same separators stand between their words. Of those, lines
//! whose words without digits are the same belong together, and so do lines of which few such words
//! differ: names vary too. Hashes alone decide here; a wrong guess costs a little, since whoever
//! uses a group compares the bytes (see [`super::plan`]). The hash of a line is the same in each
//! run, since what we write must be.

use super::words;
use foldhash::{HashMap, HashMapExt};

/// No line, no group, no pattern.
pub(super) const NONE: u32 = u32::MAX;
/// A text whose lines are shorter than this on average is no log; it also bounds what we hold.
const SHORT: usize = 8;
/// The groups of a shape that a new line is compared with: the latest.
const TRIED: usize = 4;

/// A word of a line: where it is in the text.
#[derive(Clone, Copy)]
pub(super) struct Word {
    start: u32,
    len: u16,
    pub(super) has_digit: bool,
}

/// A line of the text, or a run of equal ones.
pub(super) struct Line {
    start: u32,
    len: u32,
    first_word: u32,
    words: u16,
    /// Words are its front only.
    has_rest: bool,
    /// How many lines in a row are like this.
    pub(super) run: u32,
    /// Where it will stand in the body, if all goes as planned.
    pub(super) at: u32,
    /// The next line of its group.
    pub(super) next: u32,
    /// The pattern that it shows or follows.
    pub(super) pattern: u32,
}

/// What is known of all lines.
pub(super) struct Shapes<'t> {
    text: &'t [u8],
    pub(super) lines: Vec<Line>,
    words: Vec<Word>,
    /// First and last line of each group.
    pub(super) groups: Vec<[u32; 2]>,
}

/// Which lines were seen with which hash.
struct Seen {
    /// From separators and words without digits to the group.
    alike: HashMap<u64, u32>,
    /// From separators to the latest groups, and how many there were.
    shapes: HashMap<u64, ([u32; TRIED], usize)>,
}

impl<'t> Shapes<'t> {
    /// Looks at all lines. `None`: this is nothing like a log.
    pub(super) fn of(text: &'t [u8]) -> Option<Self> {
        let most = text.len() / SHORT + 2;
        u32::try_from(text.len()).ok().filter(|&len| len < NONE)?;
        let words = Vec::with_capacity(text.len() / 8);
        let mut shapes = Shapes { text, lines: Vec::new(), words, groups: Vec::new() };
        let mut seen = Seen { alike: HashMap::new(), shapes: HashMap::new() };
        let (mut start, mut at) = (0, 0);
        for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
            let line = &text[start..end];
            start = end + 1;
            let last = shapes.lines.last_mut().filter(|last| last.bytes(text) == line);
            if let Some(last) = last {
                at += u32::from(last.run == 1);
                last.run += 1;
                continue;
            }
            if shapes.lines.len() == most {
                return None;
            }
            shapes.add(end - line.len(), line, at, &mut seen);
            at += 1;
        }
        Some(shapes)
    }

    pub(super) fn text_len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn line(&self, line: u32) -> &Line {
        &self.lines[line as usize]
    }

    /// The line's own bytes.
    pub(super) fn bytes(&self, line: u32) -> &'t [u8] {
        self.line(line).bytes(self.text)
    }

    /// The words of a line.
    pub(super) fn words(&self, line: u32) -> &[Word] {
        let line = self.line(line);
        &self.words[line.first_word as usize..][..usize::from(line.words)]
    }

    pub(super) fn word(&self, word: Word) -> &'t [u8] {
        &self.text[word.start as usize..][..usize::from(word.len)]
    }

    /// Whether the same separators stand between the words of two lines.
    pub(super) fn have_same_separators(&self, one: u32, other: u32) -> bool {
        let (ours, theirs) = (self.words(one), self.words(other));
        let is_same =
            |(one, other): (&[u8], &[u8])| one.len() == other.len() && one.iter().eq(other);
        ours.len() == theirs.len() && self.separators(one).zip(self.separators(other)).all(is_same)
    }

    /// What stands before each word, and behind the last.
    fn separators(&self, line: u32) -> impl Iterator<Item = &'t [u8]> {
        let (words, line, text) = (self.words(line), self.line(line), self.text);
        let starts = words.iter().map(|word| word.start).chain([line.rest(self)]);
        let ends = [line.start].into_iter().chain(words.iter().map(|word| word.end()));
        ends.zip(starts).map(|(from, to)| &text[from as usize..to as usize])
    }

    /// What stands before the word numbered `at`, or behind the last.
    pub(super) fn separator(&self, line: u32, at: usize) -> &'t [u8] {
        let (words, line) = (self.words(line), self.line(line));
        let start = at.checked_sub(1).map_or(line.start, |before| words[before].end());
        let end = words.get(at).map_or_else(|| line.rest(self), |word| word.start);
        &self.text[start as usize..end as usize]
    }

    /// What follows the front of a line, if it was cut.
    pub(super) fn rest(&self, line: u32) -> Option<&'t [u8]> {
        let line = self.line(line);
        let rest = || &self.text[line.rest(self) as usize..(line.start + line.len) as usize];
        line.has_rest.then(rest)
    }

    /// Takes a line out of its group and forgets all its words but the first `front`.
    pub(super) fn cut(&mut self, line: u32, front: u16) {
        let line = &mut self.lines[line as usize];
        line.next = NONE;
        line.has_rest = line.words > front;
        line.words = line.words.min(front);
    }

    fn add(&mut self, start: usize, line: &[u8], at: u32, seen: &mut Seen) {
        let (index, first_word) = (self.lines.len() as u32, self.words.len());
        let room = self.text.len() / 4 + words::MOST > first_word;
        let hashes =
            if line.len() <= words::LONGEST && room { self.scan(start, line) } else { None };
        if hashes.is_none() {
            self.words.truncate(first_word);
        }
        self.lines.push(Line {
            start: start as u32,
            len: line.len() as u32,
            first_word: first_word as u32,
            words: (self.words.len() - first_word) as u16,
            has_rest: false,
            run: 1,
            at,
            next: NONE,
            pattern: NONE,
        });
        if let Some((shape, alike)) = hashes {
            self.join(index, shape, alike, seen);
        }
    }

    /// Finds the words of a line and hashes its separators, and these with its words without
    /// digits. `None`: it has none or too many words.
    fn scan(&mut self, offset: usize, line: &[u8]) -> Option<(u64, u64)> {
        let (mut shape, mut alike, mut from) = (Hash::new(), Hash::new(), 0);
        let first = self.words.len();
        loop {
            let start = words::start(line, from);
            shape.add(&line[from..start]);
            if start == line.len() {
                break;
            }
            let (end, has_digit) = words::end(line, start);
            let (at, len) = ((offset + start) as u32, (end - start) as u16);
            self.words.push(Word { start: at, len, has_digit });
            alike.add(if has_digit { b"0" } else { &line[start..end] });
            from = end;
        }
        let words = self.words.len() - first;
        (0 < words && words <= words::MOST).then_some((shape.0, alike.0 ^ shape.0.rotate_left(17)))
    }

    /// Puts a line into the group of its like, or begins one.
    fn join(&mut self, line: u32, shape: u64, alike: u64, seen: &mut Seen) {
        let known = seen.alike.get(&alike).copied();
        let group = known.unwrap_or_else(|| self.near(line, shape, alike, seen));
        self.push(line, group);
    }

    /// Adds a line to a group, which may be a new one.
    pub(super) fn push(&mut self, line: u32, group: u32) {
        if group as usize == self.groups.len() {
            self.groups.push([line; 2]);
        }
        let [_, last] = &mut self.groups[group as usize];
        let before = std::mem::replace(last, line);
        if before != line {
            self.lines[before as usize].next = line;
        }
    }

    /// A group of which few words differ, or a new one.
    fn near(&mut self, line: u32, shape: u64, alike: u64, seen: &mut Seen) -> u32 {
        let (latest, count) = seen.shapes.entry(shape).or_insert(([NONE; TRIED], 0));
        let mut tried = latest[..TRIED.min(*count)].iter().copied();
        let near = tried.find(|&group| self.are_near(self.groups[group as usize][0], line));
        let group = near.unwrap_or_else(|| {
            let group = self.groups.len() as u32;
            self.groups.push([line; 2]);
            latest[*count % TRIED] = group;
            *count += 1;
            group
        });
        seen.alike.insert(alike, group);
        group
    }

    /// Whether at most one word without digits in five differs, or one of three.
    fn are_near(&self, one: u32, other: u32) -> bool {
        let (ours, theirs) = (self.words(one), self.words(other));
        let most = (ours.len() / 4).max(1);
        let (mut same, mut differ) = (0, 0);
        for (&ours, &theirs) in ours.iter().zip(theirs) {
            if !(ours.has_digit && theirs.has_digit) {
                let is_same = self.word(ours) == self.word(theirs);
                same += usize::from(is_same);
                differ += usize::from(!is_same);
                if differ > most {
                    return false;
                }
            }
        }
        ours.len() == theirs.len() && differ <= (same / 4).max(1) && same >= 2 * differ
    }
}

impl Line {
    fn bytes<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.start as usize..][..self.len as usize]
    }

    /// Where what follows its words begins: the word behind its front, or its end.
    fn rest(&self, shapes: &Shapes) -> u32 {
        let behind = (self.first_word + u32::from(self.words)) as usize;
        if self.has_rest { shapes.words[behind].start } else { self.start + self.len }
    }
}

impl Word {
    pub(super) fn len(self) -> u16 {
        self.len
    }

    fn end(self) -> u32 {
        self.start + u32::from(self.len)
    }
}

/// A quick hash of slices and of where they are cut.
pub(super) struct Hash(pub(super) u64);

impl Hash {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

    pub(super) fn new() -> Self {
        Hash(Self::FACTOR)
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for &eight in eights {
            self.mix(u64::from_le_bytes(eight));
        }
        let rest = rest.iter().fold(bytes.len() as u64, |rest, &byte| rest << 8 | u64::from(byte));
        self.mix(rest);
    }

    fn mix(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(Self::FACTOR);
        self.0 = mixed ^ mixed >> 29;
    }
}
