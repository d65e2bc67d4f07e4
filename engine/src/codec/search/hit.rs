//! What a line that was found looks like.

use memchr::{memchr, memchr_iter, memmem};

/// The longest path that is looked for.
pub(super) const LONGEST: usize = 400;
/// The most digits of a line's number.
const DIGITS: usize = 9;
/// The most numbers before one text.
pub(super) const LIST: usize = 64;
/// How many numbers of a line may be its line's number.
const TRIES: usize = 4;

/// How a line leans on the heading above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// `:…` or `(3,…`: the path, then the line.
    Bare,
    /// `12:…` or `12-…`: the path, the same sign, then the line.
    Sign(u8),
    /// `12,15:…`: a line for each number. How long the numbers are.
    List(usize),
}

/// How `line` leans on a heading, if it does.
pub(super) fn joint(line: &[u8]) -> Option<Joint> {
    match line {
        [b':', ..] | [b'(', b'0'..=b'9', ..] => Some(Joint::Bare),
        [b'0'..=b'9', ..] => numbers(line),
        _ => None,
    }
}

fn numbers(line: &[u8]) -> Option<Joint> {
    let mut end = 0;
    for count in 1..=LIST {
        let (digits, sign) = number(&line[end..])?;
        end += digits.len();
        match sign {
            b',' => end += 1,
            b':' if count > 1 => return Some(Joint::List(end)),
            b':' | b'-' if count == 1 => return Some(Joint::Sign(sign)),
            _ => return None,
        }
    }
    None
}

/// The line below a heading that stands for `rest`, which is what stood after the path.
pub(super) fn short(rest: &[u8]) -> &[u8] {
    match rest {
        [sign, below @ ..] if joint(below) == Some(Joint::Sign(*sign)) => below,
        _ => rest,
    }
}

/// Whether `rest` can stand below a heading.
pub(super) fn can_follow(rest: &[u8]) -> bool {
    joint(rest) == Some(Joint::Bare) || is_context(rest)
}

/// Whether `rest` is what stands after the path in a line of context: `-12-…`.
pub(super) fn is_context(rest: &[u8]) -> bool {
    matches!(rest, [b'-', below @ ..] if joint(below) == Some(Joint::Sign(b'-')))
}

/// The digits at the start of `line`, and the byte after them.
pub(super) fn number(line: &[u8]) -> Option<(&[u8], u8)> {
    let digits = line.iter().take(DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
    let after = *line.get(digits)?;
    (1..=DIGITS).contains(&digits).then(|| (&line[..digits], after))
}

/// Whether a line's number stands at the start, with `sign` after it: no zero leads.
fn is_numbered(line: &[u8], sign: u8) -> bool {
    line.first() != Some(&b'0') && number(line).is_some_and(|(_, after)| after == sign)
}

/// How long the path at the start of a line is, from that line alone.
pub(super) fn path_len(line: &[u8]) -> Option<usize> {
    let head = &line[..line.len().min(LONGEST)];
    let numbered = memchr_iter(b':', head)
        .filter(|&colon| is_numbered(&line[colon + 1..], b':'))
        .take(TRIES)
        .find(|&colon| is_path(line, colon));
    match numbered {
        Some(colon) if !has_space(&line[..colon]) => Some(colon),
        // Text may hold what looks like a number: then a plain path that comes first is right.
        _ => before_bracket(head).or_else(|| before_text(head)).or(numbered),
    }
}

/// `a.ts: text`: how long the path is.
fn before_text(head: &[u8]) -> Option<usize> {
    first_colon(head).filter(|&colon| is_plain_path(head, colon))
}

/// The first colon but that of a drive.
fn first_colon(head: &[u8]) -> Option<usize> {
    let from = if is_drive(head) { 2 } else { 0 };
    Some(from + memchr(b':', &head[from..])?)
}

/// `C:\`.
fn is_drive(head: &[u8]) -> bool {
    matches!(head, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic())
}

/// `a.ts(3,4): error`: how long the path is.
fn before_bracket(head: &[u8]) -> Option<usize> {
    let colon = first_colon(head)?;
    let bracket = memchr(b'(', &head[..colon])?;
    let is_place = |byte: &u8| byte.is_ascii_digit() || *byte == b',';
    let place = head[bracket + 1..colon].strip_suffix(b")")?;
    let is_hit = place.first().is_some_and(u8::is_ascii_digit)
        && place.iter().all(is_place)
        && is_path(head, bracket);
    is_hit.then_some(bracket)
}

/// Whether the first `len` bytes of a line may be a path that a number follows.
fn is_path(line: &[u8], len: usize) -> bool {
    let (path, after) = line.split_at(len);
    let starts_well = path
        .first()
        .is_some_and(|first| !first.is_ascii_whitespace() && !b"\"'{<|".contains(first));
    starts_well
        && !path.iter().any(|&byte| byte.is_ascii_control() || byte == b'"')
        && (has_mark(path) || is_word(path))
        && !is_clock(path, after)
        && !is_address(path)
        && !(has_space(path) && has_context(path))
}

/// Whether they may be a path that text follows, with only a colon between.
fn is_plain_path(line: &[u8], len: usize) -> bool {
    let path = &line[..len];
    has_mark(path) && !has_space(path) && is_path(line, len) && !has_context(path)
}

/// Files are named with a dot, or stand in a directory.
fn has_mark(path: &[u8]) -> bool {
    path.iter().any(|byte| b"/\\.".contains(byte))
}

fn has_space(path: &[u8]) -> bool {
    memchr(b' ', path).is_some()
}

/// `Makefile`.
fn is_word(path: &[u8]) -> bool {
    path.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        && path.iter().any(u8::is_ascii_alphabetic)
}

/// Whether `path` is a line of context whose text was taken into the path.
fn has_context(path: &[u8]) -> bool {
    memchr_iter(b'-', path).any(|dash| is_numbered(&path[dash + 1..], b'-'))
}

/// Whether `path` ends with the hours of a time, as in `2026-01-02 10:20:30`.
fn is_clock(path: &[u8], after: &[u8]) -> bool {
    let digits = path.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = path.len().checked_sub(digits + 1).map(|at| path[at]);
    let is_apart = before.is_none_or(|byte| b" T[(,:=".contains(&byte));
    matches!(digits, 1 | 2) && (is_apart || is_minutes(after))
}

/// Whether `after` begins with minutes and seconds: `:20:30`, and no third digit.
fn is_minutes(after: &[u8]) -> bool {
    matches!(
        after,
        [b':', b'0'..=b'5', b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9', rest @ ..]
            if !rest.first().is_some_and(u8::is_ascii_digit)
    )
}

/// Whether `path` ends with a host, which a port follows.
fn is_address(path: &[u8]) -> bool {
    let is_host = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    let host = path.iter().rev().take_while(is_host).count();
    let before = path.len().checked_sub(host + 1).map(|at| path[at]);
    let is_numbers = memchr(b'.', &path[path.len() - host..]).is_some()
        && before.is_none_or(|byte| b" /=[(@,:".contains(&byte));
    is_numbers || memmem::find(path, b"://").is_some()
}
