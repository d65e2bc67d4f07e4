//! A page of lines, and the template that makes it shortest.
//!
//! From a line on, pages of three lengths are tried with each way to part columns. The one that saves
//! most tokens per line is taken. Where none saves any, the next lines stand as they are, the more of
//! them the longer nothing was found.

use super::candidates::{BRANCH, LONGEST_LINE, candidates, marks_of};
use super::cells::Columns;
use super::frames::Source;
use super::layout::Layout;
use super::trial::{Page, Trial};
use super::{PAGE, SIGN, runs::repeats, tree};
use crate::codec::lines::{AS_IS, put_as_is};
use crate::tokens::estimate;

/// How many lines are tried as a page.
const PAGES: [usize; 3] = [PAGE, 24, 6];
/// The least tokens that a tree must save.
const LEAST: u64 = 8;
/// The most lines that are passed over before the next page is tried.
const LONGEST_STEP: usize = 64;

/// Writes lines under templates.
pub(super) fn encode(source: &Source) -> Vec<u8> {
    let marks = source.lines.iter().map(|line| marks_of(line)).collect();
    let out = Vec::with_capacity(source.len());
    let cells = Columns::default();
    let trial = Trial::new(source);
    let mut writer = Writer { source, marks, cells, trial, out, now: Now::Plain };
    let (mut at, mut next, mut step, mut last) = (0, 0, 1, PAGE);
    // A tree that does not pay is not looked at again from its next line.
    let mut no_tree = 0;
    while at < source.lines.len() {
        if let Some((group, times)) = repeats(&source.lines[at..], usize::MAX) {
            let end = at + group * (times + 1);
            (at..end).for_each(|at| writer.put_plain(at));
            at = end;
            continue;
        }
        let found = match at < next {
            true => None,
            false if at >= no_tree && writer.is_tree(at) => {
                let (end, is_put) = writer.put_tree(at);
                no_tree = end;
                is_put.then_some(end)
            }
            // Where nothing was found for long, a few lines tell enough; short pages go in crowds.
            false if step > 4 => writer.put_page(at, &PAGES[1..2]),
            false if last < PAGES[1] => writer.put_page(at, &PAGES[1..]),
            false => writer.put_page(at, &PAGES),
        };
        match found {
            Some(end) => (last, at, next, step) = (end - at, end, end, 1),
            None => {
                if at >= next {
                    (next, step) = (at + step, LONGEST_STEP.min(step * 2));
                }
                writer.put_plain(at);
                at += 1;
            }
        }
    }
    // The last line has no end.
    writer.out.pop();
    writer.out
}

/// What the lines that were written last stand under.
enum Now {
    Plain,
    Layout(Layout),
    Tree,
}

struct Writer<'s, 't> {
    source: &'s Source<'t>,
    /// What may part the columns of each line.
    marks: Vec<u8>,
    cells: Columns<'t>,
    trial: Trial<'s, 't>,
    out: Vec<u8>,
    now: Now,
}

impl<'t> Writer<'_, 't> {
    /// Writes a line that stands under nothing.
    fn put_plain(&mut self, at: usize) {
        let line = self.source.lines[at];
        let is_over = match &self.now {
            Now::Plain => false,
            Now::Layout(layout) => layout.read_row(line).is_some(),
            Now::Tree => true,
        };
        if is_over {
            self.out.extend_from_slice(&[SIGN, b'\n']);
            self.now = Now::Plain;
        }
        self.source.put_states(at, &mut self.out);
        put_as_is(line, line.first() == Some(&SIGN), &mut self.out);
        self.out.push(b'\n');
    }

    /// Writes the page that begins here, if one pays. Returns where it ends.
    fn put_page(&mut self, at: usize, sizes: &[usize]) -> Option<usize> {
        let page = self.best_page(at, sizes)?;
        self.out.extend_from_slice(&page.body);
        self.now = Now::Layout(page.layout);
        Some(at + page.lines)
    }

    fn best_page(&mut self, at: usize, sizes: &[usize]) -> Option<Page> {
        let rest = &self.source.lines[at..];
        let has_branch = |marks: &u8| marks & BRANCH > 0 && self.source.states.is_empty();
        let marks = &self.marks[at..self.marks.len().min(at + PAGE)];
        let rest = &rest[..marks.iter().position(has_branch).unwrap_or(rest.len())];
        let mut best: Option<Page> = None;
        let mut tried = 0;
        for &size in sizes {
            let lines = &rest[..rest.len().min(size)];
            if lines.len() == tried || lines.len() < 2 || lines[0].len() > LONGEST_LINE {
                continue;
            }
            tried = lines.len();
            for layout in candidates(at, lines, &self.marks[at..at + tried], &mut self.cells) {
                let page = self.trial.page(at, tried, layout);
                // A shorter page, tried later, must be clearly better.
                let least = best.as_ref().map_or(0, |best| best.gain + best.gain / 8);
                best = page.filter(|page| page.gain > least).or(best);
            }
            if best.as_ref().is_some_and(|best| best.rows * 8 >= tried * 7) {
                break;
            }
        }
        best
    }

    /// Whether a tree begins here, with its root or with a branch.
    fn is_tree(&self, at: usize) -> bool {
        let rest = &self.source.lines[at..];
        self.source.states.is_empty() && rest.len() > 2 && is_of_tree(rest, 0)
    }

    /// Writes the tree that begins here, if that is shorter. Returns where it ends, and whether it
    /// was written.
    fn put_tree(&mut self, at: usize) -> (usize, bool) {
        let rest = &self.source.lines[at..];
        let is_part = |index: usize| is_of_tree(rest, index);
        let end = (0..rest.len()).find(|&index| !is_part(index)).unwrap_or(rest.len());
        let body = tree_lines(&rest[..end]);
        if estimate(&body) + LEAST > estimate(&rest[..end].join(&b'\n')) {
            return (at + end, false);
        }
        self.out.extend_from_slice(&body);
        self.now = Now::Tree;
        (at + end, true)
    }
}

impl Source<'_> {
    /// Says so where lines begin that end with a carriage return. Whether they do.
    pub(super) fn put_states(&self, at: usize, out: &mut Vec<u8>) -> bool {
        if self.states.is_empty() {
            return false;
        }
        let found = self.states.binary_search_by_key(&at, |&(first, _)| first);
        if let Ok(found) = found {
            out.extend_from_slice(format!("~r{}\n", self.states[found].1).as_bytes());
        }
        found.is_ok()
    }
}

/// Whether a line is a branch, or stands right before one.
fn is_of_tree(lines: &[&[u8]], at: usize) -> bool {
    let is_branch = |at: usize| lines.get(at).is_some_and(|line| tree::is_branch(line));
    is_branch(at) || (!lines[at].is_empty() && is_branch(at + 1))
}

/// The lines of a tree, each with a line end.
fn tree_lines(lines: &[&[u8]]) -> Vec<u8> {
    let style = tree::style_of(lines);
    let mut below = tree::Below::default();
    let mut drawn: Vec<_> = lines.iter().rev().map(|line| style.strip(line, &mut below)).collect();
    drawn.reverse();
    let mut body = Vec::new();
    for (index, (line, drawn)) in lines.iter().zip(drawn).enumerate() {
        if index % PAGE == 0 {
            body.extend_from_slice(format!("~T{}\n", style.name).as_bytes());
        }
        match drawn {
            Some(entry) => entry.put(&mut body),
            None => {
                body.push(AS_IS);
                body.extend_from_slice(line);
            }
        }
        body.push(b'\n');
    }
    body
}
