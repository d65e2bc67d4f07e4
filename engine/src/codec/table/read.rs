//! Lines into JSON without white space.

mod head;
mod leans;
mod row;

use super::syntax::{ends_key, ends_value};
use crate::{json::is_literal, report::Reach};
use leans::Leans;
use std::ops::Range;

/// Reads what `write::document` wrote. Documents are followed by a newline each where there are
/// several. `None` where `body` is something else, nests deeper than `depth`, or would become longer
/// than `longest` bytes. What lines lean on goes to `reach`.
pub(super) fn document(
    body: &[u8],
    longest: usize,
    depth: usize,
    reach: &mut Reach,
) -> Option<Vec<u8>> {
    let mut reader = Reader {
        body,
        at: 0,
        out: Vec::new(),
        longest,
        levels: depth,
        in_row: false,
        in_head: false,
        above: Vec::new(),
        marks: Vec::new(),
        slots: 0,
        leans: Leans::default(),
    };
    match reader.eat(b'#') {
        true => reader.table(Rows::Documents)?,
        false => reader.generic()?,
    }
    let is_whole = reader.at == body.len();
    reader.leans.finish(reach);
    is_whole.then_some(reader.out)
}

enum Shape {
    Any,
    Record(Vec<Field>),
    List(Box<Shape>),
    Map(Box<Shape>),
}

struct Field {
    /// With its quotes and colon, ready to go out.
    key: Vec<u8>,
    shape: Shape,
    mode: Mode,
    slot: usize,
}

enum Mode {
    Above,
    Optional,
    Default(Vec<u8>),
    Constant(Vec<u8>),
}

/// What the rows of a table are.
#[derive(Clone, Copy, PartialEq)]
enum Rows {
    Documents,
    Items,
    Members,
}

/// The cell above.
#[derive(Clone)]
enum Above {
    Nothing,
    Absent,
    Value(Stood),
}

/// Where a value stands that may come again.
#[derive(Clone, Debug)]
struct Stood {
    /// In the output.
    range: Range<usize>,
    /// Its line in the body.
    line: u32,
}

struct Reader<'b> {
    body: &'b [u8],
    at: usize,
    out: Vec<u8>,
    longest: usize,
    /// How many levels more may be entered.
    levels: usize,
    in_row: bool,
    in_head: bool,
    above: Vec<Above>,
    /// Each marked value; `None` while it is read.
    marks: Vec<Option<Stood>>,
    slots: usize,
    leans: Leans,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        (self.out.len() + bytes.len() <= self.longest).then(|| self.out.extend_from_slice(bytes))
    }

    /// Puts a value again.
    fn copy(&mut self, Stood { range, line }: Stood) -> Option<()> {
        let has_parts = matches!(self.out.get(range.start), Some(b'{' | b'['));
        self.leans.lean(self.body, self.at, line, has_parts);
        (self.out.len() + range.len() <= self.longest).then(|| self.out.extend_from_within(range))
    }

    /// What was put since `from` may come again.
    fn stood(&mut self, from: usize) -> Stood {
        Stood { range: from..self.out.len(), line: self.leans.line(self.body, self.at) }
    }

    fn enter<T>(&mut self, inner: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.levels = self.levels.checked_sub(1)?;
        let result = inner(self);
        self.levels += 1;
        result
    }

    /// All pages of a table; the `#` of the first head was read.
    fn table(&mut self, rows: Rows) -> Option<()> {
        let mut first = true;
        loop {
            let shape = self.head()?;
            loop {
                if self.at == self.body.len() && rows == Rows::Documents {
                    return Some(());
                }
                self.expect(b'\n')?;
                match self.peek() {
                    Some(b'#') => break,
                    Some(b']') if rows == Rows::Items => return Some(()),
                    Some(b'}') if rows == Rows::Members => return Some(()),
                    _ => {}
                }
                if !std::mem::take(&mut first) {
                    self.put(if rows == Rows::Documents { b"\n" } else { b"," })?;
                }
                self.in_row = true;
                if rows == Rows::Members {
                    self.member_key()?;
                }
                self.row(&shape)?;
                self.in_row = false;
            }
            self.at += 1;
        }
    }

    /// `&n value`, or `*n` for the value that was marked so.
    fn mark(&mut self, shape: &Shape) -> Option<()> {
        if self.in_head {
            return None;
        }
        let is_mark = self.eat(b'&');
        self.at += usize::from(!is_mark);
        let number = self.number()?;
        if !is_mark {
            let stood = self.marks.get(number.checked_sub(1)?)?.clone()?;
            return self.copy(stood);
        }
        self.expect(b' ')?;
        if number != self.marks.len() + 1 {
            return None;
        }
        self.marks.push(None);
        let from = self.out.len();
        self.enter(|reader| reader.shaped(shape))?;
        self.marks[number - 1] = Some(self.stood(from));
        Some(())
    }

    fn number(&mut self) -> Option<usize> {
        let digits = self.body[self.at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let word = self.body.get(self.at..self.at + digits.min(9))?;
        self.at += digits;
        std::str::from_utf8(word).ok()?.parse().ok()
    }

    /// A value as itself.
    fn generic(&mut self) -> Option<()> {
        match self.peek()? {
            b'&' | b'*' => self.mark(&Shape::Any),
            b'[' => self.enter(|reader| reader.container(b"[", b"]", Rows::Items)),
            b'{' => self.enter(|reader| reader.container(b"{", b"}", Rows::Members)),
            b'"' => self.quoted(),
            _ => self.bare(),
        }
    }

    fn container(&mut self, open: &[u8], close: &[u8], rows: Rows) -> Option<()> {
        self.at += 1;
        self.put(open)?;
        if self.peek() == Some(b'#') && !self.in_row {
            self.at += 1;
            self.table(rows)?;
            self.at += 1;
            return self.put(close);
        }
        let mut first = true;
        while !self.eat(close[0]) {
            if !std::mem::take(&mut first) {
                self.expect(b',')?;
                self.put(b",")?;
                if !self.in_row {
                    self.eat(b'\n');
                }
            }
            if rows == Rows::Members {
                self.member_key()?;
            }
            self.generic()?;
        }
        self.put(close)
    }

    fn member_key(&mut self) -> Option<()> {
        self.member_key_inner()?;
        self.expect(b':')
    }

    /// A key, which goes out with its quotes and colon; the colon in the body is left.
    fn member_key_inner(&mut self) -> Option<()> {
        if self.peek()? == b'"' {
            self.quoted()?;
        } else {
            let rest = &self.body[self.at..];
            let len = rest.iter().position(|&b| ends_key(b)).unwrap_or(rest.len());
            if len == 0 {
                return None;
            }
            self.put(b"\"")?;
            self.put(&rest[..len])?;
            self.put(b"\"")?;
            self.at += len;
        }
        self.put(b":")
    }

    fn quoted(&mut self) -> Option<()> {
        let rest = &self.body[self.at..];
        let mut end = 1;
        loop {
            end += memchr::memchr2(b'"', b'\\', rest.get(end..)?)? + 1;
            if rest[end - 1] == b'"' {
                break;
            }
            end += 1;
        }
        self.put(&rest[..end])?;
        self.at += end;
        Some(())
    }

    fn bare(&mut self) -> Option<()> {
        let rest = &self.body[self.at..];
        let len = rest.iter().position(|&b| ends_value(b)).unwrap_or(rest.len());
        let word = &rest[..len];
        self.at += len;
        if len == 0 {
            return None;
        }
        if is_literal(word) {
            return self.put(word);
        }
        self.put(b"\"")?;
        self.put(word)?;
        self.put(b"\"")
    }
}

/// Whether a cell ends at `at`.
fn ends_cell(body: &[u8], at: usize) -> bool {
    body.get(at).is_none_or(|&byte| ends_value(byte))
}
