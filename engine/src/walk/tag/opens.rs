//! Open tags that wait for their close, and the names that are open.

use crate::Limits;
use std::collections::{HashMap, VecDeque};

/// Dead names are kept for their next use until they outweigh the live ones by this many bytes.
const SPARE: usize = 4 * 1024;

/// No open tag.
const NONE: u64 = u64::MAX;

/// The open tags, oldest first. Each knows how far below it the one of the same name lies, and each
/// name knows its last one, so a close finds its open without a search.
///
/// Open tags have ordinals that are never used again; those below `base` are gone.
#[derive(Debug)]
pub(super) struct Opens {
    stack: VecDeque<Open>,
    base: u64,
    ids: HashMap<Box<[u8]>, u32>,
    names: Vec<Name>,
    free: Vec<u32>,
    /// Bytes of names that are open.
    live: usize,
    /// Bytes of names that are in `ids` and not open.
    dead: usize,
    depth: usize,
    room: usize,
}

#[derive(Debug)]
struct Open {
    start: u64,
    name: u32,
    /// How many places below lies the one of the same name; 0 if there was none.
    below: u32,
}

#[derive(Debug)]
struct Name {
    /// The ordinal of its last open tag, or `NONE`.
    last: u64,
    len: u32,
}

impl Opens {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            stack: VecDeque::new(),
            base: 0,
            ids: HashMap::new(),
            names: Vec::new(),
            free: Vec::new(),
            live: 0,
            dead: 0,
            depth: limits.tag_depth.min(u32::MAX as usize),
            room: limits.names,
        }
    }

    /// Where the oldest open tag begins.
    pub(super) fn first(&self) -> Option<u64> {
        self.stack.front().map(|open| open.start)
    }

    /// Adds an open tag, or says that there is no room for it.
    pub(super) fn push(&mut self, name: &[u8], start: u64) -> bool {
        if self.stack.len() >= self.depth {
            return false;
        }
        let known = self.ids.get(name).copied();
        let dead = known.is_none_or(|id| self.names[id as usize].last == NONE);
        if dead && self.live + name.len() > self.room {
            return false;
        }
        let id = known.unwrap_or_else(|| self.intern(name));
        if dead {
            self.live += name.len();
            self.dead -= name.len();
        }
        let ordinal = self.base + self.stack.len() as u64;
        let last = std::mem::replace(&mut self.names[id as usize].last, ordinal);
        let below = if last == NONE { 0 } else { (ordinal - last) as u32 };
        self.stack.push_back(Open { start, name: id, below });
        true
    }

    /// Takes the last open tag of this name, and all above it. Says where it began.
    pub(super) fn close(&mut self, name: &[u8]) -> Option<u64> {
        let id = *self.ids.get(name)?;
        let ordinal = self.names[id as usize].last;
        if ordinal == NONE {
            return None;
        }
        let start = self.stack[(ordinal - self.base) as usize].start;
        while self.base + self.stack.len() as u64 > ordinal {
            self.pop_last();
        }
        self.forget_dead();
        Some(start)
    }

    /// Drops the oldest open tag.
    pub(super) fn pop_first(&mut self) {
        let Some(open) = self.stack.pop_front() else { return };
        if self.names[open.name as usize].last == self.base {
            self.bury(open.name);
        }
        self.base += 1;
        self.forget_dead();
    }

    fn pop_last(&mut self) {
        let Some(open) = self.stack.pop_back() else { return };
        let ordinal = self.base + self.stack.len() as u64;
        let below = ordinal - u64::from(open.below);
        if open.below == 0 || below < self.base {
            self.bury(open.name);
        } else {
            self.names[open.name as usize].last = below;
        }
    }

    /// Adds a dead name.
    fn intern(&mut self, name: &[u8]) -> u32 {
        let state = Name { last: NONE, len: name.len() as u32 };
        let id = self.free.pop().unwrap_or(self.names.len() as u32);
        match self.names.get_mut(id as usize) {
            Some(slot) => *slot = state,
            None => self.names.push(state),
        }
        self.ids.insert(name.into(), id);
        self.dead += name.len();
        id
    }

    fn bury(&mut self, id: u32) {
        let name = &mut self.names[id as usize];
        name.last = NONE;
        self.live -= name.len as usize;
        self.dead += name.len as usize;
    }

    /// Frees the dead names once they outweigh the live ones. Each dead byte was read since the
    /// last time, so this costs a constant per byte of input.
    fn forget_dead(&mut self) {
        if self.dead <= self.live + SPARE {
            return;
        }
        let (names, free) = (&self.names, &mut self.free);
        self.ids.retain(|_, id| {
            let live = names[*id as usize].last != NONE;
            if !live {
                free.push(*id);
            }
            live
        });
        self.dead = 0;
    }
}

#[cfg(test)]
impl Opens {
    /// Bytes of names held, how many names, and how many open tags.
    pub(super) fn weight(&self) -> (usize, usize, usize) {
        (self.live + self.dead, self.ids.len(), self.stack.len())
    }
}
