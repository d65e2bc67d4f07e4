//! What lines begin with, where nothing else is alike.
//!
//! Most lines of a log begin alike: a date, a host, a name. Lines that follow no pattern as a whole
//! are grouped once more, by what stands around their first words; the rest of the line is then one
//! value. How many words make the front is the same for the whole text: as many as save most.

use super::shapes::{Hash, NONE, Shapes};
use foldhash::{HashMap, HashMapExt};
use std::cmp::Reverse;

/// The most words of a front.
const MOST: usize = 7;
/// How many stretches of lines are looked at to choose the front, and how many lines in each.
const STRETCHES: usize = 4;
const STRETCH: usize = 256;

/// Groups the lines that follow no pattern by their fronts.
pub(super) fn group(shapes: &mut Shapes) {
    let lines = 0..shapes.lines.len() as u32;
    let free: Vec<u32> = lines.filter(|&line| shapes.line(line).pattern == NONE).collect();
    shapes.groups.clear();
    let Some(front) = best(&free, shapes) else { return };
    let mut groups = HashMap::new();
    for line in free {
        let hash = hashes(line, shapes).nth(front);
        shapes.cut(line, front as u16);
        let Some(hash) = hash else { continue };
        let group = *groups.entry(hash).or_insert(shapes.groups.len() as u32);
        shapes.push(line, group);
    }
}

/// How many words save most, if any do: about how many tokens it saves not to say those again that
/// the line before of the same front has. The fewest of those, since words that differ read better
/// in the rest of the line.
fn best(free: &[u32], shapes: &Shapes) -> Option<usize> {
    let mut saved = [0; MOST + 1];
    let mut latest = HashMap::new();
    let stretches = free.chunks(free.len().div_ceil(STRETCHES).max(1));
    for &line in stretches.flat_map(|stretch| stretch.iter().take(STRETCH)) {
        let words = shapes.words(line);
        for (front, hash) in hashes(line, shapes).enumerate().skip(1) {
            let Some(before) = latest.insert((front, hash), line) else { continue };
            let both = words.iter().zip(shapes.words(before)).take(front);
            let same = both.filter(|&(&ours, &theirs)| shapes.word(ours) == shapes.word(theirs));
            saved[front] += same.map(|(word, _)| 1 + u64::from(word.len()) / 4).sum::<u64>();
        }
    }
    let (saved, Reverse(front)) = saved.into_iter().zip((0..).map(Reverse)).max()?;
    (saved > 0).then_some(front)
}

/// A hash for each length of the front of a line: of the separators up to the word behind it.
fn hashes(line: u32, shapes: &Shapes) -> impl Iterator<Item = u64> {
    let mut hash = Hash::new();
    (0..shapes.words(line).len().min(MOST + 1)).map(move |front| {
        hash.add(shapes.separator(line, front));
        hash.0
    })
}
