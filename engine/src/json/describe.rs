//! A document's spacing as words, and back.
//!
//! `compact`, `spaced` and `indent 2` (or `indent tab`) name a base. Where a document departs from
//! it, `:` follows, then a word for each class and each single gap. In these words a gap is a run of
//! `n` newline, `r` carriage return, `t` tab, and numbers of spaces; `0` is the empty gap.

use super::{
    gap::{Bracket, Class, Place},
    spacing::{Base, CLASSES, EXCEPTIONS, GAPS, Spacing, Texts},
};
use foldhash::HashMap;
use std::{
    fmt::{self, Display, Formatter, Write},
    str::FromStr,
};

/// A spacing's description that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadSpacing;

impl Display for Spacing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.base {
            Base::Compact => f.write_str("compact")?,
            Base::Spaced => f.write_str("spaced")?,
            Base::Indent(unit) => write!(f, "indent {}", Gap(unit))?,
        }
        if !self.classes.is_empty() || !self.exceptions.is_empty() {
            f.write_char(':')?;
        }
        for (class, gap) in &self.classes {
            let Class { place, bracket, depth, style } = class;
            write!(f, " {}{}{depth}", place.letter(), Bracket::symbol(*bracket))?;
            if *style != 0 {
                write!(f, "/{}", Gap(&self.gaps[*style as usize]))?;
            }
            write!(f, "={}", Gap(&self.gaps[*gap as usize]))?;
        }
        let mut last = 0;
        for (ordinal, gap) in &self.exceptions {
            write!(f, " +{}={}", ordinal - last, Gap(&self.gaps[*gap as usize]))?;
            last = *ordinal;
        }
        Ok(())
    }
}

impl FromStr for Spacing {
    type Err = BadSpacing;

    fn from_str(text: &str) -> Result<Self, BadSpacing> {
        let (base, rest) = text.split_once(':').unwrap_or((text, ""));
        let base = match base {
            "compact" => Base::Compact,
            "spaced" => Base::Spaced,
            _ => {
                let unit = base.strip_prefix("indent ").ok_or(BadSpacing)?;
                Base::Indent(gap(unit, LONGEST).ok_or(BadSpacing)?)
            }
        };
        let mut words = Words::default();
        let (mut classes, mut exceptions) = (Vec::new(), Vec::new());
        let mut last = 0_u32;
        for word in rest.split_ascii_whitespace() {
            let (what, text) = word.split_once('=').ok_or(BadSpacing)?;
            let gap = words.gap(text)?;
            match what.strip_prefix('+') {
                Some(step) => {
                    let step = step.parse().map_err(|_| BadSpacing)?;
                    last = last.checked_add(step).ok_or(BadSpacing)?;
                    exceptions.push((last, gap));
                }
                None => classes.push((words.class(what)?, gap)),
            }
            if exceptions.len() > EXCEPTIONS || classes.len() > CLASSES {
                return Err(BadSpacing);
            }
        }
        Ok(Spacing { base, classes, exceptions, gaps: words.gaps.list })
    }
}

/// Reads the gaps and classes of a description.
#[derive(Default)]
struct Words<'a> {
    gaps: Texts,
    /// The gaps that were read, so that one which comes often costs no more than its word.
    known: HashMap<&'a str, u16>,
    /// How many bytes these gaps hold.
    len: usize,
}

impl<'a> Words<'a> {
    fn gap(&mut self, word: &'a str) -> Result<u16, BadSpacing> {
        if let Some(&index) = self.known.get(word) {
            return Ok(index);
        }
        let gap = gap(word, LONGEST - self.len).ok_or(BadSpacing)?;
        self.len += gap.len();
        let index = self.gaps.index(&gap);
        self.known.insert(word, index);
        if usize::from(index) < GAPS { Ok(index) } else { Err(BadSpacing) }
    }

    fn class(&mut self, word: &'a str) -> Result<Class, BadSpacing> {
        let (word, style) = match word.split_once('/') {
            Some((word, style)) => (word, self.gap(style)?),
            None => (word, 0),
        };
        let mut letters = word.chars();
        let place = letters.next().and_then(Place::of_letter).ok_or(BadSpacing)?;
        let bracket = match letters.next() {
            Some('[') => Some(Bracket::Array),
            Some('{') => Some(Bracket::Object),
            Some('.') => None,
            _ => return Err(BadSpacing),
        };
        let depth = letters.as_str().parse().map_err(|_| BadSpacing)?;
        Ok(Class { place, bracket, depth, style })
    }
}

impl Bracket {
    fn symbol(bracket: Option<Bracket>) -> char {
        match bracket {
            Some(Bracket::Array) => '[',
            Some(Bracket::Object) => '{',
            None => '.',
        }
    }
}

impl Place {
    const LETTERS: [(Place, char); 10] = [
        (Place::Lead, 'l'),
        (Place::Between, 'b'),
        (Place::Trail, 't'),
        (Place::Open, 'o'),
        (Place::Close, 'c'),
        (Place::Empty, 'e'),
        (Place::BeforeComma, 'p'),
        (Place::AfterComma, 'a'),
        (Place::BeforeColon, 'k'),
        (Place::AfterColon, 'v'),
    ];

    fn letter(self) -> char {
        Self::LETTERS.iter().find(|(place, _)| *place == self).map_or('?', |(_, letter)| *letter)
    }

    fn of_letter(letter: char) -> Option<Self> {
        Self::LETTERS.iter().find(|(_, known)| *known == letter).map(|(place, _)| *place)
    }
}

struct Gap<'a>(&'a [u8]);

impl Display for Gap<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_char('0');
        }
        for run in self.0.chunk_by(|a, b| *a == b' ' && *b == b' ') {
            match run[0] {
                b'\n' => f.write_char('n')?,
                b'\r' => f.write_char('r')?,
                b'\t' => f.write_char('t')?,
                _ => write!(f, "{}", run.len())?,
            }
        }
        Ok(())
    }
}

/// How much white space a description may write out: far beyond any real indent, and it keeps a
/// hostile one from growing.
const LONGEST: usize = 1 << 16;

/// The gap that `word` describes. `None`: it is no gap, or longer than `longest`.
fn gap(word: &str, longest: usize) -> Option<Vec<u8>> {
    let mut gap = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (byte, count) = match first {
            'n' => (b'\n', 1),
            'r' => (b'\r', 1),
            't' => (b'\t', 1),
            _ => (b' ', rest[..digits].parse().ok()?),
        };
        if count > longest - gap.len() {
            return None;
        }
        gap.resize(gap.len() + count, byte);
        rest = &rest[digits.max(1)..];
    }
    Some(gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_described() {
        for words in [
            "compact",
            "spaced",
            "indent 2",
            "indent t",
            "compact: l.0=2 t.0=n",
            "indent 2: o{1/n4=0 c{1/n4=0 +3=n8 +0=rn",
        ] {
            let spacing: Spacing = words.parse().unwrap();
            assert_eq!(spacing.to_string(), words);
        }
    }

    #[test]
    fn no_description_makes_more_of_itself() {
        let many = |word: &str, n: usize| format!("compact:{}", word.repeat(n));
        let distinct: String = (0..GAPS).map(|n| format!(" +1=n{n}")).collect();
        for words in [
            "indent 65537",
            "indent 40000n40000",
            "compact: +1=99999999999999999999",
            "compact: +1=40000 +1=40001",
            "compact: +4294967295=1 +1=1",
            &many(" +1=1", EXCEPTIONS + 1),
            &many(" a[1=1", CLASSES + 1),
            &format!("compact:{distinct}"),
        ] {
            assert_eq!(words.parse::<Spacing>(), Err(BadSpacing), "{}", &words[..24]);
        }
        assert!(many(" +1=1", EXCEPTIONS).parse::<Spacing>().is_ok());
        assert!(many(" +1=40000", 2).parse::<Spacing>().is_ok());
    }
}
