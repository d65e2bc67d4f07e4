//! The blocks that gained most, and the largest ones that were left alone.

use super::super::{prove::Proved, turn::Turn};
use brevity::{Codec, Outcome, Reason};
use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

/// How many of each are kept.
const MOST: usize = 10;

/// Two short lists.
#[derive(Default)]
pub(in super::super) struct Blocks {
    /// Those that saved most, the best first.
    pub(in super::super) best: Vec<Block>,
    /// The largest that stayed as they were, the largest first.
    pub(in super::super) left: Vec<Block>,
}

/// One tool result, when it was new. It holds nothing of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Block {
    pub(in super::super) file: Arc<str>,
    /// The line of the file where its message begins, and the message's index in the request.
    pub(in super::super) line: u64,
    pub(in super::super) message: u64,
    pub(in super::super) tool: Option<String>,
    pub(in super::super) tokens_in: u64,
    pub(in super::super) tokens_out: u64,
    /// What rewrote parts of it, and why others stayed.
    pub(in super::super) codecs: Vec<Codec>,
    pub(in super::super) reasons: Vec<Reason>,
}

impl Blocks {
    /// Looks at the blocks that a request was the first to send.
    pub(super) fn add(&mut self, proved: &Proved) {
        let turn = &proved.turn;
        let mut blocks: BTreeMap<u64, Block> = BTreeMap::new();
        let is_new = |outcome: &&Outcome| outcome.place.message >= turn.new_from;
        for outcome in proved.outcomes.iter().filter(is_new) {
            let block = blocks.entry(outcome.place.block);
            block.or_insert_with(|| Block::new(turn, outcome)).add(outcome);
        }
        for block in blocks.into_values() {
            if block.codecs.is_empty() {
                keep(&mut self.left, block, |block| block.tokens_in);
            } else {
                keep(&mut self.best, block, Block::saved);
            }
        }
    }
}

/// Puts `block` in its place, and the least out. What came first stays first among equals.
fn keep(list: &mut Vec<Block>, block: Block, weight: impl Fn(&Block) -> u64) {
    list.push(block);
    list.sort_by_key(|block| Reverse(weight(block)));
    list.truncate(MOST);
}

impl Block {
    fn new(turn: &Turn, outcome: &Outcome) -> Self {
        Self {
            file: Arc::clone(&turn.file),
            line: turn.line(outcome.place.message).unwrap_or_default(),
            message: outcome.place.message,
            tool: outcome.place.tool.clone(),
            tokens_in: 0,
            tokens_out: 0,
            codecs: Vec::new(),
            reasons: Vec::new(),
        }
    }

    fn add(&mut self, outcome: &Outcome) {
        self.tokens_in += outcome.tokens_in;
        self.tokens_out += outcome.tokens_out;
        match outcome.result {
            Ok(codec) if !self.codecs.contains(&codec) => self.codecs.push(codec),
            Err(reason) if !self.reasons.contains(&reason) => self.reasons.push(reason),
            Ok(_) | Err(_) => {}
        }
    }

    /// Estimated tokens saved.
    pub(in super::super) fn saved(&self) -> u64 {
        self.tokens_in.saturating_sub(self.tokens_out)
    }
}
