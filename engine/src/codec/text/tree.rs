//! Trees drawn with lines: one space per level instead.
//!
//! Which sign is drawn follows from the lines below: `├` where a sibling follows, `└` where none
//! does, `│` where an ancestor has one. A label, which has no sign of its own, parts the lines of a
//! level; it has a `\` before it. So both ways go from the last line to the first, and keep one
//! bit per level: whether a line of this level stands below.

use super::SIGN;
use crate::codec::lines::AS_IS;

/// The deepest level that is written as spaces.
const DEEPEST: usize = 48;

/// How a program draws.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// What the line `~T…` says.
    pub(super) name: &'static str,
    bar: &'static str,
    blank: &'static str,
    tee: &'static str,
    corner: &'static str,
    /// The same two, for a line with children.
    parent: Option<(&'static str, &'static str)>,
}

const STYLES: [Style; 5] = [
    Style {
        name: "", bar: "│   ", blank: "    ", tee: "├── ", corner: "└── ", parent: None
    },
    Style {
        name: "nbsp",
        bar: "│\u{a0}\u{a0} ",
        blank: "    ",
        tee: "├── ",
        corner: "└── ",
        parent: None,
    },
    Style {
        name: "npm",
        bar: "│ ",
        blank: "  ",
        tee: "├── ",
        corner: "└── ",
        parent: Some(("├─┬ ", "└─┬ ")),
    },
    Style { name: "ascii", bar: "|   ", blank: "    ", tee: "|-- ", corner: "`-- ", parent: None },
    Style { name: "plus", bar: "|  ", blank: "   ", tee: "+- ", corner: "\\- ", parent: None },
];

/// Whether a line may be of a tree, at a glance.
pub(super) fn is_branch(line: &[u8]) -> bool {
    let first = line.iter().find(|&&byte| byte != b' ');
    matches!(first, Some(b'|' | b'`' | b'+' | b'\\' | 0xc2 | 0xe2))
        && STYLES
            .iter()
            .any(|style| style.cut(line).is_some_and(|entry| entry.level > 0 && !entry.is_label))
}

/// The style in which most of the lines are drawn.
pub(super) fn style_of(lines: &[&[u8]]) -> &'static Style {
    let (mut best, mut most) = (&STYLES[0], 0);
    for style in &STYLES {
        let mut below = Below::default();
        let entries = lines.iter().rev().filter_map(|line| style.strip(line, &mut below));
        let drawn = entries.filter(|entry| entry.level > 0).count();
        if drawn > most {
            (best, most) = (style, drawn);
        }
        if most * 10 > lines.len() * 9 {
            break;
        }
    }
    best
}

/// The style that a line `~T…` names.
pub(super) fn parse(line: &[u8]) -> Option<&'static Style> {
    let name = line.strip_prefix(b"~T")?;
    STYLES.iter().find(|style| style.name.as_bytes() == name)
}

/// A line of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    /// How many signs, bars and blanks stand before the name.
    level: usize,
    /// There is no sign, but a bar or a blank, right before the name.
    is_label: bool,
    name: &'t [u8],
}

/// What is known while the lines of a tree are gone through from the last to the first.
#[derive(Default)]
pub(super) struct Below {
    /// Whether a line of this level stands below, before any of a lesser one.
    levels: Vec<bool>,
    /// The level of the line below.
    next: usize,
}

impl Style {
    /// What the head line says of a tree. With its signs, so that the part holds what tells in which
    /// style of escapes the text came.
    pub(super) fn words(&self) -> String {
        let Self { bar, tee, corner, .. } = self;
        format!(
            "~T tree, its {tee}{corner}{}as indentation",
            bar.trim_end_matches(' ').to_owned() + " "
        )
    }

    /// What a line consists of.
    fn cut<'t>(&self, line: &'t [u8]) -> Option<Entry<'t>> {
        let (mut level, mut rest) = (0, line);
        let is_label = loop {
            if let Some(len) = self.branch(rest) {
                (level, rest) = (level + 1, &rest[len..]);
                break false;
            }
            let mut signs = [self.bar, self.blank].into_iter();
            match signs.find_map(|sign| rest.strip_prefix(sign.as_bytes())) {
                Some(after) => (level, rest) = (level + 1, after),
                None => break level > 0,
            }
            if level == DEEPEST {
                return None;
            }
        };
        let is_plain = !matches!(rest.first(), None | Some(&(b' ' | AS_IS)));
        is_plain.then_some(Entry { level, is_label, name: rest })
    }

    fn branch(&self, rest: &[u8]) -> Option<usize> {
        let (tee, corner) = self.parent.unwrap_or((self.tee, self.corner));
        let signs = [self.tee, self.corner, tee, corner];
        signs.iter().find(|sign| rest.starts_with(sign.as_bytes())).map(|sign| sign.len())
    }

    /// The entry that `line` is, if the lines below say how it was drawn.
    pub(super) fn strip<'t>(&self, line: &'t [u8], below: &mut Below) -> Option<Entry<'t>> {
        let entry = self.cut(line).filter(|entry| entry.level > 0 || entry.name[0] != SIGN)?;
        let mut drawn = Vec::with_capacity(line.len());
        self.draw(entry, below, &mut drawn);
        (drawn == line).then(|| {
            below.note(entry);
            entry
        })
    }

    /// Draws an entry.
    pub(super) fn draw(&self, entry: Entry, below: &Below, out: &mut Vec<u8>) {
        let has = |level: usize| below.levels.get(level).copied().unwrap_or(false);
        let bars = entry.level + usize::from(entry.is_label);
        for above in 1..bars {
            out.extend_from_slice(if has(above) { self.bar } else { self.blank }.as_bytes());
        }
        if entry.level > 0 && !entry.is_label {
            let (tee, corner) = match self.parent {
                Some(parent) if below.next > entry.level => parent,
                _ => (self.tee, self.corner),
            };
            out.extend_from_slice(if has(entry.level) { tee } else { corner }.as_bytes());
        }
        out.extend_from_slice(entry.name);
    }
}

impl Below {
    /// Notes the line above those that are known.
    pub(super) fn note(&mut self, entry: Entry) {
        self.levels.resize(entry.level + 1, false);
        if !entry.is_label {
            self.levels[entry.level] = true;
        }
        self.next = entry.level;
    }
}

impl<'t> Entry<'t> {
    /// Writes the entry shorter.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.resize(out.len() + self.level, b' ');
        if self.is_label {
            out.push(AS_IS);
        }
        out.extend_from_slice(self.name);
    }

    /// Reads what [`Entry::put`] wrote. `None`: deeper than any tree.
    pub(super) fn parse(line: &'t [u8]) -> Option<Self> {
        let level = line.iter().take_while(|&&byte| byte == b' ').count();
        let name = &line[level..];
        let (is_label, name) =
            name.strip_prefix(&[AS_IS]).map_or((false, name), |name| (true, name));
        (level <= DEEPEST).then_some(Entry { level, is_label, name })
    }
}
