//! A document's spacing as words, and back.
//!
//! `compact`, `spaced` and `indent 2` (or `indent tab`) name a base. Where a document departs from
//! it, `:` follows, then a word for each class and each single gap. In these words a gap is a run of
//! `n` newline, `r` carriage return, `t` tab, and numbers of spaces; `0` is the empty gap.

use super::{
    gap::{Bracket, Class, Place},
    spacing::{Base, Spacing},
};
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
            _ => Base::Indent(gap(base.strip_prefix("indent ").ok_or(BadSpacing)?)?),
        };
        let mut spacing = Spacing { base, gaps: vec![Vec::new()], ..Spacing::default() };
        let mut last = 0;
        for word in rest.split_ascii_whitespace() {
            let (what, text) = word.split_once('=').ok_or(BadSpacing)?;
            let gap = spacing.index(gap(text)?)?;
            match what.strip_prefix('+') {
                Some(step) => {
                    last += step.parse::<u32>().map_err(|_| BadSpacing)?;
                    spacing.exceptions.push((last, gap));
                }
                None => {
                    let class = spacing.class(what)?;
                    spacing.classes.push((class, gap));
                }
            }
        }
        Ok(spacing)
    }
}

impl Spacing {
    fn index(&mut self, gap: Vec<u8>) -> Result<u16, BadSpacing> {
        let known = self.gaps.iter().position(|known| *known == gap);
        let index = known.unwrap_or_else(|| {
            self.gaps.push(gap);
            self.gaps.len() - 1
        });
        if index < super::spacing::GAPS { Ok(index as u16) } else { Err(BadSpacing) }
    }

    fn class(&mut self, word: &str) -> Result<Class, BadSpacing> {
        let (word, style) = match word.split_once('/') {
            Some((word, style)) => (word, self.index(gap(style)?)?),
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

/// The longest run of spaces in a description: far beyond any real indent, and it keeps a hostile
/// one from growing.
const SPACES: usize = 1 << 16;

fn gap(text: &str) -> Result<Vec<u8>, BadSpacing> {
    let mut gap = Vec::new();
    let mut rest = text.as_bytes();
    while let Some(&first) = rest.first() {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        match first {
            b'n' => gap.push(b'\n'),
            b'r' => gap.push(b'\r'),
            b't' => gap.push(b'\t'),
            _ => {
                let word = std::str::from_utf8(&rest[..digits]).map_err(|_| BadSpacing)?;
                let spaces =
                    word.parse::<usize>().ok().filter(|n| *n <= SPACES).ok_or(BadSpacing)?;
                gap.resize(gap.len() + spaces, b' ');
            }
        }
        rest = &rest[digits.max(1)..];
    }
    Ok(gap)
}
