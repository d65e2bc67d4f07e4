//! The way back. It needs the bytes alone.

use crate::{Limits, Sink};
use bytes::Bytes;

/// Puts back what was shortened, in a stream: plain text, request bodies, logs that hold them.
#[derive(Debug, Default)]
pub struct Expander {}

impl Expander {
    /// An expander within `limits`.
    pub fn new(_limits: Limits) -> Self {
        Self {}
    }

    /// Takes the next bytes; what is settled goes to `sink`.
    pub fn write(&mut self, chunk: Bytes, sink: &mut impl Sink) {
        sink.keep(chunk);
    }

    /// Ends the stream: all that waits goes to `sink`.
    pub fn finish(self, _sink: &mut impl Sink) {}
}

/// Puts back what was shortened in `text`.
pub fn expand(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut expander = Expander::new(Limits::default());
    expander.write(Bytes::copy_from_slice(text), &mut out);
    expander.finish(&mut out);
    out
}
