//! The white space of a document, described by rule: a base style, the classes of gaps that differ
//! from it, and the gaps that differ from their class.

use super::gap::{Bracket, Class, Gaps, Place};
use crate::walk::json::{Event, JsonWalker};
use foldhash::{HashMap, HashMapExt};

/// How many gaps may differ from their class before a document's spacing counts as irregular.
const EXCEPTIONS: usize = 1_024;
/// How many classes of gaps a document may have.
const CLASSES: usize = 4_096;
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
    fn write(&self, class: &Class, out: &mut Vec<u8>) {
        let unit: &[u8] = match (self, class.place) {
            (_, Place::Between) => return out.push(b'\n'),
            (Base::Compact, _) => return,
            (_, Place::AfterColon) => return out.push(b' '),
            (Base::Spaced, Place::AfterComma) => return out.push(b' '),
            (Base::Spaced, _) => return,
            (Base::Indent(unit), _) => unit,
        };
        let units = match class.place {
            Place::Open | Place::AfterComma => class.depth,
            Place::Close => class.depth - 1,
            _ => return,
        };
        out.push(b'\n');
        (0..units).for_each(|_| out.extend_from_slice(unit));
    }
}

/// Learns the spacing of a document while it is parsed.
#[derive(Debug)]
pub(crate) struct Learner {
    gaps: Gaps,
    texts: Texts,
    classes: HashMap<Class, u16>,
    exceptions: Vec<(u32, u16)>,
    ordinal: u32,
    unit: Option<Vec<u8>>,
    spaced: bool,
    irregular: bool,
}

impl Learner {
    pub(crate) fn new() -> Self {
        Self {
            gaps: Gaps::default(),
            texts: Texts::default(),
            classes: HashMap::new(),
            exceptions: Vec::new(),
            ordinal: 0,
            unit: None,
            spaced: false,
            irregular: false,
        }
    }

    /// Takes the gap before `event`, and the event.
    pub(crate) fn event(&mut self, event: Event, gap: &[u8]) {
        if let Some(class) = self.gaps.before(event) {
            let index = self.learn(class, gap);
            if class.place == Place::Open {
                self.gaps.set_style(index);
            }
        }
        self.gaps.pass(event);
    }

    /// Ends the document. `None`: its spacing is irregular.
    pub(crate) fn finish(mut self, gap: &[u8]) -> Option<Spacing> {
        self.learn(self.gaps.at_end(), gap);
        if self.irregular {
            return None;
        }
        let base = match self.unit {
            Some(unit) => Base::Indent(unit),
            None if self.spaced => Base::Spaced,
            None => Base::Compact,
        };
        let mut expected = Vec::new();
        let mut classes: Vec<_> = self.classes.into_iter().collect();
        classes.retain(|(class, index)| {
            expected.clear();
            base.write(class, &mut expected);
            self.texts.list[*index as usize] != expected
        });
        classes.sort_unstable();
        Some(Spacing { base, classes, exceptions: self.exceptions, gaps: self.texts.list })
    }

    fn learn(&mut self, class: Class, gap: &[u8]) -> u16 {
        if self.irregular {
            return 0;
        }
        self.ordinal += 1;
        let expected = self.classes.get(&class).copied();
        let same = |index: &u16| same(&self.texts.list[usize::from(*index)], gap);
        if let Some(index) = expected.filter(same) {
            return index;
        }
        self.guess_base(class, gap);
        let index = self.texts.index(gap);
        if expected.is_none() {
            self.classes.insert(class, index);
        } else {
            self.exceptions.push((self.ordinal - 1, index));
        }
        self.irregular = self.texts.list.len() > GAPS
            || self.classes.len() > CLASSES
            || self.exceptions.len() > EXCEPTIONS;
        index
    }

    fn guess_base(&mut self, class: Class, gap: &[u8]) {
        match class.place {
            Place::Open if class.depth == 1 && self.unit.is_none() => {
                self.unit = gap.strip_prefix(b"\n").filter(|u| !u.is_empty()).map(<[u8]>::to_vec);
            }
            Place::AfterComma | Place::AfterColon => self.spaced |= gap == b" ",
            _ => {}
        }
    }
}

/// Whether two gaps are equal. Most are empty or one space: comparing them here costs less than a
/// call, and there is one for each token.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left == right)
}

/// Distinct gaps, numbered as they come. Number 0 is the empty one.
#[derive(Debug)]
struct Texts {
    list: Vec<Vec<u8>>,
    index: HashMap<Vec<u8>, u16>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { list: vec![Vec::new()], index: HashMap::from_iter([(Vec::new(), 0)]) }
    }
}

impl Texts {
    fn index(&mut self, gap: &[u8]) -> u16 {
        if let Some(&index) = self.index.get(gap) {
            return index;
        }
        let index = self.list.len() as u16;
        self.list.push(gap.to_vec());
        self.index.insert(gap.to_vec(), index);
        index
    }
}

impl Spacing {
    /// Writes the documents in `compact`, which hold no white space, with their white space.
    /// Documents that follow each other in `compact` are told apart by grammar or by a newline.
    ///
    /// `None`: `compact` is not JSON, nests deeper than `depth`, or becomes longer than `longest`.
    pub(crate) fn restore(
        &self,
        compact: &[u8],
        depth: usize,
        longest: usize,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let classes: HashMap<Class, u16> = self.classes.iter().copied().collect();
        let styles: HashMap<&[u8], u16> =
            self.gaps.iter().zip(0..).map(|(gap, i)| (gap.as_slice(), i)).collect();
        let mut walker = JsonWalker::new(depth);
        let mut gaps = Gaps::default();
        let mut exceptions = self.exceptions.iter().copied().peekable();
        let mut ordinal = 0;
        let mut rest = compact;
        let mut done = 0;
        let mut write = |class: Class, out: &mut Vec<u8>| {
            let from = out.len();
            let index = exceptions.next_if(|next| next.0 == ordinal).map(|next| next.1);
            match index.or_else(|| classes.get(&class).copied()) {
                Some(index) => out.extend_from_slice(self.gaps.get(index as usize)?),
                None => self.base.write(&class, out),
            }
            ordinal += 1;
            Some(from)
        };
        loop {
            if walker.is_complete() {
                walker.next_document();
            }
            let event = match walker.next(&mut rest).ok()? {
                Some(event) => event,
                None => match walker.finish().ok()? {
                    Some(event) => event,
                    None => break,
                },
            };
            let end = walker.offset() as usize;
            let mut token = compact.get(done..end)?;
            if let Some(class) = gaps.before(event) {
                let from = write(class, out)?;
                if class.place == Place::Open {
                    gaps.set_style(styles.get(&out[from..]).copied().unwrap_or(u16::MAX));
                }
                token = token.trim_ascii_start();
            }
            gaps.pass(event);
            out.extend_from_slice(token);
            if out.len() > longest {
                return None;
            }
            done = end;
        }
        write(gaps.at_end(), out)?;
        Some(())
    }
}

impl Bracket {
    pub(crate) fn symbol(bracket: Option<Bracket>) -> char {
        match bracket {
            Some(Bracket::Array) => '[',
            Some(Bracket::Object) => '{',
            None => '.',
        }
    }
}
