//! What a line has in the columns of a layout.

use super::layout::{Filling, Layout, Parted, Place, find, is_equal, width};

impl Layout {
    /// Adds what `line` has in the holes to `cells`, if it looks like the layout. The prefix is part
    /// of the last cell.
    pub(super) fn cut<'t>(&self, line: &'t [u8], cells: &mut Vec<&'t [u8]>) -> Option<()> {
        let from = cells.len();
        let is_cut = self.put_cells_of(line, cells);
        if is_cut.is_none() {
            cells.truncate(from);
        }
        is_cut
    }

    fn put_cells_of<'t>(&self, line: &'t [u8], cells: &mut Vec<&'t [u8]>) -> Option<()> {
        let from = cells.len();
        let mut cut = Cut::new(self.parted, line);
        let last = self.columns.len() - 1;
        for (at, column) in self.columns.iter().enumerate() {
            if self.parted == Parted::Wide && at > 0 && self.is_skipped(at, &cut) {
                cells.push(b"");
                continue;
            }
            let is_rest = at == last && self.is_open();
            let spaced = column.place == Place::Next;
            let cell = if is_rest { cut.rest(spaced)? } else { cut.next(spaced)? };
            match &column.filling {
                Filling::Fixed(word) if !is_equal(word, cell) => return None,
                Filling::Fixed(_) => {}
                Filling::Hole(_) => cells.push(cell),
            }
        }
        (cut.is_done() && !self.is_bare(&cells[from..])).then_some(())
    }

    /// A line with a single cell is no row of a table.
    pub(super) fn is_bare(&self, cells: &[&[u8]]) -> bool {
        self.parted == Parted::Wide
            && cells.len() > 1
            && cells.iter().filter(|cell| !cell.is_empty()).count() < 2
    }

    /// Whether the next cell of the line stands where a later column begins.
    fn is_skipped(&self, at: usize, cut: &Cut) -> bool {
        let column = &self.columns[at];
        let Place::From(here) = column.place else { return false };
        let is_hole = matches!(column.filling, Filling::Hole(_));
        is_hole && (cut.is_done() || cut.column() > here)
    }
}

/// Cuts a line into cells, from its start.
struct Cut<'t> {
    parted: Parted,
    line: &'t [u8],
    at: usize,
    /// The column of the page at `at`, where cells may be skipped.
    column: usize,
    is_first: bool,
}

impl<'t> Cut<'t> {
    fn new(parted: Parted, line: &'t [u8]) -> Self {
        Self { parted, line, at: 0, column: 0, is_first: true }
    }

    fn is_done(&self) -> bool {
        self.at > self.line.len()
            || (self.at == self.line.len() && !self.is_first && self.parted.gap() > 0)
    }

    /// Where the next cell begins on the page. The cell before must have been read.
    fn column(&self) -> usize {
        self.column + self.spaces()
    }

    fn spaces(&self) -> usize {
        let rest = self.line.get(self.at..).unwrap_or_default();
        rest.iter().take_while(|&&byte| byte == b' ').count()
    }

    /// Steps over what parts the next cell from the one before. `spaced`: spaces beyond the least
    /// gap are the cell's own.
    fn step(&mut self, spaced: bool) -> Option<()> {
        let gap = if self.is_first { 0 } else { self.parted.gap() };
        self.is_first = false;
        if self.parted.gap() == 0 {
            return (self.at <= self.line.len()).then_some(());
        }
        let spaces = self.spaces();
        if spaces < gap {
            return None;
        }
        let step = if spaced { gap } else { spaces };
        self.at += step;
        self.column += step;
        Some(())
    }

    /// The next cell.
    fn next(&mut self, spaced: bool) -> Option<&'t [u8]> {
        self.step(spaced)?;
        let rest = self.line.get(self.at..)?;
        let cell = match self.parted {
            Parted::By(byte) => {
                let end = find(byte, rest).unwrap_or(rest.len());
                self.at += end + 1;
                return Some(&rest[..end]);
            }
            Parted::Words | Parted::Wide => {
                let own = rest.iter().take_while(|&&byte| byte == b' ').count();
                let end = self.parted.cell_end(rest, own);
                if end == own {
                    return None;
                }
                &rest[..end]
            }
        };
        self.at += cell.len();
        if self.parted == Parted::Wide {
            self.column += width(cell);
        }
        Some(cell)
    }

    /// All that is left, as the last cell.
    fn rest(&mut self, spaced: bool) -> Option<&'t [u8]> {
        self.step(spaced)?;
        let rest = self.line.get(self.at..)?;
        self.at = self.line.len() + 1;
        Some(rest).filter(|rest| !rest.is_empty() || self.parted.gap() == 0)
    }
}
