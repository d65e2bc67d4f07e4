//! Equal lines, and equal groups of lines, once.
//!
//! `~x5` says that the line above stands five more times; `~x5 3` says it of the three lines above.
//! Runs are of the lines that the other layers wrote: within one template equal rows are equal lines.

use super::{SIGN, layout::is_equal};

/// The most lines in a group.
pub(super) const GROUP: usize = 8;

/// Counts what repeats in `body`.
pub(super) fn fold(body: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = super::super::lines::lines(body).collect();
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < lines.len() {
        let (group, times) = repeats(&lines[at..]).unwrap_or((1, 0));
        for line in &lines[at..at + group] {
            put_line(line, &mut out);
        }
        if times > 0 {
            let of = if group > 1 { format!(" {group}") } else { String::new() };
            put_line(format!("~x{times}{of}").as_bytes(), &mut out);
        }
        at += group * (times + 1);
    }
    // The last line has no end.
    out.pop();
    out
}

fn put_line(line: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(line);
    out.push(b'\n');
}

/// How many lines make a group at the start of `lines` that comes again at once, and how often, where
/// a count is shorter.
pub(super) fn repeats(lines: &[&[u8]]) -> Option<(usize, usize)> {
    for group in 1..=GROUP.min(lines.len() / 2) {
        let pattern = &lines[..group];
        let is_again = |at: usize| is_equal(lines[at], lines[group + at]);
        if !(0..group).all(is_again) {
            continue;
        }
        // A row that leans on one above and comes again would lean on too many lines.
        let leans = |line: &&[u8]| group > 1 && memchr::memchr(b'^', line).is_some();
        if pattern.iter().any(|line| line.first() == Some(&SIGN) || leans(line)) {
            return None;
        }
        let times =
            lines[group..].chunks_exact(group).take_while(|other| *other == pattern).count();
        // Line ends alone make long tokens.
        let is_blank = pattern.iter().all(|line| line.is_empty());
        let weight: usize = pattern.iter().map(|line| line.len() + 1).sum();
        let least = if is_blank { 40 } else { 14 };
        return (weight * times >= least).then_some((group, times));
    }
    None
}

/// What a line says of lines above it: how many, and how many more times. `None`: it says nothing of
/// the kind.
pub(super) fn parse(line: &[u8]) -> Option<(usize, usize)> {
    let says = std::str::from_utf8(line.strip_prefix(b"~x")?).ok()?;
    let (times, group) = says.split_once(' ').unwrap_or((says, "1"));
    let (times, group) = (times.parse().ok()?, group.parse().ok()?);
    (times > 0 && (1..=GROUP).contains(&group)).then_some((group, times))
}
