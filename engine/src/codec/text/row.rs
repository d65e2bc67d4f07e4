//! Rows: what fills the holes of a layout, line by line.
//!
//! Cells are parted by the layout's separator. A lone `"` fills holes with the words in their braces,
//! as many holes as have one; `^` stands for what the row above has there. All `^` of a row lean on
//! one and the same row.

use super::SIGN;
use super::layout::{COLUMNS, Cells, Follow, Layout, Parted, find, is_equal, push_part};
use crate::codec::lines::AS_IS;
use smallvec::SmallVec;

/// What stands for the words in the braces.
const SAME: &[u8] = b"\"";
/// What stands for the cell of the row above.
const ABOVE: &[u8] = b"^";
/// The shortest cell that is worth looking up.
const SHORTEST_ABOVE: usize = 5;

/// What each hole held in the last row, and on which line it was spelled out. A writer's rows
/// outlive it, and need no copies.
#[derive(Default)]
pub(super) struct Above<T = Vec<u8>> {
    cells: Vec<(T, usize)>,
}

impl<'t> Above<&'t [u8]> {
    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        self.cells.clear();
    }

    fn keep(&mut self, cells: &[&'t [u8]], at: usize) {
        self.cells.resize(cells.len(), (b"", at));
        for (cell, told) in cells.iter().zip(&mut self.cells) {
            if *cell != ABOVE {
                *told = (cell, at);
            }
        }
    }
}

impl Above {
    /// Notes what the holes of the row on line `at` said.
    pub(super) fn note(&mut self, cells: &[&[u8]], at: usize) {
        self.cells.resize_with(cells.len(), || (Vec::new(), at));
        for (cell, told) in cells.iter().zip(&mut self.cells) {
            if *cell != ABOVE {
                told.0.clear();
                told.0.extend_from_slice(cell);
                told.1 = at;
            }
        }
    }

    /// Spells out what leans on rows above. Returns the line of the furthest of them, if there is
    /// one. `None`: there is nothing above.
    pub(super) fn spell_out<'t>(&'t self, cells: &mut Cells<'t>) -> Option<Option<usize>> {
        let mut furthest = None;
        for (hole, cell) in cells.iter_mut().enumerate() {
            if *cell == ABOVE {
                let (told, at) = self.cells.get(hole)?;
                *cell = told;
                furthest = Some(furthest.map_or(*at, |other: usize| other.min(*at)));
            }
        }
        Some(furthest)
    }
}

impl Layout {
    /// The row that stands for `line`, at the end of `out`. `None`: there is none. `cut`: what the
    /// line has in the holes; `above`: the rows before it; `at`: the line's number.
    pub(super) fn put_row<'t>(
        &self,
        line: &[u8],
        cut: &[&'t [u8]],
        above: &mut Above<&'t [u8]>,
        may_lean: bool,
        at: usize,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let mut cells = Cells::from_slice(cut);
        if let Some(last) = cells.last_mut().filter(|_| !self.prefix.is_empty()) {
            *last = last.strip_prefix(&*self.prefix)?;
        }
        let from = out.len();
        let is_sign = |cell: &&[u8]| matches!(cell, [byte] if matches!(byte, b'"' | b'^'));
        if self.is_bare(&cells) || cells.iter().any(is_sign) || !self.is_rendered(&cells, line) {
            return None;
        }
        if may_lean && !above.cells.is_empty() {
            self.lean(&mut cells, above);
        }
        if !self.may_fill(&cells) {
            return None;
        }
        self.put_cells(&cells, out);
        if matches!(out.get(from), None | Some(&(SIGN | AS_IS))) {
            out.truncate(from);
            return None;
        }
        debug_assert!(self.read_row(&out[from..]).is_some_and(|read| read.iter().eq(cells.iter())));
        above.keep(&cells, at);
        Some(())
    }

    /// Whether a row of the cells is read as these cells. A row is not read to find out: what has
    /// just been written cannot be read at once without waiting for it.
    fn may_fill(&self, cells: &[&[u8]]) -> bool {
        let is_whole = |cell: &[u8]| match self.parted {
            Parted::Words => {
                let spaces = cell.iter().take_while(|&&byte| byte == b' ').count();
                spaces < cell.len() && find(b' ', &cell[spaces..]).is_none()
            }
            Parted::Wide | Parted::By(_) => find(self.parted.in_rows(), cell).is_none(),
        };
        let parted = if self.is_open() { cells.len() - 1 } else { cells.len() };
        let has_empty = !self.may_be_empty() && cells.iter().any(|cell| cell.is_empty());
        !has_empty && cells[..parted].iter().all(|cell| is_whole(cell))
    }

    /// Whether a cell may be empty.
    fn may_be_empty(&self) -> bool {
        self.parted == Parted::Wide || self.parted.gap() == 0
    }

    /// Whether the cells stand for exactly this line.
    fn is_rendered(&self, cells: &[&[u8]], line: &[u8]) -> bool {
        let mut follow = Follow(Some(line));
        self.render(cells, &mut follow);
        follow.0 == Some(b"")
    }

    /// Puts `^` for cells that are what they were in the row above; those of them that were last
    /// spelled out in one and the same row.
    fn lean(&self, cells: &mut Cells, above: &Above<&[u8]>) {
        let is_same = |hole: usize, cell: &[u8], usual: Option<&[u8]>| {
            let told = above.cells.get(hole).filter(|_| usual.is_none() && is_long(cell))?;
            is_equal(told.0, cell).then_some(told.1)
        };
        let longest = self
            .holes()
            .zip(cells.iter())
            .enumerate()
            .filter_map(|(hole, (usual, cell))| Some((cell.len(), is_same(hole, cell, usual)?)))
            .max();
        let Some((_, row)) = longest else { return };
        for (hole, (usual, cell)) in self.holes().zip(cells.iter_mut()).enumerate() {
            if is_same(hole, cell, usual) == Some(row) {
                *cell = ABOVE;
            }
        }
    }

    /// Writes what fills the holes. The end of a chain of usual words is one `"`.
    fn put_cells(&self, cells: &[&[u8]], out: &mut Vec<u8>) {
        let part = self.parted.in_rows();
        let usual: SmallVec<[Option<&[u8]>; COLUMNS]> = self.holes().collect();
        let mut at = 0;
        let mut is_first = true;
        while at < cells.len() {
            let chain = usual[at..].iter().take_while(|word| word.is_some()).count();
            let end = at + chain.max(1);
            let is_usual =
                |&hole: &usize| usual[hole].is_some_and(|usual| is_equal(usual, cells[hole]));
            let same = (at..end).rev().take_while(is_usual).count();
            for cell in &cells[at..end - same] {
                push_part(part, &mut is_first, out);
                out.extend_from_slice(cell);
            }
            if same > 0 {
                push_part(part, &mut is_first, out);
                out.extend_from_slice(SAME);
            }
            at = end;
        }
    }

    /// What fills the holes, of a row. `None`: the line is no row, but itself.
    pub(super) fn read_row<'t>(&'t self, row: &'t [u8]) -> Option<Cells<'t>> {
        if row.is_empty() {
            return None;
        }
        let mut cells = Cells::new();
        let mut rest = Some(row);
        let mut holes = self.holes().peekable();
        while let Some(usual) = holes.next() {
            let is_last = holes.peek().is_none() && self.is_open();
            let (cell, after) = self.first_cell(rest?, is_last);
            rest = after;
            if cell == SAME {
                cells.push(usual?);
                while let Some(word) = holes.next_if(Option::is_some).flatten() {
                    cells.push(word);
                }
            } else if cell.is_empty() && !self.may_be_empty() {
                return None;
            } else {
                cells.push(cell);
            }
        }
        rest.is_none().then_some(cells)
    }

    /// The first cell of a row, and what follows the separator behind it.
    fn first_cell<'t>(&self, row: &'t [u8], is_last: bool) -> (&'t [u8], Option<&'t [u8]>) {
        if is_last {
            return (row, None);
        }
        let spaces = match self.parted {
            Parted::Words => row.iter().take_while(|&&byte| byte == b' ').count(),
            _ => 0,
        };
        match find(self.parted.in_rows(), &row[spaces..]) {
            Some(end) => (&row[..spaces + end], Some(&row[spaces + end + 1..])),
            None => (row, None),
        }
    }
}

/// Whether a cell is worth looking up.
pub(super) fn is_long(cell: &[u8]) -> bool {
    cell.len() >= SHORTEST_ABOVE
}
