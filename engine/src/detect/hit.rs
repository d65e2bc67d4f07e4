//! `path:12:text` and its relatives: what grep, ripgrep and compilers put before a line.
//!
//! A path has no spaces (but for a Windows drive's), and is known by a slash or by an ending such
//! as `.rs`. So `12:30:01`, `std::vector`, `host:80:`, `key: value` and `https://` are none.

/// What stands in front of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Front {
    /// A path and a line number.
    Numbered,
    /// A path and a colon; its length.
    Named(usize),
    Nothing,
}

/// How far a path may go.
const REACH: usize = 200;

/// What stands in front of `line`.
pub(super) fn front(line: &[u8]) -> Front {
    let drive = drive(line);
    let Some(first) = line.get(drive) else { return Front::Nothing };
    if !first.is_ascii_alphanumeric()
        && !matches!(first, b'.' | b'/' | b'\\' | b'_' | b'~' | b'@' | b'<' | b'-')
    {
        return Front::Nothing;
    }
    let reach = &line[..line.len().min(REACH)];
    let end = drive + reach[drive..].iter().take_while(|byte| pathy(**byte)).count();
    after(reach, end, drive).unwrap_or_else(|| dashed(&reach[..end]))
}

/// What a path that ends at `end` is followed by; none if it is not a path up to there.
fn after(line: &[u8], end: usize, drive: usize) -> Option<Front> {
    let path = line.get(..end)?;
    let rest = line.get(end + 1..)?;
    let numbered = match line[end] {
        b':' => number(rest).is_some_and(|after| matches!(rest.get(after), Some(b':'))),
        b'(' => place(rest),
        b' ' if drive > 0 => return spaced(line),
        _ => return None,
    };
    if numbered && like_path(path) {
        return Some(Front::Numbered);
    }
    let named = line[end] == b':' && !rest.starts_with(b":") && !rest.starts_with(b"/");
    (named && ending(path) && !rest.is_empty()).then_some(Front::Named(end))
}

/// A Windows path with spaces: what follows the next colon or bracket counts.
fn spaced(line: &[u8]) -> Option<Front> {
    let end = 2 + line[2..].iter().position(|byte| matches!(byte, b':' | b'('))?;
    let rest = &line[end + 1..];
    let numbered = match line[end] {
        b':' => number(rest).is_some_and(|after| matches!(rest.get(after), Some(b':'))),
        _ => place(rest),
    };
    (numbered && ending(&line[..end])).then_some(Front::Numbered)
}

/// `path-12-text`, as around a hit. The path may hold dashes and numbers of its own.
fn dashed(token: &[u8]) -> Front {
    for (at, _) in token.iter().enumerate().filter(|(_, byte)| **byte == b'-') {
        let rest = &token[at + 1..];
        let numbered = number(rest).is_some_and(|after| rest.get(after) == Some(&b'-'));
        if numbered && (ending(&token[..at]) || token[..at].ends_with(b"file")) {
            return Front::Numbered;
        }
    }
    Front::Nothing
}

/// `3,4):` or `3):`, after an opening bracket.
fn place(rest: &[u8]) -> bool {
    let Some(mut at) = number(rest) else { return false };
    if rest.get(at) == Some(&b',') {
        at += 1 + number(&rest[at + 1..]).unwrap_or(0);
    }
    rest[at..].starts_with(b"):") || rest[at..].starts_with(b") :")
}

/// Where the number that `rest` begins with ends.
fn number(rest: &[u8]) -> Option<usize> {
    let digits = rest.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0 && digits < 9).then_some(digits)
}

/// Has a slash and a letter, or an ending, or is a `Makefile`.
fn like_path(path: &[u8]) -> bool {
    let slash = path.iter().any(|byte| matches!(byte, b'/' | b'\\'));
    let letter = path.iter().any(u8::is_ascii_alphabetic);
    slash && letter || ending(path) || path.ends_with(b"file") || path == b"<stdin>"
}

/// Ends in a dot and one to eight letters or digits, a letter first.
fn ending(path: &[u8]) -> bool {
    let tail = &path[path.len().saturating_sub(9)..];
    let Some(dot) = tail.iter().rposition(|byte| *byte == b'.') else { return false };
    let ending = &tail[dot + 1..];
    ending.first().is_some_and(u8::is_ascii_alphabetic)
        && ending.iter().all(u8::is_ascii_alphanumeric)
}

/// Two if the line begins with a Windows drive.
fn drive(line: &[u8]) -> usize {
    match line {
        [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic() => 2,
        _ => 0,
    }
}

fn pathy(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte >= 0x80
        || matches!(
            byte,
            b'.' | b'_' | b'-' | b'/' | b'\\' | b'+' | b'@' | b'~' | b'%' | b'#' | b'$'
        )
        || matches!(byte, b'[' | b']' | b'<' | b'>' | b'=' | b',')
}
