//! The white space of the codec `table`.

use super::{frame::Rows, number, table::Value};
use std::collections::HashMap;

/// The documents as JSON, with the white space that a head line's word and `says` give.
pub(super) fn write(
    documents: &[Value],
    word: &str,
    says: &str,
    rows: Option<Rows>,
) -> Option<String> {
    let mut writer = Writer::new(word, says)?;
    writer.gap('l');
    for (at, document) in documents.iter().enumerate() {
        if at > 0 {
            writer.gap('b');
        }
        let opens = at > 0 || !matches!(rows, Some(Rows::More | Rows::Last));
        let is_last = at + 1 == documents.len();
        let closes = !is_last || !matches!(rows, Some(Rows::First | Rows::More));
        writer.value(document, opens, closes);
    }
    writer.gap('t');
    Some(writer.out)
}

struct Writer {
    /// What a new line begins with for each level; nothing if all is in one line.
    indent: Option<String>,
    is_compact: bool,
    /// By place and the gap behind the bracket.
    rules: HashMap<(String, String), String>,
    /// By the number of the place.
    places: HashMap<usize, String>,
    place: usize,
    /// The open brackets, and the gap behind each.
    open: Vec<(char, String)>,
    out: String,
}

impl Writer {
    fn new(word: &str, says: &str) -> Option<Self> {
        let indent = match word {
            "compact" | "spaced" => None,
            _ => Some(white(word.strip_prefix("indent ")?)?),
        };
        let (mut rules, mut places, mut last) = (HashMap::new(), HashMap::new(), 0);
        for says in says.split(' ').filter(|says| !says.is_empty()) {
            let (place, gap) = says.split_once('=')?;
            if let Some(further) = place.strip_prefix('+') {
                last += further.parse::<usize>().ok()?;
                places.insert(last, white(gap)?);
            } else {
                let (place, behind) = place.split_once('/').unwrap_or((place, ""));
                rules.insert((place.to_owned(), white(behind)?), white(gap)?);
            }
        }
        let is_compact = word == "compact";
        Some(Self {
            indent,
            is_compact,
            rules,
            places,
            place: 0,
            open: Vec::new(),
            out: String::new(),
        })
    }

    fn value(&mut self, value: &Value, opens: bool, closes: bool) {
        let (brackets, len) = match value {
            Value::Scalar(text) => return self.out.push_str(text),
            Value::Array(elements) => (['[', ']'], elements.len()),
            Value::Object(members) => (['{', '}'], members.len()),
        };
        if opens {
            self.out.push(brackets[0]);
        }
        self.open.push((brackets[0], String::new()));
        self.gap(if len == 0 { 'e' } else { 'o' });
        for at in 0..len {
            if at > 0 {
                self.gap('p');
                self.out.push(',');
                self.gap('a');
            }
            match value {
                Value::Object(members) => {
                    self.out.push_str(&members[at].0);
                    self.gap('k');
                    self.out.push(':');
                    self.gap('v');
                    self.value(&members[at].1, true, true);
                }
                Value::Array(elements) => self.value(&elements[at], true, true),
                Value::Scalar(_) => {}
            }
        }
        if len > 0 {
            self.gap('c');
        }
        self.open.pop();
        self.out.push(if closes { brackets[1] } else { ',' });
    }

    /// Writes the white space of a place.
    fn gap(&mut self, letter: char) {
        let (bracket, behind) = self.open.last().cloned().unwrap_or(('.', String::new()));
        let kind = format!("{letter}{bracket}{}", self.open.len());
        let gap = self.places.get(&self.place);
        let gap = gap.or_else(|| self.rules.get(&(kind, behind))).cloned();
        let gap = gap.unwrap_or_else(|| self.usual(letter));
        self.out += &gap;
        self.place += 1;
        if let (Some((_, behind)), 'o' | 'e') = (self.open.last_mut(), letter) {
            *behind = gap;
        }
    }

    /// The white space of the head line's word.
    fn usual(&self, letter: char) -> String {
        let new_line =
            |level| self.indent.as_ref().map(|by: &String| format!("\n{}", by.repeat(level)));
        match letter {
            'b' => "\n".to_owned(),
            'o' => new_line(self.open.len()).unwrap_or_default(),
            'c' => new_line(self.open.len() - 1).unwrap_or_default(),
            'a' => match new_line(self.open.len()) {
                None if !self.is_compact => " ".to_owned(),
                gap => gap.unwrap_or_default(),
            },
            'v' if !self.is_compact => " ".to_owned(),
            _ => String::new(),
        }
    }
}

/// The white space that `n4` and the like say.
fn white(mut says: &str) -> Option<String> {
    let mut out = String::new();
    while let Some(first) = says.chars().next() {
        let rest = &says[1..];
        let (text, rest) = match (first, number(says)) {
            ('n', _) => ("\n".to_owned(), rest),
            ('r', _) => ("\r".to_owned(), rest),
            ('t', _) => ("\t".to_owned(), rest),
            (_, number) => number.map(|(n, rest)| Some((" ".repeat(n.parse().ok()?), rest)))??,
        };
        out += &text;
        says = rest;
    }
    Some(out)
}
