//! A template, and the lines that fill it.
//!
//! A layout is a row of columns. A column is a word that all lines share or a hole, and stands where
//! the one before ends, or at a column of the page: from it on (`@46`), or up to it (`>28`).
//!
//! What fills the holes of one line stands in a row, parted by the layout's separator. A lone `"`
//! fills holes with the words in their braces, as many holes as have one.

use super::super::lines::AS_IS;
use super::SIGN;
use smallvec::SmallVec;

/// The most columns of a layout. What follows belongs to the last one.
pub(super) const COLUMNS: usize = 12;
/// The furthest column of the page that a layout names.
const FURTHEST: usize = 1024;
/// What stands for the words in the braces.
const SAME: &[u8] = b"\"";
/// What stands for the cell of the row above.
const ABOVE: &[u8] = b"^";
/// The shortest cell that is worth looking up.
const SHORTEST_ABOVE: usize = 5;

/// The cells of a line, one for each column or for each hole.
pub(super) type Cells<'t> = SmallVec<[&'t [u8]; COLUMNS]>;

/// How the columns of a line are parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parted {
    /// By a space or more. A cell is a word.
    Words,
    /// By two spaces or more: a cell may hold single spaces, or be empty. Rows have `|`.
    Wide,
    /// By this byte alone.
    By(u8),
}

impl Parted {
    pub(super) const ALL: [Parted; 5] =
        [Parted::Words, Parted::Wide, Parted::By(b'\t'), Parted::By(b','), Parted::By(b';')];

    /// What names it, after the sign.
    fn name(self) -> u8 {
        match self {
            Parted::Words => b' ',
            Parted::Wide => b'|',
            Parted::By(b'\t') => b't',
            Parted::By(byte) => byte,
        }
    }

    /// What parts the cells of a row, and the columns in the template.
    fn in_rows(self) -> u8 {
        match self {
            Parted::Words => b' ',
            Parted::Wide => b'|',
            Parted::By(byte) => byte,
        }
    }

    /// How many spaces there are at least between two columns.
    fn gap(self) -> usize {
        match self {
            Parted::Words => 1,
            Parted::Wide => 2,
            Parted::By(_) => 0,
        }
    }
}

/// Where a column stands in the line. Columns of the page are counted in characters, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind the column before it.
    Next,
    /// It begins here, or behind the column before if that is further.
    From(usize),
    /// It ends here, or further if the column before it leaves no room.
    UpTo(usize),
}

/// What stands in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filling {
    /// This word, in each line.
    Fixed(Vec<u8>),
    /// What the row says. `"` in the row says this word, if there is one.
    Hole(Option<Vec<u8>>),
}

/// What each hole held in the last row, and on which line it was spelled out.
#[derive(Default)]
pub(super) struct Above {
    cells: Vec<(Vec<u8>, usize)>,
    /// Room to draw a line in.
    drawn: Vec<u8>,
}

impl Above {
    /// Notes what the holes of the row on line `at` said.
    pub(super) fn note(&mut self, cells: &[&[u8]], at: usize) {
        self.cells.resize(cells.len(), (Vec::new(), at));
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

/// A word or a hole, and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) place: Place,
    pub(super) filling: Filling,
}

/// See the module's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) parted: Parted,
    pub(super) columns: Vec<Column>,
    /// What each line has before what fills its last hole: a directory.
    pub(super) prefix: Vec<u8>,
}

/// How many columns of the page `text` takes: its characters.
pub(super) fn width(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

impl Layout {
    /// Whether the last column is a hole: it takes the rest of the line.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.columns.last().map(|last| &last.filling), Some(Filling::Hole(_)))
    }

    /// Whether a template may have `prefix` before its last hole, and be read as it was meant.
    pub(super) fn may_say(&self, prefix: &[u8]) -> bool {
        let is_placed = self.columns.last().is_some_and(|last| last.place != Place::Next);
        let is_digit = prefix.first().is_some_and(u8::is_ascii_digit);
        let is_one = memchr::memchr(self.parted.in_rows(), prefix).is_none();
        is_one && is_plain(prefix) && !(is_placed && is_digit)
    }

    fn holes(&self) -> impl DoubleEndedIterator<Item = Option<&[u8]>> {
        self.columns.iter().filter_map(|column| match &column.filling {
            Filling::Hole(usual) => Some(usual.as_deref()),
            Filling::Fixed(_) => None,
        })
    }

    /// The row that stands for `line`, at the end of `out`. `None`: there is none. `above`: the rows
    /// before it; `at`: the line's number.
    pub(super) fn put_row(
        &self,
        line: &[u8],
        above: &mut Above,
        may_lean: bool,
        at: usize,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let mut cells = self.cells_of(line)?;
        let from = out.len();
        if cells.iter().any(|cell| *cell == SAME || *cell == ABOVE)
            || !self.is_rendered(&cells, line, &mut above.drawn)
        {
            return None;
        }
        if may_lean {
            self.lean(&mut cells, above);
        }
        self.put_cells(&cells, out);
        let is_taken = matches!(out.get(from), None | Some(&(SIGN | AS_IS)));
        let is_exact = !is_taken
            && self.read_row(&out[from..]).is_some_and(|read| read.iter().eq(cells.iter()));
        if !is_exact {
            out.truncate(from);
            return None;
        }
        above.note(&cells, at);
        Some(())
    }

    /// Whether the cells stand for exactly this line.
    fn is_rendered(&self, cells: &[&[u8]], line: &[u8], drawn: &mut Vec<u8>) -> bool {
        drawn.clear();
        self.render(cells, drawn);
        drawn == line
    }

    /// Puts `^` for cells that are what they were in the row above; those of them that were last
    /// spelled out in one and the same row.
    fn lean(&self, cells: &mut Cells, above: &Above) {
        let is_same = |hole: usize, cell: &[u8], usual: Option<&[u8]>| {
            let is_long = usual.is_none() && cell.len() >= SHORTEST_ABOVE;
            let told = above.cells.get(hole).filter(|_| is_long)?;
            (told.0 == cell).then_some(told.1)
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

    /// What `line` has in the holes, if it looks like the layout.
    pub(super) fn cells_of<'t>(&self, line: &'t [u8]) -> Option<Cells<'t>> {
        let mut cut = Cut::new(self.parted, line);
        let mut cells = Cells::new();
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
                Filling::Fixed(word) if word != cell => return None,
                Filling::Fixed(_) => {}
                Filling::Hole(_) if is_rest => cells.push(cell.strip_prefix(&*self.prefix)?),
                Filling::Hole(_) => cells.push(cell),
            }
        }
        // A line with a single cell is no row of a table.
        let is_bare = self.parted == Parted::Wide
            && cells.len() > 1
            && cells.iter().filter(|cell| !cell.is_empty()).count() < 2;
        (cut.is_done() && !is_bare).then_some(cells)
    }

    /// Whether the next cell of the line stands where a later column begins.
    fn is_skipped(&self, at: usize, cut: &Cut) -> bool {
        let column = &self.columns[at];
        let Place::From(here) = column.place else { return false };
        let is_hole = matches!(column.filling, Filling::Hole(_));
        is_hole && (cut.is_done() || cut.column() > here)
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
            let is_usual = |&hole: &usize| usual[hole] == Some(cells[hole]);
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
        let holes: SmallVec<[Option<&[u8]>; COLUMNS]> = self.holes().collect();
        while cells.len() < holes.len() {
            let is_last = cells.len() + 1 == holes.len() && self.is_open();
            let (cell, after) = self.first_cell(rest?, is_last);
            rest = after;
            if cell == SAME {
                cells.push(holes[cells.len()]?);
                let more = holes[cells.len()..].iter().map_while(|usual| *usual);
                cells.extend(more);
            } else if cell.is_empty() && self.parted != Parted::Wide && self.parted.gap() > 0 {
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
        match memchr::memchr(self.parted.in_rows(), &row[spaces..]) {
            Some(end) => (&row[..spaces + end], Some(&row[spaces + end + 1..])),
            None => (row, None),
        }
    }

    /// Writes the line whose holes `cells` fill.
    pub(super) fn render(&self, cells: &[&[u8]], out: &mut Vec<u8>) {
        let mut cells = cells.iter();
        let last = self.columns.len() - 1;
        let mut at = 0;
        for (index, column) in self.columns.iter().enumerate() {
            let (prefix, cell): (&[u8], &[u8]) = match &column.filling {
                Filling::Fixed(word) => (b"", word),
                Filling::Hole(_) if index == last => {
                    (&self.prefix, cells.next().copied().unwrap_or_default())
                }
                Filling::Hole(_) => (b"", cells.next().copied().unwrap_or_default()),
            };
            if let Parted::By(byte) = self.parted {
                if index > 0 {
                    out.push(byte);
                }
            } else if self.parted == Parted::Wide && cell.is_empty() {
                continue;
            } else {
                let taken = width(prefix) + width(cell);
                let next = if index == 0 { 0 } else { at + self.parted.gap() };
                let from = match column.place {
                    Place::Next => next,
                    Place::From(from) => next.max(from),
                    Place::UpTo(end) => next.max(end.saturating_sub(taken)),
                };
                out.resize(out.len() + from - at, b' ');
                at = from + taken;
            }
            out.extend_from_slice(prefix);
            out.extend_from_slice(cell);
        }
    }

    /// Writes the template, with its sign.
    pub(super) fn put_template(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[SIGN, self.parted.name()]);
        let last = self.columns.len() - 1;
        for (at, column) in self.columns.iter().enumerate() {
            push_part(self.parted.in_rows(), &mut (at == 0), out);
            match column.place {
                Place::Next => {}
                Place::From(from) => out.extend_from_slice(format!("@{from}").as_bytes()),
                Place::UpTo(end) => out.extend_from_slice(format!(">{end}").as_bytes()),
            }
            match &column.filling {
                Filling::Fixed(word) => out.extend_from_slice(word),
                Filling::Hole(usual) => {
                    if at == last {
                        out.extend_from_slice(&self.prefix);
                    }
                    out.push(b'{');
                    out.extend_from_slice(usual.as_deref().unwrap_or_default());
                    out.push(b'}');
                }
            }
        }
    }

    /// Reads what [`Layout::put_template`] wrote, without the sign.
    pub(super) fn parse(template: &[u8]) -> Option<Layout> {
        let (&name, template) = template.split_first()?;
        let parted = *Parted::ALL.iter().find(|parted| parted.name() == name)?;
        let mut layout = Layout { parted, columns: Vec::new(), prefix: Vec::new() };
        let mut columns = template.split(|&byte| byte == parted.in_rows()).peekable();
        let mut spaces = 0;
        while let Some(column) = columns.next() {
            if column.is_empty() && parted == Parted::Words && columns.peek().is_some() {
                spaces += 1;
                continue;
            }
            if layout.columns.len() == COLUMNS {
                return None;
            }
            let is_last = columns.peek().is_none();
            let mut column = parse_column(column, is_last.then_some(&mut layout.prefix))?;
            match &mut column.filling {
                Filling::Fixed(word) => {
                    word.splice(0..0, std::iter::repeat_n(b' ', std::mem::take(&mut spaces)));
                }
                Filling::Hole(_) if spaces > 0 => return None,
                Filling::Hole(_) => {}
            }
            layout.columns.push(column);
        }
        Some(layout)
    }
}

/// Writes the separator, but not before the first.
fn push_part(part: u8, is_first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(is_first) {
        out.push(part);
    }
}

/// Reads a column of a template. `prefix`: takes what stands before the hole of the last column.
fn parse_column(column: &[u8], prefix: Option<&mut Vec<u8>>) -> Option<Column> {
    let (place, rest) = parse_place(column)?;
    let Some(open) = memchr::memchr(b'{', rest) else {
        let is_word = memchr::memchr(b'}', rest).is_none();
        return is_word.then(|| Column { place, filling: Filling::Fixed(rest.to_vec()) });
    };
    let usual = rest[open + 1..].strip_suffix(b"}")?;
    if usual.iter().any(|byte| matches!(byte, b'{' | b'}')) {
        return None;
    }
    match prefix {
        Some(prefix) => *prefix = rest[..open].to_vec(),
        None if open > 0 => return None,
        None => {}
    }
    let usual = Some(usual.to_vec()).filter(|usual| !usual.is_empty());
    Some(Column { place, filling: Filling::Hole(usual) })
}

fn parse_place(column: &[u8]) -> Option<(Place, &[u8])> {
    let Some((&(b'@' | b'>'), rest)) = column.split_first() else {
        return Some((Place::Next, column));
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    if number > FURTHEST {
        return None;
    }
    let place = if column[0] == b'@' { Place::From(number) } else { Place::UpTo(number) };
    Some((place, &rest[digits..]))
}

/// Whether a word may stand in a template and mean itself.
pub(super) fn is_plain(word: &[u8]) -> bool {
    !matches!(word.first(), Some(b'@' | b'>'))
        && !word.iter().any(|byte| matches!(byte, b'{' | b'}' | b'|'))
}

/// Whether a place is near enough to be named.
pub(super) fn is_within(column: usize) -> bool {
    column <= FURTHEST
}

/// Cuts a line into cells, from its start.
pub(super) struct Cut<'t> {
    parted: Parted,
    line: &'t [u8],
    at: usize,
    /// The column of the page at `at`.
    column: usize,
    is_first: bool,
}

impl<'t> Cut<'t> {
    pub(super) fn new(parted: Parted, line: &'t [u8]) -> Self {
        Self { parted, line, at: 0, column: 0, is_first: true }
    }

    pub(super) fn is_done(&self) -> bool {
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
    pub(super) fn next(&mut self, spaced: bool) -> Option<&'t [u8]> {
        self.step(spaced)?;
        let rest = self.line.get(self.at..)?;
        let cell = match self.parted {
            Parted::By(byte) => {
                let end = memchr::memchr(byte, rest).unwrap_or(rest.len());
                self.at += end + 1;
                return Some(&rest[..end]);
            }
            Parted::Words | Parted::Wide => {
                let own = rest.iter().take_while(|&&byte| byte == b' ').count();
                let end = own + self.word_end(&rest[own..]);
                if end == own {
                    return None;
                }
                &rest[..end]
            }
        };
        self.at += cell.len();
        self.column += width(cell);
        Some(cell)
    }

    /// Where a word, or what holds single spaces, ends.
    fn word_end(&self, rest: &[u8]) -> usize {
        let mut from = 0;
        while let Some(space) = memchr::memchr(b' ', &rest[from..]) {
            let end = from + space;
            if self.parted == Parted::Words || matches!(rest.get(end + 1), None | Some(b' ')) {
                return end;
            }
            from = end + 1;
        }
        rest.len()
    }

    /// All that is left, as the last cell.
    fn rest(&mut self, spaced: bool) -> Option<&'t [u8]> {
        self.step(spaced)?;
        let rest = self.line.get(self.at..)?;
        self.at = self.line.len() + 1;
        Some(rest).filter(|rest| !rest.is_empty() || self.parted.gap() == 0)
    }
}
