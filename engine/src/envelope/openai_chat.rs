//! OpenAI Chat Completions: texts of `tool` and `function` messages.

use super::{
    owner::Claim,
    path::{Fact, Frame, Key, Slot},
    speech::{Item, Speech},
};
use crate::repeat::Noun;

pub(super) const SPEECH: Speech = Speech {
    grammar: slot,
    role,
    item: |_| Item::Other,
    text: "text",
    keeps_calls: false,
    results_tell_caller: false,
    noun: Noun::Message,
};

/// What a member of a container means. What is not named here is not looked at.
fn slot(frame: Frame, key: Key) -> Slot {
    match (frame, key) {
        (Frame::Root, Key::Model) => Slot::fact(Fact::Model),
        (Frame::Root, Key::Stream) => Slot::fact(Fact::Stream),
        (Frame::Root, Key::Messages) => Slot::array(Frame::Messages),
        (Frame::Messages, Key::Element) => Slot::object(Frame::Message),
        (Frame::Message, Key::Role) => Slot::fact(Fact::Role),
        (Frame::Message, Key::ToolCallId) => Slot::fact(Fact::Answers),
        (Frame::Message, Key::Name) => Slot::fact(Fact::ResultName),
        (Frame::Message, Key::Content) => Slot::TEXT.or_array(Frame::Content),
        (Frame::Message, Key::ToolCalls) => Slot::array(Frame::Calls),
        (Frame::Content, Key::Element) => Slot::object(Frame::Part),
        (Frame::Part, Key::Type) => Slot::fact(Fact::PartType),
        (Frame::Part, Key::Text) => Slot::TEXT,
        (Frame::Calls, Key::Element) => Slot::object(Frame::Call),
        (Frame::Call, Key::Id) => Slot::fact(Fact::CallId),
        (Frame::Call, Key::Function | Key::Custom) => Slot::object(Frame::Function),
        (Frame::Function, Key::Name) => Slot::fact(Fact::CallName),
        (Frame::Function, Key::Arguments) => Slot::fact(Fact::Arguments),
        _ => Slot::NOTHING,
    }
}

fn role(role: &str) -> Claim {
    match role {
        "tool" => Claim::ById,
        "function" => Claim::ByName,
        _ => Claim::No,
    }
}
