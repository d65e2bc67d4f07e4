//! The JSON inside of events, read with buffers that are used again.

use simd_json::{Buffers, Tape, fill_tape, prelude::*, tape::Value};
use std::fmt;

/// Reads the data of events.
pub struct Events {
    buffers: Buffers,
    tape: Tape<'static>,
    /// The parser writes into what it reads.
    copy: Vec<u8>,
}

/// A piece of an answer's text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delta {
    /// The ordinal of the content block (Anthropic), choice (Chat Completions) or output item
    /// (Responses) that it goes on with. Pieces of one ordinal are one text.
    pub block: u64,
    /// The piece.
    pub text: String,
}

impl Events {
    /// A reader with small buffers, which grow to the longest event.
    pub fn new() -> Self {
        Self { buffers: Buffers::default(), tape: Tape::null(), copy: Vec::new() }
    }

    /// The text that the data of one event adds to the answer, if it adds any. What a model thinks
    /// and the arguments of its tool calls are not text.
    pub fn text_of(&mut self, data: &[u8]) -> Option<Delta> {
        self.read(data, delta).flatten()
    }

    /// The `type` of one event.
    pub fn kind_of(&mut self, data: &[u8]) -> Option<String> {
        self.read(data, |root| root.get_str("type").map(str::to_owned)).flatten()
    }

    /// What `look` finds in `data`; `None` if it is not JSON.
    pub(super) fn read<T>(
        &mut self,
        data: &[u8],
        look: impl FnOnce(Value<'_, '_>) -> T,
    ) -> Option<T> {
        self.copy.clear();
        self.copy.extend_from_slice(data);
        let mut tape = std::mem::replace(&mut self.tape, Tape(Vec::new())).reset();
        let parsed = fill_tape(&mut self.copy, &mut self.buffers, &mut tape);
        let found = parsed.is_ok().then(|| look(tape.as_value()));
        self.tape = tape.reset();
        found
    }
}

impl Default for Events {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

fn delta(root: Value<'_, '_>) -> Option<Delta> {
    match root.get_str("type") {
        Some("content_block_delta") => {
            let delta = root.get("delta")?;
            let text = delta.get("text").filter(|_| delta.get_str("type") == Some("text_delta"))?;
            piece(root, "index", text)
        }
        Some("response.output_text.delta") => piece(root, "output_index", root.get("delta")?),
        _ => root.get("choices")?.as_array()?.iter().find_map(|choice| {
            let text = choice.get("delta")?.get("content")?;
            piece(choice, "index", text)
        }),
    }
}

fn piece(of: Value<'_, '_>, ordinal: &str, text: Value<'_, '_>) -> Option<Delta> {
    let text = text.as_str()?.to_owned();
    Some(Delta { block: of.get_u64(ordinal).unwrap_or(0), text })
}
