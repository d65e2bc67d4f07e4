//! JSON as text: values whose scalars keep their spelling, and the ways in which clients write them.

use super::rng::Rng;
use brevity::escape::Style;

/// A JSON value that is only ever written.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// A scalar as it stands in the source, quotes and escapes included.
    Source(String),
    /// A string, to be escaped in the client's style.
    Text(String),
    /// An array.
    Array(Vec<Json>),
    /// An object: keys as they stand in the source, in order, equal ones included.
    Object(Vec<(String, Json)>),
}

/// Where white space stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// None.
    Minified,
    /// A space after each comma and colon, as Python's `json.dumps` writes by default.
    Python,
    /// A line for each member, indented by so many spaces.
    Pretty(usize),
    /// A line for each member, indented by tabs.
    Tabs,
    /// `"key" : value`, and no other space but after commas.
    Loose,
    /// A line for each element of the root, minified.
    Rows,
    /// Any of the four white-space characters at any place.
    Random,
}

impl Spacing {
    /// One of each.
    pub const ALL: [Self; 8] = [
        Self::Minified,
        Self::Python,
        Self::Pretty(2),
        Self::Pretty(4),
        Self::Tabs,
        Self::Loose,
        Self::Rows,
        Self::Random,
    ];
}

impl Json {
    /// A string to be escaped.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number, or any other scalar whose spelling is its `Display` form.
    pub fn number(number: impl ToString) -> Self {
        Self::Source(number.to_string())
    }

    /// An object of plain keys, which need no escape.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Self {
        Self::Object(
            members.into_iter().map(|(key, value)| (format!("\"{key}\""), value)).collect(),
        )
    }

    /// The text. Only [`Spacing::Random`] draws from `rng`.
    pub fn write(&self, spacing: Spacing, style: Style, rng: &mut Rng) -> String {
        let mut writer = Writer { text: String::new(), spacing, style, rng };
        writer.value(self, 0);
        writer.text
    }

    /// The minified text, with no more escapes than needed.
    pub fn minified(&self) -> String {
        self.write(Spacing::Minified, Style::Raw, &mut Rng::new(0))
    }
}

/// Writes `text` as a JSON string, quotes included. Too plain to be wrong: an oracle for the
/// engine's own writer.
pub fn quote(text: &str, style: Style) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '/' if style == Style::Slashes => out.push_str("\\/"),
            _ if is_escaped(character, style) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => out.push(character),
        }
    }
    out + "\""
}

fn is_escaped(character: char, style: Style) -> bool {
    character < ' '
        || match style {
            Style::Raw => false,
            Style::Ascii | Style::Slashes => !character.is_ascii(),
            Style::Html => matches!(character, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'),
        }
}

struct Writer<'a> {
    text: String,
    spacing: Spacing,
    style: Style,
    rng: &'a mut Rng,
}

impl Writer<'_> {
    fn value(&mut self, value: &Json, depth: usize) {
        match value {
            Json::Source(source) => self.text.push_str(source),
            Json::Text(text) => self.text.push_str(&quote(text, self.style)),
            Json::Array(items) => {
                self.list(['[', ']'], items, depth, |writer, item| writer.value(item, depth + 1));
            }
            Json::Object(members) => {
                self.list(['{', '}'], members, depth, |writer, (key, value)| {
                    writer.text.push_str(key);
                    writer.colon();
                    writer.value(value, depth + 1);
                });
            }
        }
    }

    fn list<T>(
        &mut self,
        brackets: [char; 2],
        items: &[T],
        depth: usize,
        mut write: impl FnMut(&mut Self, &T),
    ) {
        self.text.push(brackets[0]);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.any_space();
                self.text.push(',');
                self.after_comma(depth);
            }
            self.line(depth + 1);
            write(self, item);
        }
        if !items.is_empty() {
            self.line(depth);
        }
        self.text.push(brackets[1]);
    }

    fn colon(&mut self) {
        match self.spacing {
            Spacing::Minified | Spacing::Rows => self.text.push(':'),
            Spacing::Python | Spacing::Pretty(_) | Spacing::Tabs => self.text.push_str(": "),
            Spacing::Loose => self.text.push_str(" : "),
            Spacing::Random => {
                self.any_space();
                self.text.push(':');
                self.any_space();
            }
        }
    }

    fn after_comma(&mut self, depth: usize) {
        match self.spacing {
            Spacing::Python | Spacing::Loose => self.text.push(' '),
            Spacing::Rows if depth == 0 => self.text.push('\n'),
            _ => {}
        }
    }

    /// The line end and indent before an item, or before a closing bracket.
    fn line(&mut self, indent: usize) {
        match self.spacing {
            Spacing::Pretty(width) => self.indent(" ", indent * width),
            Spacing::Tabs => self.indent("\t", indent),
            Spacing::Random => self.any_space(),
            _ => {}
        }
    }

    fn indent(&mut self, blank: &str, count: usize) {
        self.text.push('\n');
        self.text.push_str(&blank.repeat(count));
    }

    fn any_space(&mut self) {
        if self.spacing == Spacing::Random && self.rng.chance(30) {
            let count = self.rng.between(1, 3);
            self.text.push_str(&self.rng.string(" \t\r\n", count));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn sample() -> Json {
        let inner = Json::object([("b", Json::text("é/<\u{1F980}\n")), ("c", Json::Array(vec![]))]);
        Json::Array(vec![Json::object([("a", inner)]), Json::number(1.5)])
    }

    #[test]
    fn spacings() {
        let write = |spacing| sample().write(spacing, Style::Raw, &mut Rng::new(1));
        assert_eq!(write(Spacing::Minified), r#"[{"a":{"b":"é/<🦀\n","c":[]}},1.5]"#);
        assert_eq!(write(Spacing::Python), r#"[{"a": {"b": "é/<🦀\n", "c": []}}, 1.5]"#);
        assert_eq!(write(Spacing::Loose), r#"[{"a" : {"b" : "é/<🦀\n", "c" : []}}, 1.5]"#);
        assert!(write(Spacing::Pretty(2)).starts_with("[\n  {\n    \"a\": {\n"));
        assert!(write(Spacing::Rows).ends_with("},\n1.5]"));
    }

    #[test]
    fn every_spacing_and_style_means_the_same() {
        let expected: Value = serde_json::from_str(&sample().minified()).unwrap();
        for spacing in Spacing::ALL {
            for style in [Style::Raw, Style::Ascii, Style::Html, Style::Slashes] {
                let text = sample().write(spacing, style, &mut Rng::new(7));
                let value: Value = serde_json::from_str(&text).expect(&text);
                assert_eq!(value, expected, "{text}");
            }
        }
    }

    #[test]
    fn styles() {
        let text = "é</\u{1}\u{2028}🦀";
        assert_eq!(quote(text, Style::Raw), "\"é</\\u0001\u{2028}🦀\"");
        assert_eq!(quote(text, Style::Ascii), r#""\u00e9</\u0001\u2028\ud83e\udd80""#);
        assert_eq!(quote(text, Style::Html), r#""é\u003c/\u0001\u2028🦀""#);
        assert_eq!(quote(text, Style::Slashes), r#""\u00e9<\/\u0001\u2028\ud83e\udd80""#);
    }
}
