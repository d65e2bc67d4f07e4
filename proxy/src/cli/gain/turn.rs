//! One request of a conversation, and what it shares with the one before.

use super::json;
use brevity::Dialect;
use bytes::Bytes;
use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher as _},
    sync::Arc,
};

/// A request as it was rebuilt.
#[derive(Debug)]
pub(super) struct Turn {
    /// The file that it comes from.
    pub(super) file: Arc<str>,
    /// Which conversation it belongs to. Turns of one conversation follow each other.
    pub(super) conversation: u64,
    /// How many messages it shares, from the first on, with the turn of the conversation before it.
    pub(super) shared: usize,
    /// The index of the first message that no turn before has sent.
    pub(super) new_from: u64,
    /// What is known of it.
    pub(super) draft: Draft,
}

/// What a reader of logs knows of a request.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) dialect: Dialect,
    pub(super) body: Bytes,
    /// How many bytes of the body stand behind the last message.
    pub(super) tail: usize,
    /// What tells each message, or item, from the others of its conversation.
    pub(super) ids: Vec<u64>,
    /// The line of the file where each message begins, from 1.
    pub(super) lines: Vec<u64>,
    pub(super) model: Option<String>,
    /// What the provider has charged, where the log has it.
    pub(super) usage: Option<Usage>,
    /// The id of the answer, where the log has it: it tells a copied request from one that was
    /// sent twice.
    pub(super) answer: u64,
}

/// The provider's own count of tokens, each counted in one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Neither read from the cache nor written to it.
    pub(super) input: u64,
    /// Written to the cache.
    pub(super) write: u64,
    /// Read from the cache.
    pub(super) read: u64,
    pub(super) output: u64,
}

impl Usage {
    /// All of the prompt.
    pub(super) fn prompt(&self) -> u64 {
        self.input + self.write + self.read
    }
}

/// Where turns go, in the order of their conversations. A request that was there already is left out:
/// agents copy a session's history into the log of the session that goes on from it.
pub(super) struct Feed<'t> {
    take: &'t mut dyn FnMut(Turn),
    seen: HashSet<u64>,
    conversations: u64,
    /// Requests that were left out.
    pub(super) copies: u64,
}

/// One conversation, as far as it was fed.
#[derive(Debug, Default)]
pub(super) struct Thread {
    number: Option<u64>,
    last: Vec<u64>,
    sent: HashSet<u64>,
}

impl<'t> Feed<'t> {
    pub(super) fn new(take: &'t mut dyn FnMut(Turn)) -> Self {
        Self { take, seen: HashSet::new(), conversations: 0, copies: 0 }
    }

    /// Passes the next request of `thread` on.
    pub(super) fn offer(&mut self, file: &Arc<str>, thread: &mut Thread, draft: Draft) {
        let new_from = thread.new_from(&draft.ids);
        thread.sent.extend(&draft.ids[new_from..]);
        if !self.seen.insert(hash(&(&draft.body, draft.answer))) {
            self.copies += 1;
            return;
        }
        let conversation = *thread.number.get_or_insert_with(|| {
            self.conversations += 1;
            self.conversations
        });
        let same = thread.last.iter().zip(&draft.ids).take_while(|(a, b)| a == b);
        let shared = same.count();
        thread.last.clone_from(&draft.ids);
        let new_from = new_from as u64;
        (self.take)(Turn { file: Arc::clone(file), conversation, shared, new_from, draft });
    }
}

impl Thread {
    /// A conversation whose first messages were sent in another form before, as after a compaction.
    pub(super) fn after(sent: impl IntoIterator<Item = u64>) -> Self {
        Self { sent: sent.into_iter().collect(), ..Self::default() }
    }

    fn new_from(&self, ids: &[u64]) -> usize {
        ids.iter().position(|id| !self.sent.contains(id)).unwrap_or(ids.len())
    }
}

impl Turn {
    /// The line of the file where the message of this index begins.
    pub(super) fn line(&self, message: u64) -> Option<u64> {
        self.draft.lines.get(usize::try_from(message).ok()?).copied()
    }
}

/// The body of a request that holds `messages` under `key`. The model stands behind them, so that all
/// turns of a conversation share their bytes even where the model changes.
pub(super) fn body<'m>(
    key: &str,
    messages: impl IntoIterator<Item = &'m [u8]>,
    model: Option<&str>,
) -> (Bytes, usize) {
    let mut out = format!("{{\"{key}\":[").into_bytes();
    for (at, message) in messages.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(message);
    }
    let model = model.map(|model| format!(",\"model\":{}", super::json_string(model)));
    let tail = format!("]{}}}", model.unwrap_or_default());
    out.extend_from_slice(tail.as_bytes());
    (out.into(), tail.len())
}

/// Where the first `count` messages of a body end.
pub(super) fn end_of(body: &[u8], count: usize) -> Option<usize> {
    let root = json::object(body)?;
    let messages = root.array("messages").or_else(|| root.array("input"))?;
    Some(json::range(body, messages.get(count.checked_sub(1)?)?).end)
}

/// A short stand-in for `value`, for sets of what was seen.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(messages: &[&str], answer: u64) -> Draft {
        let (body, tail) = body("messages", messages.iter().map(|m| m.as_bytes()), Some("m\"1"));
        Draft {
            dialect: Dialect::Anthropic,
            body,
            tail,
            ids: messages.iter().map(hash).collect(),
            lines: vec![7; messages.len()],
            model: None,
            usage: None,
            answer,
        }
    }

    #[test]
    fn turns_know_what_they_share_and_copies_are_left_out() {
        let (mut turns, file) = (Vec::new(), Arc::from("f"));
        let mut take = |turn| turns.push(turn);
        let mut feed = Feed::new(&mut take);
        let mut thread = Thread::default();
        for (messages, answer) in [
            (&["1"][..], 1),
            (&["1", "2", "3"], 2),
            // Sent again, for another answer; then a copy; then from an earlier message on.
            (&["1", "2", "3"], 3),
            (&["1", "2", "3"], 3),
            (&["1", "4"], 4),
        ] {
            feed.offer(&file, &mut thread, draft(messages, answer));
        }
        assert_eq!(feed.copies, 1);
        let known: Vec<_> = turns.iter().map(|t| (t.shared, t.new_from, t.conversation)).collect();
        assert_eq!(known, [(0, 0, 1), (1, 1, 1), (3, 3, 1), (1, 1, 1)]);
    }

    #[test]
    fn a_body_ends_where_its_tail_begins() {
        let Draft { body, tail, .. } = draft(&["{}", "[2]"], 0);
        assert_eq!(body, r#"{"messages":[{},[2]],"model":"m\"1"}"#);
        assert_eq!(end_of(&body, 2), Some(body.len() - tail));
        assert_eq!(end_of(&body, 1), Some(r#"{"messages":[{}"#.len()));
        assert_eq!([end_of(&body, 0), end_of(&body, 3)], [None, None]);
    }
}
