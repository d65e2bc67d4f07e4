//! The codec `table`: JSON as rows.

use super::{frame::Rows, number, spacing};
use std::collections::HashMap;

/// A part with more open brackets does not decode.
const DEEPEST: usize = 128 + 1;

/// A JSON value, its strings, keys and literals as they stood.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Scalar(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// What a row is made of.
#[derive(Clone, Debug)]
enum Shape {
    Any,
    Cells(Vec<Column>),
    Array(Box<Shape>),
    Object(Box<Shape>),
}

#[derive(Clone, Debug)]
struct Column {
    key: String,
    shape: Shape,
    empty: Empty,
    /// The last cell; inside, nothing if that one lacked the key.
    last: Option<Option<Value>>,
}

/// What an empty cell means.
#[derive(Clone, Debug)]
enum Empty {
    Same,
    Lacks,
    Is(Value),
    /// There are no cells.
    All(Value),
}

/// What the lines of a part stand for.
pub(super) fn decode(lines: &[&str], word: &str, rows: Option<Rows>) -> Option<String> {
    let (word, departs) = match word.strip_suffix('+') {
        Some(word) => (word.trim_end(), true),
        None => (word, false),
    };
    let (says, lines) = match lines.split_last().filter(|_| departs) {
        Some((last, lines)) => (last.strip_prefix("spacing:")?.trim(), lines),
        None => ("", lines),
    };
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let mut reader = Reader { rest: &text, marks: HashMap::new(), marked: 0, depth: 0 };
    spacing::write(&reader.documents()?, word, says, rows)
}

struct Reader<'a> {
    rest: &'a str,
    marks: HashMap<usize, Value>,
    marked: usize,
    depth: usize,
}

impl Reader<'_> {
    fn documents(&mut self) -> Option<Vec<Value>> {
        let mut documents = Vec::new();
        while !self.rest.is_empty() || documents.is_empty() {
            if self.rest.starts_with('#') {
                documents.extend(self.rows(None)?.into_iter().map(|(_, value)| value));
            } else {
                documents.push(self.value()?);
                self.take("\n").then_some(())?;
            }
        }
        Some(documents)
    }

    /// A value as it stands outside of tables.
    fn value(&mut self) -> Option<Value> {
        self.shaped(&mut Shape::Any)
    }

    /// A value that has the shape, or any value.
    fn shaped(&mut self, shape: &mut Shape) -> Option<Value> {
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(())?;
        let value = self.marked_or_not(shape);
        self.depth -= 1;
        value
    }

    fn marked_or_not(&mut self, shape: &mut Shape) -> Option<Value> {
        if let Some((digits, rest)) = self.rest.strip_prefix('&').and_then(number) {
            self.rest = rest.strip_prefix(' ')?;
            self.marked += 1;
            let mark = self.marked;
            (digits.parse() == Ok(mark)).then_some(())?;
            let value = self.shaped(shape)?;
            self.marks.insert(mark, value.clone());
            return Some(value);
        }
        if let Some((digits, rest)) = self.rest.strip_prefix('*').and_then(number) {
            self.rest = rest;
            return self.marks.get(&digits.parse().ok()?).cloned();
        }
        match shape {
            Shape::Cells(columns) if self.take("(") => {
                let value = self.row(columns, Some(')'))?;
                self.take(")").then_some(value)
            }
            Shape::Array(shape) if self.rest.starts_with('[') && !self.rest.starts_with("[#") => {
                self.array(shape)
            }
            Shape::Object(shape) if self.rest.starts_with('{') && !self.rest.starts_with("{#") => {
                self.object(shape)
            }
            _ => match self.rest.chars().next()? {
                '[' if self.take("[#") => self.table(']'),
                '{' if self.take("{#") => self.table('}'),
                '[' => self.array(&mut Shape::Any),
                '{' => self.object(&mut Shape::Any),
                _ => self.scalar().map(Value::Scalar),
            },
        }
    }

    fn table(&mut self, end: char) -> Option<Value> {
        let rows = self.rows(Some(end))?;
        if end == ']' {
            return Some(Value::Array(rows.into_iter().map(|(_, value)| value).collect()));
        }
        Some(Value::Object(rows))
    }

    /// Heads and rows up to `end`, or to the end of the part; members have keys.
    fn rows(&mut self, end: Option<char>) -> Option<Vec<(String, Value)>> {
        let mut rows = Vec::new();
        let mut shape = if end.is_some() { self.head()? } else { Shape::Any };
        while end.is_some() || !self.rest.is_empty() {
            if end.is_some_and(|end| self.rest.starts_with(end)) {
                self.rest = &self.rest[1..];
                break;
            }
            if self.take("#") {
                shape = self.head()?;
                continue;
            }
            let key = if end == Some('}') { self.key()? } else { String::new() };
            (end != Some('}') || self.take(":")).then_some(())?;
            let row = match &mut shape {
                Shape::Cells(columns) => self.row(columns, None)?,
                _ if self.take("=") => self.value()?,
                shape => self.shaped(shape)?,
            };
            rows.push((key, row));
            self.take("\n").then_some(())?;
        }
        Some(rows)
    }

    fn head(&mut self) -> Option<Shape> {
        let shape = match self.rest.chars().next() {
            Some('\n') => Shape::Any,
            Some('[' | '{') => self.shape()?,
            _ => Shape::Cells(self.columns()?),
        };
        self.take("\n").then_some(shape)
    }

    fn shape(&mut self) -> Option<Shape> {
        if self.take("[]") {
            return Some(Shape::Array(Box::new(self.shape()?)));
        }
        if self.take("{}") {
            return Some(Shape::Object(Box::new(self.shape()?)));
        }
        if self.take("(") {
            let columns = self.columns()?;
            return self.take(")").then_some(Shape::Cells(columns));
        }
        Some(Shape::Any)
    }

    fn columns(&mut self) -> Option<Vec<Column>> {
        let mut columns = Vec::new();
        loop {
            let (key, shape) = (self.key()?, self.shape()?);
            let empty = match () {
                () if self.take("?") => Empty::Lacks,
                () if self.take("==") => Empty::All(self.value()?),
                () if self.take("=") => Empty::Is(self.value()?),
                () => Empty::Same,
            };
            columns.push(Column { key, shape, empty, last: None });
            if !self.take(",") {
                return Some(columns);
            }
        }
    }

    /// The cells of a row, up to `end` or to the end of the line.
    fn row(&mut self, columns: &mut [Column], end: Option<char>) -> Option<Value> {
        if self.take("=") {
            return self.value();
        }
        let mut members = Vec::new();
        let mut is_first = true;
        for column in columns {
            if let Empty::All(value) = &column.empty {
                members.push((column.key.clone(), value.clone()));
                continue;
            }
            (std::mem::take(&mut is_first) || self.take(",")).then_some(())?;
            let cell = self.cell(column, end)?;
            members.extend(cell.map(|value| (column.key.clone(), value)));
        }
        Some(Value::Object(members))
    }

    /// A cell's value; inside, nothing if the object lacks the key.
    fn cell(&mut self, column: &mut Column, end: Option<char>) -> Option<Option<Value>> {
        let ends = |text: &str| match text.chars().next() {
            None | Some(',' | '\n') => true,
            next => next == end,
        };
        let cell = if ends(self.rest) {
            match &column.empty {
                Empty::Same => column.last.clone()?,
                Empty::Lacks => None,
                Empty::Is(value) | Empty::All(value) => Some(value.clone()),
            }
        } else if self.rest.strip_prefix('-').is_some_and(ends) {
            self.take("-");
            None
        } else {
            Some(self.shaped(&mut column.shape)?)
        };
        column.last = Some(cell.clone());
        Some(cell)
    }

    fn array(&mut self, shape: &mut Shape) -> Option<Value> {
        let mut elements = Vec::new();
        self.take("[").then_some(())?;
        while !self.take("]") {
            let is_bare = self.rest.starts_with('(') && !elements.is_empty();
            (elements.is_empty() || is_bare || self.comma()).then_some(())?;
            elements.push(self.shaped(shape)?);
        }
        Some(Value::Array(elements))
    }

    fn object(&mut self, shape: &mut Shape) -> Option<Value> {
        let mut members = Vec::new();
        self.take("{").then_some(())?;
        while !self.take("}") {
            (members.is_empty() || self.comma()).then_some(())?;
            let key = self.key()?;
            self.take(":").then_some(())?;
            members.push((key, self.shaped(shape)?));
        }
        Some(Value::Object(members))
    }

    /// A comma, behind which a line may end.
    fn comma(&mut self) -> bool {
        let is_comma = self.take(",");
        self.take("\n");
        is_comma
    }

    fn key(&mut self) -> Option<String> {
        if self.rest.starts_with('"') {
            return self.quoted();
        }
        let key = self.until(",:()[]{}?=# \n")?;
        Some(format!("\"{key}\""))
    }

    fn scalar(&mut self) -> Option<String> {
        if self.rest.starts_with('"') {
            return self.quoted();
        }
        let text = self.until(",()[]{}\n")?;
        let is_literal = serde_json::from_str::<serde_json::Value>(text).is_ok();
        Some(if is_literal { text.to_owned() } else { format!("\"{text}\"") })
    }

    /// The string in quotes that comes next.
    fn quoted(&mut self) -> Option<String> {
        let mut is_escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        })?;
        let (text, rest) = self.rest.split_at(end + 2);
        self.rest = rest;
        Some(text.to_owned())
    }

    /// The text up to one of these signs, if there is any.
    fn until(&mut self, signs: &str) -> Option<&str> {
        let end = self.rest.find(|c| signs.contains(c)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        (end > 0).then_some(text)
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}
