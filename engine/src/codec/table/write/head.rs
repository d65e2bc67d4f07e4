//! What stands above rows.

use super::super::shape::{Field, Mode, Shape};
use super::Writer;

impl<'a> Writer<'a, '_> {
    pub(super) fn head(&mut self, shape: &Shape<'a>) {
        self.out.push(b'#');
        self.legend.table = true;
        self.in_head = true;
        match shape {
            Shape::Record(fields) => self.fields(fields),
            shape => self.shape(shape),
        }
        self.in_head = false;
    }

    pub(super) fn shape(&mut self, shape: &Shape<'a>) {
        match shape {
            Shape::Any => {}
            Shape::Record(fields) => {
                self.out.push(b'(');
                self.fields(fields);
                self.out.push(b')');
            }
            Shape::List(items) => {
                self.out.extend_from_slice(b"[]");
                self.shape(items);
            }
            Shape::Map(values) => {
                self.out.extend_from_slice(b"{}");
                self.shape(values);
            }
        }
    }

    pub(super) fn fields(&mut self, fields: &[Field<'a>]) {
        for (i, field) in fields.iter().enumerate() {
            if i > 0 {
                self.out.push(b',');
            }
            self.key(field.key);
            self.shape(&field.shape);
            match &field.mode {
                Mode::Above => {}
                Mode::Optional => {
                    self.legend.optional = true;
                    self.out.push(b'?');
                }
                Mode::Default(value) => {
                    self.legend.default = true;
                    self.out.push(b'=');
                    self.generic(value);
                }
                Mode::Constant(value) => {
                    self.legend.constant = true;
                    self.out.extend_from_slice(b"==");
                    self.generic(value);
                }
            }
        }
    }
}
