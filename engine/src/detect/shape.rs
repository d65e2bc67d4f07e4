//! A line's counts: how many letters, digits and signs it begins with.
//!
//! One look-up and one addition for each of the first bytes: the table's numbers hold eight counts
//! of eight bits side by side.

/// How many bytes of a line are counted. Eight bits hold no more than 255.
pub(super) const COUNTED: usize = 128;

/// A line without its indent, its line end and spaces before that.
#[derive(Clone, Copy)]
pub(super) struct Shape<'a> {
    /// Bytes of white space before the text.
    pub(super) indent: usize,
    /// What is left. Never empty.
    pub(super) text: &'a [u8],
    /// The letters, digits and `_` that it begins with.
    pub(super) word: &'a [u8],
    counts: u64,
}

const LOWER: u32 = 0;
const UPPER: u32 = 8;
const DIGIT: u32 = 16;
const SPACE: u32 = 24;
const SIGN: u32 = 32;
const CONTROL: u32 = 40;
const SLASH: u32 = 48;
const ODD: u32 = 56;

/// For each byte, a one in the count that it belongs to.
static TABLE: [u64; 256] = table();

const fn table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = 1 << field(byte as u8);
        byte += 1;
    }
    table[b'.' as usize] = 0;
    table[b'-' as usize] = 0;
    table[b':' as usize] = 0;
    table
}

/// `.`, `-` and `:` stand in everything and are not counted.
const fn field(byte: u8) -> u32 {
    match byte {
        b'a'..=b'z' | b'_' => LOWER,
        b'A'..=b'Z' => UPPER,
        b'0'..=b'9' => DIGIT,
        b' ' => SPACE,
        0..=31 | 127 => CONTROL,
        b'/' | b'\\' => SLASH,
        b'(' | b')' | b'{' | b'}' | b'[' | b']' | b';' | b'=' | b'<' | b'>' | b'&' | b'|'
        | b'*' | b'!' => SIGN,
        _ => ODD,
    }
}

impl<'a> Shape<'a> {
    /// The shape of a line, unless it is blank.
    pub(super) fn of(line: &'a [u8]) -> Option<Shape<'a>> {
        let indent = line.iter().position(|byte| !blank(*byte))?;
        let end = line.iter().rposition(|byte| !blank(*byte))?;
        let text = &line[indent..=end];
        let front = &text[..text.len().min(COUNTED)];
        let counts = front.iter().map(|byte| TABLE[usize::from(*byte)]).sum();
        let word = front.iter().position(|byte| !wordy(*byte)).unwrap_or(front.len());
        Some(Shape { indent, text, word: &text[..word], counts })
    }

    pub(super) fn first(&self) -> u8 {
        self.text[0]
    }

    pub(super) fn last(&self) -> u8 {
        self.text[self.text.len() - 1]
    }

    /// The byte at `at`, or a newline where the line has ended.
    pub(super) fn at(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(b'\n')
    }

    /// The bytes that are counted.
    pub(super) fn front(&self) -> &'a [u8] {
        &self.text[..self.text.len().min(COUNTED)]
    }

    pub(super) fn starts(&self, with: &[u8]) -> bool {
        self.text.starts_with(with)
    }

    fn count(&self, field: u32) -> usize {
        (self.counts >> field) as usize & 0xff
    }

    pub(super) fn lower(&self) -> usize {
        self.count(LOWER)
    }
    pub(super) fn upper(&self) -> usize {
        self.count(UPPER)
    }
    pub(super) fn digits(&self) -> usize {
        self.count(DIGIT)
    }
    pub(super) fn spaces(&self) -> usize {
        self.count(SPACE) + self.count(CONTROL)
    }
    /// Brackets and operators.
    pub(super) fn signs(&self) -> usize {
        self.count(SIGN)
    }
    /// Control bytes, tabs among them.
    pub(super) fn control(&self) -> usize {
        self.count(CONTROL)
    }
    pub(super) fn slashes(&self) -> usize {
        self.count(SLASH)
    }
    /// Quotes, commas, what is not ASCII, and other signs.
    pub(super) fn odd(&self) -> usize {
        self.count(ODD)
    }
}

/// White space within a line, and line ends.
fn blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// What words are made of.
pub(super) fn wordy(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
