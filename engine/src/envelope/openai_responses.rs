//! OpenAI Responses: texts of the items that hold a tool's output.
//!
//! Items are not wrapped in messages: each is one of its own, and its type says who made it. So
//! items are what is counted as messages.

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
    text: "input_text",
    keeps_calls: true,
    results_tell_caller: true,
    noun: Noun::Output,
};

/// What a member of a container means. What is not named here is not looked at.
fn slot(frame: Frame, key: Key) -> Slot {
    match (frame, key) {
        (Frame::Root, Key::Model) => Slot::fact(Fact::Model),
        (Frame::Root, Key::Stream) => Slot::fact(Fact::Stream),
        (Frame::Root, Key::Input) => Slot::array(Frame::Messages),
        (Frame::Messages, Key::Element) => Slot::object(Frame::Item),
        (Frame::Item, Key::Type) => Slot::fact(Fact::ItemType),
        (Frame::Item, Key::Role) => Slot::fact(Fact::Role),
        (Frame::Item, Key::CallId) => Slot::fact(Fact::Link),
        (Frame::Item, Key::Name) => Slot::fact(Fact::CallName),
        (Frame::Item, Key::Caller) => Slot::object(Frame::Caller),
        (Frame::Caller, Key::Type) => Slot::fact(Fact::Caller),
        (Frame::Item, Key::Arguments) => Slot::fact(Fact::Arguments),
        // Free text: for a shell it is the command.
        (Frame::Item, Key::Input) => Slot::fact(Fact::Command),
        (Frame::Item, Key::Action) => Slot::object(Frame::Input),
        (Frame::Item, Key::Output) => Slot::TEXT.or_array(Frame::Output),
        (Frame::Input, Key::Command) => Slot::fact(Fact::Command).or_array(Frame::Argv),
        (Frame::Input, Key::Commands) => Slot::array(Frame::Script),
        (Frame::Argv, Key::Element) => Slot::fact(Fact::Command),
        (Frame::Script, Key::Element) => Slot::fact(Fact::CommandLine),
        (Frame::Output, Key::Element) => Slot::object(Frame::Part),
        (Frame::Part, Key::Type) => Slot::fact(Fact::PartType),
        (Frame::Part, Key::Text) => Slot::TEXT,
        (Frame::Part, Key::Stdout | Key::Stderr) => Slot::PRINTED,
        _ => Slot::NOTHING,
    }
}

fn item(item_type: &str) -> Item {
    match item_type {
        "function_call" | "custom_tool_call" => Item::Call(None),
        "local_shell_call" => Item::Call(Some("local_shell")),
        "shell_call" => Item::Call(Some("shell")),
        "apply_patch_call" => Item::Call(Some("apply_patch")),
        "function_call_output" | "custom_tool_call_output" => Item::Result(None),
        "local_shell_call_output" => Item::Result(Some("local_shell")),
        "shell_call_output" => Item::Result(Some("shell")),
        "apply_patch_call_output" => Item::Result(Some("apply_patch")),
        // Codex has kinds of it that are its own.
        summary if summary.contains("compaction") => Item::Summary,
        "reasoning" => Item::Answer,
        hosted if hosted.ends_with("_call") => Item::Answer,
        _ => Item::Other,
    }
}
