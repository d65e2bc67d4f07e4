//! What one child is told, with addresses filled in. Pure: the environment comes as a value.

use super::{
    Failure,
    agents::{Agent, Told},
};
use crate::cli::config::Environment;
use std::{
    ffi::{OsStr, OsString},
    process::Command,
};

/// Variables that send plain HTTP through a proxy of the network. That for https is one: Claude Code
/// takes the first that is set for all.
const NETWORK: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"];

/// Where the child finds the proxy.
#[derive(Debug)]
pub(super) struct Address {
    /// `http://HOST:PORT`.
    pub(super) root: String,
    /// What stands for `{anthropic}` behind it: a slash and a version, or nothing.
    pub(super) anthropic: String,
    /// The same for `{openai}`.
    pub(super) openai: String,
}

/// The variables and arguments of one child.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting {
    env: Vec<(&'static str, OsString)>,
    args: Vec<String>,
}

impl Setting {
    /// What `agent` is told.
    ///
    /// # Errors
    ///
    /// Where a variable of the user would be lost.
    pub(super) fn new(
        agent: &Agent,
        address: &Address,
        user: &Environment,
    ) -> Result<Self, Failure> {
        let mut setting = Self { env: Vec::new(), args: Vec::new() };
        for told in agent.told {
            match *told {
                Told::Default(name, _) if user.var(name).is_some() => {}
                Told::Whole(name, _) if user.var(name).is_some() => {
                    return Err(Failure::Whole(name));
                }
                Told::Env(name, text) | Told::Default(name, text) | Told::Whole(name, text) => {
                    setting.env.push((name, address.fill(text).into()));
                }
                Told::Arg(text) => setting.args.push(address.fill(text)),
            }
        }
        setting.env.extend(around_the_network(user));
        Ok(setting)
    }

    /// The same with one more variable, if there is one.
    pub(super) fn with(mut self, more: Option<(&'static str, OsString)>) -> Self {
        self.env.extend(more);
        self
    }

    /// The child, ready to start.
    pub(super) fn command(&self, program: &OsStr, words: &[OsString]) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.args(&self.args).args(words);
        command
    }

    /// The same as a line for a shell.
    pub(super) fn line(&self, program: &OsStr, words: &[OsString]) -> String {
        let env = self.env.iter().map(|(name, value)| format!("{name}={}", quote(value)));
        let args = self.args.iter().map(|arg| quote(OsStr::new(arg)));
        let words = words.iter().map(|word| quote(word));
        let all: Vec<String> = env.chain([quote(program)]).chain(args).chain(words).collect();
        all.join(" ")
    }
}

impl Address {
    fn fill(&self, text: &str) -> String {
        text.replace("{root}", &self.root)
            .replace("{anthropic}", &self.anthropic)
            .replace("{openai}", &self.openai)
    }
}

/// Where plain HTTP goes through a proxy of the network, that one would be asked for an address of
/// this machine, which it cannot reach. Some programs read the large letters, some the small ones. A
/// star that stands alone names all hosts, and no longer does beside others.
fn around_the_network(user: &Environment) -> Vec<(&'static str, OsString)> {
    if NETWORK.iter().all(|name| user.var(name).is_none()) {
        return Vec::new();
    }
    let names = ["NO_PROXY", "no_proxy"];
    let set = names.iter().find_map(|name| user.var(name));
    let with = |name| {
        let mut value = user.var(name).or(set).unwrap_or_default().to_owned();
        if value == "*" {
            return (name, value);
        }
        if !value.is_empty() {
            value.push(",");
        }
        value.push("127.0.0.1,localhost");
        (name, value)
    };
    names.into_iter().map(with).collect()
}

/// `word` as one word of a POSIX shell. Bytes that are no UTF-8 cannot be shown.
pub(super) fn quote(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::agents::{AGENTS, OTHER, find};
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Environment {
        pairs.iter().copied().collect()
    }

    fn address() -> Address {
        let version = || "/v1".to_owned();
        Address { root: "http://h:1".into(), anthropic: version(), openai: version() }
    }

    fn line(name: &str, user: &[(&str, &str)], words: &[&str]) -> String {
        let agent = find(name).unwrap_or(&OTHER);
        let words: Vec<OsString> = words.iter().map(Into::into).collect();
        let setting = Setting::new(agent, &address(), &env(user)).unwrap();
        setting.line(OsStr::new(agent.program), &words)
    }

    #[test]
    fn each_agent_has_its_line() {
        let cases = [
            ("claude", "ANTHROPIC_BASE_URL=http://h:1 ENABLE_TOOL_SEARCH=true claude x"),
            ("codex", r#"codex -c 'openai_base_url="http://h:1/v1"' x"#),
            ("codex-chatgpt", r#"codex -c 'openai_base_url="http://h:1"' x"#),
            ("aider", "OPENAI_API_BASE=http://h:1/v1 ANTHROPIC_API_BASE=http://h:1 aider x"),
            (
                "opencode",
                r#"OPENCODE_CONFIG_CONTENT='{"provider":{"anthropic":{"options":{"baseURL":"http://h:1/v1"}},"openai":{"options":{"baseURL":"http://h:1/v1"}}}}' opencode x"#,
            ),
            ("goose", "ANTHROPIC_HOST=http://h:1 OPENAI_HOST=http://h:1 goose x"),
            ("qwen", "OPENAI_BASE_URL=http://h:1/v1 qwen x"),
        ];
        assert_eq!(
            cases.map(|(name, _)| name)[..],
            AGENTS.iter().map(|a| a.name).collect::<Vec<_>>()
        );
        for (name, expected) in cases {
            assert_eq!(line(name, &[], &["x"]), expected);
        }
    }

    #[test]
    fn the_users_tool_search_stays_and_emptiness_is_none() {
        let kept = line("claude", &[("ENABLE_TOOL_SEARCH", "auto:5")], &[]);
        assert_eq!(kept, "ANTHROPIC_BASE_URL=http://h:1 claude");
        let empty = line("claude", &[("ENABLE_TOOL_SEARCH", "")], &[]);
        assert!(empty.contains("ENABLE_TOOL_SEARCH=true"));
    }

    #[test]
    fn a_configuration_of_the_user_is_not_lost() {
        let agent = find("opencode").unwrap();
        let user = env(&[("OPENCODE_CONFIG_CONTENT", "{}")]);
        let error = Setting::new(agent, &address(), &user).unwrap_err();
        assert!(matches!(error, Failure::Whole("OPENCODE_CONFIG_CONTENT")));
    }

    #[test]
    fn the_networks_proxy_is_not_asked_for_this_machine() {
        let no_proxy = |user: &[(&str, &str)]| line("goose", user, &[]);
        assert!(!no_proxy(&[("NO_PROXY", "x")]).contains("NO_PROXY"));
        let both = " NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost goose";
        for name in NETWORK {
            assert!(no_proxy(&[(name, "p")]).ends_with(both), "{name}");
        }
        let all = no_proxy(&[("HTTPS_PROXY", "p"), ("NO_PROXY", "*")]);
        assert!(all.ends_with(" NO_PROXY='*' no_proxy='*' goose"), "{all}");
        let more = " NO_PROXY=.corp,127.0.0.1,localhost no_proxy=.corp,127.0.0.1,localhost goose";
        assert!(no_proxy(&[("HTTP_PROXY", "p"), ("no_proxy", ".corp")]).ends_with(more));
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        let quoted =
            [("a", "a"), ("", "''"), ("a b", "'a b'"), ("it's", r"'it'\''s'"), ("$x", "'$x'")];
        for (word, expected) in quoted {
            assert_eq!(quote(OsStr::new(word)), expected);
        }
    }
}
