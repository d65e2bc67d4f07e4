//! Prints lines as patterns, rows, counts and themselves.

use super::{
    pattern::{self, AGAIN, FRONT, GIVEN, LEFT_OUT, REST},
    plan::{NEAR, Pattern, Plan},
    shapes::{NONE, Shapes},
    syntax::{self, NAMES},
};
use crate::codec::lines::put_as_is;

/// How many times longer than the body the text may be. A decoder allows some more.
const RATIO: usize = 200;

/// What a name stands for.
#[derive(Clone, Copy)]
struct Named {
    pattern: u32,
    /// The last line of the text that follows the pattern.
    last: u32,
    /// The line of the body that shows it.
    at: u32,
}

/// A word that later lines may leave out, and the line of the body that gives it.
#[derive(Clone, Copy)]
struct Carried<'t> {
    value: &'t [u8],
    at: u32,
}

struct Writer<'s, 't> {
    shapes: &'s Shapes<'t>,
    plan: &'s Plan,
    body: Vec<u8>,
    /// Lines of the body, without the one that is being written.
    at: u32,
    /// Bytes of the text that the body stands for.
    done: usize,
    names: [Option<Named>; NAMES],
    /// The name whose turn is next.
    next_name: usize,
    /// The name of each pattern.
    name_of: Vec<u8>,
    carried: [Option<Carried<'t>>; FRONT],
}

/// Writes the body.
pub(super) fn body(shapes: &Shapes, plan: &Plan) -> Vec<u8> {
    let mut writer = Writer {
        shapes,
        plan,
        body: Vec::with_capacity(shapes.text_len() / 2),
        at: 0,
        done: 0,
        names: [None; NAMES],
        next_name: 0,
        name_of: vec![0; plan.patterns.len()],
        carried: [None; FRONT],
    };
    for line in 0..shapes.lines.len() as u32 {
        writer.line(line);
    }
    writer.body.pop();
    writer.body
}

impl<'t> Writer<'_, 't> {
    fn line(&mut self, line: u32) {
        let pattern = self.shapes.line(line).pattern;
        let is_written = pattern != NONE
            && match &self.plan.patterns[pattern as usize] {
                shown if shown.line == line => self.show(pattern, shown),
                followed => self.row(line, pattern, followed),
            };
        if !is_written {
            self.as_it_is(line);
        }
        self.end_line(self.shapes.bytes(line).len() + 1);
        self.run(line);
    }

    fn end_line(&mut self, done: usize) {
        self.body.push(b'\n');
        self.at += 1;
        self.done += done;
    }

    fn as_it_is(&mut self, line: u32) {
        let line = self.shapes.bytes(line);
        let is_taken = syntax::is_taken(line, |name| self.names[name].is_some());
        put_as_is(line, is_taken, &mut self.body);
    }

    /// How many more lines that are `len` bytes long may stand for nothing in the body.
    fn room(&self, len: usize) -> usize {
        (RATIO * self.body.len()).saturating_sub(self.done) / (len + 1)
    }

    /// Counts the lines that are like the one before. Where the body is too short for so many, the
    /// line stands again.
    fn run(&mut self, line: u32) {
        let len = self.shapes.bytes(line).len();
        let mut more = self.shapes.line(line).run as usize - 1;
        while more > 0 {
            let counted = self.room(len).min(more);
            if counted > 0 {
                self.body.extend_from_slice(format!("+{counted}").as_bytes());
                self.end_line(counted * (len + 1));
                more -= counted;
            }
            if more > 0 {
                self.as_it_is(line);
                self.end_line(len + 1);
                more -= 1;
            }
        }
    }

    /// Writes the line that shows a pattern. `false`: no name is free, or marks would be misread.
    fn show(&mut self, index: u32, pattern: &Pattern) -> bool {
        let is_free = |named: &Option<Named>| named.is_none_or(|named| named.last < pattern.line);
        // The letters take turns, so that none means two things within a few lines.
        let turn = (0..NAMES).map(|by| (self.next_name + by) % NAMES);
        let Some(name) = turn.into_iter().find(|&name| is_free(&self.names[name])) else {
            return false;
        };
        let start = self.body.len();
        self.body.extend_from_slice(&[syntax::letter(name), b'=']);
        self.put_marked(pattern);
        if !self.reads_well(start + 2, pattern) {
            self.body.truncate(start);
            return false;
        }
        self.next_name = (name + 1) % NAMES;
        self.name_of[index as usize] = name as u8;
        self.names[name] = Some(Named { pattern: index, last: pattern.last, at: self.at });
        self.carry(pattern.line, |_| true);
        true
    }

    /// Whether the marked line that begins at `start` has the words and the marks that it should.
    fn reads_well(&self, start: usize, pattern: &Pattern) -> bool {
        let line = &self.body[start..];
        let mut read = pattern::marked(line);
        let words = self.shapes.words(pattern.line).iter().enumerate();
        let mut as_written =
            words.map(|(at, &word)| (self.shapes.word(word), self.mark(pattern, at)));
        let is_as_written = as_written.all(|(word, mark)| {
            read.next().is_some_and(|read| &line[read.start..read.end] == word && read.mark == mark)
        });
        let rest = read.next().map(|read| (read.mark, &line[read.start..]));
        is_as_written && rest == self.shapes.rest(pattern.line).map(|rest| (Some(REST), rest))
    }

    /// The mark before the word at `at` of the line that shows a pattern.
    fn mark(&self, pattern: &Pattern, at: usize) -> Option<u8> {
        let at = at as u16;
        if self.plan.agains(pattern).binary_search(&at).is_ok() {
            return Some(AGAIN);
        }
        let value = self.plan.values(pattern).binary_search(&at).ok()?;
        Some(if value < usize::from(pattern.carried) { LEFT_OUT } else { GIVEN })
    }

    fn put_marked(&mut self, pattern: &Pattern) {
        let shapes = self.shapes;
        for (at, &word) in shapes.words(pattern.line).iter().enumerate() {
            self.body.extend_from_slice(shapes.separator(pattern.line, at));
            self.body.extend(self.mark(pattern, at));
            self.body.extend_from_slice(shapes.word(word));
        }
        let words = shapes.words(pattern.line).len();
        self.body.extend_from_slice(shapes.separator(pattern.line, words));
        if let Some(rest) = shapes.rest(pattern.line) {
            self.body.push(REST);
            self.body.extend_from_slice(rest);
        }
    }

    /// Writes a line as its values. `false`: its pattern is not there, or too far up.
    fn row(&mut self, line: u32, index: u32, pattern: &Pattern) -> bool {
        let name = usize::from(self.name_of[index as usize]);
        let named = self.names[name].filter(|named| named.pattern == index);
        let Some(Named { at: shown, .. }) = named else { return false };
        let fits = self.room(self.shapes.bytes(line).len()) > 0;
        if self.at - shown > NEAR || !fits {
            return false;
        }
        let left_out = self.left_out(line, pattern, shown);
        let given = &self.plan.values(pattern)[left_out..];
        let rest = self.shapes.rest(line);
        if rest.is_some() && given.iter().any(|&value| self.value(line, value)[0] == REST) {
            return false;
        }
        self.body.push(syntax::letter(name));
        for &value in given {
            self.body.push(b' ');
            self.body.extend_from_slice(self.value(line, value));
        }
        if let Some(rest) = rest {
            self.body.extend_from_slice(&[b' ', REST]);
            self.body.extend_from_slice(rest);
        }
        self.carry(line, |at| given.iter().any(|&value| usize::from(value) == at));
        true
    }

    fn value(&self, line: u32, value: u16) -> &'t [u8] {
        self.shapes.word(self.shapes.words(line)[usize::from(value)])
    }

    /// How many values a row leaves out: those that one line above gave, beside the pattern's own.
    /// A row that is counted leaves out none, since each of its copies leans on the row as well.
    fn left_out(&self, line: u32, pattern: &Pattern, shown: u32) -> usize {
        if self.shapes.line(line).run > 1 {
            return 0;
        }
        let values = &self.plan.values(pattern)[..usize::from(pattern.carried)];
        let mut source = None;
        let is_known = |&&value: &&u16| {
            let Some(carried) = self.carried[usize::from(value)] else { return false };
            let is_near = self.at - carried.at <= NEAR && carried.value == self.value(line, value);
            let is_second = carried.at == shown || *source.get_or_insert(carried.at) == carried.at;
            is_near && is_second
        };
        values.iter().take_while(is_known).count()
    }

    /// Notes the first words that this line gives. Of the others those are forgotten that are not
    /// the same in this line: a reader who looks upward would meet it first.
    fn carry(&mut self, line: u32, is_given: impl Fn(usize) -> bool) {
        let shapes = self.shapes;
        for (index, (carried, &word)) in self.carried.iter_mut().zip(shapes.words(line)).enumerate()
        {
            let value = shapes.word(word);
            if is_given(index) {
                *carried = Some(Carried { value, at: self.at });
            } else {
                *carried = carried.filter(|carried| carried.value == value);
            }
        }
    }
}
