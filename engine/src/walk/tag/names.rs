//! Which names are protected, which are HTML's.

use crate::{Protect, walk::html};

/// Names without a separator that agents, models and their prompts use for tags which a program
/// reads. Words that are as likely the element of a plain XML file (`file`, `result`, `document`,
/// `context`) are left out. Names of HTML (`output`, `summary`, `search`) are HTML's. Sorted.
pub const KNOWN: [&str; 33] = [
    "analysis",     // reasoning channels
    "answer",       // final answers, cut out by harnesses
    "antartifact",  // artifacts
    "antthinking",  // thinking before an artifact
    "artifact",     // artifacts
    "assistant",    // turns of a transcript
    "bash",         // a shell call
    "boltaction",   // actions of web builders
    "boltartifact", // artifacts of web builders
    "commentary",   // reasoning channels
    "cot",          // chain of thought
    "function",     // `<function=name>` of open models
    "functions",    // tool definitions
    "human",        // turns of a transcript
    "instructions", // prompts
    "invoke",       // tool calls
    "observation",  // what a tool answered
    "parameter",    // `<parameter=name>` of open models, tool calls
    "planning",     // reasoning
    "reasoning",    // reasoning
    "reflection",   // reasoning
    "reminder",     // reminders
    "scratchpad",   // reasoning
    "stderr",       // what a command printed
    "stdin",        // what a command was given
    "stdout",       // what a command printed
    "think",        // reasoning of open models
    "thinking",     // reasoning
    "thought",      // reasoning
    "thoughts",     // reasoning
    "toolcall",     // tool calls
    "toolcalls",    // tool calls
    "tools",        // tool definitions
];

/// The keys of `KNOWN`, in the same order.
static KEYS: [u128; KNOWN.len()] = html::keys(&KNOWN);

/// Whether [`Protect::Known`] protects `name`, letter case ignored: it is one of [`KNOWN`], or has a
/// `-`, `_` or `:` between two ASCII letters and is no element of HTML.
///
/// The second rule takes in `system-reminder`, `tool_call`, `tool_result`, `function_calls`,
/// `command-name`, `local-command-stdout`, `environment_context`, `user_query`, names with a
/// namespace such as `antml:invoke`, and those that are yet to come.
///
/// ```
/// use brevity::walk::tag::is_known;
///
/// assert!(is_known(b"system-reminder") && is_known(b"Thinking") && is_known(b"antml:invoke"));
/// assert!(!is_known(b"item") && !is_known(b"x-1") && !is_known(b"pre"));
/// ```
pub fn is_known(name: &[u8]) -> bool {
    separated(name) || html::key(name).is_some_and(|key| KEYS.binary_search(&key).is_ok())
}

/// What a tag's name makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Custom, and not protected: plain text.
    Plain,
    /// An element of HTML.
    Markup,
    /// Protected by the policy.
    Protected,
}

/// A policy, ready to be asked about names in lower case.
#[derive(Clone, Debug)]
pub(super) enum Names {
    Known,
    Custom,
    Listed(Vec<String>),
}

impl Names {
    pub(super) fn new(protect: &Protect) -> Self {
        match protect {
            Protect::Known => Self::Known,
            Protect::Custom => Self::Custom,
            Protect::Names(names) => {
                let mut names: Vec<_> =
                    names.iter().map(|name| name.to_ascii_lowercase()).collect();
                names.sort_unstable();
                names.dedup();
                Self::Listed(names)
            }
        }
    }

    /// The class of `name`, which is in lower case. Only a list may protect an element of HTML.
    pub(super) fn class(&self, name: &[u8]) -> Class {
        let protected = match self {
            Self::Known => is_known(name),
            Self::Custom => !html::is_element(name),
            Self::Listed(names) => listed(names, name),
        };
        if protected {
            Class::Protected
        } else if html::is_element(name) {
            Class::Markup
        } else {
            Class::Plain
        }
    }
}

/// Whether a separator stands between letters. No element of HTML has one.
fn separated(name: &[u8]) -> bool {
    name.windows(3).any(|w| {
        w[0].is_ascii_alphabetic()
            && matches!(w[1], b'-' | b'_' | b':')
            && w[2].is_ascii_alphabetic()
    })
}

fn listed(sorted: &[String], name: &[u8]) -> bool {
    sorted.binary_search_by(|entry| entry.as_bytes().cmp(name)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_sorted_lower_case_and_not_html() {
        assert!(KNOWN.is_sorted_by(|a, b| a < b) && KEYS.is_sorted());
        for name in KNOWN {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase()), "{name}");
            assert!(!html::is_element(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn each_policy_has_its_say() {
        let listed = Protect::Names(vec!["PRE".into(), "x".into(), "x".into()]);
        let rows: [(&str, [Class; 3]); 6] = [
            ("tool_call", [Class::Protected, Class::Protected, Class::Plain]),
            ("think", [Class::Protected, Class::Protected, Class::Plain]),
            ("x", [Class::Plain, Class::Protected, Class::Protected]),
            ("x_", [Class::Plain, Class::Protected, Class::Plain]),
            ("pre", [Class::Markup, Class::Markup, Class::Protected]),
            ("div", [Class::Markup, Class::Markup, Class::Markup]),
        ];
        for (name, [known, custom, named]) in rows {
            let class = |protect| Names::new(protect).class(name.as_bytes());
            assert_eq!(class(&Protect::Known), known, "{name}");
            assert_eq!(class(&Protect::Custom), custom, "{name}");
            assert_eq!(class(&listed), named, "{name}");
        }
    }
}
