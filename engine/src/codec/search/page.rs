//! Writes headings, and the lines below them.

use super::{
    super::lines::put_as_is,
    HEADING, NEAR,
    find::Mark,
    hit::{LIST, joint, number, short},
};
use crate::notation::MARK;

/// A body that is being written.
#[derive(Default)]
pub(super) struct Page<'a> {
    body: Vec<u8>,
    /// Lines of the body.
    lines: usize,
    /// The heading that holds, and which line of the body it is.
    heading: Option<(usize, &'a [u8])>,
    /// The last line, if another number can still be put before its text.
    open: Option<Open<'a>>,
}

/// `12:text` at the end of a body.
struct Open<'a> {
    /// Where in the body the numbers end.
    end: usize,
    count: usize,
    /// What follows the numbers, with the colon.
    said: &'a [u8],
}

impl<'a> Page<'a> {
    pub(super) fn with_room(bytes: usize) -> Self {
        Self { body: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// The lines, if there is a heading among them.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        self.heading.is_some().then_some(self.body)
    }

    pub(super) fn put(&mut self, line: &'a [u8], mark: Mark) {
        let path = &line[..mark.path_len()];
        let holds = self.heading.is_some_and(|(at, held)| held == path && self.lines - at <= NEAR);
        if holds && mark.is_with_last() {
            self.hit(short(&line[path.len()..]));
        } else if mark.is_with_next() {
            self.head(path);
            self.hit(short(&line[path.len()..]));
        } else {
            self.start_line();
            let leans = self.heading.is_some() && joint(line).is_some();
            let is_taken = leans || line.starts_with(HEADING) || line.starts_with(MARK);
            put_as_is(line, is_taken, &mut self.body);
        }
    }

    fn head(&mut self, path: &'a [u8]) {
        self.heading = Some((self.lines, path));
        self.start_line();
        self.body.extend_from_slice(HEADING);
        self.body.extend_from_slice(path);
    }

    /// Writes what stands below a heading. A text that is that of the line before is not said again.
    fn hit(&mut self, below: &'a [u8]) {
        let said = match number(below) {
            Some((digits, b':')) => Some((digits, &below[digits.len()..])),
            _ => None,
        };
        if let (Some((digits, said)), Some(open)) = (said, &mut self.open)
            && open.said == said
            && open.count < LIST
        {
            let more = [b",", digits].concat();
            self.body.splice(open.end..open.end, more.iter().copied());
            open.end += more.len();
            open.count += 1;
            return;
        }
        self.start_line();
        let start = self.body.len();
        self.body.extend_from_slice(below);
        self.open = said.map(|(digits, said)| Open { end: start + digits.len(), count: 1, said });
    }

    /// Ends the line before.
    fn start_line(&mut self) {
        if self.lines > 0 {
            self.body.push(b'\n');
        }
        self.lines += 1;
        self.open = None;
    }
}
