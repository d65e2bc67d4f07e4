//! Which tools' results may be rewritten.

use super::{glob, shell};

/// The call that a tool result answers, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tool {
    /// The tool's name.
    pub name: Option<String>,
    /// For a shell: the command that it ran.
    pub command: Option<String>,
}

impl Tool {
    /// A tool of this name, that ran no command.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), command: None }
    }

    /// The same tool, running `command`.
    #[must_use]
    pub fn running(self, command: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..self }
    }
}

/// Which tools' results are rewritten, by name and, for shells, by command.
///
/// Agents quote files back when they edit them, so what shows a file stays as it is. A rule is a
/// glob over tool names (`*` any run of characters, `?` one; ASCII letter case is ignored; a name
/// that is not known is the empty one) and what it says. The rule that was added last wins, then
/// come [`FILE_TOOLS`](Self::FILE_TOOLS) and [`SHELLS`](Self::SHELLS); the results of all other
/// tools may be rewritten.
///
/// ```
/// use brevity::{Tool, ToolRules, Treatment};
///
/// let rules = ToolRules::default().exclude("mcp__billing__*").allow("view");
/// let treatment = |tool| rules.treatment(&tool);
/// assert_eq!(treatment(Tool::named("mcp__billing__list")), Treatment::Excluded);
/// assert_eq!(treatment(Tool::named("view")), Treatment::Rewrite);
/// assert_eq!(treatment(Tool::named("Read")), Treatment::FileRead);
/// assert_eq!(treatment(Tool::named("Bash").running("cat Cargo.toml")), Treatment::FileRead);
/// assert_eq!(treatment(Tool::named("Bash").running("cargo test")), Treatment::Rewrite);
/// ```
#[derive(Clone, Debug)]
pub struct ToolRules {
    own: Vec<(String, Rule)>,
    shipped: bool,
}

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Allow,
    Exclude,
    FileReader,
    Shell,
}

impl Default for ToolRules {
    fn default() -> Self {
        Self { own: Vec::new(), shipped: true }
    }
}

impl ToolRules {
    /// The tools that show files, by glob: readers, and editors, which echo what they changed.
    pub const FILE_TOOLS: &[&str] = &[
        "read",
        "read_*file*",
        "*_read_*file*",
        "readfile*",
        "readmanyfiles",
        "notebookread",
        "view",
        "view_*file*",
        "viewfile",
        "cat",
        "open",
        "open_file",
        "openfile",
        "*get_file_content*",
        "*get_file_text*",
        "edit",
        "multiedit",
        "notebookedit",
        "write",
        "*edit_file*",
        "*write_file*",
        "*create_file*",
        "write_to_file",
        "replace",
        "replace_in_file",
        "insert_edit_into_file",
        "str_replace*",
        "text_editor*",
        // Anthropic's: its `view` shows a file that its `str_replace` quotes.
        "memory",
        "*editor*",
        "apply_patch",
        "apply_diff",
    ];

    /// The tools that run a shell command, by glob. Their results are taken for a file's text where
    /// the command shows a file as it is: `cat`, `head`, `tail`, `sed -n`, `nl`, `less`, `bat`,
    /// `awk` that prints whole lines, `git show REV:PATH`, and the file windows of agents' shells
    /// (`open`, `goto`, `edit` …), alone, one after another, or piped into each other. `cat x | jq .`
    /// shows no file as it is, and nobody edits a `*.log`. Where the command is not known, or too
    /// long to be kept, the result is taken for a file's too.
    pub const SHELLS: &[&str] = &[
        "bash",
        "*_bash",
        "sh",
        "shell",
        "*_shell",
        "shell_*",
        "powershell",
        "terminal",
        "*_terminal",
        "exec",
        "*.exec",
        "exec_command",
        "execute_command",
        "run_command",
        "run_shell_command",
        "run_terminal_c*m*",
        "run_in_terminal",
        "unified_exec",
    ];

    /// No rules: every tool's results may be rewritten.
    pub fn none() -> Self {
        Self { own: Vec::new(), shipped: false }
    }

    /// Leaves the results of tools that `glob` matches as they are.
    #[must_use]
    pub fn exclude(self, glob: impl Into<String>) -> Self {
        self.with(glob.into(), Rule::Exclude)
    }

    /// Takes the results of tools that `glob` matches for files' text.
    #[must_use]
    pub fn file_reader(self, glob: impl Into<String>) -> Self {
        self.with(glob.into(), Rule::FileReader)
    }

    /// Looks at the commands of tools that `glob` matches.
    #[must_use]
    pub fn shell(self, glob: impl Into<String>) -> Self {
        self.with(glob.into(), Rule::Shell)
    }

    /// Lets the results of tools that `glob` matches be rewritten, whatever earlier rules say.
    #[must_use]
    pub fn allow(self, glob: impl Into<String>) -> Self {
        self.with(glob.into(), Rule::Allow)
    }

    /// What may be done with the result of `tool`. The time is bounded by the lengths of the rules
    /// times that of the name.
    pub fn treatment(&self, tool: &Tool) -> Treatment {
        match self.rule(tool.name.as_deref().unwrap_or_default()) {
            Rule::Allow => Treatment::Rewrite,
            Rule::Exclude => Treatment::Excluded,
            Rule::FileReader => Treatment::FileRead,
            Rule::Shell => match tool.command.as_deref().map(shell::shows_file) {
                Some(false) => Treatment::Rewrite,
                Some(true) | None => Treatment::FileRead,
            },
        }
    }

    fn with(mut self, glob: String, rule: Rule) -> Self {
        self.own.push((glob, rule));
        self
    }

    fn rule(&self, name: &str) -> Rule {
        let own = self.own.iter().rev().find(|(glob, _)| glob::matches(glob, name));
        let shipped = |globs: &[&str]| self.shipped && globs.iter().any(|g| glob::matches(g, name));
        match own {
            Some((_, rule)) => *rule,
            None if shipped(Self::FILE_TOOLS) => Rule::FileReader,
            None if shipped(Self::SHELLS) => Rule::Shell,
            None => Rule::Allow,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_agents_use() {
        let rules = ToolRules::default();
        let files = [
            "Read",
            "NotebookRead",
            "view",
            "View",
            "read_file",
            "ReadFile",
            "read_many_files",
            "mcp__filesystem__read_text_file",
            "mcp__github__get_file_contents",
            "open_file",
            "Edit",
            "MultiEdit",
            "Write",
            "str_replace_editor",
            "str_replace_based_edit_tool",
            "memory",
            "apply_patch",
            "edit_file",
            "replace_in_file",
            "cat",
        ];
        for name in files {
            assert_eq!(rules.treatment(&Tool::named(name)), Treatment::FileRead, "{name}");
        }
        let shells = [
            "Bash",
            "bash",
            "shell",
            "local_shell",
            "exec_command",
            "container.exec",
            "run_terminal_cmd",
            "run_terminal_command",
            "execute_bash",
            "run_in_terminal",
        ];
        for name in shells {
            let ran = |command: &str| rules.treatment(&Tool::named(name).running(command));
            assert_eq!(ran("ls -la"), Treatment::Rewrite, "{name}");
            assert_eq!(ran("cat a.rs"), Treatment::FileRead, "{name}");
            assert_eq!(rules.treatment(&Tool::named(name)), Treatment::FileRead, "{name}");
        }
        let others = ["Grep", "Glob", "WebFetch", "mcp__orders__lookup", "list_files", ""];
        for name in others {
            assert_eq!(rules.treatment(&Tool::named(name)), Treatment::Rewrite, "{name}");
        }
        assert_eq!(rules.treatment(&Tool::default()), Treatment::Rewrite);
    }

    #[test]
    fn the_last_rule_wins() {
        let rules =
            ToolRules::default().exclude("*").allow("Read").shell("ru?").file_reader("logs");
        let of = |tool: Tool| rules.treatment(&tool);
        assert_eq!(of(Tool::default()), Treatment::Excluded);
        assert_eq!(of(Tool::named("Bash").running("ls")), Treatment::Excluded);
        assert_eq!(of(Tool::named("Read")), Treatment::Rewrite);
        assert_eq!(of(Tool::named("run").running("cat x")), Treatment::FileRead);
        assert_eq!(of(Tool::named("run").running("ls")), Treatment::Rewrite);
        assert_eq!(of(Tool::named("logs")), Treatment::FileRead);
        assert_eq!(ToolRules::none().treatment(&Tool::named("Read")), Treatment::Rewrite);
    }
}
