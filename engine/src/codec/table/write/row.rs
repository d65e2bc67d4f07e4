//! What stands in rows: cells, and values in the shapes that the head names.

use super::super::shape::{Cell, Field, Mode, Shape};
use super::{Above, Writer, is_container};
use crate::json::{Member, Node, Value};

impl<'a> Writer<'a, '_> {
    pub(super) fn row(&mut self, value: &'a Value<'a>, shape: &Shape<'a>) {
        match (shape, value.as_object()) {
            (Shape::Record(fields), Some(object)) if Field::fit(fields, object) => {
                self.cells(fields, object);
            }
            (Shape::Record(_), _) => {
                self.legend.other_row = true;
                self.out.push(b'=');
                self.generic(value);
            }
            _ => self.shaped(value, shape),
        }
    }

    pub(super) fn cells(&mut self, fields: &[Field<'a>], object: &'a [Member<'a>]) {
        let mut first = true;
        for (field, cell) in Field::cells(fields, object) {
            if matches!(field.mode, Mode::Constant(_)) {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            self.cell(field, cell);
        }
    }

    pub(super) fn cell(&mut self, field: &Field<'a>, cell: Cell<'a>) {
        let id = cell.map_or(u32::MAX, |value| value.id);
        let is_empty = match &field.mode {
            Mode::Above => {
                let is_same = self.repeats(field, cell, id);
                self.legend.above |= is_same;
                is_same
            }
            Mode::Optional => cell.is_none(),
            Mode::Default(value) => id == value.id,
            Mode::Constant(_) => true,
        };
        match cell {
            _ if is_empty => {}
            Some(value) => self.shaped(value, &field.shape),
            None => {
                self.legend.absent = true;
                self.out.push(b'-');
            }
        }
    }

    /// A value inside a row.
    pub(super) fn shaped(&mut self, value: &'a Value<'a>, shape: &Shape<'a>) {
        match (shape, value.node) {
            (Shape::Record(fields), Node::Object(object))
                if !object.is_empty() && Field::fit(fields, object) =>
            {
                if !self.copy(value, shape) {
                    self.record(fields, object);
                }
            }
            (Shape::List(items_shape), Node::Array(items)) if !items.is_empty() => {
                if !self.copy(value, shape) {
                    self.list(items_shape, items);
                }
            }
            (Shape::Map(values_shape), Node::Object(members)) if !members.is_empty() => {
                if !self.copy(value, shape) {
                    self.map(values_shape, members);
                }
            }
            _ => self.generic(value),
        }
    }

    /// Whether a cell may be left empty since the one above says the same.
    pub(super) fn repeats(&mut self, field: &Field<'a>, cell: Cell<'a>, id: u32) -> bool {
        let has_parts = cell.is_some_and(is_container);
        let above = self.above[field.slot].filter(|above| above.id == id);
        if above.is_some_and(|above| self.near.lean(above.line, has_parts)) {
            return true;
        }
        self.above[field.slot] = Some(Above { id, line: self.near.line() });
        false
    }

    /// Whether a copy's mark stands for `value`. Its columns have no cell above then: a reader would
    /// not know whether that is the copy's or the one before.
    pub(super) fn copy(&mut self, value: &Value, shape: &Shape) -> bool {
        let is_copy = self.mark(value);
        if is_copy {
            self.forget(shape);
        }
        is_copy
    }

    pub(super) fn forget(&mut self, shape: &Shape) {
        match shape {
            Shape::Any => {}
            Shape::List(shape) | Shape::Map(shape) => self.forget(shape),
            Shape::Record(fields) => fields.iter().for_each(|field| {
                self.above[field.slot] = None;
                self.forget(&field.shape);
            }),
        }
    }

    pub(super) fn record(&mut self, fields: &[Field<'a>], object: &'a [Member<'a>]) {
        if self.comma.take() == Some(self.out.len()) {
            self.marks.take_comma(self.out.len());
            self.out.pop();
        }
        self.out.push(b'(');
        self.cells(fields, object);
        self.out.push(b')');
    }

    /// Items with commas between them, but for records that follow each other.
    pub(super) fn list(&mut self, shape: &Shape<'a>, items: &'a [Value<'a>]) {
        self.out.push(b'[');
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                let is_after_record = self.out.last() == Some(&b')');
                self.out.push(b',');
                self.comma = is_after_record.then_some(self.out.len());
            }
            self.shaped(item, shape);
        }
        self.out.push(b']');
    }

    pub(super) fn map(&mut self, shape: &Shape<'a>, members: &'a [Member<'a>]) {
        self.out.push(b'{');
        for (i, member) in members.iter().enumerate() {
            if i > 0 {
                self.out.push(b',');
            }
            self.key(member.key);
            self.out.push(b':');
            self.shaped(&member.value, shape);
        }
        self.out.push(b'}');
    }
}
