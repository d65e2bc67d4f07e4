//! Which tools' results may be rewritten.

/// The call that a tool result answers, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tool {
    /// The tool's name.
    pub name: Option<String>,
    /// For a shell: the command that it ran.
    pub command: Option<String>,
}

/// Which tools' results are rewritten, by name and by shell command.
#[derive(Clone, Debug, Default)]
pub struct ToolRules {}

/// What may be done with a tool's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Treatment {
    /// It may be rewritten.
    Rewrite,
    /// It shows a file that the agent may quote back, so it stays as it is.
    FileRead,
    /// The configuration excludes it.
    Excluded,
}

impl ToolRules {
    /// What may be done with the result of `tool`.
    pub fn treatment(&self, _tool: &Tool) -> Treatment {
        Treatment::Rewrite
    }
}
