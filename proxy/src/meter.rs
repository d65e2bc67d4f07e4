//! Reads usage out of an answer.

/// What the provider says a request used, in its own tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Read fresh.
    pub input: Option<u64>,
    /// Read from the prompt cache.
    pub cache_read: Option<u64>,
    /// Written to the prompt cache.
    pub cache_write: Option<u64>,
    /// Written as the answer.
    pub output: Option<u64>,
}

/// Reads usage out of an answer that comes in chunks.
#[derive(Debug, Default)]
pub struct Meter {}

impl Meter {
    /// Takes the next bytes of the decoded answer.
    pub fn feed(&mut self, _bytes: &[u8]) {}

    /// What was read so far.
    pub fn usage(&self) -> Option<Usage> {
        None
    }
}
