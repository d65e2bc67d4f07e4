//! The cells of lines, column by column.
//!
//! The pages that are tried overlap, and a short one is the start of a long one: so a line is cut
//! once for all of them.

use super::PAGE;
use super::layout::{COLUMNS, Parted, find, is_equal, width};

/// A cell of a line, and where it stands on the page.
#[derive(Clone, Copy)]
pub(super) struct Cell<'t> {
    pub(super) text: Word<'t>,
    /// How many spaces, or other bytes that part cells, stand before it.
    pub(super) gap: u32,
    pub(super) from: u32,
    pub(super) end: u32,
}

/// A text whose first bytes are at hand: most words differ in them.
#[derive(Clone, Copy, Default)]
pub(super) struct Word<'t> {
    pub(super) text: &'t [u8],
    first: u64,
}

impl<'t> Word<'t> {
    /// The word `line[from..to]`.
    fn new(line: &'t [u8], from: usize, to: usize) -> Self {
        let text = &line[from..to];
        let first = match line[from..].first_chunk() {
            // Without the bytes that are not the word's.
            Some(first) if text.len() < 8 => {
                u64::from_le_bytes(*first) & ((1 << (8 * text.len())) - 1)
            }
            Some(first) => u64::from_le_bytes(*first),
            None => text.iter().rev().fold(0, |first, &byte| first << 8 | u64::from(byte)),
        };
        Self { text, first }
    }
}

impl PartialEq for Word<'_> {
    fn eq(&self, other: &Self) -> bool {
        let is_alike = self.first == other.first && self.text.len() == other.text.len();
        is_alike && (self.text.len() <= 8 || is_equal(&self.text[8..], &other.text[8..]))
    }
}

/// After so many lines the next page is cut anew: what stands before it is let go.
const MOST: usize = 2 * PAGE;

/// The columns of the lines that were looked at last, for each way to part them.
#[derive(Default)]
pub(super) struct Columns<'t>([Window<'t>; Parted::ALL.len()]);

impl<'t> Columns<'t> {
    /// The cells of `lines`, the first of which is line `at` of the text, column by column.
    pub(super) fn of(
        &mut self,
        at: usize,
        lines: &[&'t [u8]],
        parted: Parted,
    ) -> [&[Cell<'t>]; COLUMNS] {
        let known = Parted::ALL.iter().position(|known| *known == parted).unwrap_or_default();
        let window = &mut self.0[known];
        window.reach(at, lines, parted);
        window.cells(at - window.first, lines.len())
    }
}

/// Lines that follow each other, cut into cells.
#[derive(Default)]
struct Window<'t> {
    /// Which line of the text the first of them is.
    first: usize,
    /// How many cells each line has.
    counts: Vec<u8>,
    columns: [Vec<Cell<'t>>; COLUMNS],
}

impl<'t> Window<'t> {
    /// Cuts those of `lines` that were not cut yet.
    fn reach(&mut self, at: usize, lines: &[&'t [u8]], parted: Parted) {
        let known = self.first..=self.first + self.counts.len();
        if !known.contains(&at) || self.counts.len() > MOST {
            self.first = at;
            self.counts.clear();
            self.columns.iter_mut().for_each(Vec::clear);
        }
        let done = self.first + self.counts.len() - at;
        for line in lines.iter().skip(done) {
            let cells = put_cells(line, parted, &mut self.columns);
            self.counts.push(cells as u8);
        }
    }

    /// The cells of `len` lines, without those of the `skipped` lines before them.
    fn cells(&self, skipped: usize, len: usize) -> [&[Cell<'t>]; COLUMNS] {
        let (before, here) = self.counts[..skipped + len].split_at(skipped);
        std::array::from_fn(|column| {
            let in_column = |counts: &[u8]| -> usize {
                counts.iter().map(|&cells| usize::from(usize::from(cells) > column)).sum()
            };
            &self.columns[column][in_column(before)..][..in_column(here)]
        })
    }
}

/// Adds the first cells of a line to their columns. Returns how many there are.
fn put_cells<'t>(line: &'t [u8], parted: Parted, columns: &mut [Vec<Cell<'t>>]) -> usize {
    match parted {
        Parted::By(byte) => {
            let mut from = 0;
            for (at, column) in columns.iter_mut().enumerate() {
                let end = find(byte, &line[from..]).map_or(line.len(), |end| from + end);
                column.push(Cell { text: Word::new(line, from, end), gap: 0, from: 0, end: 0 });
                from = end + 1;
                if from > line.len() {
                    return at + 1;
                }
            }
            COLUMNS
        }
        Parted::Words | Parted::Wide => put_spaced(line, parted, columns),
    }
}

fn put_spaced<'t>(line: &'t [u8], parted: Parted, columns: &mut [Vec<Cell<'t>>]) -> usize {
    let (mut at, mut before) = (0, 0);
    let is_ascii = line.is_ascii();
    for (cells, column) in columns.iter_mut().enumerate() {
        let gap = line[at..].iter().take_while(|&&byte| byte == b' ').count();
        let begin = at + gap;
        if begin == line.len() {
            return cells;
        }
        at = parted.cell_end(line, begin);
        let width = if is_ascii { at - begin } else { width(&line[begin..at]) };
        // Lines that are looked at are short.
        let gap = gap as u32;
        let from = before + gap;
        before = from + width as u32;
        column.push(Cell { text: Word::new(line, begin, at), gap, from, end: before });
    }
    COLUMNS
}
