//! What speaks for source code.
//!
//! Points for how a line begins and ends, for a keyword, for operators. Three points are code, one
//! or two a hint. Comments and prose are part of source, so they count a little.

use super::shape::{Shape, wordy};

/// From here on a line is surely code.
pub(super) const SURE: i32 = 3;

/// Whether `shape` ends or opens as no message does, and holds no time. Asked first: it is cheap.
pub(super) fn blunt(shape: &Shape) -> bool {
    let opens = match shape.first() {
        b'}' => true,
        b'/' => matches!(shape.at(1), b'/' | b'*'),
        b'*' => shape.indent > 0 && matches!(shape.at(1), b' ' | b'/'),
        _ => false,
    };
    let digits = shape.digits() < 6;
    digits && (opens || matches!(shape.last(), b';' | b'{'))
}

/// The points of `shape`.
pub(super) fn points(shape: &Shape) -> i32 {
    let ends = ending(shape) + opening(shape);
    if ends >= SURE {
        return ends;
    }
    let points = operators(shape, ends + keyword(shape));
    if points >= SURE {
        return points;
    }
    points + remark(shape) + key(shape)
}

/// Points for how it ends.
fn ending(shape: &Shape) -> i32 {
    let end = &shape.text[shape.text.len().saturating_sub(2)..];
    match end {
        b"*/" | b"/>" | b"->" | b"=>" | b"&&" | b"||" | b"};" | b");" | b"):" | b"){" | b"\"," => 3,
        b"}," | b"')" | b"\")" | b"\"]" | b"'," | b"))" | b"()" => 2,
        [.., b'{' | b'}' | b';'] => 3,
        [.., b'(' | b'[' | b'=' | b'\\'] => 2,
        [.., b','] => 2,
        [.., b')' | b'>' | b']' | b'`' | b'+'] => 1,
        _ => 0,
    }
}

/// Points for what it opens with.
fn opening(shape: &Shape) -> i32 {
    let next = shape.at(1);
    match shape.first() {
        b'/' if next == b'/' || next == b'*' => 3,
        b'#' if b"[!#".contains(&next) => 3,
        b'#' => directive(shape),
        b'*' if shape.indent > 0 && (shape.text.len() == 1 || b" /*\t".contains(&next)) => 3,
        b'*' | b'>' if next == b' ' => 1,
        b'*' if next == b'*' => 1,
        b'-' if next == b' ' && shape.text.len() > 2 => 2,
        b'-' if next == b'-' && shape.at(2) == b' ' => 1,
        b'<' if next.is_ascii_alphabetic() || b"/!?".contains(&next) => 2,
        b'}' | b')' | b']' => 3,
        b'{' if b"%#{-".contains(&next) => 3,
        b'{' | b'(' | b'[' => 1,
        b'@' if next.is_ascii_alphabetic() => 2,
        b'"' | b'\'' => quoted(shape),
        b'`' if next == b'`' => 3,
        b'.' if next.is_ascii_lowercase() && shape.indent > 0 => 1,
        b'.' if b". ".contains(&next) => 1,
        b'&' | b'|' | b'+' | b'?' | b':' if b" &|:".contains(&next) && shape.indent > 1 => 2,
        b'$' if wordy(next) || next == b'{' => 1,
        b';' => 1,
        b'=' if shape.indent == 0 && next.is_ascii_lowercase() => 2,
        b'r' if next == b'"' || next == b'#' => 1,
        _ => 0,
    }
}

/// `#include`, `#  define` and other words of C's preprocessor; else a comment or a heading.
fn directive(shape: &Shape) -> i32 {
    let word = shape.text[1..shape.text.len().min(16)].trim_ascii_start();
    let known: [&[u8]; 12] = [
        b"include", b"define", b"if", b"else", b"endif", b"undef", b"elif", b"pragma", b"error",
        b"region", b"end", b"warning",
    ];
    match () {
        () if known.iter().any(|known| word.starts_with(known)) => 3,
        () if matches!(shape.at(1), b' ' | b'\n') => 2,
        () => 1,
    }
}

/// `"""`, `"key": …`, or a string in a list.
fn quoted(shape: &Shape) -> i32 {
    if shape.starts(b"\"\"\"") || shape.starts(b"'''") {
        return 3;
    }
    let close = memchr::memchr(shape.first(), &shape.front()[1..]);
    match close.map(|at| shape.at(at + 2)) {
        Some(b':' | b',' | b';' | b')') => 2,
        _ => i32::from(shape.indent > 0),
    }
}

/// Points for the first word.
fn keyword(shape: &Shape) -> i32 {
    let word = shape.word;
    let next = shape.at(word.len());
    if word.is_empty() || !b" \n(:!<;{\t.?".contains(&next) {
        return 0;
    }
    match word {
        b"fn" | b"pub" | b"let" | b"const" | b"def" | b"impl" | b"enum" | b"func" | b"elif"
        | b"endif" | b"elsif" | b"esac" | b"fi" | b"extern" | b"async" | b"await" | b"mod"
        | b"typedef" | b"struct" | b"typename" | b"endfunction" | b"foreach" | b"defmodule" => 3,
        b"class" | b"import" | b"return" | b"function" | b"static" | b"package" | b"namespace"
        | b"template" | b"public" | b"private" | b"protected" | b"else" | b"done" | b"export"
        | b"unsigned" | b"yield" | b"use" | b"trait" | b"match" | b"var" | b"raise" | b"try"
        | b"except" | b"catch" | b"throw" | b"switch" | b"break" | b"continue" | b"goto"
        | b"union" | b"interface" | b"extends" | b"local" | b"unless" | b"require" | b"self"
        | b"this" | b"super" | b"pass" | b"assert" | b"finally" | b"del" | b"global" | b"if"
        | b"void" | b"inline" | b"virtual" | b"override" | b"include" | b"abstract"
        | b"volatile" | b"defer" | b"lambda" | b"final" | b"declare" | b"attr_reader" | b"int"
        | b"char" | b"bool" | b"float" | b"double" | b"long" | b"size_t" => body(shape, 1),
        b"for" | b"while" | b"from" | b"with" | b"end" | b"type" | b"case" | b"do" | b"in"
        | b"and" | b"or" | b"not" | b"set" | b"echo" | b"then" | b"begin" | b"when" | b"using"
        | b"module" | b"where" | b"loop" | b"move" | b"new" | b"print" | b"default" | b"exit"
        | b"shift" | b"select" | b"SELECT" | b"INSERT" | b"CREATE" | b"FROM" => body(shape, 0),
        _ => 0,
    }
}

/// A keyword counts more where more speaks for code: an indent, a bracket, or nothing else.
fn body(shape: &Shape, alone: i32) -> i32 {
    let odd = shape.signs() + shape.odd() > 0 || shape.spaces() <= 1 || shape.last() == b':';
    alone + i32::from(odd) + i32::from(shape.indent > 0)
}

/// Points for operators and calls, up to where they are enough with the `points` there are.
fn operators(shape: &Shape, mut points: i32) -> i32 {
    let front = shape.front();
    points += i32::from(shape.signs() >= 3) + i32::from(shape.signs() >= 6);
    points += i32::from(shape.indent > 1 && shape.signs() > 0);
    if points >= SURE || shape.signs() == 0 {
        return points;
    }
    points += memchr::memchr(b'=', front).map_or(0, |at| assigns(front, at));
    if let Some(at) = memchr::memchr(b'(', front) {
        let called = at > 0 && (wordy(front[at - 1]) || b">!.".contains(&front[at - 1]));
        points += i32::from(called) + i32::from(front.get(at + 1) == Some(&b')'));
    }
    points
}

/// Points for the first `=` and its neighbours.
fn assigns(front: &[u8], at: usize) -> i32 {
    let before = if at == 0 { b' ' } else { front[at - 1] };
    let after = front.get(at + 1).copied().unwrap_or(b' ');
    match (before, after) {
        (b' ' | b'\t', b' ') => 2,
        (b'+' | b'-' | b':' | b'!' | b'<' | b'>' | b'?' | b'|', _) => 2,
        (_, b'=' | b'>') => 2,
        (_, b'"' | b'\'' | b'{' | b'(') => 1,
        _ if front[..at].iter().all(|byte| wordy(*byte)) => 1,
        _ => 0,
    }
}

/// Points for a comment after code, for a path of names, and for a tab between words, as assemblers
/// have.
fn remark(shape: &Shape) -> i32 {
    let front = shape.front();
    let near = |at: usize| front.get(at).copied().unwrap_or(b'\n');
    let spaced = |at: usize| at > 1 && front[at - 1] == b' ';
    let slash = |at: usize| spaced(at) && b"/*".contains(&near(at + 1));
    let hash = |at: usize| spaced(at) && b" ,".contains(&front[at - 2]) && near(at + 1) == b' ';
    let comment = shape.slashes() > 0 && memchr::memchr_iter(b'/', front).any(slash)
        || shape.odd() > 0 && memchr::memchr_iter(b'#', front).any(hash);
    let tab = shape.indent > 0 && shape.control() > 0 && memchr::memchr(b'\t', front).is_some();
    let path = shape.signs() > 0 && memchr::memchr_iter(b':', front).any(|at| near(at + 1) == b':');
    2 * i32::from(comment) + i32::from(tab) + i32::from(path)
}

/// Points for `key: value` or `key:` as in YAML: the key has no space and small letters.
fn key(shape: &Shape) -> i32 {
    let front = &shape.text[..shape.text.len().min(48)];
    let name = front.iter().take_while(|byte| wordy(**byte) || b"-./".contains(byte)).count();
    if name == 0 || shape.at(name) != b':' || !front[0].is_ascii_lowercase() {
        return 0;
    }
    match shape.at(name + 1) {
        b'\n' => 2,
        b' ' if shape.indent > 0 => 2,
        b' ' => 1,
        _ => 0,
    }
}
