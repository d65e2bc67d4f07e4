//! A document's white space, put back.

use super::{
    gap::{Class, Gaps, Place},
    spacing::Spacing,
    token::{Kind, Tokens},
};
use foldhash::HashMap;

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
        // Up to here `compact` was copied. Tokens without white space between them are one copy.
        let mut done = 0;
        let mut put = |bytes: &[u8]| {
            (bytes.len() <= longest - out.len()).then(|| out.extend_from_slice(bytes))
        };
        loop {
            let token = tokens.next();
            let place = restorer.gaps.place(token.kind)?;
            let gap = restorer.gap(place)?;
            if !(gap.is_empty() && token.gap.is_empty()) {
                put(&compact[done..token.at - token.gap.len()])?;
                put(gap)?;
                done = token.at;
            }
            if token.kind == Kind::End {
                return put(&compact[done..]);
            }
            restorer.gaps.pass(token.kind);
            if restorer.gaps.depth() > depth {
                return None;
            }
        }
    }
}

/// Says what each gap is.
struct Restorer<'s> {
    spacing: &'s Spacing,
    longest: usize,
    gaps: Gaps,
    /// By the number of a class: what its gaps are.
    known: Vec<Option<Rule>>,
    classes: HashMap<Class, u16>,
    /// The indices of gaps.
    styles: HashMap<&'s [u8], u16>,
    /// Those that are still to come.
    exceptions: &'s [(u32, u16)],
    ordinal: u32,
    /// See [`Base::gap`](super::spacing::Base::gap).
    line: Vec<u8>,
}

/// What the gaps of a class are.
#[derive(Clone, Copy)]
enum Rule {
    /// The gap with this index. Index 0 is no gap, which is most often so.
    Gap(u16),
    /// The base's, which has no index.
    Base,
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
            exceptions: &spacing.exceptions,
            ordinal: 0,
            line: Vec::new(),
        }
    }

    /// The gap that stands here.
    #[inline]
    fn gap(&mut self, place: Place) -> Option<&[u8]> {
        let rule = match self.exception() {
            Some(index) => Rule::Gap(index),
            None => self.rule(place)?,
        };
        if place == Place::Open {
            self.gaps.set_style(match rule {
                Rule::Gap(index) => index,
                Rule::Base => self.spacing.gaps.len() as u16,
            });
        }
        match rule {
            Rule::Gap(0) => Some(b""),
            Rule::Gap(index) => self.spacing.gaps.get(usize::from(index)).map(Vec::as_slice),
            Rule::Base => self.base_gap(place),
        }
    }

    #[inline]
    fn exception(&mut self) -> Option<u16> {
        let ordinal = self.ordinal;
        self.ordinal += 1;
        let ((_, index), later) =
            self.exceptions.split_first().filter(|((at, _), _)| *at == ordinal)?;
        self.exceptions = later;
        Some(*index)
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
        let index = match self.classes.get(&self.gaps.class(place)) {
            Some(index) => Some(*index),
            None => {
                let gap = self.base_gap(place)?.to_vec();
                self.styles.get(gap.as_slice()).copied()
            }
        };
        let rule = index.map_or(Rule::Base, Rule::Gap);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn restore(spacing: &str, compact: &str, depth: usize, longest: usize) -> Option<String> {
        let spacing: Spacing = spacing.parse().unwrap();
        let mut out = Vec::new();
        spacing.restore(compact.as_bytes(), depth, longest, &mut out)?;
        Some(String::from_utf8(out).unwrap())
    }

    #[test]
    fn gaps_stand_where_the_description_says() {
        let document = r#"{"a":[1,{}],"b":[[]]}"#;
        for (spacing, text) in [
            ("compact", document),
            ("spaced", r#"{"a": [1, {}], "b": [[]]}"#),
            ("indent 1", "{\n \"a\": [\n  1,\n  {}\n ],\n \"b\": [\n  []\n ]\n}"),
            ("compact: e[3=2 l.0=n t.0=n", "\n{\"a\":[1,{}],\"b\":[[  ]]}\n"),
            ("spaced: +0=2 +6=0", r#"  {"a": [1,{}], "b": [[]]}"#),
            // Only the list on lines of its own ends on one.
            ("compact: o[2=0 c[2/n=n +4=n", "{\"a\":[\n1,{}\n],\"b\":[[]]}"),
        ] {
            assert_eq!(restore(spacing, document, 9, 99).as_deref(), Some(text), "{spacing}");
        }
    }

    #[test]
    fn bounds_hold_before_anything_is_written() {
        assert_eq!(restore("compact", "[[1]]", 2, 5).as_deref(), Some("[[1]]"));
        assert_eq!(restore("compact", "[[1]]", 1, 5), None);
        assert_eq!(restore("compact", "[[1]]", 2, 4), None);
        assert_eq!(restore("indent 60000", "[[[[[[[[1]]]]]]]]", 9, 400_000), None);
        assert_eq!(restore("compact: o[1=60000", "[1]", 9, 59_999), None);
    }

    #[test]
    fn what_is_no_json_is_not_restored() {
        for compact in ["", "[1", "[1,]", "{\"a\"}", "[01]", "[\"\\x\"]", "]", "{1:2}", "[1}"] {
            assert_eq!(restore("compact", compact, 9, 99), None, "{compact}");
        }
        assert_eq!(
            restore("spaced", "1\n[2,3]\n\"x\"", 9, 99).as_deref(),
            Some("1\n[2, 3]\n\"x\"")
        );
    }
}
