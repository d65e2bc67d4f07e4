//! Numbers for values: the same for the same bytes.

use super::Node;
use foldhash::fast::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};

/// Numbers values as they come, and counts them.
///
/// The table is open addressing over the values' numbers. It keeps a part of each hash, so that a
/// value is looked at only where it is most likely the one.
#[derive(Debug)]
pub(super) struct Ids<'a> {
    slots: Vec<Slot>,
    /// The first of each value, by its number.
    nodes: Vec<Node<'a>>,
    /// How often each value came.
    pub(super) counts: Vec<u32>,
    hasher: RandomState,
}

/// A place in the table.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u32,
    /// The value's number and one; 0 in a free slot.
    next_id: u32,
}

impl<'a> Ids<'a> {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![Slot::default(); 1 << 10],
            nodes: Vec::new(),
            counts: Vec::new(),
            hasher: RandomState::default(),
        }
    }

    /// The number of a value, which is counted.
    pub(super) fn of(&mut self, node: Node<'a>) -> u32 {
        let hash = self.hash(&node);
        let mut at = hash as usize & (self.slots.len() - 1);
        loop {
            let slot = self.slots[at];
            let Some(id) = slot.next_id.checked_sub(1) else { break };
            if slot.hash == hash && self.nodes[id as usize] == node {
                self.counts[id as usize] += 1;
                return id;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        let id = self.unique(node);
        self.slots[at] = Slot { hash, next_id: id + 1 };
        if 2 * self.nodes.len() > self.slots.len() {
            self.grow();
        }
        id
    }

    /// A number for a value that is equal to no other, whatever its bytes.
    pub(super) fn unique(&mut self, node: Node<'a>) -> u32 {
        self.nodes.push(node);
        self.counts.push(1);
        self.counts.len() as u32 - 1
    }

    fn hash(&self, node: &Node<'a>) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        node.hash(&mut hasher);
        hasher.finish() as u32
    }

    fn grow(&mut self) {
        let mut slots = vec![Slot::default(); 4 * self.slots.len()];
        let mask = slots.len() - 1;
        for slot in self.slots.iter().filter(|slot| slot.next_id > 0) {
            let mut at = slot.hash as usize & mask;
            while slots[at].next_id > 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }
}
