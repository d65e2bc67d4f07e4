//! Numbers for values: the same for the same bytes.

use super::Node;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Numbers values as they come, and counts them.
#[derive(Debug, Default)]
pub(super) struct Ids<'a> {
    /// The numbers, each with a part of its value's hash: so a table that grows looks at no value.
    numbers: HashTable<(u32, u32)>,
    /// The first of each value, by its number.
    nodes: Vec<Node<'a>>,
    /// How often each value came.
    pub(super) counts: Vec<u32>,
    hasher: RandomState,
}

impl<'a> Ids<'a> {
    /// The number of a value, which is counted.
    pub(super) fn of(&mut self, node: Node<'a>) -> u32 {
        let hash = self.hasher.hash_one(node) as u32;
        let is_node = |&(known, id): &(u32, u32)| known == hash && self.nodes[id as usize] == node;
        if let Some(&(_, id)) = self.numbers.find(spread(hash), is_node) {
            self.counts[id as usize] += 1;
            return id;
        }
        let id = self.unique(node);
        self.numbers.insert_unique(spread(hash), (hash, id), |&(hash, _)| spread(hash));
        id
    }

    /// A number for a value that is equal to no other, whatever its bytes.
    pub(super) fn unique(&mut self, node: Node<'a>) -> u32 {
        self.nodes.push(node);
        self.counts.push(1);
        self.counts.len() as u32 - 1
    }
}

/// A table looks at both ends of a hash, so its 32 bits stand at both.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}
