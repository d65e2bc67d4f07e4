//! The containers and keys of a message that mean something, and no others.

use crate::escape::unescape;

/// The longest name, id, method or type that is read, in raw bytes.
pub(super) const NAME: usize = 256;

/// A container on the way. All others are skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Batch,
    Message,
    Params,
    Result,
    Content,
    Item,
    Tools,
    Tool,
}

/// A key that means something somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Id,
    Method,
    Params,
    Result,
    Name,
    Arguments,
    Content,
    Structured,
    Type,
    Text,
    Tools,
    Schema,
    Other,
}

impl Key {
    /// The key whose raw bytes these are, escapes resolved.
    pub(super) fn of(raw: &[u8]) -> Key {
        match short_text(raw).as_deref() {
            Some("id") => Key::Id,
            Some("method") => Key::Method,
            Some("params") => Key::Params,
            Some("result") => Key::Result,
            Some("name") => Key::Name,
            Some("arguments") => Key::Arguments,
            Some("content") => Key::Content,
            Some("structuredContent") => Key::Structured,
            Some("type") => Key::Type,
            Some("text") => Key::Text,
            Some("tools") => Key::Tools,
            Some("outputSchema") => Key::Schema,
            _ => Key::Other,
        }
    }

    /// Whether nobody can tell what `frame` means where it comes twice.
    pub(super) fn matters_in(self, frame: Frame) -> bool {
        match frame {
            Frame::Message => matches!(self, Key::Id | Key::Method | Key::Params | Key::Result),
            Frame::Params => matches!(self, Key::Name | Key::Arguments),
            Frame::Result => matches!(self, Key::Content | Key::Structured),
            Frame::Item => matches!(self, Key::Type | Key::Text),
            Frame::Batch | Frame::Content | Frame::Tools | Frame::Tool => false,
        }
    }
}

/// A container that is open, and the key that came last in it.
#[derive(Debug)]
pub(super) struct Level {
    pub(super) frame: Frame,
    pub(super) key: Key,
    /// A bit for each key that came.
    pub(super) seen: u16,
}

/// The text of a string that is not too long to be a name.
pub(super) fn short_text(raw: &[u8]) -> Option<String> {
    let raw = Some(raw).filter(|raw| raw.len() <= NAME)?;
    let mut text = Vec::new();
    unescape(raw, &mut text).ok()?;
    String::from_utf8(text).ok()
}
