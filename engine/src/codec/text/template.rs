//! The line that says what the lines below share.

use super::SIGN;
use super::layout::{COLUMNS, Column, FURTHEST, Filling, Layout, Parted, Place, push_part};

impl Layout {
    /// Writes the template, with its sign.
    pub(super) fn put_template(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[SIGN, self.parted.name()]);
        let last = self.columns.len() - 1;
        for (at, column) in self.columns.iter().enumerate() {
            push_part(self.parted.in_rows(), &mut (at == 0), out);
            match column.place {
                Place::Next => {}
                Place::From(from) => out.extend_from_slice(format!("@{from}").as_bytes()),
                Place::UpTo(end) => out.extend_from_slice(format!(">{end}").as_bytes()),
            }
            match &column.filling {
                Filling::Fixed(word) => out.extend_from_slice(word),
                Filling::Hole(usual) => {
                    if at == last {
                        out.extend_from_slice(&self.prefix);
                    }
                    out.push(b'{');
                    out.extend_from_slice(usual.as_deref().unwrap_or_default());
                    out.push(b'}');
                }
            }
        }
    }

    /// Reads what [`Layout::put_template`] wrote, without the sign.
    pub(super) fn parse(template: &[u8]) -> Option<Layout> {
        let (&name, template) = template.split_first()?;
        let parted = *Parted::ALL.iter().find(|parted| parted.name() == name)?;
        let mut layout = Layout { parted, columns: Vec::new(), prefix: Vec::new() };
        let mut columns = template.split(|&byte| byte == parted.in_rows()).peekable();
        let mut spaces = 0;
        while let Some(column) = columns.next() {
            if column.is_empty() && parted == Parted::Words && columns.peek().is_some() {
                spaces += 1;
                continue;
            }
            if layout.columns.len() == COLUMNS {
                return None;
            }
            let is_last = columns.peek().is_none();
            let mut column = parse_column(column, is_last.then_some(&mut layout.prefix))?;
            match &mut column.filling {
                Filling::Fixed(word) => {
                    word.splice(0..0, std::iter::repeat_n(b' ', std::mem::take(&mut spaces)));
                }
                Filling::Hole(_) if spaces > 0 => return None,
                Filling::Hole(_) => {}
            }
            layout.columns.push(column);
        }
        Some(layout)
    }

    /// Whether a template may have `prefix` before its last hole, and be read as it was meant.
    pub(super) fn may_say(&self, prefix: &[u8]) -> bool {
        let is_placed = self.columns.last().is_some_and(|last| last.place != Place::Next);
        let is_digit = prefix.first().is_some_and(u8::is_ascii_digit);
        let is_one = memchr::memchr(self.parted.in_rows(), prefix).is_none();
        is_one && is_plain(prefix) && !(is_placed && is_digit)
    }
}

/// Reads a column of a template. `prefix`: takes what stands before the hole of the last column.
fn parse_column(column: &[u8], prefix: Option<&mut Vec<u8>>) -> Option<Column> {
    let (place, rest) = parse_place(column)?;
    let Some(open) = memchr::memchr(b'{', rest) else {
        let is_word = memchr::memchr(b'}', rest).is_none();
        return is_word.then(|| Column { place, filling: Filling::Fixed(rest.to_vec()) });
    };
    let usual = rest[open + 1..].strip_suffix(b"}")?;
    if usual.iter().any(|byte| matches!(byte, b'{' | b'}')) {
        return None;
    }
    match prefix {
        Some(prefix) => *prefix = rest[..open].to_vec(),
        None if open > 0 => return None,
        None => {}
    }
    let usual = Some(usual.to_vec()).filter(|usual| !usual.is_empty());
    Some(Column { place, filling: Filling::Hole(usual) })
}

fn parse_place(column: &[u8]) -> Option<(Place, &[u8])> {
    let Some((&(b'@' | b'>'), rest)) = column.split_first() else {
        return Some((Place::Next, column));
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    if number > FURTHEST {
        return None;
    }
    let place = if column[0] == b'@' { Place::From(number) } else { Place::UpTo(number) };
    Some((place, &rest[digits..]))
}

/// Whether a word may stand in a template and mean itself.
pub(super) fn is_plain(word: &[u8]) -> bool {
    !matches!(word.first(), Some(b'@' | b'>'))
        && !word.iter().any(|byte| matches!(byte, b'{' | b'}' | b'|'))
}

/// Whether a place is near enough to be named.
pub(super) fn is_within(column: usize) -> bool {
    column <= FURTHEST
}
