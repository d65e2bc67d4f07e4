//! Globs over names.

/// A glob over names: `*` stands for any run of bytes, `?` for one, ASCII letter case is ignored.
///
/// ```
/// use brevity::Glob;
///
/// assert!(Glob::new("qwen*-coder").matches("Qwen3-Coder"));
/// assert!(!Glob::new("qwen").matches("qwen3"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(String);

impl Glob {
    /// The glob that `text` writes. Every text is one.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text that writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it stands for all of `name`. Takes at most the product of the two lengths.
    pub fn matches(&self, name: &str) -> bool {
        matches(&self.0, name)
    }
}

/// Whether `glob` matches all of `name`: `*` stands for any run of bytes, `?` for one, letter case
/// is ignored in ASCII. Takes at most the product of the two lengths.
pub(super) fn matches(glob: &str, name: &str) -> bool {
    let (glob, name) = (glob.as_bytes(), name.as_bytes());
    let (mut at, mut read) = (0, 0);
    // Where the last `*` was, and up to where it has taken the name: only that one is ever retried.
    let mut star = None;
    while read < name.len() {
        match glob.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(&name[read]) => {
                (at, read) = (at + 1, read + 1);
            }
            _ => match star {
                Some((before, taken)) => {
                    star = Some((before, taken + 1));
                    (at, read) = (before + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    glob[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_marks() {
        for (glob, name) in [
            ("", ""),
            ("*", ""),
            ("*", "any"),
            ("a?c", "abc"),
            ("read", "READ"),
            ("a*b*c", "a-b-b-c"),
            ("*ab", "aab"),
            ("**", "x"),
            ("mcp__*__read", "mcp__a__b__read"),
        ] {
            assert!(matches(glob, name), "{glob} {name}");
        }
        for (glob, name) in [
            ("", "a"),
            ("?", ""),
            ("a", "ab"),
            ("ab", "a"),
            ("a*c", "abd"),
            ("*ab", "abc"),
            ("a?", "a"),
        ] {
            assert!(!matches(glob, name), "{glob} {name}");
        }
    }
}
