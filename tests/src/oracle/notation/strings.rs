//! JSON strings, and strings inside of them.

/// A byte of a string's value, and where the text that stands for it ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub(super) byte: u8,
    pub(super) end: usize,
}

/// How a string's writer escapes what needs no escape.
#[derive(Clone, Copy)]
enum Style {
    Raw,
    Ascii,
    Html,
    Slashes,
}

const STYLES: [Style; 4] = [Style::Raw, Style::Ascii, Style::Html, Style::Slashes];

/// The text from `start` to `end` as units, which are its bytes.
pub(super) fn units(text: &[u8], start: usize, end: usize) -> Vec<Unit> {
    (start..end).map(|at| Unit { byte: text[at], end: at + 1 }).collect()
}

/// The value of the string whose inside begins with `units`, up to its end or to what is no JSON.
pub(super) fn unescape(units: &[Unit]) -> Vec<Unit> {
    let mut out = Vec::new();
    let mut rest = units;
    while let Some((first, behind)) = rest.split_first() {
        if first.byte == b'\\' {
            let Some((text, len)) = escape_at(rest) else { break };
            let end = rest[len - 1].end;
            out.extend(text.bytes().map(|byte| Unit { byte, end }));
            rest = &rest[len..];
        } else if first.byte == b'"' || first.byte < b' ' {
            break;
        } else {
            out.push(*first);
            rest = behind;
        }
    }
    out
}

/// What the escape at the start of `units` stands for, and its length.
fn escape_at(units: &[Unit]) -> Option<(String, usize)> {
    let bytes: Vec<u8> = units.iter().take(12).map(|unit| unit.byte).collect();
    for len in [2, 6, 12] {
        let quoted = [b"\"", bytes.get(..len)?, b"\""].concat();
        if let Ok(text) = serde_json::from_slice::<String>(&quoted) {
            return Some((text, len));
        }
    }
    None
}

/// `text` escaped so many times as the bytes of `like` are.
pub(super) fn escape_like(text: Vec<u8>, like: &[u8], levels: usize) -> Option<Vec<u8>> {
    if levels == 0 {
        return Some(text);
    }
    let inner = plain(&unescape(&units(like, 0, like.len())));
    let style = STYLES.into_iter().find(|style| escape(&inner, *style).as_deref() == Some(like))?;
    escape(&escape_like(text, &inner, levels - 1)?, style)
}

/// The bytes of units.
pub(super) fn plain(units: &[Unit]) -> Vec<u8> {
    units.iter().map(|unit| unit.byte).collect()
}

fn escape(text: &[u8], style: Style) -> Option<Vec<u8>> {
    let mut out = String::new();
    for character in std::str::from_utf8(text).ok()?.chars() {
        let is_escaped = match style {
            Style::Raw => false,
            Style::Ascii | Style::Slashes => !character.is_ascii(),
            Style::Html => "<>&\u{2028}\u{2029}".contains(character),
        };
        if is_escaped {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out += &format!("\\u{unit:04x}");
            }
        } else if character == '/' && matches!(style, Style::Slashes) {
            out += "\\/";
        } else {
            let quoted = serde_json::to_string(&character).ok()?;
            out += &quoted[1..quoted.len() - 1];
        }
    }
    Some(out.into_bytes())
}
