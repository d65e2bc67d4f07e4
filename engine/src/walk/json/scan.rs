//! Classes of bytes, and the two small automata inside of tokens: numbers and UTF-8.

/// Whitespace of RFC 8259, section 2.
#[inline]
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// Whether a number may end before `byte`: at a space, inside a bracket, or where the next document
/// of a stream begins.
#[inline]
pub(crate) fn ends_number(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b',' | b']' | b'}' | b'[' | b'{' | b'"')
}

/// How many bytes from the start of `bytes` need no look: ASCII but quotes, backslashes and control
/// characters.
///
/// Eight bytes are tested at once. `x - 0x01…` borrows into the top bit of a byte that is zero in
/// `x`; what a borrow spoils lies in higher bytes, so the lowest hit is exact.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    const TOPS: u64 = ONES * 0x80;
    let (words, tail) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
        let slash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        // Bytes beyond ASCII are hits themselves, so the usual `& !x` may be left out.
        let hits = (quote | slash | control | word) & TOPS;
        if hits != 0 {
            return i * 8 + hits.trailing_zeros() as usize / 8;
        }
    }
    let in_tail = tail.iter().take_while(|byte| is_plain(**byte)).count();
    bytes.len() - tail.len() + in_tail
}

#[inline]
fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..0x80) && byte != b'"' && byte != b'\\'
}

/// How far a number has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

impl Digits {
    /// The state after a number's first byte.
    #[inline]
    pub(super) fn first(byte: u8) -> Option<Self> {
        match byte {
            b'-' => Some(Digits::Minus),
            _ => Digits::Minus.after(byte),
        }
    }

    /// The state after `byte`, if the number can go on with it.
    #[inline]
    pub(super) fn after(self, byte: u8) -> Option<Self> {
        use Digits::*;
        Some(match (self, byte) {
            (Whole, b'0'..=b'9') => Whole,
            (Minus, b'0') => Zero,
            (Minus, b'1'..=b'9') => Whole,
            (Zero | Whole, b'.') => Point,
            (Point | Fraction, b'0'..=b'9') => Fraction,
            (Zero | Whole | Fraction, b'e' | b'E') => E,
            (E, b'+' | b'-') => Sign,
            (E | Sign | Exponent, b'0'..=b'9') => Exponent,
            _ => return None,
        })
    }

    /// Whether any number of digits may follow without a change of state.
    #[inline]
    pub(super) fn repeats(self) -> bool {
        matches!(self, Digits::Whole | Digits::Fraction | Digits::Exponent)
    }

    #[inline]
    pub(super) fn may_end(self) -> bool {
        matches!(self, Digits::Zero | Digits::Whole | Digits::Fraction | Digits::Exponent)
    }
}

/// What must follow of a character of several bytes (Unicode, table 3-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    One,
    Two,
    Three,
    /// After E0: no overlong forms.
    TwoHigh,
    /// After ED: no surrogates.
    TwoLow,
    /// After F0: no overlong forms.
    ThreeHigh,
    /// After F4: nothing above U+10FFFF.
    ThreeLow,
}

impl Tail {
    #[inline]
    pub(super) fn after_lead(byte: u8) -> Option<Self> {
        Some(match byte {
            0xc2..=0xdf => Tail::One,
            0xe0 => Tail::TwoHigh,
            0xed => Tail::TwoLow,
            0xe1..=0xef => Tail::Two,
            0xf0 => Tail::ThreeHigh,
            0xf4 => Tail::ThreeLow,
            0xf1..=0xf3 => Tail::Three,
            _ => return None,
        })
    }

    /// What must follow after `byte`, if `byte` may stand here; `Some(None)` ends the character.
    #[inline]
    pub(super) fn after(self, byte: u8) -> Option<Option<Self>> {
        Some(match (self, byte) {
            (Tail::One, 0x80..=0xbf) => None,
            (Tail::Two, 0x80..=0xbf)
            | (Tail::TwoHigh, 0xa0..=0xbf)
            | (Tail::TwoLow, 0x80..=0x9f) => Some(Tail::One),
            (Tail::Three, 0x80..=0xbf)
            | (Tail::ThreeHigh, 0x90..=0xbf)
            | (Tail::ThreeLow, 0x80..=0x8f) => Some(Tail::Two),
            _ => return None,
        })
    }
}
