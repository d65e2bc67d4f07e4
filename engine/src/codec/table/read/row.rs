//! What stands in rows.

use super::{Above, Field, Mode, Reader, Shape, ends_cell};

impl Reader<'_> {
    pub(super) fn row(&mut self, shape: &Shape) -> Option<()> {
        match shape {
            Shape::Record(_) if self.eat(b'=') => self.generic(),
            Shape::Record(fields) => self.cells(fields),
            shape => self.shaped(shape),
        }
    }

    pub(super) fn cells(&mut self, fields: &[Field]) -> Option<()> {
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
    pub(super) fn eat_absent(&mut self, field: &Field) -> bool {
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
    pub(super) fn cell(&mut self, field: &Field) -> Option<()> {
        match &field.mode {
            Mode::Constant(value) => return self.put(value),
            Mode::Default(value) if ends_cell(self.body, self.at) => return self.put(value),
            _ if ends_cell(self.body, self.at) => match self.above[field.slot].clone() {
                Above::Value(stood) => return self.copy(stood),
                _ => return None,
            },
            _ => {}
        }
        let from = self.out.len();
        self.shaped(&field.shape)?;
        self.above[field.slot] = Above::Value(self.stood(from));
        Some(())
    }

    pub(super) fn shaped(&mut self, shape: &Shape) -> Option<()> {
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

    pub(super) fn list(&mut self, shape: &Shape) -> Option<()> {
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

    pub(super) fn map(&mut self, shape: &Shape) -> Option<()> {
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
}
