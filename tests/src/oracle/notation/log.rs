//! The codec `log`: lines as rows of the patterns above them.

use super::number;
use std::collections::HashMap;

/// How many words of a line may be left out of lines below it.
const PLACES: usize = 8;
/// The longest quoted word.
const QUOTED: usize = 41;

/// What the lines of a part stand for.
pub(super) fn decode(lines: &[&str]) -> Option<String> {
    let mut patterns: HashMap<char, Pattern> = HashMap::new();
    let mut given: [Option<String>; PLACES] = Default::default();
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        let name = line.chars().next().filter(char::is_ascii_alphabetic);
        let behind = name.map_or("", |_| &line[1..]);
        let row = behind.is_empty() || behind.starts_with(' ');
        if let Some(rest) = line.strip_prefix('\\') {
            out.push(rest.to_owned());
        } else if let (Some(name), Some(rest)) = (name, behind.strip_prefix('=')) {
            let pattern = Pattern::read(rest);
            pattern.give(&mut given);
            out.push(pattern.line());
            patterns.insert(name, pattern);
        } else if let Some(pattern) = name.and_then(|name| patterns.get(&name)).filter(|_| row) {
            out.push(pattern.row(behind, &mut given)?);
        } else if let Some((times, "")) = line.strip_prefix('+').and_then(number) {
            let above = out.last()?.clone();
            out.extend(vec![above; times.parse().ok()?]);
        } else {
            out.push((*line).to_owned());
        }
    }
    Some(out.join("\n"))
}

/// A word of a pattern, and the bytes between it and the next.
#[derive(Debug)]
struct Word {
    mark: Option<u8>,
    text: String,
    behind: String,
}

#[derive(Debug)]
struct Pattern {
    before: String,
    words: Vec<Word>,
}

impl Pattern {
    fn read(marked: &str) -> Self {
        let (mut at, mut last) = (0, 0);
        let mut pattern = Self { before: String::new(), words: Vec::new() };
        while at < marked.len() {
            let mark = mark(marked, at);
            let start = at + usize::from(mark.is_some());
            let end = if mark == Some(b'~') { Some(marked.len()) } else { word(marked, start) };
            let Some(end) = end else {
                at += 1;
                continue;
            };
            pattern.between(&marked[last..at]);
            let text = marked[start..end].to_owned();
            pattern.words.push(Word { mark, text, behind: String::new() });
            (at, last) = (behind(marked, end), end);
        }
        pattern.between(&marked[last..]);
        pattern
    }

    fn between(&mut self, text: &str) {
        let place = self.words.last_mut().map_or(&mut self.before, |word| &mut word.behind);
        place.push_str(text);
    }

    fn line(&self) -> String {
        let words = self.words.iter().map(|word| word.text.clone() + &word.behind);
        self.before.clone() + &words.collect::<String>()
    }

    /// Notes the first words of a pattern's line, for rows that leave them out.
    fn give(&self, given: &mut [Option<String>]) {
        let words = self.words.iter().filter(|word| word.mark != Some(b'~'));
        for (given, word) in given.iter_mut().zip(words) {
            *given = Some(word.text.clone());
        }
    }

    fn row(&self, values: &str, given: &mut [Option<String>]) -> Option<String> {
        let places: Vec<usize> = (0..self.words.len())
            .filter(|&at| matches!(self.words[at].mark, Some(b'*' | b'^' | b'~')))
            .collect();
        let values = self.values(values)?;
        let left_out = places.len().checked_sub(values.len())?;
        let mut texts: Vec<String> = self.words.iter().map(|word| word.text.clone()).collect();
        for &at in &places[..left_out] {
            (self.words[at].mark == Some(b'^')).then_some(())?;
            texts[at] = given.get(at)?.clone()?;
        }
        for (&at, value) in places[left_out..].iter().zip(values) {
            if at < given.len() && self.words[at].mark != Some(b'~') {
                given[at] = Some(value.clone());
            }
            texts[at] = value;
        }
        let mut out = self.before.clone();
        for (at, word) in self.words.iter().enumerate() {
            let same =
                |other: &Word| matches!(other.mark, Some(b'*' | b'^')) && other.text == word.text;
            let from = match word.mark {
                Some(b'&') => self.words[..at].iter().position(same)?,
                _ => at,
            };
            out = out + &texts[from] + &word.behind;
        }
        Some(out)
    }

    /// The values of a row, each with a space before it.
    fn values(&self, mut rest: &str) -> Option<Vec<String>> {
        let has_rest = self.words.last().is_some_and(|word| word.mark == Some(b'~'));
        let mut values = Vec::new();
        while !rest.is_empty() {
            rest = rest.strip_prefix(' ')?;
            let end = match rest.bytes().next() {
                Some(b'~') if has_rest => {
                    values.push(rest[1..].to_owned());
                    break;
                }
                Some(quote @ (b'"' | b'\'')) => rest[1..].find(quote as char)? + 2,
                _ => rest.find(' ').unwrap_or(rest.len()),
            };
            values.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
        Some(values)
    }
}

/// Whether the byte stands between words.
fn parts(byte: u8) -> bool {
    b" \t\r=[](),;\"{}<>|".contains(&byte)
}

/// The mark at `at`, where a word may begin.
fn mark(line: &str, at: usize) -> Option<u8> {
    let mark = line.as_bytes().get(at).copied().filter(|byte| b"*^&~".contains(byte))?;
    let next = line.as_bytes().get(at + 1).copied()?;
    (!(parts(next) || next == b'\'') || quoted(line, at + 1).is_some()).then_some(mark)
}

/// The end of the word that begins at `at`, if one does.
fn word(line: &str, at: usize) -> Option<usize> {
    if let Some(end) = quoted(line, at) {
        return Some(end);
    }
    let first = line.as_bytes().get(at).copied().filter(|&byte| !parts(byte) && byte != b'\'')?;
    let text = &line[at..run(line, at)];
    let trimmed = text.trim_end_matches(['.', ':', '!', '?', '\'']);
    debug_assert!(first < 128 || !trimmed.is_empty());
    Some(at + trimmed.len().max(1))
}

/// Where the next word may begin, behind the word that ends at `end`.
fn behind(line: &str, end: usize) -> usize {
    let is_quoted = line[..end].ends_with(['"', '\'']);
    if !is_quoted {
        return run(line, end);
    }
    line.len() - line[end..].trim_start_matches(['.', ':', '!', '?']).len()
}

/// Where the bytes from `at` on that do not stand between words end.
fn run(line: &str, at: usize) -> usize {
    let bytes = line.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let inner = |at: usize| at > 0 && bytes[at] == b',' && is_digit(at - 1) && is_digit(at + 1);
    (at..bytes.len()).find(|&at| parts(bytes[at]) && !inner(at)).unwrap_or(bytes.len())
}

/// The end of the word in quotes that begins at `at`, if one does.
fn quoted(line: &str, at: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    let quote = *bytes.get(at).filter(|byte| b"\"'".contains(byte))?;
    let len = bytes[at + 1..].iter().position(|&byte| byte == quote).filter(|&len| len > 0)? + 2;
    let fits = bytes.get(at + len).is_none_or(|&next| parts(next) || b".:!?".contains(&next));
    let count = line[at..at + len].chars().count();
    (count <= QUOTED && fits).then_some(at + len)
}
