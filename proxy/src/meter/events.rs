//! The JSON inside of events, read with buffers that each thread uses again: thousands of streams may
//! be open at once, and each event of theirs is read in one go.

use memchr::{memchr, memmem};
use simd_json::{Buffers, Tape, fill_tape, prelude::*, tape::Value};
use std::cell::RefCell;

/// The longest document whose buffers are kept, in bytes.
const KEPT: usize = 64 * 1024;

thread_local!(static READER: RefCell<Reader> = RefCell::new(Reader::new()));

/// A parser's memory.
struct Reader {
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

impl Delta {
    /// The text that the data of one event adds to the answer, if it adds any. What a model thinks
    /// and the arguments of its tool calls are not text.
    pub fn of(data: &[u8]) -> Option<Self> {
        read(data, delta).flatten()
    }
}

/// The `type` of one event.
pub(crate) fn kind(data: &[u8]) -> Option<String> {
    read(data, |root| root.get_str("type").map(str::to_owned)).flatten()
}

/// Whether an event of Anthropic Messages or OpenAI Responses, as they are written, only goes on with
/// a text: its type ends with `delta`. `message_delta` says more.
pub(super) fn is_piece(data: &[u8]) -> bool {
    let Some(rest) = data.strip_prefix(br#"{"type":""#) else { return false };
    let kind = memchr(b'"', rest).map_or(rest, |end| &rest[..end]);
    kind.ends_with(b"delta") && kind != b"message_delta"
}

/// The same for Chat Completions, whose chunks all look alike: no reason to stop, no usage. Within a
/// string, quotes are escaped, so none of these is the model's own words.
pub(super) fn is_chat_piece(data: &[u8]) -> bool {
    let has = |part: &str| memmem::find(data, part.as_bytes()).is_some();
    has(r#""finish_reason":null"#) && !has(r#""usage":{"#) && !has(r#""error""#)
}

/// What `look` finds in `data`; `None` if it is not JSON.
pub(super) fn read<T>(data: &[u8], look: impl FnOnce(Value<'_, '_>) -> T) -> Option<T> {
    READER.with_borrow_mut(|reader| reader.read(data, look))
}

impl Reader {
    fn new() -> Self {
        Self { buffers: Buffers::default(), tape: Tape::null(), copy: Vec::new() }
    }

    fn read<T>(&mut self, data: &[u8], look: impl FnOnce(Value<'_, '_>) -> T) -> Option<T> {
        self.copy.clear();
        self.copy.extend_from_slice(data);
        let mut tape = std::mem::replace(&mut self.tape, Tape(Vec::new())).reset();
        let parsed = fill_tape(&mut self.copy, &mut self.buffers, &mut tape);
        let found = parsed.is_ok().then(|| look(tape.as_value()));
        self.tape = tape.reset();
        if data.len() > KEPT {
            *self = Self::new();
        }
        found
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
