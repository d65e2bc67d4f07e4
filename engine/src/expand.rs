//! The way back: coded parts first, then references to what came before.

use crate::{
    Reach, Sink,
    envelope::{Dialect, Follower},
    unframe::Unframer,
};
use bytes::Bytes;

/// Puts back what was shortened, in a stream: plain text, request bodies, logs that hold them.
///
/// It holds one coded part at most, 8 MiB, and of a request body the lines that may be referred to, in
/// each of the three dialects at most 8 MiB.
///
/// ```
/// use brevity::{Expander, Settings, compress};
///
/// let rows: Vec<_> = (0..99).map(|n| format!(r#"{{"name":"row {n}","open":true}}"#)).collect();
/// let text = format!("[{}]", rows.join(","));
/// let short = compress(text.as_bytes(), &Settings::default());
/// assert!(short.len() < text.len() / 2);
///
/// let mut back = Vec::new();
/// let mut expander = Expander::new();
/// expander.write(short.into(), &mut back);
/// expander.finish(&mut back);
/// assert_eq!(back, text.as_bytes());
/// ```
#[derive(Debug)]
pub struct Expander {
    parts: Unframer,
    followers: [Follower; 3],
}

impl Default for Expander {
    fn default() -> Self {
        Self::new()
    }
}

impl Expander {
    /// A new stream.
    pub fn new() -> Self {
        Self { parts: Unframer::new(), followers: Dialect::ALL.map(Follower::new) }
    }

    /// Takes the next bytes; what is settled goes to `sink`.
    pub fn write(&mut self, chunk: Bytes, sink: &mut impl Sink) {
        let [first, second, third] = &mut self.followers;
        let mut third = Follow { follower: third, sink };
        let mut second = Follow { follower: second, sink: &mut third };
        self.parts.write(chunk, &mut Follow { follower: first, sink: &mut second });
    }

    /// Ends the stream: all that waits goes to `sink`. Says what was put back.
    pub fn finish(self, sink: &mut impl Sink) -> Expanded {
        let Self { mut parts, followers: [mut first, mut second, mut third] } = self;
        let mut to_third = Follow { follower: &mut third, sink };
        let mut to_second = Follow { follower: &mut second, sink: &mut to_third };
        parts.finish(&mut Follow { follower: &mut first, sink: &mut to_second });
        let references = first.finish(&mut to_second);
        let references = references + second.finish(&mut to_third);
        let references = references + third.finish(sink);
        Expanded { parts: parts.parts(), references, reach: parts.reach() }
    }
}

/// What was put back in a stream.
///
/// ```
/// use brevity::{Expander, Settings, compress};
///
/// let rows: Vec<_> = (0..99).map(|n| format!(r#"{{"name":"row {n}","of":"x"}}"#)).collect();
/// let short = compress(rows.join("\n").as_bytes(), &Settings::default());
/// let mut expander = Expander::new();
/// expander.write(short.into(), &mut Vec::new());
/// let expanded = expander.finish(&mut Vec::new());
/// assert_eq!((expanded.parts, expanded.references), (1, 0));
/// assert!(expanded.reach.up <= 100 && expanded.reach.others <= 2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expanded {
    /// Coded parts.
    pub parts: u64,
    /// References to what came before.
    pub references: u64,
    /// How far the lines of those parts lean on other lines of their part.
    pub reach: Reach,
}

/// Sends bytes through a follower on to a sink.
struct Follow<'a, S> {
    follower: &'a mut Follower,
    sink: &'a mut S,
}

impl<S: Sink> Sink for Follow<'_, S> {
    fn keep(&mut self, bytes: Bytes) {
        self.follower.write(bytes, self.sink);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.keep(Bytes::copy_from_slice(bytes));
    }
}

/// Puts back what was shortened in `text`.
pub fn expand(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut expander = Expander::new();
    expander.write(Bytes::copy_from_slice(text), &mut out);
    expander.finish(&mut out);
    out
}
