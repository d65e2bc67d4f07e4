//! The agents that `brevity wrap` knows: one table of what each has to be told.
//!
//! A row holds only what the agent's own documentation or source says. All of it goes through the
//! environment and the arguments of one process: no file is written, so none can stay behind.

/// One agent.
#[derive(Debug)]
pub(super) struct Agent {
    /// Its name for `brevity wrap`.
    pub(super) name: &'static str,
    /// What is started. Empty for any other program, which the user names.
    pub(super) program: &'static str,
    /// Who it is, for the list.
    pub(super) title: &'static str,
    /// What it is told.
    pub(super) told: &'static [Told],
    /// Where it reads the user's own base URL of Anthropic's API; the first that is set counts.
    pub(super) anthropic: &'static [&'static str],
    /// The same for OpenAI's.
    pub(super) openai: &'static [&'static str],
    /// Where its requests to OpenAI belong, if not to the API.
    pub(super) home: Option<&'static str>,
}

/// One thing that an agent is told.
///
/// In a text, `{root}` is where the proxy listens, `http://127.0.0.1:PORT`; `{anthropic}` and
/// `{openai}` are the version below it, usually `/v1`.
#[derive(Debug)]
pub(super) enum Told {
    /// A variable and its value, whatever the user's is.
    Env(&'static str, &'static str),
    /// A variable that keeps the user's value.
    Default(&'static str, &'static str),
    /// A variable that holds more than an address: the user's own would be lost, so there must be
    /// none.
    Whole(&'static str, &'static str),
    /// An argument, before the user's.
    Arg(&'static str),
}

use Told::{Arg, Default, Env, Whole};

/// The table, in the order of the list.
pub(super) const AGENTS: &[Agent] = &[
    Agent {
        name: "claude",
        program: "claude",
        title: "Claude Code",
        // On a host that is not Anthropic's, tool search is off unless it is asked for.
        told: &[Env("ANTHROPIC_BASE_URL", "{root}"), Default("ENABLE_TOOL_SEARCH", "true")],
        anthropic: &["ANTHROPIC_BASE_URL"],
        openai: &[],
        home: None,
    },
    Agent {
        name: "codex",
        program: "codex",
        title: "Codex with an API key",
        // `OPENAI_BASE_URL` is no longer read, and built-in providers cannot be redefined.
        told: &[Arg("-c"), Arg("openai_base_url=\"{root}{openai}\"")],
        anthropic: &[],
        openai: &[],
        home: None,
    },
    Agent {
        name: "codex-chatgpt",
        program: "codex",
        title: "Codex with a ChatGPT login",
        // Its token is good for one host and path. A base that names that path itself would be sent
        // to the host of the account's workspace, past the proxy.
        told: &[Arg("-c"), Arg("openai_base_url=\"{root}\"")],
        anthropic: &[],
        openai: &[],
        home: Some("https://chatgpt.com/backend-api/codex"),
    },
    Agent {
        name: "aider",
        program: "aider",
        title: "Aider",
        told: &[Env("OPENAI_API_BASE", "{root}{openai}"), Env("ANTHROPIC_API_BASE", "{root}")],
        anthropic: &["ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"],
        openai: &["OPENAI_API_BASE", "OPENAI_BASE_URL"],
        home: None,
    },
    Agent {
        name: "opencode",
        program: "opencode",
        title: "OpenCode",
        told: &[Whole("OPENCODE_CONFIG_CONTENT", OPENCODE)],
        anthropic: &["ANTHROPIC_BASE_URL"],
        openai: &["OPENAI_BASE_URL"],
        home: None,
    },
    Agent {
        name: "goose",
        program: "goose",
        title: "Goose",
        // Hosts: it appends `v1/messages`, and `v1/chat/completions` or `OPENAI_BASE_PATH`.
        told: &[Env("ANTHROPIC_HOST", "{root}"), Env("OPENAI_HOST", "{root}")],
        anthropic: &["ANTHROPIC_HOST"],
        openai: &["OPENAI_HOST"],
        home: None,
    },
    Agent {
        name: "qwen",
        program: "qwen",
        title: "Qwen Code with an OpenAI-compatible API",
        told: &[Env("OPENAI_BASE_URL", "{root}{openai}")],
        anthropic: &[],
        openai: &["OPENAI_BASE_URL"],
        home: None,
    },
];

const OPENCODE: &str = r#"{"provider":{"anthropic":{"options":{"baseURL":"{root}{anthropic}"}},"openai":{"options":{"baseURL":"{root}{openai}"}}}}"#;

/// Any other program: the variables of the official SDKs, and what came before them.
pub(super) const OTHER: Agent = Agent {
    name: "",
    program: "",
    title: "any other program",
    told: &[
        Env("ANTHROPIC_BASE_URL", "{root}"),
        Env("OPENAI_BASE_URL", "{root}{openai}"),
        Env("OPENAI_API_BASE", "{root}{openai}"),
    ],
    anthropic: &["ANTHROPIC_BASE_URL"],
    openai: &["OPENAI_BASE_URL", "OPENAI_API_BASE"],
    home: None,
};

/// The agent with this name.
pub(super) fn find(name: &str) -> Option<&'static Agent> {
    AGENTS.iter().find(|agent| agent.name == name)
}

/// The name that `name` was meant to be, if one is near.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let near = |agent: &Agent| (strsim::jaro(&name, agent.name), agent.name);
    let best = AGENTS.iter().map(near).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.7).then_some(best.1)
}

/// The table for people, a line per agent.
pub(super) fn list() -> String {
    let line = |agent: &Agent| format!("{:<14} {}\n", agent.name, agent.title);
    AGENTS.iter().map(line).collect::<String>() + "-- COMMAND     any other program\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        for agent in AGENTS {
            assert_eq!(find(agent.name).map(|found| found.title), Some(agent.title));
            assert_eq!(nearest(agent.name), Some(agent.name));
        }
        assert!(find("").is_none() && find("Claude").is_none());
    }

    #[test]
    fn a_typo_is_near_and_another_word_is_not() {
        let cases = [("cladue", "claude"), ("Claude", "claude"), ("coedx", "codex")];
        for (typo, name) in cases {
            assert_eq!(nearest(typo), Some(name));
        }
        assert_eq!(nearest("opnecode"), Some("opencode"));
        assert_eq!(nearest("make"), None);
        assert_eq!(nearest(""), None);
    }

    /// The table in `docs/agents.md` has a row for each agent, and says all that it is told.
    #[test]
    fn the_documentation_has_the_same_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/agents.md");
        // Not there in a package of this crate alone.
        let Ok(text) = std::fs::read_to_string(path) else { return };
        let rows: Vec<Vec<&str>> = text
            .lines()
            .skip_while(|line| !line.starts_with("| name | program |"))
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
            .collect();
        let names: Vec<_> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
        let agents = AGENTS.iter().chain([&OTHER]);
        let known: Vec<_> = AGENTS.iter().map(|agent| agent.name).chain(["-- COMMAND"]).collect();
        assert_eq!(names, known);
        for (row, agent) in rows.iter().zip(agents) {
            assert!(agent.program.is_empty() || row[1] == format!("`{}`", agent.program));
            for told in agent.told {
                let (Env(word, _) | Default(word, _) | Whole(word, _) | Arg(word)) = told;
                let word = word.split('=').next().unwrap_or_default();
                assert!(row[2].contains(word), "{}: {word}", agent.title);
            }
            assert!(agent.home.is_none_or(|home| row[2].contains(home)), "{}", agent.title);
        }
    }

    #[test]
    fn every_base_that_is_replaced_is_respected() {
        for agent in AGENTS.iter().chain([&OTHER]) {
            for told in agent.told {
                let Env(name, _) = told else { continue };
                let read = agent.anthropic.iter().chain(agent.openai).any(|known| known == name);
                assert!(read, "{}: the user's own {name} would be lost", agent.title);
            }
        }
    }
}
