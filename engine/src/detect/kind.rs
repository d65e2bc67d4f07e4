//! The kinds of lines, and what each costs in a run of each look.

use std::ops::Range;

use super::code;
use super::diff::Diffs;
use super::hit::{Front, front};
use super::message::{Message, message};
use super::row::{Row, row};
use super::shape::Shape;

/// One number for each look: source, search, diff, log, listing.
pub(super) type Costs = [u8; 5];

/// What one line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// White space only.
    Blank,
    /// Nothing speaks for anything.
    Plain,
    /// Words and spaces.
    Prose,
    /// A little speaks for code.
    Hint,
    /// Code.
    Code,
    /// A line of a file with its number, one more than the last.
    View,
    /// A path and a line number in front.
    Hit,
    /// A path in front.
    Named,
    /// `--` between hits.
    Rule,
    /// The frame of a compiler's message.
    Frame,
    /// Surely a message.
    Sure,
    /// Likely one.
    Likely,
    /// A path or a name.
    Path,
    /// Cells of a table, a branch of a tree.
    Cells,
    /// A line of a diff or a commit.
    Patch,
}

impl Kind {
    pub(super) fn costs(self) -> Costs {
        match self {
            Kind::Blank => [0, 0, 0, 0, 0],
            Kind::Plain => [1, 3, 6, 1, 0],
            Kind::Prose => [0, 3, 6, 1, 1],
            Kind::Hint => [0, 3, 6, 1, 1],
            Kind::Code => [0, 3, 6, 4, 4],
            Kind::View => [0, 6, 6, 6, 6],
            Kind::Hit => [4, 0, 6, 3, 3],
            Kind::Named => [2, 0, 6, 2, 1],
            Kind::Rule => [1, 0, 1, 1, 1],
            Kind::Frame => [3, 0, 6, 0, 1],
            Kind::Sure => [5, 3, 6, 0, 2],
            Kind::Likely => [2, 3, 6, 0, 1],
            Kind::Path => [2, 3, 6, 1, 0],
            Kind::Cells => [3, 3, 6, 1, 0],
            Kind::Patch => [8, 8, 0, 8, 8],
        }
    }
}

/// Looks at one line after another.
#[derive(Default)]
pub(super) struct Eye {
    diffs: Diffs,
    /// The number that the line above had in front.
    number: Option<u32>,
    /// Where the path in front of the line above ended, if it had one: the same again is no chance.
    named: Range<usize>,
    /// The line above: a line that stands twice in a row is printed, not written.
    last: Range<usize>,
    /// How many more lines may stand in a fence of Markdown, where columns are part of a page.
    fenced: usize,
}

/// A fence that is not closed ends after so many lines.
const FENCED: usize = 200;

/// Shorter lines may stand twice in any text.
const AGAIN: usize = 12;

impl Eye {
    /// The kind of the line at `range` of `text`.
    pub(super) fn kind(&mut self, text: &[u8], range: Range<usize>) -> Kind {
        let line = &text[range.clone()];
        let is_again = range.len() >= AGAIN && text[self.last.clone()] == *line;
        self.last = range.clone();
        if self.diffs.takes(line, &text[range.end..]) {
            self.number = None;
            return Kind::Patch;
        }
        let Some(shape) = Shape::of(line) else {
            return Kind::Blank;
        };
        if self.viewed(&shape) {
            return Kind::View;
        }
        if let Some(kind) = self.fronted(text, range, &shape) {
            return kind;
        }
        if shape.starts(b"```") {
            self.fenced = if self.fenced > 0 { 0 } else { FENCED };
            return Kind::Code;
        }
        let fenced = self.fenced > 0;
        self.fenced = self.fenced.saturating_sub(1);
        match judged(&shape) {
            Kind::Plain | Kind::Prose if is_again => Kind::Path,
            Kind::Plain | Kind::Path | Kind::Cells if fenced => Kind::Hint,
            kind => kind,
        }
    }

    /// Whether the line begins with a number that is one more than that of the line above, and a
    /// sign after it. Remembers the number.
    fn viewed(&mut self, shape: &Shape) -> bool {
        let last = self.number.take();
        let mut number = 0u32;
        let mut digits = 0;
        while digits < 8 && shape.at(digits).is_ascii_digit() {
            number = number * 10 + u32::from(shape.at(digits) - b'0');
            digits += 1;
        }
        if digits == 0 {
            return false;
        }
        let rest = &shape.text[digits..];
        let signed = matches!(rest.first(), Some(b'\t' | b':'))
            || rest.starts_with("→".as_bytes())
            || rest.starts_with("│".as_bytes())
            || rest.starts_with(b"|");
        self.number = signed.then_some(number);
        signed && last.is_some_and(|last| last + 1 == number)
    }

    /// A hit, if a path stands in front.
    fn fronted(&mut self, text: &[u8], range: Range<usize>, shape: &Shape) -> Option<Kind> {
        let line = &text[range.clone()];
        let last = std::mem::take(&mut self.named);
        if shape.text == b"--" {
            return Some(Kind::Rule);
        }
        if shape.indent > 0 {
            return None;
        }
        match front(line) {
            Front::Numbered => Some(Kind::Hit),
            Front::Named(end) => {
                let path = &line[..=end];
                self.named = range.start..range.start + path.len();
                let again = text.get(last) == Some(path);
                let slash = path.iter().any(|byte| matches!(byte, b'/' | b'\\'));
                let hit = again || slash && line.get(end + 1) != Some(&b' ');
                hit.then_some(Kind::Named)
            }
            Front::Nothing => None,
        }
    }
}

/// The kind of a line by itself.
fn judged(shape: &Shape) -> Kind {
    if code::blunt(shape) {
        return Kind::Code;
    }
    match message(shape) {
        Message::Sure => return Kind::Sure,
        Message::Likely => return Kind::Likely,
        Message::Frame => return Kind::Frame,
        Message::Nothing => {}
    }
    let points = code::points(shape);
    if points >= code::SURE {
        return Kind::Code;
    }
    // A comma at the end says more than columns do: so tables of numbers end in code.
    match (points, row(shape)) {
        (2.., _) => Kind::Hint,
        (_, Row::Cells) => Kind::Cells,
        (1.., _) => Kind::Hint,
        (_, Row::Path) => Kind::Path,
        _ if prose(shape) => Kind::Prose,
        _ => Kind::Plain,
    }
}

/// Five words or more, of small letters.
fn prose(shape: &Shape) -> bool {
    shape.spaces() >= 4
        && shape.lower() > 3 * shape.spaces()
        && shape.lower() > 3 * (shape.upper() + shape.digits() + shape.slashes())
}
