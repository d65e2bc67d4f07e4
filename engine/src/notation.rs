//! The frame of a coded part, which all codecs share.
//!
//! A coded part starts with a head line, which says how many lines follow, and ends there:
//!
//! ```text
//! [brevity 1 table 3 lines, spaced: JSON as rows under # keys]
//! ```
//!
//! `1` is the version of the notation, `table` the codec, `spaced` what the codec needs to know. The
//! words after the colon are for the reader and mean nothing to the decoder.

use crate::{Codec, codec::table};

/// What every head line begins with.
pub(crate) const MARK: &[u8] = b"[brevity 1 ";
/// The longest head line.
const LONGEST_HEAD: usize = 512;
/// The longest coded part, and the longest text that one stands for. Both ways keep to it, so that
/// what `compress` takes for a coded part is what `expand` takes for one.
pub(crate) const LONGEST: usize = 8 << 20;
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
}

/// Writes a coded part: the head line and `body`, without a newline at the end.
pub(crate) fn frame(codec: Codec, detail: &str, words: &str, body: &[u8]) -> Vec<u8> {
    let lines = 1 + memchr::memchr_iter(b'\n', body).count();
    let head = format!("[brevity 1 {} {lines} lines, {detail}: {words}]\n", codec.name());
    let mut out = Vec::with_capacity(head.len() + body.len());
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(body);
    out
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
        let (lines, detail) = rest.split_once(" lines, ")?;
        let codec = [Codec::Table].into_iter().find(|known| known.name() == codec)?;
        let lines = lines.parse().ok().filter(|&lines| 0 < lines && lines <= LONGEST)?;
        Some(Head { codec, lines, detail: detail.to_owned() })
    }

    /// The text that `body`, the lines after the head, stands for. `None`: it was not written by the
    /// codec, and the part is plain text that looks like notation.
    pub(crate) fn decode(&self, body: &[u8]) -> Option<Vec<u8>> {
        let longest = LONGEST.min(body.len() * LARGEST_RATIO + LONGEST_HEAD);
        match self.codec {
            Codec::Table => table::decode(&self.detail, body, longest, DEPTH),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_what_was_framed() {
        let frame = frame(Codec::Table, "indent 2+", "any words: at all", b"a\nb\nc");
        let line = frame.split(|&b| b == b'\n').next().unwrap();
        let head = Head::parse(line).unwrap();
        assert_eq!((head.lines, head.detail.as_str()), (3, "indent 2+"));
    }

    #[test]
    fn what_only_looks_like_a_head_is_none() {
        for line in [
            "[brevity 1 table 0 lines, compact: x]",
            "[brevity 1 table -1 lines, compact: x]",
            "[brevity 1 table 3 lines, compact: x",
            "[brevity 1 chair 3 lines, compact: x]",
            "[brevity 2 table 3 lines, compact: x]",
            " [brevity 1 table 3 lines, compact: x]",
            "[brevity 1 table 99999999999 lines, compact: x]",
        ] {
            assert_eq!(Head::parse(line.as_bytes()), None, "{line}");
        }
    }
}
