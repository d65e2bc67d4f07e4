//! Text to body.

use super::{
    super::{
        Coded,
        lines::{AS_IS, put_as_is},
    },
    END, INDENT, MESSAGE, NEAR, RUN_END, RUNS,
    commit::Commit,
    cursor::Cursor,
    header, is_hunk_head, is_sign, is_taken_in_message, is_taken_in_run,
    names::Names,
    row::Row,
};

/// The fewest lines of a run that stand without their signs.
const LONG_RUN: usize = 12;

/// Writes lines shorter, or `None` where nothing can be gained.
pub(super) fn write(text: &[u8]) -> Option<Coded> {
    let mut page = Page { body: Vec::with_capacity(text.len()), ..Page::default() };
    let mut cursor = Cursor::new(text);
    while let Some(line) = cursor.peek() {
        let is_folded = page.file(line, &mut cursor)
            || page.commit(line, &mut cursor)
            || page.run(line, &mut cursor);
        if !is_folded {
            page.plain(line);
            cursor.next();
        }
    }
    if let Open::Ended(end) = page.open {
        page.end_message(end);
    }
    let words = page.words()?;
    Some(Coded { detail: String::new(), words, body: page.body })
}

/// A body that is being written.
#[derive(Default)]
struct Page<'a> {
    body: Vec<u8>,
    /// Lines of the body.
    lines: usize,
    names: Names<'a>,
    open: Open<'a>,
    is_in_hunk: bool,
    has_files: bool,
    has_commits: bool,
    has_runs: bool,
}

/// What the lines so far leave open.
#[derive(Clone, Copy, Default)]
enum Open<'a> {
    #[default]
    Nothing,
    /// A message has come to its end: an empty line, which is not yet written.
    Ended(&'a [u8]),
    /// A run, which the next line ends or not.
    Run,
}

impl<'a> Page<'a> {
    /// What the head line says.
    fn words(&self) -> Option<String> {
        let what = match (self.has_commits, self.has_files) {
            (true, true) => "commits and diffs, each header in one line, messages not indented",
            (true, false) => "commits, each header in one line, messages not indented",
            (false, true) => "diff, each header in one line",
            (false, false) if self.has_runs => "diff",
            (false, false) => return None,
        };
        let runs = if self.has_runs { ", lines after @@ + or @@ - lack that sign" } else { "" };
        Some(format!("intact {what}{runs}"))
    }

    /// Writes a line that stands for itself.
    fn plain(&mut self, line: &[u8]) {
        let is_hunk = is_hunk_head(line);
        match std::mem::take(&mut self.open) {
            Open::Ended(end) => self.end_message(end),
            Open::Run if !is_hunk => self.put(&[RUN_END]),
            Open::Run | Open::Nothing => {}
        }
        self.is_in_hunk = is_hunk
            || self.is_in_hunk && line.first().is_some_and(|first| b" +-\\".contains(first));
        self.start_line();
        put_as_is(line, is_sign(line), &mut self.body);
    }

    /// Writes lines that are all added or all removed, if that is what is next.
    fn run(&mut self, line: &[u8], cursor: &mut Cursor<'a>) -> bool {
        let run = RUNS.iter().find(|(_, sign)| line.first() == Some(sign));
        let Some((mark, sign)) = run.filter(|_| self.is_in_hunk) else {
            return false;
        };
        let is_like = |line: &&[u8]| line.first() == Some(sign);
        let ahead = *cursor;
        let few = ahead.take_while(is_like).take(LONG_RUN).count();
        if few < LONG_RUN {
            cursor.by_ref().take(few).for_each(|line| self.plain(line));
            return true;
        }
        let mut at = None;
        while let Some(line) = cursor.peek().filter(is_like) {
            if at.is_none_or(|at| self.lines - at > NEAR) {
                at = Some(self.lines);
                self.put(&[mark]);
            }
            match is_taken_in_run(&line[1..]) {
                true => self.put(&[&[AS_IS], line]),
                false => self.put(&[&line[1..]]),
            }
            cursor.next();
        }
        self.open = Open::Run;
        self.has_runs = true;
        true
    }

    /// Writes the header of a file, if that is next.
    fn file(&mut self, line: &[u8], cursor: &mut Cursor<'a>) -> bool {
        if !line.starts_with(b"diff ") {
            return false;
        }
        let Some(row) = header::fold(cursor) else {
            return false;
        };
        self.start_row();
        self.put(&[&row]);
        self.has_files = true;
        true
    }

    /// Writes the header of a commit, and its message, if they are next.
    fn commit(&mut self, line: &[u8], cursor: &mut Cursor<'a>) -> bool {
        if !line.starts_with(b"commit ") {
            return false;
        }
        let mut later = *cursor;
        let Some(row) = self.row(&mut later) else {
            return false;
        };
        if later.peek() != Some(row.end) {
            return false;
        }
        self.put_row(&row);
        *cursor = later;
        self.message(row.end, cursor);
        true
    }

    fn row(&self, cursor: &mut Cursor<'a>) -> Option<Row<'a>> {
        let row = Commit::parse(cursor)?.row(&self.names, self.lines)?;
        let mut line = Vec::new();
        row.write(&mut line);
        (Row::parse(&line) == Some(row)).then_some(row)
    }

    fn put_row(&mut self, row: &Row<'a>) {
        let at = self.lines;
        self.start_row();
        self.start_line();
        row.write(&mut self.body);
        self.names.note(row.author, at);
        if let Some(who) = row.second.and_then(|second| second.who) {
            self.names.note(who, at);
        }
        self.has_commits = true;
    }

    /// Writes the message that follows a commit's header and an empty line, if it is a plain one.
    /// Else it stands as it is, with that empty line.
    fn message(&mut self, end: &'a [u8], cursor: &mut Cursor<'a>) {
        let mut later = *cursor;
        later.next();
        let Some(ended) = skip_message(&mut later, end) else {
            return;
        };
        cursor.next();
        let mut at = self.lines - 1;
        while let Some(line) = cursor.peek().and_then(|line| line.strip_prefix(INDENT)) {
            if self.lines - at > NEAR {
                at = self.lines;
                self.put(&[MESSAGE]);
            }
            match is_taken_in_message(line) {
                true => self.put(&[&[AS_IS], INDENT, line]),
                false => self.put(&[line]),
            }
            cursor.next();
        }
        *cursor = later;
        self.open = if ended { Open::Ended(end) } else { Open::Nothing };
    }

    /// Writes the end of a message where no row says it.
    fn end_message(&mut self, end: &[u8]) {
        self.put(&[END, end]);
    }

    /// Begins a row, which ends what was open.
    fn start_row(&mut self) {
        self.open = Open::Nothing;
        self.is_in_hunk = false;
    }

    /// Adds a line of the body.
    fn put(&mut self, pieces: &[&[u8]]) {
        self.start_line();
        pieces.iter().for_each(|piece| self.body.extend_from_slice(piece));
    }

    /// Ends the line before.
    fn start_line(&mut self) {
        if self.lines > 0 {
            self.body.push(b'\n');
        }
        self.lines += 1;
    }
}

/// Goes past a message that can stand at the margin, and past the empty line after it: whether there
/// is one, or the text ends first.
fn skip_message(cursor: &mut Cursor, end: &[u8]) -> Option<bool> {
    let first = cursor.peek()?.strip_prefix(INDENT)?;
    if first == end || is_taken_in_message(first) {
        return None;
    }
    for line in cursor {
        if line == end {
            return Some(true);
        }
        line.strip_prefix(INDENT)?;
    }
    Some(false)
}
