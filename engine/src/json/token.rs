//! Whole text into tokens, as strict as RFC 8259 about each.
//!
//! The walker reads JSON cut anywhere and knows nothing of what comes next. Here the text is whole, so
//! a token is one step. Which token may follow which is for [`Gaps`](super::gap::Gaps) to say.

use crate::walk::json::{ends_number, is_space};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    ObjectOpen,
    ObjectClose,
    ArrayOpen,
    ArrayClose,
    Comma,
    Colon,
    String,
    /// A number, `true`, `false` or `null`.
    Literal,
    /// The end of the text.
    End,
    /// What is no token; nothing comes after it.
    Broken,
}

/// A token and the white space before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) gap: &'a [u8],
    /// As it stands, quotes included.
    pub(super) text: &'a [u8],
    /// Where it begins.
    pub(super) at: usize,
}

/// Reads a text token by token. Whether it is UTF-8 is not looked at.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The next token: [`Kind::End`] at the end, and again after it.
    #[inline]
    pub(super) fn next(&mut self) -> Token<'a> {
        let rest = &self.text[self.at..];
        let (gap, rest) = rest.split_at(spaces(rest));
        let (kind, len) = token(rest);
        let at = self.at + gap.len();
        self.at = at + len;
        Token { kind, gap, text: &rest[..len], at }
    }
}

/// The token that `bytes` begin with, and its length.
#[inline]
fn token(bytes: &[u8]) -> (Kind, usize) {
    let Some(&first) = bytes.first() else { return (Kind::End, 0) };
    let (kind, len) = match first {
        b'"' => (Kind::String, string(bytes)),
        b',' => (Kind::Comma, Some(1)),
        b':' => (Kind::Colon, Some(1)),
        b'{' => (Kind::ObjectOpen, Some(1)),
        b'}' => (Kind::ObjectClose, Some(1)),
        b'[' => (Kind::ArrayOpen, Some(1)),
        b']' => (Kind::ArrayClose, Some(1)),
        _ => (Kind::Literal, literal(bytes)),
    };
    len.map_or((Kind::Broken, bytes.len()), |len| (kind, len))
}

/// The length of the white space that `bytes` begin with. Indents are long runs of blanks.
#[inline]
fn spaces(bytes: &[u8]) -> usize {
    if bytes.first().is_none_or(|byte| !is_space(*byte)) {
        return 0;
    }
    let words = bytes[1..].as_chunks::<8>().0;
    let blank = words.iter().take_while(|word| **word == [b' '; 8]).count();
    let done = 1 + 8 * blank;
    done + bytes[done..].iter().take_while(|byte| is_space(**byte)).count()
}

/// The length of the string that `bytes` begin with, quotes included.
#[inline]
fn string(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += plain(&bytes[at..]);
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += escape(&bytes[at..])?,
            _ => return None,
        }
    }
}

/// The length of the escape that `bytes` begin with.
fn escape(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => bytes.get(2..6)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

/// How many bytes come before the first quote, backslash or control character.
///
/// Eight bytes are tested at once. `x - 0x01…` borrows into the top bit of a byte that is zero in
/// `x`; what a borrow spoils lies in higher bytes, so the lowest hit is exact.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    const TOPS: u64 = ONES * 0x80;
    let (words, tail) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
        let slash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        // A byte beyond ASCII is none of these, whatever a subtraction left in its top bit.
        let hits = (quote | slash | control) & !word & TOPS;
        if hits != 0 {
            return i * 8 + hits.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | ..0x20);
    bytes.len() - tail.len() + tail.iter().take_while(is_plain).count()
}

/// The length of the literal that `bytes` begin with.
#[inline]
fn literal(bytes: &[u8]) -> Option<usize> {
    let len = match bytes {
        [b't', b'r', b'u', b'e', ..] | [b'n', b'u', b'l', b'l', ..] => 4,
        [b'f', b'a', b'l', b's', b'e', ..] => 5,
        _ => number(bytes)?,
    };
    bytes.get(len).is_none_or(|byte| ends_number(*byte)).then_some(len)
}

/// Whether `word` is a number, `true`, `false` or `null`.
pub(crate) fn is_literal(word: &[u8]) -> bool {
    match word.first() {
        Some(b'-' | b'0'..=b'9') => number(word) == Some(word.len()),
        _ => matches!(word, b"true" | b"false" | b"null"),
    }
}

/// The length of the longest number that `bytes` begin with (RFC 8259, section 6).
#[inline]
fn number(bytes: &[u8]) -> Option<usize> {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(&bytes[sign..]);
    if whole == 0 || whole > 1 && bytes[sign] == b'0' {
        return None;
    }
    let mut at = sign + whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(&bytes[at + 1..]);
        at += 1 + fraction;
        if fraction == 0 {
            return None;
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(&bytes[at..]);
        at += exponent;
        if exponent == 0 {
            return None;
        }
    }
    Some(at)
}

#[inline]
fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{json::gap::Gaps, walk::json::JsonWalker};

    /// Whether the tokens and their order are JSON.
    fn accepts(text: &[u8]) -> bool {
        let (mut tokens, mut gaps) = (Tokens::new(text), Gaps::default());
        loop {
            let token = tokens.next();
            if gaps.place(token.kind).is_none() {
                return false;
            }
            if token.kind == Kind::End {
                return true;
            }
            gaps.pass(token.kind);
        }
    }

    fn walker_accepts(text: &[u8]) -> bool {
        let mut walker = JsonWalker::new(64);
        let mut rest = text;
        loop {
            if walker.is_complete() {
                walker.next_document();
            }
            match walker.next(&mut rest) {
                Ok(Some(_)) => {}
                Ok(None) => return walker.finish().is_ok(),
                Err(_) => return false,
            }
        }
    }

    /// Each single byte of some documents replaced, left out or cut off at, against the walker.
    #[test]
    fn agrees_with_the_walker() {
        let documents = [
            r#"{"a":[1,-2.50e+7,true],"b\n\u00e9":{} }"#,
            "[ null,\"\\\"x\\\\\", 0 ,\r\n\t[ ] , false]",
            r#"{"name":"longer than a word","k":""} [0.5] "s" 10"#,
        ];
        let bytes = b" \n\x1f\"\\{}[]:,-+.eE019atfnu\x7f";
        for document in documents.map(str::as_bytes) {
            assert!(accepts(document));
            for at in 0..document.len() {
                let mut texts = vec![document[..at].to_vec(), document.to_vec()];
                texts[1].remove(at);
                for byte in bytes {
                    let mut text = document.to_vec();
                    text[at] = *byte;
                    texts.push(text);
                }
                for text in texts {
                    let shown = String::from_utf8_lossy(&text);
                    assert_eq!(accepts(&text), walker_accepts(&text), "{shown}");
                }
            }
        }
    }

    #[test]
    fn a_text_is_its_gaps_and_tokens() {
        let text = b"  {\"a\" :\n                   [1 ,\"\xc3\xa9\"]}\t\n";
        let mut tokens = Tokens::new(text);
        let mut back = Vec::new();
        loop {
            let token = tokens.next();
            assert_eq!(token.at, back.len() + token.gap.len());
            back.extend_from_slice(token.gap);
            back.extend_from_slice(token.text);
            if token.kind == Kind::End {
                break;
            }
        }
        assert_eq!(back, text);
    }

    #[test]
    fn literals_are_those_of_json() {
        for word in ["0", "-0", "10", "1.10", "1e400", "1E+2", "-1.5e-3", "true", "null"] {
            assert!(is_literal(word.as_bytes()), "{word}");
        }
        for word in ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "2024-05-24", "1.2.3", "nul"] {
            assert!(!is_literal(word.as_bytes()), "{word}");
        }
    }
}
