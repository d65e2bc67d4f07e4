//! What a turn changed of what was sent before.

use std::fmt;

/// The first place of one area (tools, system prompt, messages) that is not what an earlier turn
/// sent. The provider's cache ends there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bust {
    /// The system prompt.
    System,
    /// A tool.
    Tool {
        /// Its place in the request's list, from 0.
        index: usize,
        /// Its name; of a tool that is missing, none is known.
        name: Option<Box<str>>,
        /// What happened to it.
        change: Change,
    },
    /// A message.
    Message {
        /// Its place in the request's list, from 0.
        index: usize,
        /// How many messages the request has.
        of: usize,
    },
}

/// What happened to a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Its definition is another.
    Edited,
    /// It was sent before, at another place.
    Moved,
    /// It was not sent before.
    Added,
    /// It was sent before, and is not sent now.
    Removed,
}

/// A kind of bust, to be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum BustKind {
    System,
    ToolEdited,
    ToolMoved,
    ToolAdded,
    ToolRemoved,
    Message,
}

impl BustKind {
    /// All kinds, in the order of their numbers.
    pub(crate) const ALL: [BustKind; 6] = [
        BustKind::System,
        BustKind::ToolEdited,
        BustKind::ToolMoved,
        BustKind::ToolAdded,
        BustKind::ToolRemoved,
        BustKind::Message,
    ];

    /// The kind's name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            BustKind::System => "system",
            BustKind::ToolEdited => "tool-edited",
            BustKind::ToolMoved => "tool-moved",
            BustKind::ToolAdded => "tool-added",
            BustKind::ToolRemoved => "tool-removed",
            BustKind::Message => "message",
        }
    }
}

impl Bust {
    /// What kind it is of.
    pub(crate) fn kind(&self) -> BustKind {
        match self {
            Bust::System => BustKind::System,
            Bust::Tool { change: Change::Edited, .. } => BustKind::ToolEdited,
            Bust::Tool { change: Change::Moved, .. } => BustKind::ToolMoved,
            Bust::Tool { change: Change::Added, .. } => BustKind::ToolAdded,
            Bust::Tool { change: Change::Removed, .. } => BustKind::ToolRemoved,
            Bust::Message { .. } => BustKind::Message,
        }
    }
}

impl fmt::Display for Bust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bust::System => f.write_str("the system prompt is not what was sent before")?,
            Bust::Tool { index, name, change } => {
                write!(f, "tool {index}")?;
                if let Some(name) = name {
                    write!(f, " ({})", name.escape_debug())?;
                }
                write!(f, " {change}")?;
            }
            Bust::Message { index, of } => {
                write!(f, "message {index} of {of} is not what was sent before")?;
            }
        }
        f.write_str(": the cache misses from there")
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Change::Edited => "is not what was sent before",
            Change::Moved => "stood elsewhere before",
            Change::Added => "was not sent before",
            Change::Removed => "was sent before and is missing",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_in_plain_words() {
        let tool =
            |change, name: Option<&str>| Bust::Tool { index: 3, name: name.map(Box::from), change };
        for (bust, text, kind) in [
            (Bust::System, "the system prompt is not what was sent before", "system"),
            (
                tool(Change::Edited, Some("Bash")),
                "tool 3 (Bash) is not what was sent before",
                "tool-edited",
            ),
            (
                tool(Change::Moved, Some("Bash")),
                "tool 3 (Bash) stood elsewhere before",
                "tool-moved",
            ),
            (tool(Change::Added, Some("a\nb")), "tool 3 (a\\nb) was not sent before", "tool-added"),
            (tool(Change::Removed, None), "tool 3 was sent before and is missing", "tool-removed"),
            (
                Bust::Message { index: 12, of: 40 },
                "message 12 of 40 is not what was sent before",
                "message",
            ),
        ] {
            assert_eq!(bust.to_string(), format!("{text}: the cache misses from there"));
            assert_eq!(bust.kind().name(), kind);
        }
        for (number, kind) in BustKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
        }
    }
}
