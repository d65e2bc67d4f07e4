//! The token that a request has to bring.
//!
//! Kept is its hash alone, and what comes is hashed and compared with that, in constant time: how long
//! it takes tells nothing of the token, not even its length. Nor can anything print it.

use crate::headers::drop_each;
use blake3::Hash;
use hyper::{
    HeaderMap,
    header::{AUTHORIZATION, HeaderName, HeaderValue, PROXY_AUTHORIZATION},
};
use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The header of our own that carries it.
const TOKEN: HeaderName = HeaderName::from_static("x-brevity-token");

/// The shortest and the longest token, in bytes.
const SHORTEST: usize = 16;
const LONGEST: usize = 4096;

/// A token.
#[derive(Clone, Copy)]
pub(crate) struct Token(Hash);

/// Why a file gives no token. What it holds is never shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It cannot be read.
    #[error("cannot read the token from {path}: {source}; name a file with token_file")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It holds something else.
    #[error(
        "{0} holds no token: write one line of {SHORTEST} to {LONGEST} printable ASCII characters \
         without spaces, like that of `openssl rand -hex 32`"
    )]
    Form(PathBuf),
}

/// The token in the file at `path`. A warning says so where others can read it, too.
///
/// # Errors
///
/// When it cannot be read, or holds none.
pub fn read_token(path: &Path) -> Result<String, TokenError> {
    let error = |source| TokenError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(error)?;
    let mut bytes = Vec::new();
    // A line's end may stand behind it.
    (&file).take(LONGEST as u64 + 3).read_to_end(&mut bytes).map_err(error)?;
    let token = text(&bytes).ok_or_else(|| TokenError::Form(path.to_owned()))?;
    if is_shared(&file) {
        let path = path.display();
        tracing::warn!("{path}, the file of the token, can be read by others: chmod 600 {path}");
    }
    Ok(token.to_owned())
}

/// The token that is all of `line`, but for its end.
fn text(line: &[u8]) -> Option<&str> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let is_sound = (SHORTEST..=LONGEST).contains(&line.len());
    let line = std::str::from_utf8(line).ok()?;
    (is_sound && line.bytes().all(|byte| byte.is_ascii_graphic())).then_some(line)
}

impl Token {
    /// The token in the file at `path`.
    ///
    /// # Errors
    ///
    /// As for [`read_token`].
    pub(crate) fn read(path: &Path) -> Result<Self, TokenError> {
        read_token(path).map(|token| Self(blake3::hash(token.as_bytes())))
    }

    /// Takes away every field that carries it; whether there was one. All others stay, in their order.
    pub(crate) fn take(&self, headers: &mut HeaderMap) -> bool {
        drop_each(headers, |name, value| self.is_in(name, value))
    }

    fn is_in(&self, name: &HeaderName, value: &HeaderValue) -> bool {
        let value = value.as_bytes().trim_ascii();
        let brought = match name {
            _ if *name == TOKEN => Some(value),
            _ if *name == AUTHORIZATION || *name == PROXY_AUTHORIZATION => bearer(value),
            _ => None,
        };
        // Hashes compare in constant time.
        brought.is_some_and(|brought| blake3::hash(brought) == self.0)
    }
}

/// What stands behind the scheme `Bearer`, whose letter case does not matter (RFC 9110, 11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = value.split_at_checked(6)?;
    let is_bearer = scheme.eq_ignore_ascii_case(b"bearer") && rest.starts_with(b" ");
    is_bearer.then(|| rest.trim_ascii())
}

/// Whether others than its owner can get at `file`.
#[cfg(unix)]
fn is_shared(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_shared(_: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "0123456789abcdef";

    fn token() -> Token {
        Token(blake3::hash(LINE.as_bytes()))
    }

    /// What `take` says of these fields, and how many it leaves.
    fn take(fields: &[(&'static str, &str)]) -> (bool, usize) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        (token().take(&mut headers), headers.len())
    }

    #[test]
    fn a_token_is_one_line() {
        for line in [format!("{LINE}\n"), format!("{LINE}\r\n"), "~".repeat(LONGEST)] {
            assert!(text(line.as_bytes()).is_some());
        }
        for line in [
            "",
            "\n",
            "0123456789abcde\n",
            "0123456789abcdef\n\n",
            "0123456789 abcdef",
            "0123456789abcdef\nx",
            "0123456789abcdeé",
            "0123456789abcdef\0",
            &"~".repeat(LONGEST + 1),
        ] {
            assert!(text(line.as_bytes()).is_none(), "{line:?}");
        }
    }

    #[test]
    fn it_is_taken_from_where_it_may_be() {
        for (name, value) in [
            ("x-brevity-token", LINE.to_owned()),
            ("x-brevity-token", format!(" {LINE} ")),
            ("authorization", format!("Bearer {LINE}")),
            ("authorization", format!("bEARER   {LINE}")),
            ("proxy-authorization", format!("Bearer {LINE}")),
        ] {
            assert_eq!(take(&[("x-a", "1"), (name, &value)]), (true, 1), "{name}: {value}");
        }
        for (name, value) in [
            ("x-brevity-token", format!("Bearer {LINE}")),
            ("x-brevity-token", format!("{LINE}0")),
            ("x-brevity-token", LINE[1..].to_owned()),
            ("x-brevity-token", LINE.to_uppercase()),
            ("x-brevity-token", String::new()),
            ("authorization", LINE.to_owned()),
            ("authorization", format!("Bearer{LINE}")),
            ("authorization", format!("Basic {LINE}")),
            ("authorization", "Bearer".into()),
            ("x-api-key", LINE.to_owned()),
            ("cookie", format!("Bearer {LINE}")),
        ] {
            assert_eq!(take(&[(name, &value)]), (false, 1), "{name}: {value}");
        }
    }

    #[test]
    fn every_field_with_it_goes_and_no_other() {
        let bearer = format!("Bearer {LINE}");
        let fields = [
            ("authorization", "Bearer sk-mine"),
            ("x-brevity-token", LINE),
            ("authorization", &bearer),
            ("proxy-authorization", &bearer),
            ("x-api-key", "k"),
        ];
        let mut headers = HeaderMap::new();
        fields.iter().for_each(|(name, value)| {
            headers.append(*name, value.parse().unwrap());
        });
        assert!(token().take(&mut headers));
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.to_string(), value.to_str().unwrap().to_owned())
        };
        let left: Vec<_> = headers.iter().map(text).collect();
        let expected = [("authorization", "Bearer sk-mine"), ("x-api-key", "k")];
        assert_eq!(left, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
