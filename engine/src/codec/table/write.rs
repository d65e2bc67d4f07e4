//! A document into lines.

mod head;
mod row;

use super::{
    PAGE,
    legend::Legend,
    marks::Marks,
    near::Near,
    shape::{Shape, Shaper},
    syntax::{is_bare_key, is_bare_value},
};
use crate::json::{Document, Member, Node, Value};
use bumpalo::Bump;

/// Containers below this size stand on one line.
const ON_ONE_LINE: u32 = 120;
/// Values below this size are as short as their marks.
const WORTH_A_MARK: u32 = 12;

/// What [`document`] writes.
pub(super) struct Page {
    /// The lines, without a newline at the end.
    pub(super) body: Vec<u8>,
    /// What a reader must know of them.
    pub(super) words: String,
}

/// Writes all documents.
pub(super) fn document(document: &Document, arena: &Bump) -> Page {
    let mut writer = Writer::new(document, arena);
    match document.roots {
        [root] => writer.block(root),
        roots => {
            if !writer.table(roots, |value| (None, value)) {
                writer.generic_lines(roots);
            }
        }
    }
    let Writer { mut legend, marks, out, .. } = writer;
    legend.marks = marks.are_used();
    Page { words: legend.words(), body: marks.put_into(out) }
}

/// How often a value may be looked at, on average, in search of tables that come to nothing. A list
/// whose lists are searched after it was searched in vain itself, and so on, would cost as many looks
/// as it is deep.
const VAIN_LOOKS: u64 = 16;

struct Writer<'a, 'd> {
    document: &'d Document<'a>,
    shaper: Shaper<'a>,
    /// How many looks in vain are left.
    looks: u64,
    out: Vec<u8>,
    near: Near,
    /// The last cell of each column of this page.
    above: Vec<Option<Above>>,
    marks: Marks,
    /// The end of a comma that a record which follows does without.
    comma: Option<usize>,
    /// Whether a head is being written: what stands there is not marked.
    in_head: bool,
    legend: Legend,
}

impl<'a, 'd> Writer<'a, 'd> {
    fn new(document: &'d Document<'a>, arena: &'a Bump) -> Self {
        let ids = document.counts.len();
        Self {
            document,
            shaper: Shaper::new(arena, ids),
            looks: VAIN_LOOKS * document.counts.iter().map(|&n| u64::from(n)).sum::<u64>(),
            out: Vec::new(),
            near: Near::default(),
            above: Vec::new(),
            marks: Marks::new(ids),
            comma: None,
            in_head: false,
            legend: Legend::default(),
        }
    }

    /// Documents without a common shape: `#` and a value a line.
    fn generic_lines(&mut self, roots: &'a [Value<'a>]) {
        self.out.push(b'#');
        for root in roots {
            self.newline();
            self.generic(root);
        }
    }

    /// A value outside of all rows, where lines may break.
    fn block(&mut self, value: &'a Value<'a>) {
        match value.node {
            Node::Array(items) if !items.is_empty() => self.block_array(value, items),
            Node::Object(members) if !members.is_empty() => self.block_object(value, members),
            _ => self.generic(value),
        }
    }

    fn block_array(&mut self, value: &'a Value<'a>, items: &'a [Value<'a>]) {
        self.out.push(b'[');
        if items.len() > 1 && self.table(items, |item| (None, item)) {
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

    fn block_object(&mut self, value: &'a Value<'a>, members: &'a [Member<'a>]) {
        self.out.push(b'{');
        if members.len() > 1 && self.table(members, |member| (Some(member.key), &member.value)) {
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
    fn table<T>(
        &mut self,
        rows: &'a [T],
        row: impl Fn(&'a T) -> (Option<&'a [u8]>, &'a Value<'a>),
    ) -> bool {
        let mut values = Vec::with_capacity(rows.len().min(PAGE));
        for (number, page) in rows.chunks(PAGE).enumerate() {
            values.clear();
            values.extend(page.iter().map(|r| row(r).1));
            let Some(shape) = self.page_shape(number, &values) else { return false };
            if number > 0 {
                self.newline();
            }
            self.above.clear();
            self.above.resize(self.shaper.slots, None);
            self.head(&shape);
            for (key, value) in page.iter().map(&row) {
                self.newline();
                if let Some(key) = key {
                    self.key(key);
                    self.out.push(b':');
                }
                self.row(value, &shape);
            }
        }
        true
    }

    /// The shape of a page of a table. The first page may have none.
    fn page_shape(&mut self, number: usize, rows: &[&'a Value<'a>]) -> Option<Shape<'a>> {
        if number > 0 {
            return Some(self.shaper.page(rows));
        }
        if self.looks == 0 {
            return None;
        }
        let before = self.shaper.looked;
        let shape = self.shaper.page(rows);
        if shape.fits_lines(rows) {
            return Some(shape);
        }
        self.looks = self.looks.saturating_sub(self.shaper.looked - before);
        None
    }

    /// A value as itself, on one line.
    fn generic(&mut self, value: &'a Value<'a>) {
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
        self.near.newline();
    }

    /// For a value that comes again, where that is worth a mark: whether a copy of it stands here,
    /// which is written later.
    fn mark(&mut self, value: &Value) -> bool {
        if value.size < WORTH_A_MARK || self.in_head {
            return false;
        }
        let again = self.document.counts[value.id as usize] - 1;
        let saved = u64::from(value.size / 4 - 2) * u64::from(again);
        if saved < 4 {
            return false;
        }
        match self.marks.latest(value.id) {
            Some(line) if self.near.lean(line, is_container(value)) => {
                self.marks.copy(value.id, self.out.len());
                true
            }
            _ => {
                self.marks.full(value.id, self.near.line(), self.out.len());
                false
            }
        }
    }
}

/// The last cell of a column.
#[derive(Clone, Copy)]
struct Above {
    /// Its value's, or `u32::MAX` where the object lacks the key.
    id: u32,
    /// Where it stands whole.
    line: u32,
}

fn is_container(value: &Value) -> bool {
    matches!(value.node, Node::Array(_) | Node::Object(_))
}
