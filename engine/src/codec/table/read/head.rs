//! What stands above rows.

use super::{Above, Field, Mode, Reader, Shape};

impl Reader<'_> {
    pub(super) fn head(&mut self) -> Option<Shape> {
        self.slots = 0;
        let shape = match self.peek() {
            None | Some(b'\n' | b'[' | b'{') => self.shape()?,
            _ => Shape::Record(self.fields()?),
        };
        self.above.clear();
        self.above.resize(self.slots, Above::Nothing);
        Some(shape)
    }

    pub(super) fn shape(&mut self) -> Option<Shape> {
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

    pub(super) fn fields(&mut self) -> Option<Vec<Field>> {
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

    pub(super) fn mode(&mut self) -> Option<Mode> {
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
    pub(super) fn head_value(
        &mut self,
        read: impl FnOnce(&mut Self) -> Option<()>,
    ) -> Option<Vec<u8>> {
        let from = self.out.len();
        self.in_head = true;
        read(self)?;
        self.in_head = false;
        Some(self.out.split_off(from))
    }

    pub(super) fn inline(&mut self) -> Option<()> {
        self.in_row = true;
        self.generic()?;
        self.in_row = false;
        Some(())
    }
}
