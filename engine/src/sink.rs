//! Where a stream's output goes.

use crate::Outcome;
use bytes::Bytes;

/// Takes what a stream writes, in order. Output cannot fail: a sink that writes to a file stores
/// its error, and its owner looks later.
pub trait Sink {
    /// Takes bytes that came in and leave as they are: refcounted, not copied.
    fn keep(&mut self, bytes: Bytes);

    /// Takes new bytes. They are valid for this call.
    fn put(&mut self, bytes: &[u8]);

    /// Takes note of what happened to one part, after its bytes.
    fn note(&mut self, outcome: &Outcome) {
        let _ = outcome;
    }
}

/// Collects everything, for callers that hold the output whole.
impl Sink for Vec<u8> {
    fn keep(&mut self, bytes: Bytes) {
        self.extend_from_slice(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}
