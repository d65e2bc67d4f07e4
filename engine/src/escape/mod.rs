//! JSON string escapes: reading them as they come, and writing them in the client's own style.
//!
//! All functions take the inside of a JSON string, without its quotes, as a JSON lexer has passed
//! it: no bare quote and no bare control character. What they read and write is RFC 8259, §7.
//!
//! ```
//! use brevity::escape::{Style, escape, unescape};
//!
//! let raw = br"caf\u00e9\n";
//! let mut text = Vec::new();
//! unescape(raw, &mut text)?;
//! assert_eq!(text, "café\n".as_bytes());
//!
//! let style = Style::of(raw).expect("a style that writes these bytes");
//! let mut again = Vec::new();
//! escape("café\n", style, &mut again);
//! assert_eq!(again, raw);
//! # Ok::<(), brevity::escape::EscapeError>(())
//! ```

mod read;
mod style;

pub use read::{EscapeError, Run, Unescaper, unescape};
pub use style::{Style, escape};

/// The most raw bytes that a byte of text takes: `\u000b`.
pub(crate) const LONGEST_ESCAPE: usize = 6;
