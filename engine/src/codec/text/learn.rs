//! Finds the layout that most lines of a page share.
//!
//! The n-th cells of all lines are looked at together. Where most begin at one column of the page, or
//! end at one, that is their place; where most are one word, it goes to the template. What follows
//! the last column of which something can be said is left whole.

use super::cells::Cell;
use super::layout::{COLUMNS, Column, Filling, Layout, Parted, Place};
use super::row::is_long;
use super::template::{is_plain, is_within};
use smallvec::SmallVec;

/// What most of the lines share whose cells these are, if that is anything.
pub(super) fn learn(cells: [&[Cell]; COLUMNS], parted: Parted) -> Option<Layout> {
    let full = cells[0].len();
    let mut columns: SmallVec<[Learned; COLUMNS]> = SmallVec::new();
    for column in
        cells.into_iter().take_while(|column| !column.is_empty() && column.len() * 2 >= full)
    {
        columns.push(Learned::new(column, parted, columns.is_empty())?);
    }
    layout(&columns, parted)
}

/// The layout of columns that are known.
fn layout(columns: &[Learned], parted: Parted) -> Option<Layout> {
    let end = 1 + columns.iter().rposition(Learned::says_something)?;
    let mut layout = Layout { parted, columns: Vec::new(), prefix: Vec::new() };
    for at in 0..end {
        let is_in_chain = (at > 0 && columns[at - 1].is_usual())
            || columns.get(at + 1).is_some_and(Learned::is_usual);
        layout.columns.push(columns[at].column(is_in_chain));
    }
    // What begins at a place and has no usual word may be many words: the rest of the line.
    let is_rest =
        |last: &Column| last.filling == Filling::Hole(None) && matches!(last.place, Place::From(_));
    let is_open = layout.columns.last().is_some_and(is_rest);
    if columns.len() > end && !is_open {
        layout.columns.push(Column { place: Place::Next, filling: Filling::Hole(None) });
    }
    let holes = layout.columns.iter().filter(|column| matches!(column.filling, Filling::Hole(_)));
    (holes.count() > 0).then_some(layout)
}

/// What the n-th cells of the lines have in common.
struct Learned<'t> {
    place: Place,
    word: Option<&'t [u8]>,
    /// How many spaces the word has before it, as part of it.
    spaces: usize,
    /// All, or all but very few, are this word.
    is_fixed: bool,
    /// Most are what the cell above is.
    is_repeated: bool,
}

impl<'t> Learned<'t> {
    /// `None`: lines with such a column are not parted so.
    fn new(column: &[Cell<'t>], parted: Parted, is_first: bool) -> Option<Self> {
        let count = column.len();
        let place = match parted {
            Parted::Words | Parted::Wide => place(column, parted),
            Parted::By(_) => Place::Next,
        };
        // Cells of several words are too easily seen: only columns that are all left-aligned count.
        if parted == Parted::Wide && !is_first && !matches!(place, Place::From(_)) {
            return None;
        }
        let (word, times) = most(column.iter().map(|cell| cell.text));
        let is_word = times * 2 > count && times > 2 && is_sayable(word.text, parted);
        let is_same = |pair: &&[Cell]| is_long(pair[0].text.text) && pair[0].text == pair[1].text;
        let is_plain = !is_word && place == Place::Next;
        let mut learned = Self {
            // Of others this says nothing more.
            is_repeated: is_plain && column.windows(2).filter(is_same).count() * 2 > count,
            place,
            word: is_word.then_some(word.text),
            spaces: 0,
            is_fixed: is_word && times * 33 >= count * 32,
        };
        if learned.is_fixed && learned.place != Place::Next && parted == Parted::Words {
            learned.fix_gap(column);
        }
        Some(learned)
    }

    /// A word that is the same in all lines, and as far behind the one before, has no place but its
    /// spaces.
    fn fix_gap(&mut self, column: &[Cell]) {
        let (gap, times) = most(column.iter().map(|cell| cell.gap));
        let is_first = column.iter().all(|cell| cell.from == cell.gap);
        match self.word {
            Some(_) if times == column.len() && !is_first && gap > 0 => {
                self.place = Place::Next;
                self.spaces = gap as usize - 1;
            }
            // Its digits would be read as the place's.
            Some(word) => self.is_fixed = !word[0].is_ascii_digit(),
            None => {}
        }
    }

    fn is_usual(&self) -> bool {
        self.word.is_some() && !self.is_fixed
    }

    fn says_something(&self) -> bool {
        self.place != Place::Next || self.word.is_some() || self.is_repeated
    }

    /// A short word is worth its braces only beside others.
    fn column(&self, is_in_chain: bool) -> Column {
        let usual = self
            .word
            .filter(|&word| (is_in_chain || word.len() > 3) && !word.is_empty() && word != b"\"");
        let filling = match self.word {
            Some(word) if self.is_fixed => {
                let spaces = std::iter::repeat_n(b' ', self.spaces);
                Filling::Fixed(spaces.chain(word.iter().copied()).collect())
            }
            _ => Filling::Hole(usual.map(<[u8]>::to_vec)),
        };
        Column { place: self.place, filling }
    }
}

/// Whether a template can say the word.
fn is_sayable(word: &[u8], parted: Parted) -> bool {
    let is_whole = match parted {
        Parted::By(_) => true,
        Parted::Words | Parted::Wide => !word.is_empty(),
    };
    is_whole && word.len() <= 200 && is_plain(word) && !word.starts_with(b" ")
}

/// Where most of the cells stand.
fn place(column: &[Cell], parted: Parted) -> Place {
    let least = if parted == Parted::Wide { 2 } else { 1 };
    let is_next = |cell: &&Cell| cell.gap == if cell.from == cell.gap { 0 } else { least };
    let next = column.iter().filter(is_next).count();
    if next * 10 >= column.len() * 9 {
        return Place::Next;
    }
    let (from, begin) = most(column.iter().map(|cell| cell.from));
    let (up_to, end) = most(column.iter().map(|cell| cell.end));
    let count = column.len();
    let (from, up_to) = (from as usize, up_to as usize);
    if begin.max(end) * 10 < count * 7 || !is_within(up_to.max(from)) {
        Place::Next
    } else if begin >= end {
        Place::From(from)
    } else {
        Place::UpTo(up_to)
    }
}

/// The value that more than half have, and how many have it. If there is none: some value, and at
/// most half.
fn most<T: PartialEq + Copy + Default>(
    values: impl ExactSizeIterator<Item = T> + Clone,
) -> (T, usize) {
    let times = |one: T| values.clone().map(|value| usize::from(value == one)).sum::<usize>();
    // If there is one at all, it is likely to be in the middle.
    let count = values.len();
    let middle = values.clone().nth(count / 2).unwrap_or_default();
    let at_middle = times(middle);
    if at_middle * 2 > count {
        return (middle, at_middle);
    }
    let mut leader = T::default();
    let mut lead = 0usize;
    for value in values.clone() {
        if lead == 0 {
            leader = value;
        }
        lead = if value == leader { lead + 1 } else { lead - 1 };
    }
    (leader, if lead > 0 { times(leader) } else { 0 })
}
