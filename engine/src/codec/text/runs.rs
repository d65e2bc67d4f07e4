//! Equal lines, and equal groups of lines, once.
//!
//! `~x5` says that the line above stands five more times; `~x5 3` says it of the three lines above.
//! Runs are of the lines that the other layers wrote: within one template equal rows are equal lines.

use super::{SIGN, layout::is_equal};
use crate::codec::lines::put_as_is;

/// The most lines in a group.
pub(super) const GROUP: usize = 8;

/// The most bytes that one count speaks for, where a text would be too many times its body.
pub(super) const STRETCH: usize = 1000;

/// Counts equal lines alone, and keeps no note of lines: for texts of very short ones.
pub(super) fn count(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        let end = memchr::memchr(b'\n', rest);
        let line = &rest[..end.unwrap_or(rest.len())];
        put_as_is(line, line.first() == Some(&SIGN), &mut out);
        let Some(end) = end else { return out };
        out.push(b'\n');
        let (line, after) = rest.split_at(end + 1);
        let again = after.chunks_exact(line.len()).take(most(line.len(), STRETCH));
        let times = again.take_while(|other| is_equal(other, line)).count();
        rest = after;
        if line.len() * times >= least(end == 0) {
            put_line(format!("~x{times}").as_bytes(), &mut out);
            rest = &after[line.len() * times..];
        }
    }
}

/// How often a group of so many bytes may be said to come again, by a count that speaks for at most
/// `stretch` bytes or so.
fn most(weight: usize, stretch: usize) -> usize {
    (stretch / weight).max(16)
}

/// The least bytes that a count must replace. Line ends alone make long tokens.
fn least(is_blank: bool) -> usize {
    if is_blank { 40 } else { 14 }
}

/// Counts what repeats in `body`. No count speaks for more than `stretch` bytes or so.
pub(super) fn fold(body: &[u8], stretch: usize) -> Vec<u8> {
    let lines: Vec<&[u8]> = super::super::lines::lines(body).collect();
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < lines.len() {
        let (group, times) = repeats(&lines[at..], stretch).unwrap_or((1, 0));
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
/// a count is shorter; no oftener than a count may say.
pub(super) fn repeats(lines: &[&[u8]], stretch: usize) -> Option<(usize, usize)> {
    for group in 1..=GROUP.min(lines.len() / 2) {
        let pattern = &lines[..group];
        let is_again = |at: usize| is_equal(lines[at], lines[group + at]);
        if lines[0].len() != lines[group].len() || !(0..group).all(is_again) {
            continue;
        }
        // A row that leans on one above and comes again would lean on too many lines.
        let leans = |line: &&[u8]| group > 1 && memchr::memchr(b'^', line).is_some();
        if pattern.iter().any(|line| line.first() == Some(&SIGN) || leans(line)) {
            return None;
        }
        let is_blank = pattern.iter().all(|line| line.is_empty());
        let weight: usize = pattern.iter().map(|line| line.len() + 1).sum();
        let again = lines[group..].chunks_exact(group).take(most(weight, stretch));
        let times = again.take_while(|other| *other == pattern).count();
        return (weight * times >= least(is_blank)).then_some((group, times));
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
