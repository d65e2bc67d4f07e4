//! Which words stand without quotes.

use crate::json::is_literal;

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

#[cfg(test)]
mod tests {
    use super::*;

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
