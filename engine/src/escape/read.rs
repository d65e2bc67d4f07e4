//! From escapes to text.

/// The longest escape: a pair of surrogates, `\ud83d\ude00`.
const LONGEST: usize = 12;

/// An escape that RFC 8259 does not know, half an escape, or half a pair of surrogates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EscapeError;

impl std::fmt::Display for EscapeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an escape of this JSON string stands for no character")
    }
}

impl std::error::Error for EscapeError {}

/// A piece of text, and how many raw bytes it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run<'a> {
    /// Bytes that stand for themselves.
    Plain(&'a [u8]),
    /// One escaped character.
    Char {
        /// The character in UTF-8; only the first `len` bytes count.
        text: [u8; 4],
        /// The length of the character, in bytes: 1 to 4.
        len: u8,
        /// The length of the escape, in bytes: 2, 6 or 12.
        raw_len: u8,
    },
}

impl Run<'_> {
    /// The text.
    pub fn text(&self) -> &[u8] {
        match self {
            Run::Plain(bytes) => bytes,
            Run::Char { text, len, .. } => &text[..usize::from(*len)],
        }
    }

    /// How many raw bytes the text took, some of them perhaps from earlier chunks.
    pub fn raw_len(&self) -> usize {
        match self {
            Run::Plain(bytes) => bytes.len(),
            Run::Char { raw_len, .. } => usize::from(*raw_len),
        }
    }
}

/// Reads the inside of a JSON string that comes in chunks, cut anywhere.
///
/// Plain runs are slices of the chunk. Only an escape that a chunk cuts is copied: at most eleven
/// bytes.
#[derive(Clone, Debug, Default)]
pub struct Unescaper {
    carried: [u8; LONGEST],
    len: usize,
}

impl Unescaper {
    /// At the start of a string.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next run off the front of `raw`. `None`: all of `raw` was taken.
    ///
    /// # Errors
    ///
    /// An escape that stands for no character. The string has no text; nothing more can be read.
    pub fn next<'a>(&mut self, raw: &mut &'a [u8]) -> Result<Option<Run<'a>>, EscapeError> {
        if self.len > 0 {
            return self.resume(raw);
        }
        if raw.first() == Some(&b'\\') {
            return self.escaped(raw);
        }
        Ok(plain(raw, memchr::memchr(b'\\', raw)))
    }

    /// Ends the string.
    ///
    /// # Errors
    ///
    /// The string ends inside an escape.
    pub fn finish(self) -> Result<(), EscapeError> {
        if self.len == 0 { Ok(()) } else { Err(EscapeError) }
    }

    /// How many bytes of an unfinished escape are carried.
    pub fn carried(&self) -> usize {
        self.len
    }

    fn escaped<'a>(&mut self, raw: &mut &'a [u8]) -> Result<Option<Run<'a>>, EscapeError> {
        let run = character(raw)?.map(Run::from);
        let taken = run.map_or(raw.len(), |run| run.raw_len());
        let (front, rest) = raw.split_at(taken);
        if run.is_none() {
            self.carried[..taken].copy_from_slice(front);
            self.len = taken;
        }
        *raw = rest;
        Ok(run)
    }

    fn resume<'a>(&mut self, raw: &mut &'a [u8]) -> Result<Option<Run<'a>>, EscapeError> {
        while let Some((first, rest)) = raw.split_first() {
            self.carried[self.len] = *first;
            self.len += 1;
            *raw = rest;
            if let Some(escaped) = character(&self.carried[..self.len])? {
                self.len = 0;
                return Ok(Some(escaped.into()));
            }
        }
        Ok(None)
    }
}

/// Writes the text of a whole string to the end of `text`.
///
/// # Errors
///
/// An escape that stands for no character; `text` then holds what came before it.
pub fn unescape(mut raw: &[u8], text: &mut Vec<u8>) -> Result<(), EscapeError> {
    text.reserve(raw.len());
    let mut unescaper = Unescaper::new();
    while let Some(run) = unescaper.next(&mut raw)? {
        text.extend_from_slice(run.text());
    }
    unescaper.finish()
}

fn plain<'a>(raw: &mut &'a [u8], end: Option<usize>) -> Option<Run<'a>> {
    let (front, rest) = raw.split_at(end.unwrap_or(raw.len()));
    *raw = rest;
    (!front.is_empty()).then_some(Run::Plain(front))
}

/// An escaped character, and how long its escape is, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Escaped {
    pub(super) character: char,
    pub(super) raw_len: u8,
}

impl From<Escaped> for Run<'_> {
    fn from(Escaped { character, raw_len }: Escaped) -> Self {
        let mut text = [0; 4];
        let len = character.encode_utf8(&mut text).len() as u8;
        Run::Char { text, len, raw_len }
    }
}

/// The character whose escape starts `raw`, which starts with a backslash. `None`: it needs more
/// bytes, and `raw` is shorter than [`LONGEST`].
pub(super) fn character(raw: &[u8]) -> Result<Option<Escaped>, EscapeError> {
    let Some(&kind) = raw.get(1) else { return Ok(None) };
    let character = match kind {
        b'"' | b'\\' | b'/' => char::from(kind),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return hexadecimal(raw),
        _ => return Err(EscapeError),
    };
    Ok(Some(Escaped { character, raw_len: 2 }))
}

fn hexadecimal(raw: &[u8]) -> Result<Option<Escaped>, EscapeError> {
    let Some(high) = unit(&raw[2..])? else { return Ok(None) };
    if let Some(character) = char::from_u32(high) {
        return Ok(Some(Escaped { character, raw_len: 6 }));
    }
    let second = &raw[6..];
    if high >= 0xdc00 || !second.starts_with(&br"\u"[..second.len().min(2)]) {
        return Err(EscapeError);
    }
    let Some(low) = unit(second.get(2..).unwrap_or_default())? else { return Ok(None) };
    if !(0xdc00..0xe000).contains(&low) {
        return Err(EscapeError);
    }
    let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    Ok(char::from_u32(code).map(|character| Escaped { character, raw_len: 12 }))
}

/// The UTF-16 unit that four digits at the start of `digits` name. `None`: fewer are there.
fn unit(digits: &[u8]) -> Result<Option<u32>, EscapeError> {
    let mut value = 0;
    for &digit in digits.iter().take(4) {
        value = value << 4 | char::from(digit).to_digit(16).ok_or(EscapeError)?;
    }
    Ok((digits.len() >= 4).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(raw: &[u8]) -> Result<Vec<u8>, EscapeError> {
        let mut text = Vec::new();
        unescape(raw, &mut text).map(|()| text)
    }

    #[test]
    fn every_escape_of_the_standard() {
        let raw = br#"\"\\\/\b\f\n\r\t\u0041\u00E9\u20ac\uD83D\uDE00"#;
        assert_eq!(whole(raw).unwrap(), "\"\\/\u{8}\u{c}\n\r\tAé€😀".as_bytes());
    }

    #[test]
    fn what_stands_for_no_character() {
        let bad: [&[u8]; 10] = [
            br"\",
            br"\x",
            br"\u12",
            br"\u12g4",
            br"\ud800",
            br"\ud800x",
            br"\ud800\n",
            br"\ud800\u0041",
            br"\udc00",
            br"\ud800\ud800",
        ];
        for raw in bad {
            assert_eq!(whole(raw), Err(EscapeError), "{}", String::from_utf8_lossy(raw));
        }
    }

    #[test]
    fn plain_runs_are_slices_and_escapes_know_their_length() {
        let raw = br"ab\u00e9c\ud83d\ude00";
        let mut rest = &raw[..];
        let mut unescaper = Unescaper::new();
        let mut runs = Vec::new();
        while let Some(run) = unescaper.next(&mut rest).unwrap() {
            runs.push((run.text().to_vec(), run.raw_len()));
        }
        let expected = [("ab", 2), ("é", 6), ("c", 1), ("😀", 12)];
        assert_eq!(runs, expected.map(|(text, len)| (text.as_bytes().to_vec(), len)));
        let Ok(Some(Run::Plain(first))) = Unescaper::new().next(&mut &raw[..]) else { panic!() };
        assert_eq!(first.as_ptr(), raw.as_ptr());
    }
}
