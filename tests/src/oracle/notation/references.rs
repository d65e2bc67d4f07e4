//! References: lines of a tool result that stand in an earlier one.

use super::number;
use std::{collections::HashMap, ops::Range};

/// A body with more open brackets is none: the reader below calls itself for each.
const DEEPEST: usize = 500;

/// The body with its references replaced; what is no request's body stays.
pub(super) fn expand(body: &[u8]) -> Vec<u8> {
    let read = std::str::from_utf8(body).ok().and_then(|body| Some((body, results(body)?)));
    let Some((body, results)) = read else { return body.to_vec() };
    let (mut out, mut last) = (String::new(), 0);
    let mut known = Known::default();
    for result in results {
        if result.forgets {
            known.lines.clear();
        }
        out += &body[last..result.inside.start];
        let inside = known.result(&body[result.inside.clone()], result.word);
        out += &inside;
        last = result.inside.end;
    }
    (out + &body[last..]).into_bytes()
}

/// The lines that stand in earlier results.
#[derive(Default)]
struct Known {
    /// How many results there are of each word.
    counts: [usize; 3],
    lines: Vec<Line>,
    total: usize,
    bytes: usize,
    is_full: bool,
}

struct Line {
    word: Word,
    result: usize,
    number: usize,
    text: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Word {
    Result,
    Message,
    Output,
}

impl Known {
    /// The text of a result, its references replaced.
    fn result(&mut self, text: &str, word: Word) -> String {
        self.counts[word as usize] += 1;
        let result = self.counts[word as usize];
        let mut lines = Vec::new();
        for line in lines_of(text) {
            match self.refer(line, word) {
                Some(referred) => lines.extend(referred),
                None => lines.push(line.to_owned()),
            }
        }
        for (at, line) in lines.iter().enumerate() {
            self.remember(Line { word, result, number: at + 1, text: line.clone() });
        }
        lines.join("\\n")
    }

    fn remember(&mut self, line: Line) {
        let (total, bytes) = (self.total + 1, self.bytes + line.text.len());
        self.is_full |= total > 65_536 || bytes > 8 << 20;
        if !self.is_full && line.text.len() <= 1 << 20 {
            (self.total, self.bytes) = (total, bytes);
            self.lines.push(line);
        }
    }

    /// The lines that a reference stands for.
    fn refer(&self, line: &str, word: Word) -> Option<Vec<String>> {
        let start = ["[same as tool result ", "[same as tool message ", "[same as tool output "];
        let start = start[word as usize];
        let (result, rest) = number(line.strip_prefix(start)?)?;
        let rest = rest.strip_prefix(", line")?;
        let (first, last, rest) = match rest.strip_prefix("s ").and_then(number) {
            Some((first, rest)) => {
                let (last, rest) = number(rest.strip_prefix('-')?)?;
                (first, last, rest)
            }
            None => number(rest.strip_prefix(' ')?).map(|(line, rest)| (line, line, rest))?,
        };
        let (by, rest) = match rest.strip_prefix(", numbers ") {
            Some(rest) => {
                let (sign, rest) = rest.split_at_checked(1)?;
                let (by, rest) = number(rest)?;
                (format!("{sign}{by}").parse().ok()?, rest)
            }
            None => (0, rest),
        };
        let label = rest.strip_suffix(']')?;
        let numbers: Range<usize> = first.parse().ok()?..last.parse::<usize>().ok()? + 1;
        let result = result.parse().ok()?;
        let find = |number| self.line(word, result, number);
        let found: Option<Vec<&str>> = numbers.map(find).collect();
        let lines: Option<Vec<_>> = found?.into_iter().map(|line| shift(line, by)).collect();
        let lines = lines?;
        let is_it = match label.strip_prefix(": ") {
            Some(label) => from_letter(lines.first()?).starts_with(label),
            None => label.is_empty(),
        };
        is_it.then_some(lines)
    }

    fn line(&self, word: Word, result: usize, number: usize) -> Option<&str> {
        let is_it =
            |line: &&Line| line.word == word && line.result == result && line.number == number;
        self.lines.iter().find(is_it).map(|line| line.text.as_str())
    }
}

/// The lines in the inside of a JSON string.
fn lines_of(text: &str) -> Vec<&str> {
    let (mut lines, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(found) = text[at..].find('\\') {
        at += found + 2;
        if text[..at].ends_with('n') {
            lines.push(&text[start..at - 2]);
            start = at;
        }
    }
    lines.push(&text[start..]);
    lines
}

/// The line from its first letter on that is in no escape.
fn from_letter(line: &str) -> &str {
    let mut rest = line;
    while let Some(first) = rest.chars().next().filter(|c| !c.is_ascii_alphabetic()) {
        let len = match (first, rest.as_bytes().get(1)) {
            ('\\', Some(b'u')) => 6,
            ('\\', Some(_)) => 2,
            _ => first.len_utf8(),
        };
        rest = rest.get(len..).unwrap_or("");
    }
    rest
}

/// The line with its number so much larger, if it has one.
fn shift(line: &str, by: i64) -> Option<String> {
    let text = line.trim_start_matches(' ');
    let spaces = line.len() - text.len();
    let Some((digits, rest)) = number(text).filter(|(digits, rest)| {
        let is_number = spaces <= 12 && digits.len() <= 7 && !digits.starts_with('0');
        is_number && ["\t", "\\t", "→", ":", "|"].iter().any(|sign| rest.starts_with(sign))
    }) else {
        return Some(line.to_owned());
    };
    let number = (digits.parse::<i64>().ok()? + by).to_string();
    let width = if spaces > 0 { spaces + digits.len() } else { 0 };
    Some(format!("{number:>width$}{rest}"))
}

/// A tool result's text in a body.
struct Result {
    word: Word,
    inside: Range<usize>,
    /// Whether what stands before is forgotten.
    forgets: bool,
}

/// The types of items of OpenAI Responses whose output counts.
const OUTPUTS: [&str; 5] = [
    "function_call_output",
    "custom_tool_call_output",
    "local_shell_call_output",
    "shell_call_output",
    "apply_patch_call_output",
];

/// The types of items of OpenAI Responses that call a tool of the client's.
const CALLS: [&str; 5] =
    ["function_call", "custom_tool_call", "local_shell_call", "shell_call", "apply_patch_call"];

/// The tool results of a body, in order; without those that a program reads.
fn results(body: &str) -> Option<Vec<Result>> {
    let mut reader = Reader { text: body, at: 0, depth: 0 };
    let body = reader.value()?;
    let (mut results, mut forgets) = (Vec::new(), false);
    let mut add = |content: &Node, word, forgets: &mut bool| {
        for inside in content.texts() {
            results.push(Result { word, inside, forgets: std::mem::take(forgets) });
        }
    };
    // Whether a program made a call, by the call's id.
    let mut calls = HashMap::new();
    for item in body.get("input").into_iter().flat_map(Node::items) {
        let Some(Node::Text(kind)) = item.get("type") else { continue };
        let kind = &reader.text[kind.clone()];
        forgets |= kind.contains("compaction");
        let id = item.string("call_id", reader.text);
        if CALLS.contains(&kind) {
            calls.insert(id, item.is_by_program(reader.text));
        }
        let by_program = id.and_then(|_| calls.get(&id).copied());
        if OUTPUTS.contains(&kind) && !by_program.unwrap_or(item.is_by_program(reader.text)) {
            item.get("output").into_iter().for_each(|o| add(o, Word::Output, &mut forgets));
        }
    }
    for message in body.get("messages").into_iter().flat_map(Node::items) {
        if message.is("role", &["tool", "function"], reader.text) {
            message.get("content").into_iter().for_each(|c| add(c, Word::Message, &mut forgets));
        }
        for item in message.get("content").into_iter().flat_map(Node::items) {
            forgets |= item.is("type", &["compaction"], reader.text);
            if item.is("type", &["tool_use"], reader.text) {
                calls.insert(item.string("id", reader.text), item.is_by_program(reader.text));
            }
            let id = item.string("tool_use_id", reader.text);
            let by_program = id.is_some() && calls.get(&id) == Some(&true);
            if item.is("type", &["tool_result"], reader.text) && !by_program {
                item.get("content").into_iter().for_each(|c| add(c, Word::Result, &mut forgets));
            }
        }
    }
    Some(results)
}

/// JSON whose strings are places in the text.
enum Node {
    Object(Vec<(Range<usize>, String, Node)>),
    Array(Vec<Node>),
    Text(Range<usize>),
    Literal,
}

impl Node {
    fn get(&self, wanted: &str) -> Option<&Node> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(_, key, _)| key == wanted).map(|(_, _, value)| value)
    }

    fn items(&self) -> &[Node] {
        if let Self::Array(items) = self { items } else { &[] }
    }

    fn is(&self, key: &str, texts: &[&str], body: &str) -> bool {
        matches!(self.get(key), Some(Self::Text(range)) if texts.contains(&&body[range.clone()]))
    }

    fn string<'b>(&self, key: &str, body: &'b str) -> Option<&'b str> {
        let Some(Self::Text(range)) = self.get(key) else { return None };
        Some(&body[range.clone()])
    }

    /// Whether its `caller` is one, but not the model itself.
    fn is_by_program(&self, body: &str) -> bool {
        let caller = self.get("caller").filter(|caller| matches!(caller, Self::Object(_)));
        caller.is_some_and(|caller| caller.string("type", body) != Some("direct"))
    }

    /// The texts of a block, in order.
    fn printed(&self) -> impl Iterator<Item = &Node> {
        let members = if let Self::Object(members) = self { members.as_slice() } else { &[] };
        let is_text = |key: &str| matches!(key, "text" | "stdout" | "stderr");
        members.iter().filter(move |(_, key, _)| is_text(key)).map(|(_, _, value)| value)
    }

    /// The string, or the texts of the blocks.
    fn texts(&self) -> Vec<Range<usize>> {
        let texts = std::iter::once(self).chain(self.items().iter().flat_map(Node::printed));
        let range =
            |node: &Node| if let Self::Text(range) = node { Some(range.clone()) } else { None };
        texts.filter_map(range).collect()
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<Node> {
        match self.next()? {
            b'{' => self
                .list(b'}', |reader| {
                    let key = reader.string()?;
                    let name = reader.text[key.clone()].to_owned();
                    reader.take(b':').then_some(())?;
                    Some((key, name, reader.value()?))
                })
                .map(Node::Object),
            b'[' => self.list(b']', Self::value).map(Node::Array),
            b'"' => self.string().map(Node::Text),
            _ => {
                let rest = &self.text[self.at..];
                let end = rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
                self.at += end;
                (end > 0).then_some(Node::Literal)
            }
        }
    }

    fn list<T>(&mut self, end: u8, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        self.at += 1;
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(())?;
        while !self.take(end) {
            (items.is_empty() || self.take(b',')).then_some(())?;
            items.push(item(self)?);
        }
        self.depth -= 1;
        Some(items)
    }

    /// The inside of the string that comes next.
    fn string(&mut self) -> Option<Range<usize>> {
        self.take(b'"').then_some(())?;
        let start = self.at;
        while *self.text.as_bytes().get(self.at)? != b'"' {
            self.at += if self.text.as_bytes()[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        Some(start..self.at - 1)
    }

    /// The next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\n', '\r', '\t']).len();
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_it = self.next() == Some(byte);
        self.at += usize::from(is_it);
        is_it
    }
}
