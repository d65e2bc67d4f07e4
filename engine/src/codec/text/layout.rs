//! A template, and how it draws lines.
//!
//! A layout is a row of columns. A column is a word that all lines share or a hole, and stands where
//! the one before ends, or at a column of the page: from it on (`@46`), or up to it (`>28`).
//!
//! `template` writes and reads a layout, `cut` finds in a line what fills the holes, and `row` writes
//! that down.

use smallvec::SmallVec;

/// The most columns of a layout. What follows belongs to the last one.
pub(super) const COLUMNS: usize = 12;
/// The furthest column of the page that a layout names.
pub(super) const FURTHEST: usize = 1024;

/// The cells of a line, one for each hole.
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
    pub(super) fn name(self) -> u8 {
        match self {
            Parted::Words => b' ',
            Parted::Wide => b'|',
            Parted::By(b'\t') => b't',
            Parted::By(byte) => byte,
        }
    }

    /// What parts the cells of a row, and the columns in the template.
    pub(super) fn in_rows(self) -> u8 {
        match self {
            Parted::Words => b' ',
            Parted::Wide => b'|',
            Parted::By(byte) => byte,
        }
    }

    /// How many spaces there are at least between two columns.
    pub(super) fn gap(self) -> usize {
        match self {
            Parted::Words => 1,
            Parted::Wide => 2,
            Parted::By(_) => 0,
        }
    }

    /// Where the cell that begins at `from` ends: a word, or what holds single spaces.
    pub(super) fn cell_end(self, line: &[u8], mut from: usize) -> usize {
        while let Some(space) = find(b' ', &line[from..]) {
            let end = from + space;
            if self == Parted::Words || matches!(line.get(end + 1), None | Some(b' ')) {
                return end;
            }
            from = end + 1;
        }
        line.len()
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

/// What a line is drawn on.
pub(super) trait Ink {
    /// Draws `spaces`, then `text`.
    fn draw(&mut self, spaces: usize, text: &[u8]);
}

impl Ink for Vec<u8> {
    fn draw(&mut self, spaces: usize, text: &[u8]) {
        self.resize(self.len() + spaces, b' ');
        self.extend_from_slice(text);
    }
}

/// Follows a line while it is drawn: what is left of it, or `None` where it is another one.
pub(super) struct Follow<'t>(pub(super) Option<&'t [u8]>);

impl Ink for Follow<'_> {
    fn draw(&mut self, spaces: usize, text: &[u8]) {
        self.0 = self.0.and_then(|line| {
            let (blank, rest) = line.split_at_checked(spaces)?;
            let (same, rest) = rest.split_at_checked(text.len())?;
            // Most cells are the line's own bytes, at their own place.
            let is_same = std::ptr::eq(same, text) || is_equal(same, text);
            (is_same && blank.iter().all(|&byte| byte == b' ')).then_some(rest)
        });
    }
}

/// Where `byte` is first. Most words are so short that a call would cost more than it does: of the
/// first bytes, eight are looked at at once.
pub(super) fn find(byte: u8, text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 0xff;
    const NEAR: usize = 32;
    let (near, far) = text.split_at(text.len().min(NEAR));
    let (eights, rest) = near.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        // The lowest top bit that is set is in the first byte that was zero.
        let zeros = u64::from_le_bytes(*eight) ^ (ONES * u64::from(byte));
        let hits = zeros.wrapping_sub(ONES) & !zeros & (ONES * 0x80);
        if hits != 0 {
            return Some(at * 8 + hits.trailing_zeros() as usize / 8);
        }
    }
    if let Some(at) = rest.iter().position(|&other| other == byte) {
        return Some(near.len() - rest.len() + at);
    }
    memchr::memchr(byte, far).map(|at| NEAR + at)
}

/// Whether two words are equal. A call for each would cost more than it does.
pub(super) fn is_equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match (a.first_chunk::<8>(), b.first_chunk::<8>()) {
        (Some(first), Some(other)) if a.len() <= 16 => {
            first == other && a.last_chunk::<8>() == b.last_chunk::<8>()
        }
        (Some(first), Some(other)) => first == other && a == b,
        _ => match (a.first_chunk::<4>(), b.first_chunk::<4>()) {
            (Some(first), Some(other)) => {
                first == other && a.last_chunk::<4>() == b.last_chunk::<4>()
            }
            _ => a.iter().zip(b).all(|(a, b)| a == b),
        },
    }
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

    /// The holes, each with its usual word.
    pub(super) fn holes(&self) -> impl DoubleEndedIterator<Item = Option<&[u8]>> {
        self.columns.iter().filter_map(|column| match &column.filling {
            Filling::Hole(usual) => Some(usual.as_deref()),
            Filling::Fixed(_) => None,
        })
    }

    /// Writes the line whose holes `cells` fill.
    pub(super) fn render(&self, cells: &[&[u8]], out: &mut impl Ink) {
        let mut cells = cells.iter();
        let last = self.columns.len() - 1;
        // Behind the last place of the page it matters no more where a column stands.
        let placed = self.columns.iter().rposition(|column| column.place != Place::Next);
        let placed = placed.unwrap_or(0);
        let mut at = 0;
        for (index, column) in self.columns.iter().enumerate() {
            let (prefix, cell): (&[u8], &[u8]) = match &column.filling {
                Filling::Fixed(word) => (b"", word),
                Filling::Hole(_) if index == last => {
                    (&self.prefix, cells.next().copied().unwrap_or_default())
                }
                Filling::Hole(_) => (b"", cells.next().copied().unwrap_or_default()),
            };
            if let Parted::By(byte) = &self.parted {
                out.draw(0, if index > 0 { std::slice::from_ref(byte) } else { b"" });
                out.draw(0, prefix);
            } else if self.parted == Parted::Wide && cell.is_empty() {
                continue;
            } else {
                let taken = if index > placed { 0 } else { width(prefix) + width(cell) };
                let next = if index == 0 { 0 } else { at + self.parted.gap() };
                let from = match column.place {
                    Place::Next => next,
                    Place::From(from) => next.max(from),
                    Place::UpTo(end) => next.max(end.saturating_sub(taken)),
                };
                out.draw(from - at, prefix);
                at = from + taken;
            }
            out.draw(0, cell);
        }
    }
}

/// Writes the separator, but not before the first.
pub(super) fn push_part(part: u8, is_first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(is_first) {
        out.push(part);
    }
}
