//! What a JSON-RPC message says, as far as it concerns tools.

use crate::Tool;
use std::ops::Range;

/// The id of a request. A number and a string are different ids, whatever their digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Id {
    /// A number, as it is written.
    Number(String),
    /// A string's text.
    Text(String),
}

impl Id {
    /// Its length, in bytes.
    pub(super) fn len(&self) -> usize {
        let (Id::Number(text) | Id::Text(text)) = self;
        text.len()
    }
}

/// One message, read.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) id: Option<Id>,
    /// The method, of a request or a notification; empty where it cannot be read.
    pub(super) method: Option<String>,
    /// The tool that a call names.
    pub(super) tool: Tool,
    /// The texts of a result's content, each where it stands.
    pub(super) texts: Vec<Range<usize>>,
    /// The bytes of those that are too many. They are not among `texts`.
    pub(super) beyond: u64,
    /// Whether the result has a form for programs as well.
    pub(super) is_structured: bool,
    /// The tools of a list that have an output schema.
    pub(super) schemas: Vec<String>,
    /// Whether there are more of them than are told.
    pub(super) lost_schemas: bool,
    /// Whether a key that matters came twice.
    pub(super) is_doubled: bool,
}

impl Message {
    /// Whether it answers a request.
    pub(super) fn is_answer(&self) -> bool {
        self.id.is_some() && self.method.is_none() && !self.is_doubled
    }

    /// Whether it asks for something, and an answer is to come.
    pub(super) fn is_request(&self) -> bool {
        self.id.is_some() && self.method.is_some()
    }

    /// Whether it tells of tools that have an output schema. Where it should not, that costs savings
    /// alone.
    pub(super) fn tells_schemas(&self) -> bool {
        self.method.is_none() && (self.lost_schemas || !self.schemas.is_empty())
    }

    /// Whether it calls a tool.
    pub(super) fn is_call(&self) -> bool {
        self.method.as_deref() == Some("tools/call") && !self.is_doubled
    }
}
