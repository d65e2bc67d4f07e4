//! Texts that wait until it is known whether they are eligible, and all that stands between them.

use super::owner::Standing;
use crate::held::Held;
use bytes::Bytes;
use std::collections::VecDeque;

/// What a text counts beside its bytes.
const RECORD: u64 = 64;

/// Bytes that wait, from the inside of the first text on.
#[derive(Debug, Default)]
pub(super) struct Wait {
    from: u64,
    held: Held,
    texts: VecDeque<Text>,
}

/// The inside of a string, by offsets in the request.
#[derive(Clone, Copy, Debug)]
struct Text {
    from: u64,
    /// `None` while the string is open.
    to: Option<u64>,
    /// Whether the part that holds it lets it be eligible.
    part: Standing,
}

impl Wait {
    /// Waits from `from` on, where a text begins.
    pub(super) fn new(from: u64, part: Standing) -> Self {
        let texts = VecDeque::from([Text { from, to: None, part }]);
        Self { from, held: Held::default(), texts }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: Bytes) {
        self.held.push(bytes);
    }

    /// Begins another text.
    pub(super) fn open(&mut self, from: u64, part: Standing) {
        self.texts.push_back(Text { from, to: None, part });
    }

    /// Ends the text that is open, if one is.
    pub(super) fn close(&mut self, to: u64) {
        if let Some(text) = self.texts.back_mut() {
            text.to.get_or_insert(to);
        }
    }

    /// Tells the last text what its part says, if that was not known.
    pub(super) fn tell_part(&mut self, part: Standing) {
        if let Some(text) = self.texts.back_mut().filter(|text| text.part == Standing::Unknown) {
            text.part = part;
        }
    }

    /// Whether waiting can end: nothing is eligible, or all is known.
    pub(super) fn is_settled(&self, owner: Standing) -> bool {
        let last = self.texts.back().map_or(Standing::No, |text| text.part);
        match owner {
            Standing::No => true,
            Standing::Yes => last != Standing::Unknown,
            Standing::Unknown => {
                last == Standing::No && self.texts.iter().all(|text| text.part == Standing::No)
            }
        }
    }

    /// What waits at `offset`, in bytes.
    pub(super) fn weight(&self, offset: u64) -> u64 {
        offset - self.from + self.texts.len() as u64 * RECORD
    }

    /// The next complete text that its part lets be eligible, and what stands before it.
    pub(super) fn next_text(&mut self) -> Option<(Held, Held)> {
        while let Some(Text { from, to: Some(to), part }) = self.texts.front().copied() {
            self.texts.pop_front();
            if part != Standing::No {
                let before = self.take_to(from);
                return Some((before, self.take_to(to)));
            }
        }
        None
    }

    /// Where the text that is still open begins, if its part lets it be eligible.
    pub(super) fn open_from(&self) -> Option<u64> {
        let open = self.texts.front().filter(|text| text.to.is_none());
        open.filter(|text| text.part != Standing::No).map(|text| text.from)
    }

    /// All that is left.
    pub(super) fn into_held(self) -> Held {
        self.held
    }

    fn take_to(&mut self, offset: u64) -> Held {
        let taken = self.held.take((offset - self.from) as usize);
        self.from = offset;
        taken
    }
}
