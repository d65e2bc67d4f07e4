//! JSON string escapes: reading them as they come, and writing them in the client's own style.

/// How a client escapes the text of JSON strings. Control characters are written alike in all:
/// `\b \f \n \r \t`, else `\u00xx` in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Only what RFC 8259 demands: `"`, `\` and control characters.
    Raw,
    /// Everything beyond ASCII as `\uXXXX`, as Python's `json.dumps` does.
    Ascii,
    /// `<`, `>`, `&`, U+2028 and U+2029 as `\uXXXX`, as Go's `encoding/json` does.
    Html,
    /// `/` as `\/` and everything beyond ASCII as `\uXXXX`, as PHP's `json_encode` does.
    Slashes,
}
