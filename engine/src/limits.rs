//! Every bound of the engine, in one place.

/// The longest coded part, and the longest text that one stands for. Both ways keep to it, so that
/// what `compress` takes for a coded part is what `expand` takes for one.
pub(crate) const LONGEST: usize = 8 << 20;

/// The most lines of a request that are remembered, to refer to them and to follow references.
pub(crate) const LINES: usize = 65_536;

/// What is remembered of a request's earlier lines, and of those that are looked up: in vectors and
/// maps that grow, at 112 bytes each.
const HISTORY: usize = 3 * LINES * 112;

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
    /// How long an open tag waits for its close, and a value for its eligibility; the longest message
    /// to a tool server that is read.
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
    /// calls beyond stay as they are. With more than the default, requests have no references: the
    /// way back remembers no more.
    pub calls: usize,
    /// How many texts are read of one request, in tool results, or of one message of a tool server; later
    /// ones stay as they are.
    pub texts: usize,
    /// The longest request that is held until it is complete; a longer one is streamed. The longest
    /// message of a tool server that is read; a longer one passes.
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
            texts: 32 * KIB,
            request: 32 * MIB,
            sse_event: MIB,
        }
    }
}

impl Limits {
    /// The most heap that one stream takes at once, in bytes, with one job that runs: all bounds hit
    /// together. The usual stream takes a small part of it. The chunks that the stream holds are
    /// counted, as if each had a buffer of its own. What its caller has not taken yet is not, but for
    /// what the texts of a request leave at its end: 1 KiB each.
    ///
    /// ```
    /// let limits = brevity::Limits::default();
    /// assert!(limits.heap_bound() < 288 << 20);
    /// ```
    pub fn heap_bound(&self) -> usize {
        let texts = self.texts.saturating_mul(1024);
        let parts = [self.request, texts, self.walkers(), self.held(), self.job(), HISTORY];
        parts.into_iter().fold(0, usize::saturating_add)
    }

    /// Names and calls twice, since they are looked up too; for each open tag 16 bytes and for each
    /// protected span 8, in vectors that grow; copies of a few names and commands.
    fn walkers(&self) -> usize {
        let counted = [
            self.names.saturating_mul(4),
            self.tag_depth.saturating_mul(32),
            self.block.saturating_mul(10),
            self.calls.saturating_mul(2),
            self.sse_event,
        ];
        counted.into_iter().fold(64 << 10, usize::saturating_add)
    }

    /// What waits for its end: lines that a document follows, or a coded part of someone's. Its text
    /// is in a vector that grows; in a JSON string, its raw bytes are up to six times as many.
    fn held(&self) -> usize {
        let lines = self.window.saturating_add(self.document);
        self.block.max(lines).max(LONGEST).saturating_mul(3 + 6)
    }

    /// A document with its ten forms: the source, drafts, the table, and back; one of them escaped.
    /// A value takes 160 bytes, its place in the lists and in the index included.
    fn job(&self) -> usize {
        let forms = self.document.max(self.window).saturating_mul(10 + 6);
        forms.saturating_add(self.document_nodes.saturating_mul(160))
    }
}
