//! All that is not JSON, a log, a search or a diff: listings, columns, trees, runs, progress bars.
//!
//! What lines share is said once, in a line that begins with `~`, and holds until the next one:
//!
//! ```text
//! ~ {-rw-r--r--} 1 root root >28{} {Nov} {21} 00:59 src/{}
//! " 292 " lib.rs                     -rw-r--r-- 1 root root   292 Nov 21 00:59 src/lib.rs
//! -rwxr-xr-x 88 " build              -rwxr-xr-x 1 root root    88 Nov 21 00:59 src/build
//! ```
//!
//! Layers, from the text to the body. Encoding goes down the list, decoding up:
//!
//! - `frames`: a line that was overdrawn (carriage returns) is one line per state.
//! - `tree`: box-drawing in front of a name becomes one space per level.
//! - `page`, with `trial`, `candidates`, `cells`, `learn`, `heading`, `layout`, `template`, `cut` and `row`: what a page of lines shares becomes a template;
//!   each line becomes the cells that fill it.
//! - `runs`: equal lines, or equal groups of lines, are counted.

mod candidates;
mod cells;
mod cut;
mod frames;
mod heading;
mod layout;
mod learn;
mod page;
mod read;
mod row;
mod runs;
mod template;
#[cfg(test)]
mod tests;
mod tree;
mod trial;

use super::Coded;
use crate::report::Reach;

/// Begins each line that speaks of other lines.
const SIGN: u8 = b'~';
/// The most lines of the text that one template, one tree's name or one count speaks for. Lines that
/// speak of others come between them.
const PAGE: usize = 96;

/// Below this many bytes lines may be of any length.
const SMALL: usize = 1 << 16;
/// The least bytes per line, on average, in longer texts.
const SHORTEST: usize = 6;

/// Writes lines shorter, or `None` where nothing can be gained.
pub(crate) fn encode(text: &[u8]) -> Option<Coded> {
    // Very short lines gain little, and what is noted of each would be many times the text.
    let lines = memchr::memchr_iter(b'\n', text).count();
    let body = if text.len() > SMALL && lines * SHORTEST > text.len() {
        runs::count(text)
    } else {
        let paged = page::encode(&frames::split(text));
        let body = runs::fold(&paged, usize::MAX);
        // A body that stands for too much is refused.
        if text.len() / 128 > body.len() { runs::fold(&paged, runs::STRETCH) } else { body }
    };
    if body.len() >= text.len() {
        return None;
    }
    Some(Coded { detail: String::new(), words: words(&body), body })
}

/// The text that `body` was written for.
pub(crate) fn decode(body: &[u8], longest: usize, reach: &mut Reach) -> Option<Vec<u8>> {
    read::decode(body, longest, reach)
}

/// What a reader needs to know of the signs that `body` holds.
fn words(body: &[u8]) -> String {
    let (mut has_templates, mut has_ends, mut has_counts, mut has_states) = Default::default();
    let (mut has_usual, mut has_above, mut tree) = (false, false, None);
    for line in super::lines::lines(body) {
        match line.strip_prefix(&[SIGN]).map(<[u8]>::first) {
            Some(None) => has_ends = true,
            Some(Some(b'x')) => has_counts = true,
            Some(Some(b'r')) => has_states = true,
            Some(Some(b'T')) => tree = tree.or_else(|| tree::parse(line)),
            Some(Some(_)) => has_templates = true,
            None => {
                has_usual = has_usual || memchr::memchr(b'"', line).is_some();
                has_above = has_above || memchr::memchr(b'^', line).is_some();
            }
        }
    }
    let tree = tree.map(tree::Style::words);
    let known = [
        (has_templates, "rows fill the {} of the ~ line above"),
        (has_templates && has_usual, "\" is its {words}"),
        (has_templates && has_above, "^ is the row above's"),
        (has_templates && has_ends, "~ alone ends it"),
        (tree.is_some(), tree.as_deref().unwrap_or_default()),
        (has_counts, "~x5 is the line above 5 times more"),
        (has_states, "~r5 is 5 lines that were overdrawn"),
    ];
    let known: Vec<_> = known.iter().filter(|(is, _)| *is).map(|&(_, words)| words).collect();
    format!("intact text, {}", known.join("; "))
}
