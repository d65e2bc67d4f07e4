//! Anthropic Messages: texts of `tool_result` items.

use super::{
    owner::Claim,
    path::{Fact, Frame, Key, Slot},
};

/// What a member of a container means. What is not named here is not looked at.
pub(super) fn slot(frame: Frame, key: Key) -> Slot {
    match (frame, key) {
        (Frame::Root, Key::Model) => Slot::fact(Fact::Model),
        (Frame::Root, Key::Stream) => Slot::fact(Fact::Stream),
        (Frame::Root, Key::Messages) => Slot::array(Frame::Messages),
        (Frame::Messages, Key::Element) => Slot::object(Frame::Message),
        (Frame::Message, Key::Role) => Slot::fact(Fact::Role),
        (Frame::Message, Key::Content) => Slot::array(Frame::Content),
        (Frame::Content, Key::Element) => Slot::object(Frame::Item),
        (Frame::Item, Key::Type) => Slot::fact(Fact::ItemType),
        (Frame::Item, Key::ToolUseId) => Slot::fact(Fact::Answers),
        (Frame::Item, Key::Id) => Slot::fact(Fact::CallId),
        (Frame::Item, Key::Name) => Slot::fact(Fact::CallName),
        (Frame::Item, Key::Input) => Slot::object(Frame::Input),
        (Frame::Item, Key::Content) => Slot::TEXT.or_array(Frame::Output),
        (Frame::Input, Key::Command | Key::Cmd) => Slot::fact(Fact::Command).or_array(Frame::Argv),
        (Frame::Argv, Key::Element) => Slot::fact(Fact::Command),
        (Frame::Output, Key::Element) => Slot::object(Frame::Part),
        (Frame::Part, Key::Type) => Slot::fact(Fact::PartType),
        (Frame::Part, Key::Text) => Slot::TEXT,
        _ => Slot::NOTHING,
    }
}

/// What an item's type says of its texts.
pub(super) fn claim(item_type: &str) -> Claim {
    if item_type == "tool_result" { Claim::ById } else { Claim::No }
}

/// Whether an item of this type is a call.
pub(super) fn is_call(item_type: &str) -> bool {
    item_type == "tool_use"
}

/// Whether an item of this type stands for all that came before it, which the model does not see.
pub(super) fn replaces_history(item_type: &str) -> bool {
    item_type == "compaction"
}
