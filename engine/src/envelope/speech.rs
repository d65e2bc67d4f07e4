//! What a dialect says where: all that the reader has to know of one.

use super::{Dialect, anthropic, openai_chat, openai_responses, owner::Claim, path::Grammar};
use crate::repeat::Noun;

/// The words of a dialect.
#[derive(Debug)]
pub(super) struct Speech {
    /// What a member of a container means.
    pub(super) grammar: Grammar,
    /// What a message's role says of its texts.
    pub(super) role: fn(&str) -> Claim,
    /// What an item is, by its type.
    pub(super) item: fn(&str) -> Item,
    /// The type of a part that is text.
    pub(super) text: &'static str,
    /// Whether the API may keep calls, so that a result comes without the call that it answers. The
    /// tool of such a result is not known: it may be one that shows files.
    pub(super) keeps_calls: bool,
    /// Whether a result, too, says who made its call.
    pub(super) results_tell_caller: bool,
    /// What tool results are called.
    pub(super) noun: Noun,
}

/// What an item of some type is. A tool is named where its calls have no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A call of a tool.
    Call(Option<&'static str>),
    /// A tool's result, whose texts are eligible.
    Result(Option<&'static str>),
    /// Something else that the model made.
    Answer,
    /// It stands for all that came before it, which the model does not see.
    Summary,
    /// Anything else.
    Other,
}

impl Item {
    /// What the item says of its texts.
    pub(super) fn claim(self) -> Claim {
        if matches!(self, Item::Result(_)) { Claim::ById } else { Claim::No }
    }

    /// Whether the model made it.
    pub(super) fn is_answer(self) -> bool {
        matches!(self, Item::Call(_) | Item::Answer)
    }

    /// The tool that its type names.
    pub(super) fn tool(self) -> Option<&'static str> {
        match self {
            Item::Call(tool) | Item::Result(tool) => tool,
            Item::Answer | Item::Summary | Item::Other => None,
        }
    }
}

impl Dialect {
    /// All of them: in each, tool results may refer to each other.
    pub(crate) const ALL: [Dialect; 3] =
        [Dialect::Anthropic, Dialect::OpenAiChat, Dialect::OpenAiResponses];

    pub(super) fn speech(self) -> &'static Speech {
        match self {
            Dialect::Anthropic => &anthropic::SPEECH,
            Dialect::OpenAiChat => &openai_chat::SPEECH,
            Dialect::OpenAiResponses => &openai_responses::SPEECH,
        }
    }
}
