//! JSON as the proxy writes it: short answers and lines of the log (RFC 8259).

use std::fmt::Write as _;

/// An object of these members, whose values are JSON already.
pub(crate) fn object<K: AsRef<str>>(members: impl IntoIterator<Item = (K, String)>) -> String {
    let mut text = String::from("{");
    for (name, value) in members {
        let comma = if text.len() == 1 { "" } else { "," };
        let _ = write!(text, "{comma}{}:{value}", quote(name.as_ref()));
    }
    text + "}"
}

/// An array of these values, which are JSON already.
pub(crate) fn array(values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().collect();
    format!("[{}]", values.join(","))
}

/// `text` as a string of JSON.
///
/// ```
/// assert_eq!(brevity_proxy::json_string("a\"b"), r#""a\"b""#);
/// ```
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// `text` as a string, or null.
pub(crate) fn quote_or_null(text: Option<&str>) -> String {
    text.map_or_else(|| "null".into(), quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted() {
        assert_eq!(quote("a\"b\\c\n\u{1}é"), r#""a\"b\\c\u000a\u0001é""#);
        assert_eq!(quote_or_null(None), "null");
    }

    #[test]
    fn members_and_values_stand_in_their_order() {
        let list = array(["1".into(), quote("x")]);
        assert_eq!(object([("b", list), ("a\"", "{}".into())]), r#"{"b":[1,"x"],"a\"":{}}"#);
        assert_eq!(object::<&str>([]), "{}");
    }
}
