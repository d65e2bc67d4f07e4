//! The words of a line: what stands between separators.
//!
//! A word is a value or a part of what a line always says; it is never cut. A number with commas, a
//! path, an address with a port and a short quoted string are one word each. Between words stand
//! separators, which belong to the pattern of the line.
//!
//! The rules are few, since a decoder has to find the same words: see `docs/notation.md`.

/// The longest line whose words are looked at, and the most words of it.
pub(super) const LONGEST: usize = 4096;
pub(super) const MOST: usize = 128;
/// The most bytes from one quote to the other of a quoted word, counting both.
const QUOTED: usize = 41;

/// Ends a word.
const BREAK: u8 = 1;
/// Stands between words: what ends a word, and the apostrophe, which does not.
const BETWEEN: u8 = 2;
/// Belongs to what follows if it is the last of a word.
const TRAILING: u8 = 4;
const DIGIT: u8 = 8;
const QUOTE: u8 = 16;

const CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let groups: [(&[u8], u8); 5] = [
        (b" \t\r=[](),;\"{}<>|", BREAK | BETWEEN),
        (b"'", BETWEEN | TRAILING),
        (b".:!?", TRAILING),
        (b"0123456789", DIGIT),
        (b"\"'", QUOTE),
    ];
    let mut group = 0;
    while group < groups.len() {
        let (bytes, class) = groups[group];
        let mut at = 0;
        while at < bytes.len() {
            classes[bytes[at] as usize] |= class;
            at += 1;
        }
        group += 1;
    }
    classes
}

fn is(byte: u8, class: u8) -> bool {
    CLASS[usize::from(byte)] & class != 0
}

/// Whether words may stand on both sides of `byte`.
pub(super) fn is_between(byte: u8) -> bool {
    is(byte, BETWEEN)
}

/// Whether a digit is among `bytes`.
pub(super) fn has_digit(bytes: &[u8]) -> bool {
    bytes.iter().any(|&byte| is(byte, DIGIT))
}

/// Where the next word begins. `from`: 0, or where a word has ended.
pub(super) fn start(line: &[u8], from: usize) -> usize {
    let mut at = from;
    while from > 0 && at < line.len() && is(line[at], TRAILING) {
        at += 1;
    }
    while at < line.len() && is(line[at], BETWEEN) {
        if is(line[at], QUOTE) && quoted(line, at).is_some() {
            break;
        }
        at += 1;
    }
    at
}

/// Where the word that begins at `start` ends, and whether a digit is in it.
pub(super) fn end(line: &[u8], start: usize) -> (usize, bool) {
    if is(line[start], QUOTE)
        && let Some(end) = quoted(line, start)
    {
        return (end, has_digit(&line[start..end]));
    }
    let (mut end, mut classes) = (start, 0);
    while let Some(&byte) = line.get(end) {
        let class = CLASS[usize::from(byte)];
        if class & BREAK != 0 && !is_inside_number(line, end) {
            break;
        }
        classes |= class;
        end += 1;
    }
    while end > start + 1 && is(line[end - 1], TRAILING) {
        end -= 1;
    }
    (end, classes & DIGIT != 0)
}

/// Whether the byte is a comma between two digits.
fn is_inside_number(line: &[u8], at: usize) -> bool {
    line[at] == b','
        && at.checked_sub(1).is_some_and(|before| is(line[before], DIGIT))
        && line.get(at + 1).is_some_and(|&after| is(after, DIGIT))
}

/// Where the quoted word that begins at `start` ends: at the same quote, if that is near and no
/// word goes on behind it.
pub(super) fn quoted(line: &[u8], start: usize) -> Option<usize> {
    let window = &line[start + 1..line.len().min(start + QUOTED)];
    let inside = memchr::memchr(line[start], window).filter(|&inside| inside > 0)?;
    let end = start + inside + 2;
    let follows = line.get(end);
    follows.is_none_or(|&byte| is(byte, BETWEEN | TRAILING)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<&str> {
        let (mut found, mut at) = (Vec::new(), start(line.as_bytes(), 0));
        while at < line.len() {
            let end = end(line.as_bytes(), at).0;
            found.push(&line[at..end]);
            at = start(line.as_bytes(), end);
        }
        found
    }

    #[test]
    fn values_are_whole() {
        assert_eq!(
            words("12:01:02,345 [main-1] /a/b.rs:10 took 1,024 ms; id={x9}, at 10.0.0.7:80."),
            [
                "12:01:02,345",
                "main-1",
                "/a/b.rs:10",
                "took",
                "1,024",
                "ms",
                "id",
                "x9",
                "at",
                "10.0.0.7:80"
            ],
        );
        assert_eq!(
            words("say \"two words\": don't 'b c'"),
            ["say", "\"two words\"", "don't", "'b c'"]
        );
    }

    #[test]
    fn odd_lines_have_words_too() {
        assert_eq!(words(""), [""; 0]);
        assert_eq!(words(" \t\r"), [""; 0]);
        assert_eq!(words("..."), ["."]);
        assert_eq!(words("\"open and 'so on"), ["open", "and", "so", "on"]);
        assert_eq!(words("\"\"x\""), ["\"x\""]);
        let long = format!("\"{}\"", "a".repeat(50));
        assert_eq!(words(&long), ["a".repeat(50)]);
    }
}
