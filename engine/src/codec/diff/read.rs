//! Body to text.

use super::{
    super::lines::{AS_IS, Text},
    END, INDENT, MESSAGE, RUN_END, RUNS,
    commit::Commit,
    cursor::{Cursor, split_end},
    header, is_hunk_head,
    names::Names,
    row::Row,
};
use crate::report::Reach;

/// The text that `body` was written for.
pub(super) fn read(body: &[u8], longest: usize, reach: &mut Reach) -> Option<Vec<u8>> {
    let mut reader =
        Reader { text: Text::new(longest), place: Place::Plain, names: Names::default(), reach };
    let mut cursor = Cursor::new(body);
    let mut at = 0;
    while let Some(line) = cursor.next() {
        reader.line(at, line, cursor)?;
        at += 1;
    }
    reader.text.finish()
}

/// Where in a commit a line stands.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// Nowhere: it is itself.
    Plain,
    /// After a commit's row, which is line `at` and ends with `end`.
    Row { at: usize, end: &'a [u8] },
    /// In the message of that commit.
    Message { at: usize, end: &'a [u8] },
    /// Among lines without their sign, which line `at` says.
    Run { at: usize, sign: u8 },
}

struct Reader<'a, 'r> {
    text: Text,
    place: Place<'a>,
    names: Names<'a>,
    reach: &'r mut Reach,
}

impl<'a> Reader<'a, '_> {
    /// Reads line `at`, after which `next` stands.
    fn line(&mut self, at: usize, line: &'a [u8], next: Cursor<'a>) -> Option<()> {
        if let Some(as_is) = line.strip_prefix(&[AS_IS]) {
            return self.text.put(&[as_is]);
        }
        if let Some(row) = Row::parse(line) {
            self.end_message()?;
            return self.commit(at, &row);
        }
        if header::is_row(line) {
            self.end_message()?;
            return header::unfold(line, header::is_hunk(next), |line| self.text.put(line));
        }
        if let Some(&(_, sign)) = RUNS.iter().find(|(mark, _)| *mark == line) {
            self.place = Place::Run { at, sign };
            return Some(());
        }
        match self.place {
            Place::Run { .. } if line == RUN_END => {
                self.place = Place::Plain;
                Some(())
            }
            Place::Run { .. } if is_hunk_head(line) => self.plain(line),
            Place::Run { at: mark, sign } => {
                self.reach.add(at - mark, 1);
                self.text.put(&[&[sign], line])
            }
            Place::Plain => self.text.put(&[line]),
            Place::Row { end, .. } if line == end => self.plain(line),
            Place::Row { at: row, end } => {
                self.place = Place::Message { at: row, end };
                self.text.put(&[end])?;
                self.message(at - row, line)
            }
            Place::Message { end, .. } if split_end(line) == (END, end) => self.plain(end),
            Place::Message { end, .. } if line == MESSAGE => {
                self.place = Place::Message { at, end };
                Some(())
            }
            Place::Message { at: row, .. } => self.message(at - row, line),
        }
    }

    fn plain(&mut self, line: &[u8]) -> Option<()> {
        self.place = Place::Plain;
        self.text.put(&[line])
    }

    fn message(&mut self, up: usize, line: &[u8]) -> Option<()> {
        self.reach.add(up, 1);
        self.text.put(&[INDENT, line])
    }

    /// Before a row: the empty line after a message.
    fn end_message(&mut self) -> Option<()> {
        match std::mem::replace(&mut self.place, Place::Plain) {
            Place::Message { end, .. } => self.text.put(&[end]),
            Place::Plain | Place::Row { .. } | Place::Run { .. } => Some(()),
        }
    }

    fn commit(&mut self, at: usize, row: &Row<'a>) -> Option<()> {
        let (commit, above) = Commit::of(row, &self.names)?;
        for other in above.into_iter().flatten() {
            self.reach.add(at - other, above.iter().flatten().count());
        }
        self.names.note(row.author, at);
        if let Some(who) = row.second.and_then(|second| second.who) {
            self.names.note(who, at);
        }
        self.place = Place::Row { at, end: row.end };
        commit.lines(|line| self.text.put(line))
    }
}
