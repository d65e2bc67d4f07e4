//! The head of a request, read for how long its body is.

use crate::server::refusal::Refusal::{self, Malformed};
use brevity::Dialect;
use memchr::{memchr, memchr_iter};

/// How the body of a request is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// So many bytes.
    Known(u64),
    Chunked,
}

/// What the fields of a head say.
#[derive(Default)]
struct Said<'h> {
    length: Option<&'h [u8]>,
    coding: Option<&'h [u8]>,
    host: bool,
}

/// How long the body behind `head` is, whose lines end with CR LF each. Anything that another reader
/// could take in another way is refused (RFC 9112, 6.3, and 11.2).
pub(super) fn length(head: &[u8]) -> Result<Length, Refusal> {
    let mut lines = lines(head);
    let is_old = version(lines.next().unwrap_or_default())?;
    let mut said = Said::default();
    for line in lines {
        said.read(line)?;
    }
    match (said.coding, said.length) {
        (Some(_), Some(_)) => {
            Err(Malformed("content-length and transfer-encoding stand side by side"))
        }
        (Some(_), None) if is_old => Err(Malformed("HTTP/1.0 knows no transfer-encoding")),
        (Some(coding), None) if coding.eq_ignore_ascii_case(b"chunked") => Ok(Length::Chunked),
        (Some(_), None) => Err(Malformed("transfer-encoding must be chunked, and nothing else")),
        (None, Some(length)) => Ok(Length::Known(decimal(length)?)),
        (None, None) => Ok(Length::Known(0)),
    }
}

/// The API that a client speaks whose head begins so, for the shape of the answer.
pub(super) fn dialect(head: &[u8]) -> Option<Dialect> {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let target = line.split(|byte| *byte == b' ').nth(1)?;
    shape(target)
}

/// The same, from the request's target or its path.
pub(in crate::server) fn shape(target: &[u8]) -> Option<Dialect> {
    target.windows(12).any(|part| part == b"/v1/messages").then_some(Dialect::Anthropic)
}

/// A line of a trailer section. Fields that would change how the message is read are refused.
pub(super) fn trailer(line: &[u8]) -> Result<(), Refusal> {
    let mut said = Said::default();
    said.read(line)?;
    match said.length.or(said.coding) {
        Some(_) => Err(Malformed("a trailer says how long the body is")),
        None => Ok(()),
    }
}

impl<'h> Said<'h> {
    fn read(&mut self, line: &'h [u8]) -> Result<(), Refusal> {
        let (name, value) = field(line)?;
        if name.eq_ignore_ascii_case(b"content-length") {
            once(&mut self.length, value, "content-length stands there twice")
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            once(&mut self.coding, value, "transfer-encoding stands there twice")
        } else if name.eq_ignore_ascii_case(b"host") && std::mem::replace(&mut self.host, true) {
            Err(Malformed("host stands there twice"))
        } else {
            Ok(())
        }
    }
}

fn once<'h>(
    slot: &mut Option<&'h [u8]>,
    value: &'h [u8],
    twice: &'static str,
) -> Result<(), Refusal> {
    slot.replace(value).map_or(Ok(()), |_| Err(Malformed(twice)))
}

/// The lines of a head, without the empty one at its end.
fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr_iter(b'\n', head);
    let lines = ends.scan(0, |start, end| Some(&head[std::mem::replace(start, end + 1)..end]));
    lines.filter_map(|line| line.strip_suffix(b"\r")).filter(|line| !line.is_empty())
}

/// Whether the request line names HTTP/1.0. One space stands between its three parts.
fn version(line: &[u8]) -> Result<bool, Refusal> {
    let mut spaces = memchr_iter(b' ', line);
    let (Some(first), Some(second), None) = (spaces.next(), spaces.next(), spaces.next()) else {
        return Err(Malformed("the request line has three parts"));
    };
    let (method, target, version) = (&line[..first], &line[first + 1..second], &line[second + 1..]);
    if !is_token(method) || target.is_empty() || !all(target, |byte| byte.is_ascii_graphic()) {
        return Err(Malformed("the request line holds what it must not"));
    }
    match version {
        b"HTTP/1.1" => Ok(false),
        b"HTTP/1.0" => Ok(true),
        _ => Err(Malformed("the version is HTTP/1.1 or HTTP/1.0")),
    }
}

/// A field's name and value. A line that goes on with the one before is refused, and so is a space
/// before the colon.
fn field(line: &[u8]) -> Result<(&[u8], &[u8]), Refusal> {
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return Err(Malformed("a field is folded over lines"));
    }
    let colon = memchr(b':', line).ok_or(Malformed("a field has no colon"))?;
    let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    if !is_token(name) {
        return Err(Malformed("a field's name holds what it must not"));
    }
    match all(value, |byte| !byte.is_ascii_control() || byte == b'\t') {
        true => Ok((name, value)),
        false => Err(Malformed("a field's value holds a control character")),
    }
}

/// A name (RFC 9110, 5.6.2).
fn is_token(name: &[u8]) -> bool {
    !name.is_empty() && all(name, |byte| TOKEN[usize::from(byte)])
}

/// The characters of a name.
const TOKEN: [bool; 256] = {
    let (mut table, mut byte) = ([false; 256], 0);
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let (marks, mut at) = (b"!#$%&'*+-.^_`|~", 0);
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// Whether every byte is as wished. It never stops early, so that the compiler looks at many at once.
fn all(bytes: &[u8], is_wished: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |all, byte| all & is_wished(*byte))
}

fn decimal(text: &[u8]) -> Result<u64, Refusal> {
    let error = Malformed("content-length is no number");
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(error);
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    // hyper keeps the two highest numbers for itself.
    number.filter(|number| *number < u64::MAX - 1).ok_or(error)
}
