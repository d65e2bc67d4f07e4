//! What belongs to a diff or a commit.
//!
//! A grammar, no guesses: `@@ -1,7 +1,8 @@` says how many lines follow, and a commit's record has
//! fields, an indented message and statistics. A line that does not fit ends it.

use super::hit::{Front, front};

/// Where in a diff a line stands.
#[derive(Default)]
enum At {
    /// In none.
    #[default]
    Outside,
    /// After `diff --git`, or between hunks.
    Header,
    /// In a hunk: so many old and new lines are to come.
    Hunk { old: u32, new: u32 },
    /// In a hunk of a merge, with so many signs in front of each line.
    Merge { signs: usize, left: u32 },
    /// In a binary patch.
    Binary,
    /// In a commit's record.
    Commit(Record),
}

/// Where in a commit's record a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Record {
    /// In the fields, up to the first blank line.
    Fields,
    /// In the message and what follows it.
    Message,
    /// After a blank line. More of the message may come, if a tool cut its spaces.
    Blank,
}

/// Follows diffs through the lines of a text.
#[derive(Default)]
pub(super) struct Diffs {
    at: At,
}

impl Diffs {
    /// Whether `line` belongs to a diff. `rest` is what follows it.
    pub(super) fn takes(&mut self, line: &[u8], rest: &[u8]) -> bool {
        if matches!((&self.at, line[0]), (At::Outside, byte) if !matches!(byte, b'd' | b'-' | b'c'))
        {
            return false;
        }
        let line = bare(line);
        let next = match self.at {
            At::Outside => begins(line, rest),
            At::Header => header(line).or_else(|| begins(line, rest)),
            At::Hunk { old, new } => hunk(line, old, new).or_else(|| begins(line, rest)),
            At::Merge { signs, left } => merge(line, signs, left).or_else(|| begins(line, rest)),
            At::Binary => binary(line).or_else(|| begins(line, rest)),
            At::Commit(record) => begins(line, rest).or_else(|| commit(line, record)),
        };
        let taken = next.is_some();
        self.at = next.unwrap_or_default();
        taken
    }
}

/// Without its line end.
fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A line that a diff, a file in it or a commit begins with.
fn begins(line: &[u8], rest: &[u8]) -> Option<At> {
    match line.first()? {
        b'd' if line.starts_with(b"diff --git ") || line.starts_with(b"diff --c") => {
            Some(At::Header)
        }
        b'-' if line.starts_with(b"--- ") && rest.starts_with(b"+++ ") => Some(At::Header),
        b'c' if record(line, rest) => Some(At::Commit(Record::Fields)),
        _ => None,
    }
}

/// `commit` and its name, with a field on the next line.
fn record(line: &[u8], rest: &[u8]) -> bool {
    let Some(name) = line.strip_prefix(b"commit ") else { return false };
    let hex = name.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let fields: [&[u8]; 6] = [b"Author: ", b"Merge: ", b"tree ", b"parent ", b"gpg: ", b"author "];
    (7..=64).contains(&hex)
        && matches!(name.get(hex), None | Some(b' '))
        && fields.iter().any(|field| rest.starts_with(field))
}

/// What may stand between `diff --git` and the first hunk, or between hunks.
fn header(line: &[u8]) -> Option<At> {
    let starts = |with: &[u8]| line.starts_with(with);
    let fits = match line.first() {
        None => true,
        Some(b'@') => return hunks(line),
        Some(b'i') => starts(b"index "),
        Some(b'o') => starts(b"old mode "),
        Some(b'n') => starts(b"new mode ") || starts(b"new file mode "),
        Some(b'd') => starts(b"deleted file mode ") || starts(b"dissimilarity index "),
        Some(b's') => starts(b"similarity index "),
        Some(b'r') => starts(b"rename from ") || starts(b"rename to "),
        Some(b'c') => starts(b"copy from ") || starts(b"copy to "),
        Some(b'-') => starts(b"--- "),
        Some(b'+') => starts(b"+++ "),
        Some(b'\\') => starts(b"\\ "),
        Some(b'B') => starts(b"Binary files "),
        Some(b'G') if starts(b"GIT binary patch") => return Some(At::Binary),
        _ => false,
    };
    fits.then_some(At::Header)
}

/// `@@ -1,7 +1,8 @@`, or with more signs for a merge.
fn hunks(line: &[u8]) -> Option<At> {
    let signs = line.iter().take_while(|byte| **byte == b'@').count();
    let mut ranges = line.get(signs..)?.split(|byte| *byte == b' ').skip(1);
    if !(2..=16).contains(&signs) {
        return None;
    }
    let old = lines(ranges.next()?.strip_prefix(b"-")?)?;
    if signs == 2 {
        return Some(At::Hunk { old, new: lines(ranges.next()?.strip_prefix(b"+")?)? });
    }
    let new = ranges.find_map(|range| range.strip_prefix(b"+"))?;
    Some(At::Merge { signs: signs - 1, left: lines(new)? })
}

/// The second number of `1,7`, or one.
fn lines(range: &[u8]) -> Option<u32> {
    let mut numbers = range.splitn(2, |byte| *byte == b',');
    number(numbers.next()?)?;
    numbers.next().map_or(Some(1), number)
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// A line of a hunk. Some tools cut the space of an empty one.
fn hunk(line: &[u8], old: u32, new: u32) -> Option<At> {
    if old == 0 && new == 0 {
        return header(line);
    }
    let (old, new) = match line.first() {
        None | Some(b' ') => (old.checked_sub(1)?, new.checked_sub(1)?),
        Some(b'-') => (old.checked_sub(1)?, new),
        Some(b'+') => (old, new.checked_sub(1)?),
        Some(b'\\') => (old, new),
        _ => return None,
    };
    Some(At::Hunk { old, new })
}

/// A line of a merge's hunk: it is in the result unless one of its signs is a minus.
fn merge(line: &[u8], signs: usize, left: u32) -> Option<At> {
    let front = &line[..line.len().min(signs)];
    let gone = front.contains(&b'-');
    if left == 0 && !gone {
        return header(line);
    }
    if !front.iter().all(|byte| b" +-".contains(byte)) {
        return line.starts_with(b"\\ ").then_some(At::Merge { signs, left });
    }
    let left = if gone { left } else { left - 1 };
    Some(At::Merge { signs, left })
}

/// A line of a binary patch: `literal` or `delta`, data in groups of five after a length, a blank one.
fn binary(line: &[u8]) -> Option<At> {
    let Some(first) = line.first() else { return Some(At::Binary) };
    let size = line.starts_with(b"literal ") || line.starts_with(b"delta ");
    let data = || {
        let sign = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'.' | b'/' | b':');
        first.is_ascii_alphabetic()
            && line.len() <= 66
            && line.len() % 5 == 1
            && line.iter().all(sign)
    };
    (size || data()).then_some(At::Binary)
}

/// A line of a commit's record after the first.
fn commit(line: &[u8], record: Record) -> Option<At> {
    let Some(first) = line.first() else { return Some(At::Commit(Record::Blank)) };
    if record == Record::Fields {
        return field(line).then_some(At::Commit(record));
    }
    let fits = match line.strip_prefix(b"    ") {
        Some(text) => {
            let number = text.first().is_some_and(|byte| *byte == b' ' || byte.is_ascii_digit());
            record == Record::Message || !number
        }
        None => *first == b' ' && statistic(line) || named(line),
    };
    fits.then_some(At::Commit(Record::Message))
}

/// `Author: …`, `tree …`, or what a signature goes on with.
fn field(line: &[u8]) -> bool {
    let word = line.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    word > 2 && matches!(line.get(word), Some(b':' | b' ')) || line[0] == b' '
}

/// ` src/x.rs | 12 ++--`, ` 3 files changed, …`, ` create mode 100644 x`.
fn statistic(line: &[u8]) -> bool {
    let line = &line[1..];
    let words: [&[u8]; 6] =
        [b"create mode ", b"delete mode ", b"rename ", b"mode change ", b"copy ", b"rewrite "];
    line.windows(3).take(300).any(|window| window == b" | ")
        || line.first().is_some_and(u8::is_ascii_digit) && line.windows(5).any(|w| w == b" file")
        || words.iter().any(|word| line.starts_with(word))
}

/// A path by itself, or after the letter that says what became of it, as `--name-status` prints it.
/// Git's own paths do not begin with a dot and a slash, as those of `find` do.
fn named(line: &[u8]) -> bool {
    let tab = memchr::memchr(b'\t', &line[..line.len().min(6)]);
    let path = tab.map_or(line, |tab| &line[tab + 1..]);
    let letter = tab.is_none() || line[0].is_ascii_uppercase();
    line[0] == b':'
        || letter
            && !line.starts_with(b"./")
            && !line.starts_with(b"/")
            && !path.iter().any(|byte| matches!(byte, b' ' | b'(' | b')' | b':' | b';' | b','))
            && path.iter().any(|byte| matches!(byte, b'.' | b'/'))
            && front(line) != Front::Numbered
}
