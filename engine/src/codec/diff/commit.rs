//! The header of a commit, as `git log` and `git show` print it.

use super::{
    cursor::{Cursor, split_end},
    names::Names,
    row::{Row, Second},
};

/// What a commit's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Commit<'a> {
    /// The id, and names of branches and tags if they follow it.
    id: &'a [u8],
    merge: Option<&'a [u8]>,
    author: &'a [u8],
    date: &'a [u8],
    /// Who committed, and when, where the header says so (`--format=fuller`).
    second: Option<(&'a [u8], &'a [u8])>,
    end: &'a [u8],
}

const KEYS: [&[u8]; 2] = [b"Author: ", b"Date:   "];
const FULLER: [&[u8]; 4] = [b"Author:     ", b"AuthorDate: ", b"Commit:     ", b"CommitDate: "];
const COMMIT: &[u8] = b"commit ";
const MERGE: &[u8] = b"Merge: ";

impl<'a> Commit<'a> {
    /// Reads a header. `cursor` then stands after it.
    pub(super) fn parse(cursor: &mut Cursor<'a>) -> Option<Self> {
        let (line, end) = split_end(cursor.next()?);
        let id = line.strip_prefix(COMMIT)?;
        let merge = field(cursor, MERGE, end);
        let ahead = *cursor;
        if let Some([author, date, committer, committed]) = fields(cursor, FULLER, end) {
            let second = Some((committer, committed));
            return Some(Self { id, merge, author, date, second, end });
        }
        *cursor = ahead;
        let [author, date] = fields(cursor, KEYS, end)?;
        Some(Self { id, merge, author, date, second: None, end })
    }

    /// The row for line `at` of a body. `None`: it could not be read back.
    pub(super) fn row(&self, names: &Names<'a>, at: usize) -> Option<Row<'a>> {
        let second = match self.second {
            None => None,
            Some((who, date)) => Some(Second {
                who: if who == self.author { None } else { Some(names.short(who, at)?) },
                date: (date != self.date).then_some(date),
            }),
        };
        let author = names.short(self.author, at)?;
        let Self { id, merge, date, end, .. } = *self;
        Some(Row { id, merge, author, date, second, end })
    }

    /// What `row` says, and in which other lines its people are said in full.
    pub(super) fn of(row: &Row<'a>, names: &Names<'a>) -> Option<(Self, [Option<usize>; 2])> {
        let (author, above) = names.full(row.author)?;
        let Row { id, merge, date, end, .. } = *row;
        let commit = Self { id, merge, author, date, second: None, end };
        let Some(second) = row.second else {
            return Some((commit, [above, None]));
        };
        let (committer, also_above) = match second.who {
            Some(who) => names.full(who)?,
            None => (author, None),
        };
        let second = Some((committer, second.date.unwrap_or(date)));
        Some((Self { second, ..commit }, [above, also_above]))
    }

    /// Gives each line of the header to `put`, in pieces.
    pub(super) fn lines(&self, mut put: impl FnMut(&[&[u8]]) -> Option<()>) -> Option<()> {
        put(&[COMMIT, self.id, self.end])?;
        if let Some(merge) = self.merge {
            put(&[MERGE, merge, self.end])?;
        }
        let mut all = |keys: &[&[u8]], values: &[&[u8]]| {
            keys.iter().zip(values).try_for_each(|(key, value)| put(&[key, value, self.end]))
        };
        match self.second {
            Some((who, date)) => all(&FULLER, &[self.author, self.date, who, date]),
            None => all(&KEYS, &[self.author, self.date]),
        }
    }
}

/// The values of lines that begin with `keys`.
fn fields<'a, const N: usize>(
    cursor: &mut Cursor<'a>,
    keys: [&[u8]; N],
    end: &[u8],
) -> Option<[&'a [u8]; N]> {
    let mut values = [[].as_slice(); N];
    for (value, key) in values.iter_mut().zip(keys) {
        *value = field(cursor, key, end)?;
    }
    Some(values)
}

fn field<'a>(cursor: &mut Cursor<'a>, key: &[u8], end: &[u8]) -> Option<&'a [u8]> {
    let value = cursor.peek()?.strip_prefix(key)?.strip_suffix(end)?;
    cursor.next();
    Some(value)
}
