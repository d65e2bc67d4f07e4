//! Where in a request the walker stands, and what the next value there means.

use crate::escape::unescape;
use smallvec::SmallVec;

/// The longest key that is looked at, in raw bytes: `tool_call_id` with every letter escaped.
pub(super) const KEY: usize = 72;

/// A container on the way to a text. All others are skipped, whatever is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Root,
    Messages,
    Message,
    Content,
    Item,
    Output,
    Part,
    Input,
    Argv,
    Script,
    Calls,
    Call,
    Function,
    Caller,
}

/// A key that means something in some container, and [`Element`](Key::Element) in place of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Element,
    Action,
    Arguments,
    CallId,
    Caller,
    Cmd,
    Command,
    Commands,
    Content,
    Custom,
    Function,
    Id,
    Input,
    Messages,
    Model,
    Name,
    Output,
    Role,
    Stderr,
    Stdout,
    Stream,
    Text,
    ToolCallId,
    ToolCalls,
    ToolUseId,
    Type,
    Other,
}

impl Key {
    /// The key whose raw bytes these are. Escapes are resolved, so `"cont\u0065nt"` is `content`, as
    /// it is to the API.
    fn of(raw: &[u8]) -> Key {
        if !raw.contains(&b'\\') {
            return Key::named(raw);
        }
        let mut text = Vec::new();
        unescape(raw, &mut text).map_or(Key::Other, |()| Key::named(&text))
    }

    fn named(name: &[u8]) -> Key {
        match name {
            b"action" => Key::Action,
            b"arguments" => Key::Arguments,
            b"call_id" => Key::CallId,
            b"caller" => Key::Caller,
            b"cmd" => Key::Cmd,
            b"command" => Key::Command,
            b"commands" => Key::Commands,
            b"content" => Key::Content,
            b"custom" => Key::Custom,
            b"function" => Key::Function,
            b"id" => Key::Id,
            b"input" => Key::Input,
            b"messages" => Key::Messages,
            b"model" => Key::Model,
            b"name" => Key::Name,
            b"output" => Key::Output,
            b"role" => Key::Role,
            b"stderr" => Key::Stderr,
            b"stdout" => Key::Stdout,
            b"stream" => Key::Stream,
            b"text" => Key::Text,
            b"tool_call_id" => Key::ToolCallId,
            b"tool_calls" => Key::ToolCalls,
            b"tool_use_id" => Key::ToolUseId,
            b"type" => Key::Type,
            _ => Key::Other,
        }
    }
}

/// Something that a string (or, for the last, a word) tells about the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// The model's name.
    Model,
    /// A message's role.
    Role,
    /// A content item's type.
    ItemType,
    /// The type of a part of a tool result.
    PartType,
    /// The id of the call that a result answers.
    Answers,
    /// The id of a call, in the call and in its result alike.
    Link,
    /// The name of the function that a result comes from.
    ResultName,
    /// A call's id.
    CallId,
    /// A call's tool.
    CallName,
    /// Who made a call: the model itself, or a program of its that the API runs.
    Caller,
    /// A call's arguments, JSON in a string.
    Arguments,
    /// A shell's command, or a word of it.
    Command,
    /// One of several commands that a shell ran one after the other.
    CommandLine,
    /// Whether the answer is to be streamed.
    Stream,
}

/// What a string means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    Nothing,
    Fact(Fact),
    /// It is eligible if what stands around it says so.
    Text,
    /// The same, whatever the type of the part around it.
    Printed,
}

/// What the next value means, by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) object: Option<Frame>,
    pub(super) array: Option<Frame>,
    pub(super) leaf: Leaf,
}

impl Slot {
    pub(super) const NOTHING: Slot = Slot { object: None, array: None, leaf: Leaf::Nothing };
    pub(super) const TEXT: Slot = Slot { leaf: Leaf::Text, ..Slot::NOTHING };
    pub(super) const PRINTED: Slot = Slot { leaf: Leaf::Printed, ..Slot::NOTHING };

    pub(super) const fn object(frame: Frame) -> Slot {
        Slot { object: Some(frame), ..Slot::NOTHING }
    }

    pub(super) const fn array(frame: Frame) -> Slot {
        Slot { array: Some(frame), ..Slot::NOTHING }
    }

    pub(super) const fn fact(fact: Fact) -> Slot {
        Slot { leaf: Leaf::Fact(fact), ..Slot::NOTHING }
    }

    /// The same, or an array.
    pub(super) const fn or_array(self, frame: Frame) -> Slot {
        Slot { array: Some(frame), ..self }
    }
}

/// A dialect: what a member of a container means.
pub(super) type Grammar = fn(Frame, Key) -> Slot;

/// The open containers that mean something, outermost first; at most seven.
#[derive(Debug)]
pub(super) struct Path {
    grammar: Grammar,
    levels: SmallVec<[Level; 8]>,
    slot: Slot,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    frame: Frame,
    /// A bit for each meaningful key that came.
    seen: u32,
}

impl Path {
    pub(super) fn new(grammar: Grammar) -> Self {
        Self { grammar, levels: SmallVec::new(), slot: Slot::object(Frame::Root) }
    }

    /// The innermost container.
    pub(super) fn frame(&self) -> Option<Frame> {
        self.levels.last().map(|level| level.frame)
    }

    /// What the next value means.
    pub(super) fn slot(&self) -> Slot {
        self.slot
    }

    pub(super) fn enter(&mut self, frame: Frame) {
        self.levels.push(Level { frame, seen: 0 });
        self.expect_element();
    }

    pub(super) fn leave(&mut self) -> Option<Frame> {
        let left = self.levels.pop();
        self.expect_element();
        left.map(|level| level.frame)
    }

    /// Reads a key. A second one of the same name means nothing; `false` tells of it.
    pub(super) fn key(&mut self, raw: &[u8]) -> bool {
        let Some(level) = self.levels.last_mut() else { return true };
        let key = Key::of(raw);
        self.slot = (self.grammar)(level.frame, key);
        let first = self.slot == Slot::NOTHING || level.seen & 1 << key as u32 == 0;
        level.seen |= 1 << key as u32;
        if !first {
            self.slot = Slot::NOTHING;
        }
        first
    }

    /// In an array all elements mean the same. In an object a key comes before the next value.
    fn expect_element(&mut self) {
        self.slot = self.frame().map_or(Slot::NOTHING, |frame| (self.grammar)(frame, Key::Element));
    }
}
