//! A bounded table of conversations. The one that was used least recently goes.

use super::conversation::Conversation;
use std::collections::{BTreeMap, HashMap};

/// What one conversation takes beside its own heap, in bytes: two entries in maps that grow.
const ENTRY: usize = 256;

/// The bounds of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The most conversations.
    pub(crate) conversations: usize,
    /// The most bytes of all of them.
    pub(crate) bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { conversations: 1_024, bytes: 8 << 20 }
    }
}

/// Conversations by a number that is spread evenly.
#[derive(Debug)]
pub(super) struct Table {
    bounds: Bounds,
    entries: HashMap<u64, Entry>,
    /// When each was used last.
    order: BTreeMap<u64, u64>,
    now: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    used: u64,
    conversation: Conversation,
}

impl Table {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, entries: HashMap::new(), order: BTreeMap::new(), now: 0, bytes: 0 }
    }

    /// Lends the conversation `key`, an empty one if there is none. What makes room for it goes
    /// before it comes back; one that has no room by itself is forgotten.
    pub(super) fn lend<T>(&mut self, key: u64, visit: impl FnOnce(&mut Conversation) -> T) -> T {
        let mut conversation = self.remove(key).unwrap_or_default();
        let seen = visit(&mut conversation);
        self.insert(key, conversation);
        seen
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// What all conversations take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn insert(&mut self, key: u64, conversation: Conversation) {
        let weight = weight(&conversation);
        if weight > self.bounds.bytes || self.bounds.conversations == 0 {
            return;
        }
        while self.len() >= self.bounds.conversations || self.bytes + weight > self.bounds.bytes {
            let Some((_, oldest)) = self.order.pop_first() else { break };
            self.remove(oldest);
        }
        self.now += 1;
        self.bytes += weight;
        self.order.insert(self.now, key);
        self.entries.insert(key, Entry { used: self.now, conversation });
    }

    fn remove(&mut self, key: u64) -> Option<Conversation> {
        let entry = self.entries.remove(&key)?;
        self.order.remove(&entry.used);
        self.bytes -= weight(&entry.conversation);
        Some(entry.conversation)
    }
}

fn weight(conversation: &Conversation) -> usize {
    ENTRY + conversation.heap()
}
