//! Anthropic Messages: texts of `tool_result` items.

use super::{
    owner::Claim,
    path::{Fact, Frame, Key, Slot},
    speech::{Item, Speech},
};
use crate::repeat::Noun;

pub(super) const SPEECH: Speech = Speech {
    grammar: slot,
    role: |_| Claim::Unknown,
    item,
    text: "text",
    keeps_calls: true,
    results_tell_caller: false,
    noun: Noun::Result,
};

/// What a member of a container means. What is not named here is not looked at.
fn slot(frame: Frame, key: Key) -> Slot {
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
        (Frame::Item, Key::Caller) => Slot::object(Frame::Caller),
        (Frame::Caller, Key::Type) => Slot::fact(Fact::Caller),
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

fn item(item_type: &str) -> Item {
    match item_type {
        "tool_use" => Item::Call(None),
        "tool_result" => Item::Result(None),
        "compaction" => Item::Summary,
        _ => Item::Other,
    }
}
