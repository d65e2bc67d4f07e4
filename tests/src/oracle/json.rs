//! JSON by `serde_json`, which holds documents whole.

use brevity::walk::json::{Event, Scalar};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

/// Whether `document` is one JSON document by the grammar of RFC 8259.
pub fn accepts(document: &[u8]) -> bool {
    // Where values are ignored, `serde_json` looks neither at UTF-8 nor at surrogates.
    std::str::from_utf8(document).is_ok() && serde_json::from_slice::<IgnoredAny>(document).is_ok()
}

/// The value that `events` of `document` stand for; each comes with the offset behind it.
///
/// # Panics
///
/// If they do not fit together, or a slice that they name is not what they say.
pub fn value(document: &[u8], events: &[(Event, u64)]) -> Value {
    let mut open = vec![Open { value: Value::Null, key: None }];
    let mut start = 0;
    for &(event, offset) in events {
        let end = offset as usize;
        let top = open.last_mut().expect("more brackets closed than opened");
        match event {
            Event::KeyStart | Event::StringStart | Event::ScalarStart(_) => start = end - 1,
            Event::KeyEnd => top.key = Some(slice(document, start, end)),
            Event::StringEnd => top.add(Value::String(slice(document, start, end))),
            Event::ScalarEnd(scalar) => top.add(scalar_value(scalar, &document[start..end])),
            Event::ObjectOpen => open.push(Open { value: Value::Object(Map::new()), key: None }),
            Event::ArrayOpen => open.push(Open { value: Value::Array(Vec::new()), key: None }),
            Event::ObjectClose | Event::ArrayClose => {
                let closed = open.pop().expect("an open bracket").value;
                open.last_mut().expect("more brackets closed than opened").add(closed);
            }
            Event::Colon => assert_eq!(document[end - 1], b':'),
            Event::Comma => assert_eq!(document[end - 1], b','),
        }
    }
    assert_eq!(open.len(), 1, "brackets are left open");
    open.remove(0).value
}

struct Open {
    value: Value,
    key: Option<String>,
}

impl Open {
    fn add(&mut self, value: Value) {
        match &mut self.value {
            Value::Array(elements) => elements.push(value),
            Value::Object(members) => {
                let key = self.key.take().expect("a key before each value");
                members.insert(key, value);
            }
            root => *root = value,
        }
    }
}

fn slice<T: serde::de::DeserializeOwned>(document: &[u8], start: usize, end: usize) -> T {
    serde_json::from_slice(&document[start..end]).expect("a whole token")
}

fn scalar_value(scalar: Scalar, token: &[u8]) -> Value {
    let value: Value = slice(token, 0, token.len());
    let same = match scalar {
        Scalar::Number => value.is_number(),
        Scalar::True => value == true,
        Scalar::False => value == false,
        Scalar::Null => value.is_null(),
    };
    assert!(same, "{scalar:?} is {value}");
    value
}
