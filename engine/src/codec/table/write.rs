//! A document into lines.

use super::{
    PAGE,
    shape::{Field, Mode, Shape, Shaper},
    syntax::{is_bare_key, is_bare_value},
};
use crate::json::{Document, Member, Node, Value};
use bumpalo::Bump;

/// How far up a mark may refer, in lines.
const NEAR: u32 = 100;
/// Containers below this size stand on one line.
const ON_ONE_LINE: u32 = 120;

/// What [`document`] writes.
pub(super) struct Page {
    /// The lines, without a newline at the end.
    pub(super) body: Vec<u8>,
    /// What a reader must know of them.
    pub(super) words: String,
}

/// Writes all documents.
///
/// It writes twice: the first time to learn which of the values that come again do so within reach,
/// since only those get a mark.
pub(super) fn document(document: &Document, arena: &Bump) -> Page {
    let draft = Writer::new(document, arena, Marks::default()).run();
    let writer = match draft.marks.used.contains(&true) {
        true => Writer::new(document, arena, draft.marks.numbered()).run(),
        false => draft,
    };
    Page { words: writer.legend.words(), body: writer.out }
}

struct Writer<'a, 'd> {
    document: &'d Document<'a>,
    arena: &'a Bump,
    out: Vec<u8>,
    line: u32,
    /// The last cell of each column of this page.
    above: Vec<Option<u32>>,
    marks: Marks,
    /// Whether a head is being written: what stands there is not marked.
    in_head: bool,
    legend: Legend,
}

impl<'a, 'd> Writer<'a, 'd> {
    fn new(document: &'d Document<'a>, arena: &'a Bump, marks: Marks) -> Self {
        Self {
            document,
            arena,
            out: Vec::new(),
            line: 0,
            above: Vec::new(),
            marks,
            in_head: false,
            legend: Legend::default(),
        }
    }

    fn run(mut self) -> Self {
        match self.document.roots {
            [root] => self.block(root),
            roots => {
                if !self.table(roots, |value| (None, *value)) {
                    self.generic_lines(roots);
                }
            }
        }
        self
    }

    /// Documents without a common shape: `#` and a value a line.
    fn generic_lines(&mut self, roots: &[Value<'a>]) {
        self.out.push(b'#');
        for root in roots {
            self.newline();
            self.generic(root);
        }
    }

    /// A value outside of all rows, where lines may break.
    fn block(&mut self, value: &Value<'a>) {
        match value.node {
            Node::Array(items) if items.len() > 1 => self.block_array(value, items),
            Node::Object(members) if !members.is_empty() => self.block_object(value, members),
            _ => self.generic(value),
        }
    }

    fn block_array(&mut self, value: &Value<'a>, items: &'a [Value<'a>]) {
        self.out.push(b'[');
        if self.table(items, |item| (None, *item)) {
            self.newline();
        } else {
            self.out.pop();
            if value.size < ON_ONE_LINE || !items.iter().any(is_container) {
                return self.generic(value);
            }
            self.out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    self.out.push(b',');
                    self.newline();
                }
                self.block(item);
            }
        }
        self.out.push(b']');
    }

    fn block_object(&mut self, value: &Value<'a>, members: &'a [Member<'a>]) {
        self.out.push(b'{');
        if members.len() > 1 && self.table(members, |member| (Some(member.key), member.value)) {
            self.newline();
        } else {
            if value.size < ON_ONE_LINE {
                self.out.pop();
                return self.generic(value);
            }
            for (i, member) in members.iter().enumerate() {
                if i > 0 {
                    self.out.push(b',');
                    self.newline();
                }
                self.key(member.key);
                self.out.push(b':');
                self.block(&member.value);
            }
        }
        self.out.push(b'}');
    }

    /// Rows under a head for each page. False, and nothing written, if the first page has no shape.
    fn table<T: Copy>(
        &mut self,
        rows: &[T],
        row: impl Fn(&T) -> (Option<&'a [u8]>, Value<'a>),
    ) -> bool {
        for (number, page) in rows.chunks(PAGE).enumerate() {
            let values: Vec<_> = page.iter().map(|r| row(r).1).collect();
            let mut shaper = Shaper { arena: self.arena, slots: 0 };
            let shape = shaper.infer(&values);
            if number == 0 && !shape.fits_lines(&values) {
                return false;
            }
            if number > 0 {
                self.newline();
            }
            self.above.clear();
            self.above.resize(shaper.slots, None);
            self.head(&shape);
            for (key, value) in page.iter().map(&row) {
                self.newline();
                if let Some(key) = key {
                    self.key(key);
                    self.out.push(b':');
                }
                self.row(&value, &shape);
            }
        }
        true
    }

    fn head(&mut self, shape: &Shape<'a>) {
        self.out.push(b'#');
        self.legend.table = true;
        self.in_head = true;
        match shape {
            Shape::Record(fields) => self.fields(fields),
            shape => self.shape(shape),
        }
        self.in_head = false;
    }

    fn shape(&mut self, shape: &Shape<'a>) {
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

    fn fields(&mut self, fields: &[Field<'a>]) {
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

    fn row(&mut self, value: &Value<'a>, shape: &Shape<'a>) {
        if let Shape::Record(fields) = shape {
            match value.as_object().and_then(|object| Field::cells(fields, object)) {
                Some(cells) => return self.cells(fields, &cells),
                None => self.out.push(b'='),
            }
            return self.generic(value);
        }
        self.shaped(value, shape);
    }

    fn cells(&mut self, fields: &[Field<'a>], cells: &[Option<Value<'a>>]) {
        let mut first = true;
        for (field, cell) in fields.iter().zip(cells) {
            if matches!(field.mode, Mode::Constant(_)) {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            self.cell(field, cell);
        }
    }

    fn cell(&mut self, field: &Field<'a>, cell: &Option<Value<'a>>) {
        let id = cell.map_or(u32::MAX, |value| value.id);
        let is_empty = match &field.mode {
            Mode::Above => {
                let is_same = self.above[field.slot].replace(id) == Some(id);
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
    fn shaped(&mut self, value: &Value<'a>, shape: &Shape<'a>) {
        match (shape, value.node) {
            (Shape::Record(fields), Node::Object(object)) if !object.is_empty() => {
                match Field::cells(fields, object) {
                    Some(cells) => {
                        if self.mark(value) {
                            return;
                        }
                        self.out.push(b'(');
                        self.cells(fields, &cells);
                        self.out.push(b')');
                    }
                    None => self.generic(value),
                }
            }
            (Shape::List(shape), Node::Array(items)) if !items.is_empty() => {
                if self.mark(value) {
                    return;
                }
                self.out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    let from = self.out.len();
                    self.shaped(item, shape);
                    let joins = i > 0 && self.out[from - 1] == b')' && self.out[from] == b'(';
                    if i > 0 && !joins {
                        self.out.insert(from, b',');
                    }
                }
                self.out.push(b']');
            }
            (Shape::Map(shape), Node::Object(members)) if !members.is_empty() => {
                if self.mark(value) {
                    return;
                }
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
            _ => self.generic(value),
        }
    }

    /// A value as itself, on one line.
    fn generic(&mut self, value: &Value<'a>) {
        if self.mark(value) {
            return;
        }
        match value.node {
            Node::Literal(raw) => self.out.extend_from_slice(raw),
            Node::String(inner) if is_bare_value(inner) => self.out.extend_from_slice(inner),
            Node::String(inner) => self.quoted(inner),
            Node::Array(items) => {
                self.out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.out.push(b',');
                    }
                    self.generic(item);
                }
                self.out.push(b']');
            }
            Node::Object(members) => {
                self.out.push(b'{');
                for (i, member) in members.iter().enumerate() {
                    if i > 0 {
                        self.out.push(b',');
                    }
                    self.key(member.key);
                    self.out.push(b':');
                    self.generic(&member.value);
                }
                self.out.push(b'}');
            }
        }
    }

    fn key(&mut self, inner: &[u8]) {
        match is_bare_key(inner) {
            true => self.out.extend_from_slice(inner),
            false => self.quoted(inner),
        }
    }

    fn quoted(&mut self, inner: &[u8]) {
        self.out.push(b'"');
        self.out.extend_from_slice(inner);
        self.out.push(b'"');
    }

    fn newline(&mut self) {
        self.out.push(b'\n');
        self.line += 1;
    }

    /// For a value that comes again: writes `*n` and returns true if `&n` is near, else writes `&n `
    /// where it is worth it.
    fn mark(&mut self, value: &Value<'a>) -> bool {
        let again = self.document.counts[value.id as usize] - 1;
        let saved = u64::from(value.size / 4).saturating_sub(2) * u64::from(again);
        if saved < 4 || self.in_head {
            return false;
        }
        let is_copy = self.marks.write(value.id, self.line, &mut self.out);
        self.legend.marks |= is_copy;
        is_copy
    }
}

/// Which of the notation's words a part uses, to explain those and no others.
#[derive(Default)]
struct Legend {
    table: bool,
    above: bool,
    default: bool,
    constant: bool,
    optional: bool,
    absent: bool,
    marks: bool,
}

impl Legend {
    fn words(&self) -> String {
        let words = [
            (!self.table, "JSON without quotes"),
            (self.table, "JSON, rows under # keys"),
            (self.above, "empty = as above"),
            (self.default, "k=v: empty = v"),
            (self.constant, "k==v: all v"),
            (self.optional, "k?: empty = none"),
            (self.absent, "- = none"),
            (self.marks, "*1 = &1"),
        ];
        let used: Vec<_> =
            words.iter().filter(|(used, _)| *used).map(|(_, words)| *words).collect();
        used.join(", ")
    }
}

fn is_container(value: &Value) -> bool {
    matches!(value.node, Node::Array(_) | Node::Object(_))
}

/// The marks of values that stand for their later copies.
#[derive(Default)]
struct Marks {
    /// By value id: the mark that was made last, as an index, and its line.
    latest: Vec<Option<(usize, u32)>>,
    /// By mark: whether it is referred to.
    used: Vec<bool>,
    /// By mark: its number. Empty while drafting.
    numbers: Vec<u32>,
    made: usize,
}

impl Marks {
    /// The marks that the draft referred to, numbered from 1.
    fn numbered(self) -> Self {
        let mut next = 0;
        let number = |used: &bool| {
            next += u32::from(*used);
            if *used { next } else { 0 }
        };
        Self { numbers: self.used.iter().map(number).collect(), ..Self::default() }
    }

    fn write(&mut self, id: u32, line: u32, out: &mut Vec<u8>) -> bool {
        let id = id as usize;
        if self.latest.len() <= id {
            self.latest.resize(id + 1, None);
        }
        if let Some((mark, _)) = self.latest[id].filter(|(_, from)| line - from < NEAR) {
            match self.numbers.get(mark) {
                Some(number) => out.extend_from_slice(format!("*{number}").as_bytes()),
                None => self.used[mark] = true,
            }
            if self.numbers.is_empty() {
                out.push(b'*');
            }
            return true;
        }
        self.latest[id] = Some((self.made, line));
        match self.numbers.get(self.made) {
            Some(0) => {}
            Some(number) => out.extend_from_slice(format!("&{number} ").as_bytes()),
            None => self.used.push(false),
        }
        self.made += 1;
        false
    }
}
