//! The spacing of a document, learnt while it is parsed.

use super::{
    gap::{Class, Gaps, Place},
    spacing::{Base, CLASSES, EXCEPTIONS, GAPS, Spacing, Texts},
    token::{Kind, Token},
};

/// Learns the spacing of a document.
#[derive(Debug, Default)]
pub(super) struct Learner {
    gaps: Gaps,
    texts: Texts,
    /// By the number of a class: what its first gap was, as an index and one; 0 before that.
    known: Vec<u16>,
    classes: Vec<(Class, u16)>,
    exceptions: Vec<(u32, u16)>,
    ordinal: u32,
    unit: Option<Vec<u8>>,
    spaced: bool,
    irregular: bool,
}

impl Learner {
    /// What the next token stands among.
    pub(super) fn gaps(&self) -> &Gaps {
        &self.gaps
    }

    /// Takes a token and the gap before it. `None`: it cannot come here.
    #[inline]
    pub(super) fn token(&mut self, token: &Token) -> Option<()> {
        let place = self.gaps.place(token.kind)?;
        let index = self.learn(place, token.gap);
        if place == Place::Open {
            self.gaps.set_style(index);
        }
        if token.kind != Kind::End {
            self.gaps.pass(token.kind);
        }
        Some(())
    }

    /// What was learnt, after the last token. `None`: the spacing is irregular.
    pub(super) fn finish(mut self) -> Option<Spacing> {
        if self.irregular {
            return None;
        }
        let base = match self.unit {
            Some(unit) => Base::Indent(unit),
            None if self.spaced => Base::Spaced,
            None => Base::Compact,
        };
        let mut line = Vec::new();
        self.classes.retain(|(class, index)| {
            let gap = &self.texts.list[usize::from(*index)];
            base.gap(class.place, class.depth, gap.len(), &mut line) != Some(gap)
        });
        self.classes.sort_unstable();
        let Self { classes, exceptions, texts, .. } = self;
        Some(Spacing { base, classes, exceptions, gaps: texts.list })
    }

    /// The gap's index.
    #[inline]
    fn learn(&mut self, place: Place, gap: &[u8]) -> u16 {
        if self.irregular {
            return 0;
        }
        self.ordinal += 1;
        let number = self.gaps.number(place);
        let known = self.known.get(number).and_then(|index| index.checked_sub(1));
        match known.filter(|&index| self.texts.is(index, gap)) {
            Some(index) => index,
            None => self.learn_new(number, place, gap, known.is_some()),
        }
    }

    #[cold]
    fn learn_new(&mut self, number: usize, place: Place, gap: &[u8], is_exception: bool) -> u16 {
        let class = self.gaps.class(place);
        self.guess_base(class, gap);
        let index = self.texts.index(gap);
        if is_exception {
            self.exceptions.push((self.ordinal - 1, index));
        } else {
            self.known.resize(self.known.len().max(self.gaps.classes()), 0);
            self.known[number] = index + 1;
            self.classes.push((class, index));
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
