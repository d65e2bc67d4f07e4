//! The drawn trees of the codec `text`.

use super::frame::letters;

/// What a tree is drawn with.
pub(super) struct Style {
    bar: String,
    blank: String,
    /// Before a line whose sibling follows, and before the last.
    signs: [String; 2],
    /// The same before a line with a deeper one next.
    deeper: [String; 2],
}

impl Style {
    pub(super) fn named(name: &str) -> Option<Self> {
        let [bar, blank, follows, last, follows_deeper, last_deeper] = match name {
            "" => ["│   ", "    ", "├── ", "└── ", "├── ", "└── "],
            "nbsp" => ["│\u{a0}\u{a0} ", "    ", "├── ", "└── ", "├── ", "└── "],
            "ascii" => ["|   ", "    ", "|-- ", "`-- ", "|-- ", "`-- "],
            "npm" => ["│ ", "  ", "├── ", "└── ", "├─┬ ", "└─┬ "],
            "plus" => ["|  ", "   ", "+- ", "\\- ", "+- ", "\\- "],
            _ => return None,
        }
        .map(|sign| letters(sign.as_bytes()));
        let (signs, deeper) = ([follows, last], [follows_deeper, last_deeper]);
        Some(Self { bar, blank, signs, deeper })
    }

    /// The first of `lines` as it was drawn.
    pub(super) fn draw(&self, lines: &[&str]) -> String {
        let (level, text) = level(lines[0]);
        let label = text.strip_prefix('\\');
        let bars = if label.is_some() { level + 1 } else { level };
        let mut out: String = (1..bars)
            .map(|level| if goes_on(lines, level) { self.bar.as_str() } else { &self.blank })
            .collect();
        if level > 0 && label.is_none() {
            let is_deeper = seen(lines).next().is_some_and(|next| self::level(next).0 > level);
            let signs = if is_deeper { &self.deeper } else { &self.signs };
            out += if goes_on(lines, level) { &signs[0] } else { &signs[1] };
        }
        out + label.unwrap_or(text)
    }
}

/// Spaces before a line, and what follows.
fn level(line: &str) -> (usize, &str) {
    let text = line.trim_start_matches(' ');
    (line.len() - text.len(), text)
}

/// The lines of the tree below the first.
fn seen<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let is_tree =
        |line: &&&str| !line.starts_with('~') || line.starts_with("~x") || line.starts_with("~T");
    let below = lines[1..].iter().take_while(is_tree);
    below.filter(|line| !line.starts_with(['~', '\\'])).copied()
}

/// Whether a line of this level follows before one of a lesser level.
fn goes_on(lines: &[&str], wanted: usize) -> bool {
    for line in seen(lines) {
        let (level, text) = level(line);
        if level < wanted {
            return false;
        }
        if level == wanted && !text.starts_with('\\') {
            return true;
        }
    }
    false
}
