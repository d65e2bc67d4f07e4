//! JSON taken apart one level at a time. What it gives are slices of the text: nothing is read into
//! values that is not asked for, and nothing is written anew.

use brevity::{
    escape::unescape,
    walk::json::{Event, JsonWalker},
};
use std::ops::Range;

/// How deep a document may nest, in brackets.
const DEPTH: usize = 1_024;

/// One level of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Json<'t> {
    Object(Object<'t>),
    Array(Vec<&'t [u8]>),
    /// A string, a number, `true`, `false` or `null`.
    Scalar,
}

/// The members of an object, as they stand. Keys are compared without reading their escapes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Object<'t>(Vec<(&'t [u8], &'t [u8])>);

/// Takes `text` apart; `None` if it is not one JSON document.
pub(super) fn split(text: &[u8]) -> Option<Json<'_>> {
    let mut walker = JsonWalker::new(DEPTH);
    let mut level = Level { text, depth: 0, start: 0, key: b"", found: Vec::new() };
    let (mut rest, mut root) = (text, None);
    while let Some(event) = walker.next(&mut rest).ok()? {
        root = root.or(Some(event));
        level.event(event, walker.offset() as usize);
    }
    walker.finish().ok()?;
    Some(match root? {
        Event::ObjectOpen => Json::Object(Object(level.found)),
        Event::ArrayOpen => Json::Array(level.found.into_iter().map(|(_, value)| value).collect()),
        _ => Json::Scalar,
    })
}

/// The object that `text` is.
pub(super) fn object(text: &[u8]) -> Option<Object<'_>> {
    match split(text)? {
        Json::Object(object) => Some(object),
        Json::Array(_) | Json::Scalar => None,
    }
}

/// The elements of the array that `text` is.
pub(super) fn array(text: &[u8]) -> Option<Vec<&[u8]>> {
    match split(text)? {
        Json::Array(elements) => Some(elements),
        Json::Object(_) | Json::Scalar => None,
    }
}

/// The text of a JSON string.
pub(super) fn string(value: &[u8]) -> Option<String> {
    let inner = value.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut text = Vec::new();
    unescape(inner, &mut text).ok()?;
    String::from_utf8(text).ok()
}

/// Where `part`, a slice of `text`, stands in it.
pub(super) fn range(text: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    start..start + part.len()
}

impl<'t> Object<'t> {
    /// The value of `key`, as it stands.
    pub(super) fn value(&self, key: &str) -> Option<&'t [u8]> {
        self.0.iter().find(|(known, _)| *known == key.as_bytes()).map(|(_, value)| *value)
    }

    /// The text of `key`, if it is a string.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        string(self.value(key)?)
    }

    /// The number of `key`, if it is whole and not negative.
    pub(super) fn number(&self, key: &str) -> Option<u64> {
        std::str::from_utf8(self.value(key)?).ok()?.parse().ok()
    }

    /// The object that `key` holds.
    pub(super) fn object(&self, key: &str) -> Option<Object<'t>> {
        object(self.value(key)?)
    }

    /// The elements of the array that `key` holds.
    pub(super) fn array(&self, key: &str) -> Option<Vec<&'t [u8]>> {
        array(self.value(key)?)
    }

    /// Whether `key` is `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.value(key) == Some(b"true")
    }
}

/// Follows the walker, and notes what the outermost bracket holds.
struct Level<'t> {
    text: &'t [u8],
    depth: usize,
    start: usize,
    key: &'t [u8],
    found: Vec<(&'t [u8], &'t [u8])>,
}

impl Level<'_> {
    fn event(&mut self, event: Event, end: usize) {
        match event {
            Event::ObjectOpen | Event::ArrayOpen => {
                if self.depth == 1 {
                    self.start = end - 1;
                }
                self.depth += 1;
            }
            Event::ObjectClose | Event::ArrayClose => {
                self.depth -= 1;
                self.close(end);
            }
            Event::KeyStart if self.depth == 1 => self.start = end,
            Event::KeyEnd if self.depth == 1 => self.key = &self.text[self.start..end - 1],
            Event::StringStart | Event::ScalarStart(_) if self.depth == 1 => self.start = end - 1,
            Event::StringEnd | Event::ScalarEnd(_) => self.close(end),
            _ => {}
        }
    }

    /// A value ends; it is noted if it is a child of the root.
    fn close(&mut self, end: usize) {
        if self.depth == 1 {
            self.found.push((self.key, &self.text[self.start..end]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_elements_stand_as_they_are() {
        let text = br#" {"a": [1, {"b":2}], "c" :"x\"y" ,"d":-1.50,"e":true,"f":{}} "#;
        let root = object(text).expect("an object");
        assert_eq!(root.value("a"), Some(&br#"[1, {"b":2}]"#[..]));
        assert_eq!(root.text("c").as_deref(), Some("x\"y"));
        assert_eq!(root.value("d"), Some(&b"-1.50"[..]));
        assert!(root.is_true("e") && !root.is_true("d"));
        assert_eq!(root.object("f"), Some(Object::default()));
        let list = root.array("a").expect("an array");
        assert_eq!(list, [&b"1"[..], br#"{"b":2}"#]);
        assert_eq!(&text[range(text, list[1])], list[1]);
        assert_eq!(object(list[1]).and_then(|inner| inner.number("b")), Some(2));
    }

    #[test]
    fn what_is_no_document_is_none() {
        for text in ["", "{", "{}{}", "[1,]", "x", "{\"a\":}"] {
            assert_eq!(split(text.as_bytes()), None, "{text}");
        }
        assert_eq!(split(b"12"), Some(Json::Scalar));
    }
}
