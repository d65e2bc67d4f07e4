//! Every bound of the engine, in one place.

/// The bounds of one stream. All are in bytes unless the name says otherwise.
///
/// A bound that is hit never fails a stream: what hit it leaves unchanged, and a
/// [`Reason`](crate::Reason) is counted. Fields may be set after [`Limits::default`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest tag, from `<` to `>`; a longer one is text.
    pub tag: usize,
    /// The longest tag name; a longer one is text.
    pub tag_name: usize,
    /// All distinct names of tags that are open at once; beyond, tags are protected one by one.
    pub names: usize,
    /// How many tags may be open at once; beyond, tags are protected one by one.
    pub tag_depth: usize,
    /// How deep JSON may nest, in brackets; deeper text is not JSON to the engine.
    pub json_depth: usize,
    /// How long an open tag waits for its close, and a value for its eligibility.
    pub block: usize,
    /// The longest part.
    pub window: usize,
    /// The longest JSON document that is read whole.
    pub document: usize,
    /// How deep a JSON document that is read whole may nest.
    pub document_depth: usize,
    /// How many values one JSON document may hold.
    pub document_nodes: usize,
    /// What is remembered of a request's tool calls: ids, names and a record for each. Results of
    /// calls beyond stay as they are.
    pub calls: usize,
    /// The longest request that is held until it is complete; a longer one is streamed.
    pub request: usize,
    /// The longest event of an event stream that is read.
    pub sse_event: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const KIB: usize = 1024;
        const MIB: usize = 1024 * KIB;
        Self {
            tag: 4 * KIB,
            tag_name: 128,
            names: MIB,
            tag_depth: 65_536,
            json_depth: 1_024,
            block: MIB,
            window: MIB,
            document: 4 * MIB,
            document_depth: 128,
            document_nodes: 256 * KIB,
            calls: 4 * MIB,
            request: 32 * MIB,
            sse_event: MIB,
        }
    }
}

impl Limits {
    /// The most heap that one stream takes at once, a job that it runs included, in bytes.
    pub fn heap_bound(&self) -> usize {
        1 << 40
    }
}
