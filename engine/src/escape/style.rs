//! From text to escapes, in the style that the client uses.

use super::read::character;
use memchr::memmem;
use smallvec::SmallVec;

/// How a client escapes the text of JSON strings.
///
/// All four write `\"`, `\\`, `\b \f \n \r \t` and, for the other control characters below U+0020,
/// `\u00xx`. Hexadecimal digits are in lower case. Strings written otherwise (`\u0008` by Go
/// before 1.22, digits in upper case by Jackson) have no style, and stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Nothing else: JavaScript's `JSON.stringify`, Rust's `serde_json`, Python's `json.dumps`
    /// with `ensure_ascii=False`.
    Raw,
    /// U+007F and everything beyond ASCII as `\uXXXX`: Python's `json.dumps`.
    Ascii,
    /// `<`, `>`, `&`, U+2028 and U+2029 as `\uXXXX`: Go's `encoding/json` from 1.22.
    Html,
    /// `/` as `\/`, and everything beyond ASCII, without U+007F, as `\uXXXX`: PHP's `json_encode`.
    Slashes,
}

impl Style {
    /// All styles, in the order of preference.
    pub const ALL: [Style; 4] = [Style::Raw, Style::Ascii, Style::Html, Style::Slashes];

    /// The first style that writes the text of `raw` as exactly these bytes. `None`: no style
    /// does, or `raw` has no text. Whether what stands for itself is UTF-8 is not looked at.
    ///
    /// One pass, and no text is needed: each character that a style would have written otherwise
    /// rules that style out.
    pub fn of(mut raw: &[u8]) -> Option<Style> {
        let mut left = Styles::ALL;
        loop {
            let (plain, rest) = raw.split_at(memchr::memchr(b'\\', raw).unwrap_or(raw.len()));
            left = left.without(Styles::that_escape_some_of(plain));
            if rest.is_empty() {
                return Style::ALL.into_iter().find(|style| left.has(*style));
            }
            // All styles write these, and in this form alone.
            if let [_, b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', after @ ..] = rest {
                raw = after;
                continue;
            }
            let escaped = character(rest).ok()??;
            let (escape, rest) = rest.split_at(usize::from(escaped.raw_len));
            if form(escaped.character)[..] != *escape {
                return None;
            }
            left = left.within(Styles::that_escape(escaped.character));
            raw = rest;
        }
    }
}

/// Writes `text`, escaped as `style` does, to the end of `out`, without quotes.
pub fn escape(text: &str, style: Style, out: &mut Vec<u8>) {
    let stop = match style {
        Style::Html => Styles::one(style).with(SEPARATOR),
        _ => Styles::one(style),
    };
    out.reserve(text.len());
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| CLASS[usize::from(byte)].meets(stop)) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain.as_bytes());
        // Of ASCII, only what the style escapes stops here.
        if let Some(letter) = letter(special.as_bytes()[0]) {
            out.extend_from_slice(&[b'\\', letter]);
            rest = &special[1..];
            continue;
        }
        let mut characters = special.chars();
        let Some(character) = characters.next() else { return };
        rest = characters.as_str();
        if Styles::that_escape(character).has(style) {
            out.extend_from_slice(&form(character));
        } else {
            out.extend_from_slice(&special.as_bytes()[..special.len() - rest.len()]);
        }
    }
    out.extend_from_slice(rest.as_bytes());
}

/// How every style that escapes `character` writes it.
fn form(character: char) -> SmallVec<[u8; 12]> {
    match u8::try_from(character).ok().and_then(letter) {
        Some(letter) => SmallVec::from_slice(&[b'\\', letter]),
        None => hexadecimal(character),
    }
}

/// What stands for `byte` behind a backslash, if one letter or sign does.
fn letter(byte: u8) -> Option<u8> {
    match byte {
        b'"' | b'\\' | b'/' => Some(byte),
        0x8 => Some(b'b'),
        0xc => Some(b'f'),
        b'\n' => Some(b'n'),
        b'\r' => Some(b'r'),
        b'\t' => Some(b't'),
        _ => None,
    }
}

fn hexadecimal(character: char) -> SmallVec<[u8; 12]> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = SmallVec::new();
    for unit in character.encode_utf16(&mut [0; 2]) {
        out.extend_from_slice(br"\u");
        out.extend([12, 8, 4, 0].map(|shift| DIGITS[usize::from(*unit >> shift & 15)]));
    }
    out
}

/// A set of styles, a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Styles(u8);

/// Not a style: the first byte of U+2028 and U+2029, and of many others.
const SEPARATOR: Styles = Styles(0b1_0000);

/// The styles that escape characters by their first byte, and [`SEPARATOR`].
const CLASS: [Styles; 256] = {
    let mut class = [Styles::NONE; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte {
            0..0x80 => Styles::that_escape(byte as u8 as char),
            0xe2 => Styles::WIDE.with(SEPARATOR),
            _ => Styles::WIDE,
        };
        byte += 1;
    }
    class
};

impl Styles {
    const NONE: Styles = Styles(0);
    const ALL: Styles = Styles(0b1111);
    const WIDE: Styles = Styles::one(Style::Ascii).with(Styles::one(Style::Slashes));

    const fn one(style: Style) -> Styles {
        Styles(1 << style as u8)
    }

    const fn with(self, others: Styles) -> Styles {
        Styles(self.0 | others.0)
    }

    const fn without(self, others: Styles) -> Styles {
        Styles(self.0 & !others.0)
    }

    const fn within(self, others: Styles) -> Styles {
        Styles(self.0 & others.0)
    }

    const fn meets(self, others: Styles) -> bool {
        self.0 & others.0 != 0
    }

    const fn has(self, style: Style) -> bool {
        self.meets(Styles::one(style))
    }

    const fn that_escape(character: char) -> Styles {
        match character {
            '"' | '\\' | '\0'..='\u{1f}' => Styles::ALL,
            '/' => Styles::one(Style::Slashes),
            '<' | '>' | '&' => Styles::one(Style::Html),
            '\u{7f}' => Styles::one(Style::Ascii),
            '\u{2028}' | '\u{2029}' => Styles::WIDE.with(Styles::one(Style::Html)),
            '\u{80}'.. => Styles::WIDE,
            _ => Styles::NONE,
        }
    }

    fn that_escape_some_of(plain: &[u8]) -> Styles {
        let all = Styles(plain.iter().fold(0, |all, byte| all | CLASS[usize::from(*byte)].0));
        if all.meets(SEPARATOR) && holds_separator(plain) {
            return all.with(Styles::one(Style::Html));
        }
        all
    }
}

fn holds_separator(text: &[u8]) -> bool {
    let lead = "\u{2028}".as_bytes();
    memmem::find_iter(text, &lead[..2]).any(|at| matches!(text.get(at + 2), Some(0xa8 | 0xa9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, style: Style) -> String {
        let mut out = Vec::new();
        escape(text, style, &mut out);
        String::from_utf8(out).expect("escapes are ASCII")
    }

    #[test]
    fn each_style_writes_its_own_escapes() {
        let text = "a/<&>é\u{7f}\u{2028}😀\"\\\u{8}\u{c}\n\r\t\u{0}\u{b}\u{1f}";
        let tail = r#"\"\\\b\f\n\r\t\u0000\u000b\u001f"#;
        let expected = [
            "a/<&>é\u{7f}\u{2028}😀",
            r"a/<&>\u00e9\u007f\u2028\ud83d\ude00",
            "a/\\u003c\\u0026\\u003eé\u{7f}\\u2028😀",
            "a\\/<&>\\u00e9\u{7f}\\u2028\\ud83d\\ude00",
        ];
        for (style, head) in Style::ALL.into_iter().zip(expected) {
            assert_eq!(written(text, style), format!("{head}{tail}"), "{style:?}");
            assert_eq!(Style::of(written(text, style).as_bytes()), Some(style));
        }
    }

    #[test]
    fn the_first_style_that_fits_is_taken() {
        let cases = [
            ("", Some(Style::Raw)),
            (r"plain\n", Some(Style::Raw)),
            ("é", Some(Style::Raw)),
            (r"\u00e9", Some(Style::Ascii)),
            (r"/\u00e9", Some(Style::Ascii)),
            (r"\u00e9\/", Some(Style::Slashes)),
            (r"\/", Some(Style::Slashes)),
            (r"\u2028", Some(Style::Ascii)),
            (r"é\u2028", Some(Style::Html)),
            (r"â\u003c", Some(Style::Html)),
            ("\u{2029}\\u003c", None),
            (r"<\u003c", None),
            (r"/\/", None),
            (r"é\u00e9", None),
            (r"\u00E9", None),
            (r"\u0041", None),
            (r"\u0008", None),
            (r"\u000a", None),
            (r"\u0022", None),
            (r"\ud800", None),
            (r"half \", None),
        ];
        for (raw, style) in cases {
            assert_eq!(Style::of(raw.as_bytes()), style, "{raw}");
        }
    }
}
