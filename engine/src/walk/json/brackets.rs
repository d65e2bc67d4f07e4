//! The open brackets: one bit each.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Array,
    Object,
}

/// A stack of brackets, at most `limit` deep.
#[derive(Clone, Debug)]
pub(super) struct Brackets {
    /// A set bit is an object. Bit `i % 64` of word `i / 64` is the bracket at depth `i`.
    bits: Vec<u64>,
    depth: usize,
    limit: usize,
}

impl Brackets {
    pub(super) fn new(limit: usize) -> Self {
        Self { bits: Vec::new(), depth: 0, limit }
    }

    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Opens `bracket`; false if the limit forbids it.
    #[inline]
    pub(super) fn push(&mut self, bracket: Bracket) -> bool {
        if self.depth == self.limit {
            return false;
        }
        let (word, bit) = (self.depth / 64, 1 << (self.depth % 64));
        if word == self.bits.len() {
            self.bits.push(0);
        }
        match bracket {
            Bracket::Object => self.bits[word] |= bit,
            Bracket::Array => self.bits[word] &= !bit,
        }
        self.depth += 1;
        true
    }

    /// Closes the innermost bracket, if one is open.
    #[inline]
    pub(super) fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    #[inline]
    pub(super) fn innermost(&self) -> Option<Bracket> {
        let top = self.depth.checked_sub(1)?;
        let object = self.bits[top / 64] >> (top % 64) & 1 == 1;
        Some(if object { Bracket::Object } else { Bracket::Array })
    }
}
