//! The client's own name for a conversation.

use super::canon::Digest;
use hyper::HeaderMap;

/// Headers that name a conversation, each with one that names a part of it: Claude Code's session
/// and sub-agent, Codex's session or conversation.
const NAMES: [(&str, Option<&str>); 3] = [
    ("x-claude-code-session-id", Some("x-claude-code-agent-id")),
    ("session_id", None),
    ("conversation_id", None),
];

/// A conversation that the client names. The name itself is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Session(Digest);

impl Session {
    /// The session that a request's headers name, if one does.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        NAMES.iter().find_map(|(whole, part)| {
            let whole = digest(headers, whole)?;
            let part = part.and_then(|name| digest(headers, name));
            Some(Self(part.map_or(whole, |part| Digest::join(Some(whole), part))))
        })
    }

    pub(super) fn digest(self) -> Digest {
        self.0
    }
}

fn digest(headers: &HeaderMap, name: &str) -> Option<Digest> {
    headers.get(name).filter(|value| !value.is_empty()).map(|value| Digest::of(value.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(headers: &[(&'static str, &str)]) -> Option<Session> {
        let headers = headers.iter().map(|(name, value)| {
            (hyper::header::HeaderName::from_static(name), value.parse().unwrap())
        });
        Session::of(&headers.collect())
    }

    #[test]
    fn who_names_a_session() {
        let (whole, part) = ("x-claude-code-session-id", "x-claude-code-agent-id");
        let main = session(&[(whole, "a")]);
        assert!(main.is_some());
        assert_eq!(session(&[(whole, "a"), ("host", "x")]), main);
        let agents = [
            main,
            session(&[(whole, "b")]),
            session(&[(whole, "a"), (part, "1")]),
            session(&[(whole, "a"), (part, "2")]),
        ];
        for (at, agent) in agents.iter().enumerate() {
            assert!(!agents[..at].contains(agent), "agent {at} has a name of its own");
        }
        assert!(session(&[("session_id", "c")]).is_some());
        assert!(session(&[("conversation_id", "c")]).is_some());
        assert_eq!(session(&[]), None);
        assert_eq!(session(&[(part, "1")]), None);
        assert_eq!(session(&[(whole, "")]), None);
    }
}
