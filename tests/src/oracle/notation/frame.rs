//! Coded parts: where they stand, and what is put in their place.

use super::{diff, log, search, strings, table, text};

const HEAD: &[u8] = b"[brevity 1 ";
const LEVELS: usize = 4;
const LONGEST_HEAD: usize = 512;
const LONGEST_PART: usize = 8 << 20;

/// What a head line says.
struct Head<'a> {
    codec: &'a str,
    lines: usize,
    /// What the codec needs to know.
    spacing: &'a str,
    /// Which of a long document's rows these are.
    rows: Option<Rows>,
}

/// Which rows of a long document a part holds.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Rows {
    First,
    More,
    Last,
}

/// A part in a text, and what it stands for.
struct Part {
    end: usize,
    text: Vec<u8>,
    rows: Option<Rows>,
    /// A line end here.
    newline: Vec<u8>,
}

/// The text with its coded parts decoded.
pub(super) fn expand(text: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::new(), 0);
    // Where a part of rows ended: the line end before the next one's head is dropped once.
    let mut dropped = 0;
    while at < text.len() {
        let Some(part) = text[at..].starts_with(HEAD).then(|| part(text, at)).flatten() else {
            out.push(text[at]);
            at += 1;
            continue;
        };
        let is_rows = part.rows.is_some();
        if is_rows && at > dropped && out.ends_with(&part.newline) {
            out.truncate(out.len() - part.newline.len());
        }
        out.extend(part.text);
        at = part.end;
        if is_rows && text[at..].starts_with(&part.newline) {
            at += part.newline.len();
            dropped = at;
        }
    }
    out
}

/// The part whose head line is at `start`, if it is one.
fn part(text: &[u8], start: usize) -> Option<Part> {
    let level = level(&text[..start])?;
    let mut units = strings::units(text, start, text.len().min(start + LONGEST_PART));
    for _ in 0..level {
        units = strings::unescape(&units);
    }
    let ends: Vec<usize> = (0..units.len()).filter(|&at| units[at].byte == b'\n').collect();
    let first = *ends.first()?;
    let bytes = strings::plain(&units);
    let first_line = letters(&bytes[..first]);
    let head = head(&first_line)?;
    let last = match ends.get(head.lines) {
        Some(last) => *last,
        None if ends.len() == head.lines => units.len(),
        None => return None,
    };
    let body = letters(&bytes[first + 1..last]);
    let lines: Vec<&str> = body.split('\n').collect();
    if lines.iter().any(|line| self::head(line).is_some()) {
        return None;
    }
    let decoded = match head.codec {
        "table" => table::decode(&lines, head.spacing, head.rows)?,
        "log" => log::decode(&lines)?,
        "search" => search::decode(&lines)?,
        "diff" => diff::decode(&lines)?,
        "text" => text::decode(&lines)?,
        _ => return None,
    };
    let end = units[last - 1].end;
    let decoded = decoded.chars().map(|byte| u8::try_from(byte).ok()).collect::<Option<_>>()?;
    let text = strings::escape_like(decoded, &text[start..end], level)?;
    let newline = match level {
        0 => b"\n".to_vec(),
        _ => [&b"\\".repeat(1 << (level - 1))[..], b"n"].concat(),
    };
    Some(Part { end, text, rows: head.rows, newline })
}

/// Each byte as the character of its number: what is coded need not be UTF-8, and text is easier to
/// read than bytes are.
pub(super) fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| byte as char).collect()
}

/// How many strings deep a line begins behind `before`.
fn level(before: &[u8]) -> Option<usize> {
    let backslashes = |text: &[u8]| text.iter().rev().take_while(|&&byte| byte == b'\\').count();
    match before.split_last() {
        None | Some((b'\n', _)) => Some(0),
        Some((b'n', before)) => {
            let count = backslashes(before);
            (count > 0)
                .then(|| count.trailing_zeros() as usize + 1)
                .filter(|&level| level <= LEVELS)
        }
        // The quote of a string in `n` others has 2^n - 1 backslashes before it.
        Some((b'"', before)) => {
            (1..=LEVELS).find(|level| (1 << (level - 1)) - 1 == backslashes(before))
        }
        _ => None,
    }
}

fn head(line: &str) -> Option<Head<'_>> {
    let line = line.strip_prefix("[brevity 1 ").filter(|_| line.len() <= LONGEST_HEAD)?;
    let (says, _) = line.strip_suffix(']')?.split_once(':')?;
    let (says, rows) =
        [(", first rows", Rows::First), (", more rows", Rows::More), (", last rows", Rows::Last)]
            .into_iter()
            .find_map(|(words, rows)| Some((says.strip_suffix(words)?, Some(rows))))
            .unwrap_or((says, None));
    let (says, spacing) = says.split_once(", ").unwrap_or((says, ""));
    let mut words = says.split(' ');
    let head = Head { codec: words.next()?, lines: words.next()?.parse().ok()?, spacing, rows };
    (words.next() == Some("lines") && words.next().is_none() && head.lines > 0).then_some(head)
}
