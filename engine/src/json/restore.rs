//! A document's white space, put back.

use super::{
    gap::{Class, Gaps, Place},
    spacing::Spacing,
    token::{Kind, Tokens},
};
use foldhash::HashMap;
use std::{iter::Peekable, slice::Iter};

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
        std::str::from_utf8(compact).ok()?;
        let mut restorer = Restorer::new(self, longest);
        let mut tokens = Tokens::new(compact);
        loop {
            let token = tokens.next();
            let place = restorer.gaps.place(token.kind)?;
            restorer.gap(place, out)?;
            if token.kind == Kind::End {
                return Some(());
            }
            restorer.gaps.pass(token.kind);
            out.extend_from_slice(token.text);
            if out.len() > longest || restorer.gaps.depth() > depth {
                return None;
            }
        }
    }
}

struct Restorer<'s> {
    spacing: &'s Spacing,
    longest: usize,
    gaps: Gaps,
    /// By the number of a class: what its gaps are.
    known: Vec<Option<Rule>>,
    classes: HashMap<Class, u16>,
    /// The indices of gaps.
    styles: HashMap<&'s [u8], u16>,
    exceptions: Peekable<Iter<'s, (u32, u16)>>,
    ordinal: u32,
    /// See [`Base::gap`](super::spacing::Base::gap).
    line: Vec<u8>,
}

/// What the gaps of a class are.
#[derive(Clone, Copy)]
enum Rule {
    /// The gap with this index.
    Gap(u16),
    /// The base's, which as a style has this number.
    Base(u16),
}

impl<'s> Restorer<'s> {
    fn new(spacing: &'s Spacing, longest: usize) -> Self {
        Self {
            spacing,
            longest,
            gaps: Gaps::default(),
            known: Vec::new(),
            classes: spacing.classes.iter().copied().collect(),
            styles: spacing.gaps.iter().map(Vec::as_slice).zip(0..).collect(),
            exceptions: spacing.exceptions.iter().peekable(),
            ordinal: 0,
            line: Vec::new(),
        }
    }

    /// Writes the gap that stands here.
    #[inline]
    fn gap(&mut self, place: Place, out: &mut Vec<u8>) -> Option<()> {
        let exception = self.exceptions.next_if(|next| next.0 == self.ordinal);
        self.ordinal += 1;
        let rule = match exception {
            Some(&(_, index)) => Rule::Gap(index),
            None => self.rule(place)?,
        };
        let style = match rule {
            Rule::Gap(index) => {
                out.extend_from_slice(self.spacing.gaps.get(usize::from(index))?);
                index
            }
            Rule::Base(style) => {
                out.extend_from_slice(self.base_gap(place)?);
                style
            }
        };
        if place == Place::Open {
            self.gaps.set_style(style);
        }
        Some(())
    }

    #[inline]
    fn rule(&mut self, place: Place) -> Option<Rule> {
        let number = self.gaps.number(place);
        match self.known.get(number) {
            Some(Some(rule)) => Some(*rule),
            _ => self.new_rule(number, place),
        }
    }

    #[cold]
    fn new_rule(&mut self, number: usize, place: Place) -> Option<Rule> {
        let rule = match self.classes.get(&self.gaps.class(place)) {
            Some(&index) => Rule::Gap(index),
            None => {
                let unknown = self.spacing.gaps.len() as u16;
                let base = self.base_gap(place)?.to_vec();
                Rule::Base(self.styles.get(base.as_slice()).copied().unwrap_or(unknown))
            }
        };
        self.known.resize(self.known.len().max(self.gaps.classes()), None);
        self.known[number] = Some(rule);
        Some(rule)
    }

    #[inline]
    fn base_gap(&mut self, place: Place) -> Option<&[u8]> {
        let depth = self.gaps.depth() as u16;
        self.spacing.base.gap(place, depth, self.longest, &mut self.line)
    }
}
