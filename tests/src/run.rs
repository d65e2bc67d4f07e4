//! Runs the engine over bytes in given chunks, and keeps all that it says.

use brevity::{
    Block, Codec, Dialect, Expander, Facts, Outcome, Place, Request, Settings, Sink, Steps,
    Treatment, Wire,
};
use bytes::Bytes;
use std::sync::Arc;

/// What a stream gave.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// All bytes, in order.
    pub bytes: Vec<u8>,
    /// What happened to each part.
    pub outcomes: Vec<Outcome>,
    /// The slices that were kept.
    pub kept: Vec<Bytes>,
}

impl Sink for Output {
    fn keep(&mut self, bytes: Bytes) {
        self.bytes.extend_from_slice(&bytes);
        self.kept.push(bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn note(&mut self, outcome: &Outcome) {
        self.outcomes.push(outcome.clone());
    }
}

impl Output {
    /// How many parts were rewritten.
    pub fn rewritten(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.result.is_ok()).count()
    }
}

/// The codecs for text: all but the one for JSON and the one that looks across results. A new codec
/// is in every suite, bench and bound at once.
pub fn text_codecs() -> impl Iterator<Item = Codec> {
    let others = [Codec::Table, Codec::Repeat];
    Codec::ALL.iter().copied().filter(move |codec| !others.contains(codec))
}

/// `text` in chunks of `len` bytes.
pub fn chunks(text: &[u8], len: usize) -> impl Iterator<Item = Bytes> {
    text.chunks(len).map(Bytes::copy_from_slice)
}

/// Shortens one block.
pub fn block(settings: &Settings, wire: Wire, chunks: impl Iterator<Item = Bytes>) -> Output {
    let (mut out, mut steps) = (Output::default(), Steps::new());
    let settings = Arc::new(settings.clone());
    let mut block = Block::new(settings, wire, Treatment::Rewrite, Place::default());
    for chunk in chunks {
        block.write(chunk, &mut steps);
        steps.run_into(&mut out);
    }
    block.finish(&mut steps);
    steps.run_into(&mut out);
    out
}

/// Shortens one request.
pub fn request(
    settings: &Settings,
    dialect: Dialect,
    chunks: impl Iterator<Item = Bytes>,
) -> (Output, Facts) {
    let (mut out, mut steps) = (Output::default(), Steps::new());
    let mut request = Request::new(dialect, Arc::new(settings.clone()));
    for chunk in chunks {
        request.write(chunk, &mut steps);
        steps.run_into(&mut out);
    }
    request.finish(&mut steps);
    steps.run_into(&mut out);
    (out, request.facts().clone())
}

/// Puts back what was shortened.
pub fn expand(chunks: impl Iterator<Item = Bytes>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut expander = Expander::new();
    chunks.for_each(|chunk| expander.write(chunk, &mut out));
    expander.finish(&mut out);
    out
}
