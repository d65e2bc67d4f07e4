//! Whether all of a request's history will be in the model's prompt.
//!
//! An API can be told to clear tool results, to truncate or to compact what came before, or to keep
//! history by itself. Then a reference could point to what the model does not see.

use crate::walk::json::{Event, JsonWalker, Scalar};

/// Members of the root that may take history out of the prompt, unless they are `null`.
const RISKS: [&[u8]; 7] = [
    b"context_management",
    b"compaction",
    b"truncation",
    b"previous_response_id",
    b"conversation",
    b"thread",
    b"transforms",
];

/// What such a member may say without harm: nothing is truncated, or only thinking is cleared.
const HARMLESS: [&[u8]; 4] = [b"disabled", b"all", b"thinking_turns", b"clear_thinking_20251015"];

/// Whether a body in `chunks` says nothing that may take history out of the prompt.
pub(super) fn holds_history<'c>(chunks: impl Iterator<Item = &'c [u8]>, depth: usize) -> bool {
    let mut walker = JsonWalker::new(depth);
    let mut root = Root::default();
    for chunk in chunks {
        let mut rest = chunk;
        let mut from = 0;
        while let Ok(Some(event)) = walker.next(&mut rest) {
            let at = chunk.len() - rest.len();
            root.read(&chunk[from..at]);
            if !root.is_harmless(event, walker.depth()) {
                return false;
            }
            from = at;
        }
        root.read(&chunk[from..]);
    }
    true
}

/// What is known of the root's members.
#[derive(Debug, Default)]
struct Root {
    /// The string that is being read, if it matters; its closing quote may stand at its end.
    string: Option<Vec<u8>>,
    /// Whether the member that is being read is one of [`RISKS`].
    is_risk: bool,
    /// Whether the string is a key.
    is_key: bool,
}

/// Longer strings are none of those that matter.
const LONGEST: usize = 128;

impl Root {
    fn read(&mut self, bytes: &[u8]) {
        if let Some(string) = &mut self.string {
            let room = LONGEST.saturating_sub(string.len());
            string.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    fn is_harmless(&mut self, event: Event, depth: usize) -> bool {
        match event {
            Event::KeyStart => {
                self.is_key = true;
                self.string = (depth == 1 || self.is_risk).then(Vec::new);
            }
            Event::StringStart => {
                self.is_key = false;
                self.string = self.is_risk.then(Vec::new);
            }
            Event::KeyEnd if depth == 1 => {
                let key = self.take();
                // An escaped key may be any.
                self.is_risk = RISKS.contains(&&key[..]) || key.contains(&b'\\');
            }
            Event::StringEnd if self.is_risk => return HARMLESS.contains(&&self.take()[..]),
            Event::ScalarStart(scalar) if self.is_risk && depth == 1 => {
                return scalar == Scalar::Null;
            }
            _ => {}
        }
        true
    }

    /// The string, without the quote that ended it.
    fn take(&mut self) -> Vec<u8> {
        let mut string = self.string.take().unwrap_or_default();
        string.pop();
        string
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_history_out_of_the_prompt() {
        for (body, holds) in [
            (r#"{"messages":[{"content":"truncation"}],"stream":true}"#, true),
            (r#"{"messages":[],"context_management":null}"#, true),
            (
                r#"{"context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]}}"#,
                true,
            ),
            (
                r#"{"context_management":{"edits":[{"type":"clear_thinking_20251015","keep":{"type":"thinking_turns","value":2}}]}}"#,
                true,
            ),
            (r#"{"context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]}}"#, false),
            (r#"{"context_management":{"edits":[{"type":"compact_20260112"}]}}"#, false),
            (r#"{"truncation":"disabled"}"#, true),
            (r#"{"truncation":"auto"}"#, false),
            (r#"{"previous_response_id":"resp_1"}"#, false),
            (r#"{"conversation":{"id":"c"}}"#, false),
            (r#"{"thread":{"type":"continue","previous_message_id":"m"}}"#, false),
            (r#"{"compaction":{"type":"summarize"}}"#, false),
            (r#"{"compaction":null,"thread":null}"#, true),
            (r#"{"trunc\u0061tion":"auto"}"#, false),
            (r#"{"a":{"truncation":"auto"}}"#, true),
        ] {
            for cut in 0..body.len() {
                let (a, b) = body.as_bytes().split_at(cut);
                assert_eq!(holds_history([a, b].into_iter(), 64), holds, "{body} at {cut}");
            }
        }
    }
}
