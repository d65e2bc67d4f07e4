//! What tells one request from others in other people's logs, too: `x-request-id` and `traceparent`.
//!
//! Both go on to the upstream as they came, like any header. What stands in the log has a narrow
//! shape, so that a header cannot write lines or carry a text.

use hyper::{HeaderMap, Response, header::HeaderValue};
use std::fmt;

/// The header that names a request.
const REQUEST_ID: &str = "x-request-id";

/// The header of W3C's Trace Context.
const TRACEPARENT: &str = "traceparent";

/// The longest name of a request that is taken from a client, in bytes.
const LONGEST: usize = 128;

/// What names a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Name);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    /// The client's own name, as it came.
    Client(HeaderValue),
    /// Nobody else has this one: a number that tells this run of the proxy, and the request's.
    Own { run: u32, ordinal: u64 },
}

impl RequestId {
    /// A name of the proxy's own.
    pub(crate) fn own(run: u32, ordinal: u64) -> Self {
        Self(Name::Own { run, ordinal })
    }

    /// The name that `headers` give: letters, digits and `-_.:/+=`, at most 128. Any other is none.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(REQUEST_ID)?;
        let is_plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.:/+=".contains(b);
        let bytes = value.as_bytes();
        let is_name = !bytes.is_empty() && bytes.len() <= LONGEST && bytes.iter().all(is_plain);
        is_name.then(|| Self(Name::Client(value.clone())))
    }

    /// Names the request in its answer, if the client has named it and the upstream has not.
    pub(crate) fn answer<B>(self, answer: &mut Response<B>) {
        if let Name::Client(name) = self.0 {
            answer.headers_mut().entry(REQUEST_ID).or_insert(name);
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Name::Client(name) => f.write_str(&String::from_utf8_lossy(name.as_bytes())),
            Name::Own { run, ordinal } => write!(f, "{run:08x}-{ordinal}"),
        }
    }
}

/// The id of the trace that a request belongs to: 32 hexadecimal digits, not all of them zero.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<String> {
    let mut fields = headers.get(TRACEPARENT)?.to_str().ok()?.split('-');
    let (version, trace, parent, flags) =
        (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let lengths = [(version, 2), (trace, 32), (parent, 16), (flags, 2)];
    let fits = lengths.iter().all(|(field, len)| field.len() == *len && is_hex(field));
    let is_known = version != "ff" && (version != "00" || fields.next().is_none());
    let is_set = |field: &str| field.bytes().any(|b| b != b'0');
    (fits && is_known && is_set(trace) && is_set(parent)).then(|| trace.to_owned())
}

fn is_hex(field: &str) -> bool {
    field.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        [(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn names_are_plain_and_short() {
        let id = |value: &str| RequestId::of(&headers(REQUEST_ID, value)).map(|id| id.to_string());
        assert_eq!(id("req_01:a/b+c=.d-e").as_deref(), Some("req_01:a/b+c=.d-e"));
        for value in ["", "a b", "\"a\"", "a;b", &"x".repeat(LONGEST + 1)] {
            assert_eq!(id(value), None, "{value}");
        }
    }

    #[test]
    fn traces_are_those_of_the_standard() {
        let trace = |value: &str| trace_id(&headers(TRACEPARENT, value));
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace(&format!("00-{id}-00f067aa0ba902b7-01")).as_deref(), Some(id));
        assert_eq!(trace(&format!("cc-{id}-00f067aa0ba902b7-01-later")).as_deref(), Some(id));
        for value in [
            format!("00-{id}-00f067aa0ba902b7-01-later"),
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{id}-0000000000000000-01"),
            format!("00-{id}-00f067aa0ba902b7"),
            "secret".into(),
        ] {
            assert_eq!(trace(&value), None, "{value}");
        }
    }
}
