//! The white space of a document, described by rule: a base style, the classes of gaps that differ
//! from it, and the gaps that differ from their class.

use super::gap::{Class, Place};

/// How many gaps may differ from their class before a document's spacing counts as irregular.
pub(super) const EXCEPTIONS: usize = 1_024;
/// How many classes of gaps a document may have.
pub(super) const CLASSES: usize = 4_096;
/// How many different gaps a document may have.
pub(super) const GAPS: usize = 256;

/// What all white space of a document follows from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spacing {
    pub(crate) base: Base,
    /// Classes whose gap is not the base's, in order.
    pub(crate) classes: Vec<(Class, u16)>,
    /// Gaps that are not their class's, by ordinal, in order.
    pub(crate) exceptions: Vec<(u32, u16)>,
    /// The gaps that `classes`, `exceptions` and styles name by index. The first is empty.
    pub(crate) gaps: Vec<Vec<u8>>,
}

/// The usual ways to print JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Base {
    /// No white space.
    #[default]
    Compact,
    /// A space after each comma and colon.
    Spaced,
    /// A line per child, indented by this unit, and a space after each colon.
    Indent(Vec<u8>),
}

impl Base {
    /// The gap at a place that is `depth` brackets deep. `None`: it is longer than `longest`.
    ///
    /// `line` is the caller's: it holds a newline and as many units as were needed so far.
    #[inline]
    pub(super) fn gap<'l>(
        &self,
        place: Place,
        depth: u16,
        longest: usize,
        line: &'l mut Vec<u8>,
    ) -> Option<&'l [u8]> {
        let (unit, units) = match (self, place) {
            (_, Place::Between) => (b"".as_slice(), 0),
            (Base::Compact, _) => return Some(b""),
            (_, Place::AfterColon) | (Base::Spaced, Place::AfterComma) => return Some(b" "),
            (Base::Indent(unit), Place::Open | Place::AfterComma) => (unit.as_slice(), depth),
            (Base::Indent(unit), Place::Close) => (unit.as_slice(), depth - 1),
            _ => return Some(b""),
        };
        let len = 1 + usize::from(units) * unit.len();
        if len > longest {
            return None;
        }
        if line.is_empty() {
            line.push(b'\n');
        }
        while line.len() < len {
            line.extend_from_slice(unit);
        }
        Some(&line[..len])
    }
}

/// Distinct gaps, numbered as they come. Number 0 is the empty one.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) list: Vec<Vec<u8>>,
    index: foldhash::HashMap<Vec<u8>, u16>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { list: vec![Vec::new()], index: [(Vec::new(), 0)].into_iter().collect() }
    }
}

impl Texts {
    /// Whether `gap` has this number. Most gaps are empty, which takes no comparing of bytes.
    #[inline]
    pub(super) fn is(&self, index: u16, gap: &[u8]) -> bool {
        match index {
            0 => gap.is_empty(),
            _ => self.list[usize::from(index)] == gap,
        }
    }

    pub(super) fn index(&mut self, gap: &[u8]) -> u16 {
        if let Some(&index) = self.index.get(gap) {
            return index;
        }
        let index = self.list.len() as u16;
        self.list.push(gap.to_vec());
        self.index.insert(gap.to_vec(), index);
        index
    }
}
