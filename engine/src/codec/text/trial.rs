//! One page under one layout: how it would be written, and what that would save.

use super::SIGN;
use super::candidates::LONGEST_LINE;
use super::frames::Source;
use super::heading::Paths;
use super::layout::{Layout, is_equal};
use super::row::Above;
use crate::codec::NEAR;
use crate::codec::lines::put_as_is;
use crate::tokens::estimate;
use std::ops::Range;

/// After so many lines that do not fit, a page ends before them.
const STRAYS: usize = 4;
/// The least tokens that a page must save.
const LEAST: u64 = 8;
/// The least part of its tokens that a page must save: one in so many.
const PART: u64 = 16;

/// Some lines, written.
pub(super) struct Page {
    pub(super) body: Vec<u8>,
    pub(super) lines: usize,
    /// How many of the lines are rows.
    pub(super) rows: usize,
    pub(super) layout: Layout,
    /// Thousandths of tokens saved per line.
    pub(super) gain: u64,
}

/// Tries pages. All room is used again for the next.
pub(super) struct Trial<'s, 't> {
    source: &'s Source<'t>,
    /// What the lines have in the holes, line after line; nothing of a line that does not fit.
    cells: Vec<&'t [u8]>,
    paths: Paths<'t>,
    above: Above<&'t [u8]>,
    body: Vec<u8>,
    /// A line, and where it begins in the text: no page before it is asked for any more.
    start: (usize, usize),
    /// The tokens of so many lines from a line on.
    before: (usize, usize, u64),
}

impl<'s, 't> Trial<'s, 't> {
    pub(super) fn new(source: &'s Source<'t>) -> Self {
        Self {
            source,
            cells: Vec::new(),
            paths: Paths::default(),
            above: Above::default(),
            body: Vec::new(),
            start: (0, 0),
            before: (0, 0, 0),
        }
    }

    /// At most `count` lines from `at` on under a layout, if that is shorter.
    pub(super) fn page(&mut self, at: usize, count: usize, mut layout: Layout) -> Option<Page> {
        // A lone row saves nothing.
        if self.fit(&self.source.lines[at..at + count], &layout) < 2 {
            return None;
        }
        let cost = self.cost(&layout);
        let (lines, rows) = self.put_rows(at, count, &mut layout, cost)?;
        let before = self.tokens_before(at, lines);
        let gain = before.saturating_sub(estimate(&self.body));
        let per_line = gain * 1000 / (lines as u64).max(1);
        (gain >= LEAST && gain * PART >= before && is_readable(&layout)).then(|| Page {
            // The room that the body has grown to serves the next page too.
            body: self.body.clone(),
            lines,
            rows,
            layout,
            gain: per_line,
        })
    }

    /// Finds what fills the holes, up to where too many lines do not fit. Returns how many do; none
    /// where the first does not.
    fn fit(&mut self, lines: &[&'t [u8]], layout: &Layout) -> usize {
        self.cells.clear();
        self.paths.clear();
        let (is_open, holes) = (layout.is_open(), layout.holes().count());
        let (mut rows, mut strays) = (0, 0);
        for line in lines {
            let cut =
                if line.len() > LONGEST_LINE { None } else { layout.cut(line, &mut self.cells) };
            if cut.is_some() {
                let path = self.cells.last().filter(|_| is_open).copied();
                self.paths.push(Some(path.unwrap_or_default()));
                (rows, strays) = (rows + 1, 0);
            } else if rows == 0 || strays + 1 == STRAYS {
                break;
            } else {
                self.paths.push(None);
                self.cells.resize(self.cells.len() + holes, b"");
                strays += 1;
            }
        }
        rows
    }

    /// The tokens of a template and its line end.
    fn cost(&mut self, layout: &Layout) -> usize {
        self.body.clear();
        layout.put_template(&mut self.body);
        usize::try_from(estimate(&self.body)).map_or(usize::MAX / 4, |cost| cost + 1)
    }

    /// Writes lines, up to the last row. Returns how many there are, and how many rows.
    fn put_rows(
        &mut self,
        at: usize,
        count: usize,
        layout: &mut Layout,
        cost: usize,
    ) -> Option<(usize, usize)> {
        let (source, paths, body) = (self.source, &self.paths, &mut self.body);
        let is_list = layout.columns.len() == 1;
        let holes = layout.holes().count();
        body.clear();
        self.above.clear();
        let (mut is_said, mut strays, mut rows, mut kept) = (false, 0, 0, (0, 0));
        // Lines of the body since the template was said, with those that speak of states.
        let mut below = 0;
        for index in 0..paths.len() {
            let line = source.lines[at + index];
            if let Some(prefix) = next_prefix(paths, index, layout, is_said, cost) {
                layout.prefix = prefix;
                is_said = false;
            }
            let is_bare = is_list && layout.prefix.is_empty();
            if !is_said && !is_bare && paths.get(index).is_some() {
                layout.put_template(body);
                body.push(b'\n');
                is_said = true;
                below = 0;
                self.above.clear();
            }
            let states = source.put_states(at + index, body);
            below += 1 + usize::from(states);
            if below > NEAR {
                break;
            }
            let may_lean = !source.is_run(at + index, at..at + count);
            let cut = &self.cells[index * holes..][..holes];
            let is_row = is_said
                && paths.get(index).is_some()
                && layout.put_row(line, cut, &mut self.above, may_lean, index, body).is_some();
            if is_row {
                (strays, rows) = (0, rows + 1);
                body.push(b'\n');
                kept = (index + 1, body.len());
            } else if index == 0 {
                return None;
            } else {
                strays += 1;
                put_stray(line, is_said.then_some(layout), body);
                body.push(b'\n');
            }
            if strays == STRAYS {
                break;
            }
        }
        body.truncate(kept.1);
        Some((kept.0, rows))
    }

    /// The tokens of lines as they are.
    fn tokens_before(&mut self, at: usize, lines: usize) -> u64 {
        if self.before.0 != at || self.before.1 != lines {
            let (line, byte) = self.start;
            let between: usize =
                self.source.lines[line..at].iter().map(|line| line.len() + 1).sum();
            self.start = (at, byte + between);
            let text = self.source.text_of(self.start.1, &self.source.lines[at..at + lines]);
            self.before = (at, lines, estimate(text));
        }
        self.before.2
    }
}

impl Source<'_> {
    /// Whether the line stands beside one that is equal, of the same page. Equal lines stay
    /// equal: they are counted.
    fn is_run(&self, at: usize, page: Range<usize>) -> bool {
        let is_equal =
            |other: usize| page.contains(&other) && is_equal(self.lines[other], self.lines[at]);
        (at > 0 && is_equal(at - 1)) || is_equal(at + 1)
    }
}

/// Whether a template is read as it was meant.
fn is_readable(layout: &Layout) -> bool {
    let bare = Layout { prefix: Vec::new(), ..layout.clone() };
    let mut template = Vec::new();
    bare.put_template(&mut template);
    Layout::parse(&template[1..]) == Some(bare)
}

/// The directory to say before the line at `index`, if it is another one.
fn next_prefix(
    paths: &Paths,
    index: usize,
    layout: &Layout,
    is_said: bool,
    cost: usize,
) -> Option<Vec<u8>> {
    let path = paths.get(index)?;
    let is_under = is_said && path.starts_with(&layout.prefix);
    let said = is_under.then_some(layout.prefix.len());
    let chosen = paths.choose(index, said, cost).map(|end| &path[..end]);
    let chosen = chosen.filter(|prefix| layout.may_say(prefix));
    match chosen {
        Some(prefix) => Some(prefix.to_vec()),
        // Better columns without a directory than a line as it is.
        None if is_said && !is_under && layout.columns.len() > 1 => Some(Vec::new()),
        None => None,
    }
}

/// A line among rows that is none.
fn put_stray(line: &[u8], layout: Option<&mut Layout>, body: &mut Vec<u8>) {
    let is_row = layout.is_some_and(|layout| layout.read_row(line).is_some());
    put_as_is(line, is_row || line.first() == Some(&SIGN), body);
}
