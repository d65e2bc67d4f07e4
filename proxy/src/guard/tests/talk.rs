//! A client that sends a conversation, in each dialect.

use super::super::{Bounds, Bust, Guard, Prompt, Session};
use brevity::{Dialect, Limits};
use bytes::Bytes;

pub(super) const ALL: [Dialect; 3] =
    [Dialect::Anthropic, Dialect::OpenAiChat, Dialect::OpenAiResponses];

pub(super) fn guard() -> Guard {
    Guard::new(Bounds::default(), Limits::default().json_depth)
}

pub(super) fn read(dialect: Dialect, body: &str) -> Prompt {
    Prompt::read(dialect, &[Bytes::copy_from_slice(body.as_bytes())], 64).unwrap()
}

pub(super) fn session(name: &str) -> Option<Session> {
    let headers = [("session_id".parse().unwrap(), name.parse().unwrap())];
    Session::of(&headers.into_iter().collect())
}

/// One turn. Messages are words: those that begin with `a` are the model's, with `t` a tool's
/// result, the others the user's.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) dialect: Dialect,
    pub(super) system: &'static str,
    pub(super) tools: Vec<&'static str>,
    pub(super) messages: Vec<String>,
    /// The message that bears `cache_control`.
    pub(super) mark: Option<usize>,
}

pub(super) fn turn(messages: &str) -> Turn {
    Turn {
        dialect: Dialect::Anthropic,
        system: "be brief",
        tools: vec!["read", "write", "run"],
        messages: messages.split_whitespace().map(String::from).collect(),
        mark: None,
    }
}

impl Turn {
    pub(super) fn of(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    pub(super) fn system(mut self, system: &'static str) -> Self {
        self.system = system;
        self
    }

    pub(super) fn tools(mut self, tools: &str) -> Self {
        let tools: &'static str = tools.to_string().leak();
        self.tools = tools.split_whitespace().collect();
        self
    }

    /// What `guard` says of it, in its words up to the colon.
    pub(super) fn seen_by(&self, guard: &Guard) -> Vec<String> {
        self.seen_in(guard, None)
    }

    pub(super) fn seen_in(&self, guard: &Guard, name: Option<&str>) -> Vec<String> {
        let session = name.and_then(session);
        let busts = guard.watch(self.dialect, session, &[Bytes::from(self.body())]);
        let short = |bust: &Bust| bust.to_string().split(':').next().unwrap().to_string();
        busts.iter().map(short).collect()
    }

    pub(super) fn body(&self) -> String {
        let messages = self.messages.iter().enumerate().map(|(at, word)| self.message(at, word));
        let messages = messages.collect::<Vec<_>>().join(",");
        let tools: Vec<_> = self.tools.iter().map(|name| self.tool(name)).collect();
        let (tools, system) = (tools.join(","), self.system);
        match self.dialect {
            Dialect::Anthropic => format!(
                r#"{{"model":"m","system":"{system}","messages":[{messages}],"tools":[{tools}],"stream":true}}"#
            ),
            Dialect::OpenAiChat => format!(
                r#"{{"messages":[{{"role":"system","content":"{system}"}},{messages}],"tools":[{tools}]}}"#
            ),
            _ => format!(
                r#"{{"instructions":"{system}","tools":[{tools}],"input":[{messages}],"store":false}}"#
            ),
        }
    }

    fn tool(&self, name: &str) -> String {
        let says = format!(r#""name":"{}","description":"{name}""#, name.trim_end_matches('!'));
        match self.dialect {
            Dialect::OpenAiChat => format!(r#"{{"type":"function","function":{{{says}}}}}"#),
            _ => format!("{{{says}}}"),
        }
    }

    fn message(&self, at: usize, word: &str) -> String {
        let role = if word.starts_with('a') { "assistant" } else { "user" };
        match (self.dialect, &word[..1]) {
            (Dialect::Anthropic, _) if self.mark == Some(at) => format!(
                r#"{{"content":[{{"type":"text","text":"{word}","cache_control":{{"type":"ephemeral"}}}}],"role":"{role}"}}"#
            ),
            (Dialect::OpenAiResponses, "a") => {
                format!(r#"{{"type":"function_call","call_id":"{word}","arguments":"{word}"}}"#)
            }
            (Dialect::OpenAiResponses, "t") => {
                format!(r#"{{"type":"function_call_output","call_id":"{word}","output":"{word}"}}"#)
            }
            (Dialect::OpenAiChat, "t") => {
                format!(r#"{{"role":"tool","tool_call_id":"{word}","content":"{word}"}}"#)
            }
            _ => format!(r#"{{"content":"{word}","role":"{role}"}}"#),
        }
    }
}
