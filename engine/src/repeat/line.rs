//! A line of a tool result, as it stands in its JSON string.

use std::ops::Range;

/// The longest number in front of a line, in digits, and the most spaces before it.
const DIGITS: usize = 7;
const SPACES: usize = 12;

/// The lines of a string's raw bytes: they end with `\n`, which is not theirs. What comes after the
/// last `\n` is a line if it is not empty.
pub(crate) fn raw_lines(raw: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let (mut start, mut at) = (0, 0);
    std::iter::from_fn(move || {
        while let Some(found) = memchr::memchr(b'\\', &raw[at..]) {
            let escape = at + found;
            at = raw.len().min(escape + 2);
            if raw.get(escape + 1) == Some(&b'n') {
                return Some(std::mem::replace(&mut start, at)..escape);
            }
        }
        at = raw.len();
        let last = std::mem::replace(&mut start, at)..at;
        (!last.is_empty()).then_some(last)
    })
}

/// A line of a numbered view: its number, and the rest of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'r> {
    pub(super) number: Option<Number>,
    /// From the sign after the number on, or the whole line.
    pub(super) rest: &'r [u8],
}

/// A number in front of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: u32,
    /// How many bytes it takes, with the spaces before it.
    width: u8,
    is_padded: bool,
}

impl<'r> Line<'r> {
    pub(super) fn of(raw: &'r [u8]) -> Self {
        let spaces = raw.iter().take(SPACES).take_while(|&&byte| byte == b' ').count();
        let digits =
            raw[spaces..].iter().take(DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
        let (front, rest) = raw.split_at(spaces + digits);
        match number(&front[spaces..]).filter(|_| parts(rest)) {
            Some(value) => {
                let width = front.len() as u8;
                Self { number: Some(Number { value, width, is_padded: spaces > 0 }), rest }
            }
            None => Self { number: None, rest: raw },
        }
    }
}

/// Without a zero in front, which a number that moves would lose.
fn number(digits: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok()?;
    text.parse().ok().filter(|_| !text.starts_with('0'))
}

/// Whether a number ends before `rest`: with a tab, an arrow, a colon or a bar.
fn parts(rest: &[u8]) -> bool {
    let signs: [&[u8]; 5] = [b"\\t", "→".as_bytes(), b"\\u2192", b":", b"|"];
    signs.iter().any(|sign| rest.starts_with(sign))
}

impl Number {
    /// The most bytes that a number takes, with its spaces.
    pub(super) const LONGEST: usize = SPACES + DIGITS + 3;

    /// The same number `by` lines on, written as a view of the same kind writes it.
    pub(super) fn moved(self, by: i64) -> Option<Number> {
        let value = u32::try_from(i64::from(self.value) + by).ok()?;
        let digits = value.checked_ilog10().unwrap_or(0) as u8 + 1;
        let width = if self.is_padded { self.width.max(digits) } else { digits };
        Some(Number { value, width, is_padded: self.is_padded })
    }

    pub(super) fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("{:>1$}", self.value, usize::from(self.width)).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_escapes() {
        let cut = |raw: &'static str| -> Vec<&str> {
            raw_lines(raw.as_bytes()).map(|line| &raw[line]).collect()
        };
        assert_eq!(cut(r"a\nb"), ["a", "b"]);
        assert_eq!(cut(r"a\\n\n\nb\n"), [r"a\\n", "", "b"]);
        assert_eq!(cut(r"\t\"), [r"\t\"]);
        assert!(cut("").is_empty());
    }

    #[test]
    fn numbers_move_as_views_write_them() {
        let moved = |raw: &str, by| {
            let Line { number, rest } = Line::of(raw.as_bytes());
            let mut out = Vec::new();
            number.unwrap().moved(by).unwrap().write(&mut out);
            String::from_utf8([&out, rest].concat()).unwrap()
        };
        assert_eq!(moved(r"    99\tx", 1), r"   100\tx");
        assert_eq!(moved("9→x", 1), "10→x");
        assert_eq!(moved("12:x", -3), "9:x");
        assert_eq!(moved(" 100|x", -1), "  99|x");
        for raw in ["x", "", "12", "012:x", "12345678:x", "1 x"] {
            assert_eq!(Line::of(raw.as_bytes()).number, None, "{raw}");
        }
        assert_eq!(Line::of(b"1:x").number.unwrap().moved(-2), None);
    }
}
