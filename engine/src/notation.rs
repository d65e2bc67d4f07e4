//! The frame of a coded part, which all codecs share.
//!
//! A coded part starts with a head line, which says how many lines follow, and ends there:
//!
//! ```text
//! [brevity 1 table 4 lines below, spaced: intact JSON, rows under # keys]
//! ```
//!
//! `1` is the version of the notation, `table` the codec, `spaced` what the codec needs to know. The
//! words after the colon are for the reader and mean nothing to the decoder.

use crate::{
    Codec,
    codec::{self, Coded},
    limits::LONGEST,
    report::Reach,
};

/// What every head line begins with.
pub(crate) const MARK: &[u8] = b"[brevity 1 ";
/// The longest head line.
const LONGEST_HEAD: usize = 512;
/// How many times longer than its lines a text may be: keeps the work per byte constant whoever
/// wrote the lines.
const LARGEST_RATIO: usize = 256;
/// How deep a coded document may nest.
const DEPTH: usize = 128;

/// What a head line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    codec: Codec,
    /// How many lines follow.
    pub(crate) lines: usize,
    /// What the codec needs to know beside the lines.
    detail: String,
    /// Which rows these are, where it is not a whole document. Then the line ends before and after
    /// the part are not the text's.
    pub(crate) rows: Option<Rows>,
}

/// Which rows a part holds of a document that is too long for one part.
///
/// Each part is written as a document of its own. What it stands for lacks that document's opening
/// bracket (but for the first), has a comma for the closing one (but for the last), and is not
/// parted by line ends from what is around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// From the opening bracket to a comma.
    First,
    /// From one comma to another.
    More,
    /// From a comma to the closing bracket.
    Last,
}

impl Rows {
    const WORDS: [(Rows, &str); 3] =
        [(Rows::First, ", first rows"), (Rows::More, ", more rows"), (Rows::Last, ", last rows")];

    fn words(rows: Option<Rows>) -> &'static str {
        Self::WORDS.iter().find(|(known, _)| Some(*known) == rows).map_or("", |(_, words)| words)
    }

    /// Takes the words off the end of `detail`.
    fn strip(detail: &str) -> (&str, Option<Rows>) {
        let stripped =
            |(rows, words): &(Rows, &str)| Some((detail.strip_suffix(words)?, Some(*rows)));
        Self::WORDS.iter().find_map(stripped).unwrap_or((detail, None))
    }

    /// From a document to the rows.
    fn cut(self, mut document: Vec<u8>) -> Option<Vec<u8>> {
        if self != Rows::Last {
            *document.last_mut().filter(|last| matches!(last, b']' | b'}'))? = b',';
        }
        if self != Rows::First {
            let first = document.first().filter(|first| matches!(first, b'[' | b'{'));
            first.is_some().then(|| document.remove(0))?;
        }
        Some(document)
    }
}

/// Writes a coded part: the head line and `body`, without a newline at the end.
pub(crate) fn frame(codec: Codec, coded: &Coded, rows: Option<Rows>) -> Vec<u8> {
    let Coded { detail, words, body } = coded;
    let (name, rows) = (codec.name(), Rows::words(rows));
    let lines = 1 + memchr::memchr_iter(b'\n', body).count();
    let comma = if detail.is_empty() { "" } else { ", " };
    let head = format!("[brevity 1 {name} {lines} lines below{comma}{detail}{rows}: {words}]\n");
    // With room for the newline that the part may end with.
    let mut out = Vec::with_capacity(head.len() + body.len() + 1);
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(body);
    out
}

/// The longest text that lines of `body` bytes may stand for.
pub(crate) fn longest_text(body: usize) -> usize {
    LONGEST.min(body * LARGEST_RATIO + LONGEST_HEAD)
}

impl Head {
    /// Reads a head line, without its newline.
    pub(crate) fn parse(line: &[u8]) -> Option<Head> {
        if line.len() > LONGEST_HEAD {
            return None;
        }
        let line = line.strip_prefix(MARK)?.strip_suffix(b"]")?;
        let (head, _words) = std::str::from_utf8(line).ok()?.split_once(": ")?;
        let (codec, rest) = head.split_once(' ')?;
        let (lines, rest) = rest.split_once(" lines below")?;
        let detail = if rest.is_empty() { rest } else { rest.strip_prefix(", ")? };
        let codec = *Codec::ALL.iter().find(|known| known.name() == codec)?;
        let lines = lines.parse().ok().filter(|&lines| 0 < lines && lines <= LONGEST)?;
        let (detail, rows) = Rows::strip(detail);
        Some(Head { codec, lines, detail: detail.to_owned(), rows })
    }

    /// The text that `body`, the lines after the head, stands for. `None`: it was not written by the
    /// codec, and the part is plain text that looks like notation.
    pub(crate) fn decode(&self, body: &[u8], reach: &mut Reach) -> Option<Vec<u8>> {
        let longest = longest_text(body.len());
        let text = codec::decode(self.codec, &self.detail, body, longest, DEPTH, reach)?;
        match self.rows {
            Some(rows) => rows.cut(text),
            None => Some(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_what_was_framed() {
        let coded = Coded {
            detail: "indent 2+".to_owned(),
            words: "any words: at all".to_owned(),
            body: b"a\nb\nc".to_vec(),
        };
        let frame = frame(Codec::Table, &coded, Some(Rows::More));
        let line = frame.split(|&b| b == b'\n').next().unwrap();
        let head = Head::parse(line).unwrap();
        assert_eq!((head.lines, head.detail.as_str()), (3, "indent 2+"));
        assert_eq!(head.rows, Some(Rows::More));
    }

    #[test]
    fn what_only_looks_like_a_head_is_none() {
        for line in [
            "[brevity 1 table 0 lines below, compact: x]",
            "[brevity 1 table -1 lines below, compact: x]",
            "[brevity 1 table 3 lines below, compact: x",
            "[brevity 1 chair 3 lines below, compact: x]",
            "[brevity 2 table 3 lines below, compact: x]",
            " [brevity 1 table 3 lines below, compact: x]",
            "[brevity 1 table 99999999999 lines below, compact: x]",
        ] {
            assert_eq!(Head::parse(line.as_bytes()), None, "{line}");
        }
    }
}
