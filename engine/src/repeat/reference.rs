//! The line that stands for lines which came before.

use super::account::{Noun, Spot};

/// What every reference begins with.
pub(crate) const START: &str = "[same as ";
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
        let lines = match lines {
            1 => format!("line {line}"),
            _ => format!("lines {line}-{}", u64::from(*line) + u64::from(*lines) - 1),
        };
        let moved = if *moved == 0 { String::new() } else { format!(", numbers {moved:+}") };
        let quote = if quote.is_empty() { String::new() } else { format!(": {quote}") };
        format!("{START}{noun} {result}, {lines}{moved}{quote}]")
    }

    /// Reads a line. What is not written as [`line`](Self::line) writes it is no reference.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= LONGEST_REFERENCE)?;
        let rest = text.strip_prefix(START)?.strip_suffix(']')?;
        let noun = Noun::ALL.into_iter().find(|noun| rest.starts_with(noun.words()))?;
        let (what, quote) = rest.split_once(": ").unwrap_or((rest, ""));
        let mut words = what[noun.words().len()..].split(", ");
        let result = words.next()?.trim_start().parse().ok()?;
        let (_, lines) = words.next()?.split_once(' ')?;
        let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        let moved = words.next().map(|moved| moved.strip_prefix("numbers ")?.parse().ok());
        let reference = Self {
            noun,
            from: Spot { result, line: first },
            lines: last.checked_sub(first)?.checked_add(1)?,
            moved: moved.unwrap_or(Some(0))?,
            quote: quote.to_owned(),
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

/// From the first letter on, which is none of an escape.
fn quotable(line: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        match byte {
            b'\\' => at += if line.get(at + 1) == Some(&b'u') { 6 } else { 2 },
            byte if byte.is_ascii_alphabetic() => return &line[at..],
            _ => at += 1,
        }
    }
    b""
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
            (reference(), "[same as tool result 3, lines 12-51: def main]"),
            (one, "[same as tool result 3, line 12]"),
            (moved, "[same as tool message 3, lines 12-51, numbers -3: def main]"),
        ] {
            assert_eq!(reference.line(), line);
            assert_eq!(Reference::parse(line.as_bytes()), Some(reference));
        }
    }

    #[test]
    fn no_reference_weighs_less_than_history_takes_for_the_least() {
        let from = Spot { result: 1, line: 1 };
        let least = Reference { from, lines: 1, quote: String::new(), ..reference() };
        assert!(crate::estimate(least.line().as_bytes()) >= super::super::history::COST);
    }

    #[test]
    fn what_is_written_otherwise_is_none() {
        for line in [
            "[same as tool result 3, lines 12-11]",
            "[same as tool result 3, line 12-12]",
            "[same as tool result 03, lines 12-51]",
            "[same as tool result 3, lines 12-51] ",
            "[same as tool results 3, lines 12-51]",
            "[same as tool result 3, lines 12-51, numbers +0]",
            "[same as tool result 3, lines 12-51, numbers 3]",
            "[same as tool result 3, lines 0-4294967295]",
            "[same as tool result 3, lines 12-51: ]",
            "[same as tool result 3]",
            "[same as ",
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
            (r#"[{\"name\":\"a\"}]"#, "name"),
            ("// what comes", "what comes"),
            ("}", ""),
            ("", ""),
            ("éa", "a"),
        ] {
            assert_eq!(Reference::quote(line.as_bytes()), quote, "{line}");
        }
        assert!(reference().quotes(br"12\tdef main():"));
        assert!(!reference().quotes(br"12\tdef other():"));
    }
}
