//! What a request says to the model, as digests: instructions, tools, messages.

use super::{
    canon::Digest,
    reader::{Reader, Until},
};
use brevity::{Dialect, walk::json::JsonError};
use bytes::Bytes;

/// The most messages of one request that are watched; later ones are not.
pub(crate) const MESSAGES: usize = 8_192;

/// The most tools of one request that are watched; later ones are not.
pub(crate) const TOOLS: usize = 1_024;

/// One request as the model sees it. Equal text has equal digests, whatever the white space between
/// tokens, wherever the client puts its `cache_control`, and whether a text stands alone or is the
/// only part of a list. The order of keys counts, and so do escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// The system prompt: Anthropic's `system` (without Claude Code's attribution, which is another
    /// in each request), OpenAI's `instructions`, and messages of `system` or `developer` in front.
    pub(crate) system: Option<Digest>,
    /// The tools that stand in the prompt: those with `defer_loading` do not.
    pub(crate) tools: Vec<Tool>,
    /// The messages behind those in front that belong to the system prompt.
    pub(crate) messages: Vec<Message>,
    /// How many messages in front belong to the system prompt.
    pub(crate) leading: usize,
    /// OpenAI's `prompt_cache_key`.
    pub(crate) cache_key: Option<Digest>,
    /// Whether it goes on from a history that the provider keeps (OpenAI's `previous_response_id` and
    /// `conversation`), so that its first message is not the conversation's.
    pub(crate) continues: bool,
}

/// A tool's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tool {
    pub(crate) digest: Digest,
    /// Its place in the request's list.
    pub(crate) index: usize,
    /// Its name as it stands in the JSON string, if it has a short one.
    pub(crate) name: Option<Box<str>>,
}

/// A message, or an item of OpenAI Responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) digest: Digest,
    /// Whether the model made it.
    pub(crate) is_answer: bool,
}

impl Prompt {
    /// Reads a body that came in `slices`, nested at most `depth` deep. It takes time by the length of
    /// the body and 20 KiB beside what it gives, which is bounded by [`MESSAGES`] and [`TOOLS`].
    ///
    /// # Errors
    ///
    /// The body is not JSON, or nests deeper.
    pub(crate) fn read(
        dialect: Dialect,
        slices: &[Bytes],
        depth: usize,
    ) -> Result<Self, JsonError> {
        let mut reader = Reader::new(dialect, depth, Until::End);
        for slice in slices {
            reader.feed(slice)?;
        }
        reader.finish()
    }

    /// The index of the last message that the model made.
    pub(super) fn last_answer(&self) -> Option<usize> {
        self.messages.iter().rposition(|message| message.is_answer)
    }
}

/// What tells a conversation from others in each of its turns, from the body alone: its first
/// message. None where the provider keeps the history.
pub(crate) fn conversation(dialect: Dialect, slices: &[Bytes], depth: usize) -> Option<Digest> {
    if dialect != Dialect::OpenAiResponses {
        return first_message(dialect, slices, depth);
    }
    // What says so may stand behind the messages.
    let prompt = Prompt::read(dialect, slices, depth).ok().filter(|prompt| !prompt.continues)?;
    prompt.messages.first().map(|message| message.digest)
}

/// The digest of a conversation's first message that is not part of the system prompt: it stays the
/// same for every turn. Nothing behind that message is read. None if there is no such message before
/// the body ends or is no JSON.
///
/// Nothing but the message counts: not `cache_control`, not other keys nor their order.
pub(super) fn first_message(dialect: Dialect, slices: &[Bytes], depth: usize) -> Option<Digest> {
    let mut reader = Reader::new(dialect, depth, Until::FirstMessage);
    for slice in slices {
        let fed = reader.feed(slice);
        if let Some(first) = reader.first_message() {
            return Some(first);
        }
        fed.ok()?;
    }
    None
}
