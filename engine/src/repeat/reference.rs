//! The line that stands for lines which came before.

use super::account::{Noun, Spot};

/// The longest reference, as text.
pub(crate) const LONGEST_REFERENCE: usize = 160;
/// The most that is quoted of the first line.
const QUOTED: usize = 24;

/// Lines of a tool result that came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(super) noun: Noun,
    /// The first of them.
    pub(super) from: Spot,
    pub(super) lines: u32,
    /// How far the numbers in front of the lines have moved.
    pub(super) moved: i64,
    /// What the first line begins with; may be empty.
    pub(super) quote: String,
}

impl Reference {
    /// The reference as a line, without its end.
    pub(crate) fn line(&self) -> String {
        let Self { noun, from: Spot { result, line }, lines, moved, quote } = self;
        let noun = noun.words();
        let of = match lines {
            1 => format!("[same 1 line as {noun} {result}, line {line}"),
            _ => {
                let last = u64::from(*line) + u64::from(*lines) - 1;
                format!("[same {lines} lines as {noun} {result}, lines {line}-{last}")
            }
        };
        let moved = if *moved == 0 { String::new() } else { format!(", numbers {moved:+}") };
        let quote = if quote.is_empty() { String::new() } else { format!(", from \"{quote}\"") };
        format!("{of}{moved}{quote}]")
    }

    /// Reads a line. What is not written as [`line`](Self::line) writes it is no reference.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        if text.len() > LONGEST_REFERENCE || !text.starts_with(b"[same ") {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        let (lines, rest) = text.strip_prefix("[same ")?.split_once(" line")?;
        let rest = rest.split_once(" as ")?.1;
        let noun = Noun::ALL.into_iter().find(|noun| rest.starts_with(noun.words()))?;
        let (result, rest) = rest[noun.words().len()..].strip_prefix(' ')?.split_once(", line")?;
        let rest = rest.split_once(' ')?.1;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (line, rest) = rest.split_at(digits);
        let moved = rest.split_once(", numbers ").map(|(_, rest)| rest);
        let moved = moved.map(|rest| &rest[..rest.find([',', ']']).unwrap_or(0)]);
        let quote = rest.split_once(", from \"").map(|(_, rest)| rest.strip_suffix("\"]"));
        let reference = Self {
            noun,
            from: Spot { result: result.parse().ok()?, line: line.parse().ok()? },
            lines: lines.parse().ok().filter(|&lines| lines > 0)?,
            moved: moved.map_or(Some(0), |moved| moved.parse().ok())?,
            quote: quote.map_or(Some(""), |quote| quote)?.to_owned(),
        };
        (reference.line() == text).then_some(reference)
    }

    /// What is quoted of a line: its first words, of letters that are the same in every JSON string.
    pub(super) fn quote(line: &[u8]) -> String {
        let line = quotable(line);
        let plain = line.iter().take_while(|&&byte| is_plain(byte)).count();
        let words = &line[..plain];
        let end = match words.get(QUOTED) {
            None => plain,
            Some(_) => memchr::memrchr(b' ', &words[..=QUOTED]).unwrap_or(QUOTED),
        };
        String::from_utf8_lossy(&words[..end]).trim_end().to_owned()
    }

    /// Whether the quote is what `line` begins with.
    pub(super) fn quotes(&self, line: &[u8]) -> bool {
        quotable(line).starts_with(self.quote.as_bytes())
    }
}

/// From the first letter on: numbers, tabs and indentation are left out.
fn quotable(line: &[u8]) -> &[u8] {
    let skipped = |at: usize| match line[at] {
        b'\\' if line.get(at + 1) == Some(&b't') => Some(2),
        b'\\' if line[at..].starts_with(b"\\u2192") => Some(6),
        byte if is_plain(byte) && byte.is_ascii_graphic() && !byte.is_ascii_digit() => None,
        _ => Some(1),
    };
    let mut at = 0;
    while at < line.len() {
        match skipped(at) {
            Some(len) => at += len,
            None => break,
        }
    }
    &line[at.min(line.len())..]
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference() -> Reference {
        let from = Spot { result: 3, line: 12 };
        Reference { noun: Noun::Result, from, lines: 40, moved: 0, quote: "def main".to_owned() }
    }

    #[test]
    fn a_reference_reads_as_it_is_written() {
        let one = Reference { lines: 1, quote: String::new(), ..reference() };
        let moved = Reference { noun: Noun::Message, moved: -3, ..reference() };
        for (reference, line) in [
            (reference(), r#"[same 40 lines as tool result 3, lines 12-51, from "def main"]"#),
            (one, "[same 1 line as tool result 3, line 12]"),
            (
                moved,
                r#"[same 40 lines as tool message 3, lines 12-51, numbers -3, from "def main"]"#,
            ),
        ] {
            assert_eq!(reference.line(), line);
            assert_eq!(Reference::parse(line.as_bytes()), Some(reference));
        }
    }

    #[test]
    fn what_is_written_otherwise_is_none() {
        for line in [
            "[same 0 lines as tool result 3, lines 12-11]",
            "[same 40 lines as tool result 3, lines 12-50]",
            "[same 40 lines as tool result 03, lines 12-51]",
            "[same 1 lines as tool result 3, lines 12-12]",
            "[same 40 lines as tool result 3, lines 12-51] ",
            "[same 40 lines as tool results 3, lines 12-51]",
            "[same 40 lines as tool result 3, lines 12-51, numbers +0]",
            "[same 4294967295 lines as tool result 3, lines 4294967295-1]",
            "[same  lines as tool result 3, lines 12-51, from \"a\" and more]",
            "[same ",
        ] {
            assert_eq!(Reference::parse(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn first_words_are_quoted() {
        for (line, quote) in [
            (r"    12\tdef main():", "def main():"),
            (r"    12→    let x = 1;", "let x = 1;"),
            ("a line that is too long to be quoted whole", "a line that is too long"),
            ("x = \\\"quoted\\\"", "x ="),
            ("}", "}"),
            ("", ""),
            ("éa", "a"),
        ] {
            assert_eq!(Reference::quote(line.as_bytes()), quote, "{line}");
        }
        assert!(reference().quotes(br"12\tdef main():"));
        assert!(!reference().quotes(br"12\tdef other():"));
    }
}
