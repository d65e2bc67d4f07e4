//! Which words stand without quotes.

/// Whether a string with this inside stands without quotes as a value: it holds no mark of the
/// notation, begins with none, and is not what a literal looks like.
pub(super) fn is_bare_value(inner: &[u8]) -> bool {
    let (Some(&first), Some(&last)) = (inner.first(), inner.last()) else { return false };
    !matches!(first, b' ' | b'&' | b'*' | b'=' | b'#')
        && last != b' '
        && !inner.iter().any(|&b| ends_value(b) || matches!(b, b'(' | b'[' | b'{' | b'"' | b'\\'))
        && !is_literal(inner)
        && inner != b"-"
}

/// Whether `byte` ends a value that stands without quotes.
pub(super) fn ends_value(byte: u8) -> bool {
    matches!(byte, b',' | b')' | b']' | b'}') || byte < b' '
}

/// Whether a key with this inside stands without quotes.
pub(super) fn is_bare_key(inner: &[u8]) -> bool {
    !inner.is_empty() && !inner.iter().any(|&b| ends_key(b))
}

/// Whether `byte` ends a key that stands without quotes.
pub(super) fn ends_key(byte: u8) -> bool {
    matches!(
        byte,
        b',' | b':' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b'\\' | b'?' | b'=' | b'#'
    ) || byte <= b' '
}

/// Whether `word` is a number, `true`, `false` or `null` of JSON.
pub(super) fn is_literal(word: &[u8]) -> bool {
    matches!(word, b"true" | b"false" | b"null") || is_number(word)
}

/// RFC 8259, section 6.
fn is_number(word: &[u8]) -> bool {
    let digits = |word: &[u8]| word.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = word.strip_prefix(b"-").unwrap_or(word);
    let whole = digits(rest);
    if whole == 0 || whole > 1 && rest[0] == b'0' {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let len = digits(fraction);
        if len == 0 {
            return false;
        }
        rest = &fraction[len..];
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or(rest.strip_prefix(b"E")) {
        let exponent = match exponent {
            [b'+' | b'-', exponent @ ..] => exponent,
            _ => exponent,
        };
        let len = digits(exponent);
        return len > 0 && len == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_those_of_json() {
        for word in ["0", "-0", "10", "1.10", "1e400", "1E+2", "-1.5e-3", "true", "null"] {
            assert!(is_literal(word.as_bytes()), "{word}");
        }
        for word in ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "2024-05-24", "1.2.3", "nul"] {
            assert!(!is_literal(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn words_that_look_like_notation_need_quotes() {
        for word in ["", "-", "1", "null", " a", "a ", "a,b", "(a", "*1", "&1", "=", "#", "a\\n"] {
            assert!(!is_bare_value(word.as_bytes()), "{word}");
        }
        for word in ["a", "-a", "a b", "a:b", "https://x.y/?q=1#z", "2024-05-24", "Приве́т"]
        {
            assert!(is_bare_value(word.as_bytes()), "{word}");
        }
    }
}
