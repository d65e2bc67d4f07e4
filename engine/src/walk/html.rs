//! The element names of HTML, as the living standard lists them.

/// The elements of the HTML living standard: the index of elements, `svg` and `math` included, and
/// the obsolete ones of "Non-conforming features", which parsers still know. Sorted.
static ELEMENTS: [&str; 144] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "isindex",
    "kbd",
    "keygen",
    "label",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "map",
    "mark",
    "marquee",
    "math",
    "menu",
    "menuitem",
    "meta",
    "meter",
    "multicol",
    "nav",
    "nextid",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "picture",
    "plaintext",
    "pre",
    "progress",
    "q",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "selectedcontent",
    "slot",
    "small",
    "source",
    "spacer",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    "xmp",
];

/// The keys of `ELEMENTS`, in the same order.
static KEYS: [u128; ELEMENTS.len()] = keys(&ELEMENTS);

/// Whether `name` is an element of HTML, letter case ignored.
///
/// ```
/// use brevity::walk::html::is_element;
///
/// assert!(is_element(b"DIV"));
/// assert!(!is_element(b"tool_call"));
/// ```
pub fn is_element(name: &[u8]) -> bool {
    key(name).is_some_and(|key| KEYS.binary_search(&key).is_ok())
}

/// A name of at most 16 bytes, none of them zero, as a number, letter case ignored: numbers compare
/// faster than strings, and in the same order.
pub(super) const fn key(name: &[u8]) -> Option<u128> {
    if name.len() > 16 {
        return None;
    }
    let mut key = 0;
    let mut i = 0;
    while i < name.len() {
        if name[i] == 0 {
            return None;
        }
        key = key << 8 | name[i].to_ascii_lowercase() as u128;
        i += 1;
    }
    Some(if i == 0 { 0 } else { key << (8 * (16 - i)) })
}

/// The keys of names that all have one.
pub(super) const fn keys<const N: usize>(names: &[&str; N]) -> [u128; N] {
    let mut keys = [0; N];
    let mut i = 0;
    while i < N {
        keys[i] = key(names[i].as_bytes()).expect("a name is too long");
        i += 1;
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_lower_case() {
        assert!(ELEMENTS.is_sorted_by(|a, b| a < b) && KEYS.is_sorted());
        assert!(ELEMENTS.iter().all(|name| name.to_ascii_lowercase() == *name));
    }

    #[test]
    fn finds_every_name_in_any_case_and_no_other() {
        for name in ELEMENTS {
            assert!(is_element(name.as_bytes()) && is_element(name.to_uppercase().as_bytes()));
            assert!(!is_element(format!("{name}-x").as_bytes()));
        }
        for name in ["", "h7", "thinking", "selectedcontents", "ab", "a\0", "selectedcontent-"] {
            assert!(!is_element(name.as_bytes()), "{name}");
        }
    }
}
