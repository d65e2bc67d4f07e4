use std::fmt;

/// Why bytes are not JSON, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JsonError {
    /// The position of the first byte that cannot stand there, of all chunks together; the length of
    /// the input where bytes are missing.
    pub offset: u64,
    /// What is wrong.
    pub kind: JsonErrorKind,
}

/// What is wrong with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The grammar has no place for this byte here.
    Unexpected,
    /// A number breaks off or goes on wrongly.
    Number,
    /// A backslash is followed by what is no escape.
    Escape,
    /// A control character stands unescaped in a string.
    Control,
    /// A string is not UTF-8.
    Utf8,
    /// Brackets nest deeper than allowed.
    DepthLimit,
    /// The input ends too early.
    Incomplete,
}

impl fmt::Display for JsonErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JsonErrorKind::Unexpected => "unexpected byte",
            JsonErrorKind::Number => "malformed number",
            JsonErrorKind::Escape => "malformed escape",
            JsonErrorKind::Control => "unescaped control character",
            JsonErrorKind::Utf8 => "invalid UTF-8",
            JsonErrorKind::DepthLimit => "nested too deep",
            JsonErrorKind::Incomplete => "incomplete document",
        })
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl std::error::Error for JsonError {}
