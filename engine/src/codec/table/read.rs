//! Lines into JSON without white space.

use super::syntax::{ends_key, ends_value};
use crate::json::is_literal;
use std::ops::Range;

/// Reads what `write::document` wrote. Documents are followed by a newline each where there are
/// several. `None` where `body` is something else, nests deeper than `depth`, or would become longer
/// than `longest` bytes.
pub(super) fn document(body: &[u8], longest: usize, depth: usize) -> Option<Vec<u8>> {
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
    };
    match reader.eat(b'#') {
        true => reader.table(Rows::Documents)?,
        false => reader.generic()?,
    }
    (reader.at == body.len()).then_some(reader.out)
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
    /// Where in the output its value stands.
    Value(Range<usize>),
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
    /// Where in the output each marked value stands.
    marks: Vec<Range<usize>>,
    slots: usize,
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

    fn copy(&mut self, range: Range<usize>) -> Option<()> {
        (self.out.len() + range.len() <= self.longest).then(|| self.out.extend_from_within(range))
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

    fn head(&mut self) -> Option<Shape> {
        self.slots = 0;
        let shape = match self.peek() {
            None | Some(b'\n' | b'[' | b'{') => self.shape()?,
            _ => Shape::Record(self.fields()?),
        };
        self.above.clear();
        self.above.resize(self.slots, Above::Nothing);
        Some(shape)
    }

    fn shape(&mut self) -> Option<Shape> {
        self.enter(|reader| {
            Some(match reader.peek() {
                Some(b'(') => {
                    reader.at += 1;
                    let fields = reader.fields()?;
                    reader.expect(b')')?;
                    Shape::Record(fields)
                }
                Some(b'[') => {
                    reader.at += 1;
                    reader.expect(b']')?;
                    Shape::List(Box::new(reader.shape()?))
                }
                Some(b'{') => {
                    reader.at += 1;
                    reader.expect(b'}')?;
                    Shape::Map(Box::new(reader.shape()?))
                }
                _ => Shape::Any,
            })
        })
    }

    fn fields(&mut self) -> Option<Vec<Field>> {
        let mut fields = Vec::new();
        loop {
            let key = self.head_value(Self::member_key_inner)?;
            let shape = self.shape()?;
            let mode = self.mode()?;
            fields.push(Field { key, shape, mode, slot: self.slots });
            self.slots += 1;
            if !self.eat(b',') {
                return Some(fields);
            }
        }
    }

    fn mode(&mut self) -> Option<Mode> {
        Some(match self.peek() {
            Some(b'?') => {
                self.at += 1;
                Mode::Optional
            }
            Some(b'=') => {
                self.at += 1;
                match self.eat(b'=') {
                    true => Mode::Constant(self.head_value(Self::inline)?),
                    false => Mode::Default(self.head_value(Self::inline)?),
                }
            }
            _ => Mode::Above,
        })
    }

    /// What `read` puts out, taken back for later.
    fn head_value(&mut self, read: impl FnOnce(&mut Self) -> Option<()>) -> Option<Vec<u8>> {
        let from = self.out.len();
        self.in_head = true;
        read(self)?;
        self.in_head = false;
        Some(self.out.split_off(from))
    }

    fn inline(&mut self) -> Option<()> {
        self.in_row = true;
        self.generic()?;
        self.in_row = false;
        Some(())
    }

    fn row(&mut self, shape: &Shape) -> Option<()> {
        match shape {
            Shape::Record(_) if self.eat(b'=') => self.generic(),
            Shape::Record(fields) => self.cells(fields),
            shape => self.shaped(shape),
        }
    }

    fn cells(&mut self, fields: &[Field]) -> Option<()> {
        self.put(b"{")?;
        let (mut first_cell, mut first_member) = (true, true);
        for field in fields {
            let is_constant = matches!(field.mode, Mode::Constant(_));
            if !is_constant && !std::mem::take(&mut first_cell) {
                self.expect(b',')?;
            }
            if self.eat_absent(field) {
                continue;
            }
            if !std::mem::take(&mut first_member) {
                self.put(b",")?;
            }
            self.put(&field.key)?;
            self.cell(field)?;
        }
        self.put(b"}")
    }

    /// Passes a cell that says that the object lacks the key. False: it says something else.
    fn eat_absent(&mut self, field: &Field) -> bool {
        let above = &mut self.above[field.slot];
        match &field.mode {
            Mode::Constant(_) => false,
            Mode::Optional if ends_cell(self.body, self.at) => true,
            Mode::Above if ends_cell(self.body, self.at) => matches!(above, Above::Absent),
            _ if self.body[self.at..].starts_with(b"-") && ends_cell(self.body, self.at + 1) => {
                self.at += 1;
                *above = Above::Absent;
                true
            }
            _ => false,
        }
    }

    /// Reads a cell that is not absent.
    fn cell(&mut self, field: &Field) -> Option<()> {
        match &field.mode {
            Mode::Constant(value) => return self.put(value),
            Mode::Default(value) if ends_cell(self.body, self.at) => return self.put(value),
            _ if ends_cell(self.body, self.at) => match self.above[field.slot].clone() {
                Above::Value(range) => return self.copy(range),
                _ => return None,
            },
            _ => {}
        }
        let from = self.out.len();
        self.shaped(&field.shape)?;
        self.above[field.slot] = Above::Value(from..self.out.len());
        Some(())
    }

    fn shaped(&mut self, shape: &Shape) -> Option<()> {
        let open = self.peek()?;
        match (shape, open) {
            (_, b'&' | b'*') => self.mark(shape),
            (Shape::Record(fields), b'(') => self.enter(|reader| {
                reader.at += 1;
                reader.cells(fields)?;
                reader.expect(b')')
            }),
            (Shape::List(shape), b'[') => self.enter(|reader| reader.list(shape)),
            (Shape::Map(shape), b'{') => self.enter(|reader| reader.map(shape)),
            _ => self.generic(),
        }
    }

    fn list(&mut self, shape: &Shape) -> Option<()> {
        self.at += 1;
        self.put(b"[")?;
        let mut first = true;
        while !self.eat(b']') {
            if !std::mem::take(&mut first) {
                let joins = self.body[self.at - 1] == b')' && self.peek() == Some(b'(');
                if !joins {
                    self.expect(b',')?;
                }
                self.put(b",")?;
            }
            self.shaped(shape)?;
        }
        self.put(b"]")
    }

    fn map(&mut self, shape: &Shape) -> Option<()> {
        self.at += 1;
        self.put(b"{")?;
        let mut first = true;
        while !self.eat(b'}') {
            if !std::mem::take(&mut first) {
                self.expect(b',')?;
                self.put(b",")?;
            }
            self.member_key()?;
            self.shaped(shape)?;
        }
        self.put(b"}")
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
            let range = self.marks.get(number.checked_sub(1)?)?.clone();
            return (!range.is_empty()).then(|| self.copy(range))?;
        }
        self.expect(b' ')?;
        if number != self.marks.len() + 1 {
            return None;
        }
        self.marks.push(0..0);
        let from = self.out.len();
        self.enter(|reader| reader.shaped(shape))?;
        self.marks[number - 1] = from..self.out.len();
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
