//! What is digested by itself (a block of the system prompt, a tool, a message), and what it says of
//! itself.

use super::{
    canon::Digest,
    prompt::{MESSAGES, Message, Prompt, TOOLS, Tool},
};
use brevity::{Dialect, escape::unescape};
use std::borrow::Cow;

/// How Claude Code's attribution begins: a block of `system` that is another in each request. To name
/// it on every turn would hide all else.
const ATTRIBUTION: &[u8] = b"x-anthropic-billing-header:";

/// A member of the root that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    System,
    Tools,
    Messages,
    CacheKey,
    /// What names a history that the provider keeps.
    Kept,
}

impl Area {
    /// The area that the root's member `key` is.
    pub(super) fn of(dialect: Dialect, key: &[u8]) -> Option<Self> {
        Some(match (dialect, key) {
            (_, b"tools") => Area::Tools,
            (Dialect::Anthropic, b"system") => Area::System,
            (Dialect::OpenAiResponses, b"instructions") => Area::System,
            (Dialect::OpenAiResponses, b"input") => Area::Messages,
            (Dialect::Anthropic | Dialect::OpenAiChat, b"messages") => Area::Messages,
            (Dialect::OpenAiChat | Dialect::OpenAiResponses, b"prompt_cache_key") => Area::CacheKey,
            (Dialect::OpenAiResponses, b"previous_response_id" | b"conversation") => Area::Kept,
            _ => return None,
        })
    }

    /// One bit for each, to tell of a key that comes twice.
    pub(super) fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A key inside of an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    CacheControl,
    Content,
    DeferLoading,
    Function,
    Name,
    Role,
    Text,
    Type,
    Other,
}

impl Key {
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"cache_control" => Key::CacheControl,
            b"content" => Key::Content,
            b"defer_loading" => Key::DeferLoading,
            b"function" => Key::Function,
            b"name" => Key::Name,
            b"role" => Key::Role,
            b"text" => Key::Text,
            b"type" => Key::Type,
            _ => Key::Other,
        }
    }
}

/// The text of a short string, between its quotes.
pub(super) fn plain(quoted: &[u8]) -> Cow<'_, [u8]> {
    let raw = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    let mut text = Vec::new();
    let is_escaped = raw.contains(&b'\\') && unescape(raw, &mut text).is_ok();
    if is_escaped { text.into() } else { raw.into() }
}

/// What one element says of itself.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: Option<Box<str>>,
    is_answer: bool,
    is_instruction: bool,
    is_attribution: bool,
    pub(super) is_deferred: bool,
}

impl Element {
    /// Takes the short string that stands under `key` in the element.
    pub(super) fn note(&mut self, key: Key, text: &[u8]) {
        match key {
            Key::Role => {
                self.is_answer |= text == b"assistant";
                self.is_instruction = matches!(text, b"system" | b"developer");
            }
            // Items of OpenAI Responses have a type in place of a role.
            Key::Type => self.is_answer |= text == b"reasoning" || text.ends_with(b"_call"),
            Key::Name => self.name = std::str::from_utf8(text).ok().map(Box::from),
            Key::Text => self.is_attribution = text.starts_with(ATTRIBUTION),
            _ => {}
        }
    }

    /// Puts the element, the `index`th of its area, where it belongs.
    pub(super) fn put(self, area: Area, index: usize, digest: Digest, prompt: &mut Prompt) {
        match area {
            Area::System if index == 0 && self.is_attribution => {}
            Area::System => prompt.system = Some(Digest::join(prompt.system, digest)),
            Area::CacheKey => prompt.cache_key = Some(digest),
            Area::Kept => {}
            Area::Tools => {
                if !self.is_deferred && prompt.tools.len() < TOOLS {
                    prompt.tools.push(Tool { digest, index, name: self.name });
                }
            }
            Area::Messages => {
                if prompt.messages.len() < MESSAGES {
                    prompt.messages.push(Message { digest, is_answer: self.is_answer });
                }
            }
        }
    }

    /// Whether a message in front belongs to the system prompt.
    pub(super) fn leads(&self, area: Area, prompt: &Prompt) -> bool {
        area == Area::Messages && self.is_instruction && prompt.messages.is_empty()
    }
}
