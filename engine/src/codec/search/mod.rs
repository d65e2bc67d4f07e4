//! Each path once, and its lines below.
//!
//! A search prints the path before each line that it found, and so do compilers before each
//! message. Here the path stands whole in a heading, `# path`, and the lines that it stood before
//! follow without it:
//!
//! ```text
//! src/a.rs:3:fn one() {}          # src/a.rs
//! src/a.rs-4-                     3:fn one() {}
//! src/a.rs:9:fn two() {}          4-
//!                                 9:fn two() {}
//! ```
//!
//! Neighbours that say the same share a line: `3,9,12:    #[test]`.
//!
//! A heading holds until the next one. A line below it leans on it if it begins as `hit::joint`
//! says; any other line is itself, so notices and separators stand where they stood. Which lines are
//! hits, and how long their paths are, is a guess (`find`) on which only the gain depends: a heading
//! is put before a line only where the line begins with that very path.

mod find;
mod hit;
mod page;
#[cfg(test)]
mod tests;

use super::{
    Coded, NEAR,
    lines::{AS_IS, Text, lines},
};
use crate::report::Reach;
use hit::{Joint, joint};
use page::Page;

/// What a heading begins with.
const HEADING: &[u8] = b"# ";
/// What the head line says.
const WORDS: &str = "intact hits, # path above its lines";
/// What it says too where hits share a line.
const LISTS: &str = "; 3,9: is both lines";

/// Writes lines shorter, or `None` where nothing can be gained.
pub(crate) fn encode(text: &[u8]) -> Option<Coded> {
    let marks = find::marks(text)?;
    let mut page = Page::with_room(text.len());
    for (line, mark) in lines(text).zip(marks) {
        page.put(line, mark);
    }
    let body = page.finish()?;
    let is_list = |line| matches!(joint(line), Some(Joint::List(_)));
    let lists = if lines(&body).any(is_list) { LISTS } else { "" };
    Some(Coded { detail: String::new(), words: format!("{WORDS}{lists}"), body })
}

/// The text that `body` was written for.
pub(crate) fn decode(body: &[u8], longest: usize, reach: &mut Reach) -> Option<Vec<u8>> {
    let mut text = Text::new(longest);
    let mut heading = None;
    for (at, line) in lines(body).enumerate() {
        if let Some(path) = line.strip_prefix(HEADING) {
            heading = Some((at, path));
            continue;
        }
        let Some((above, path, joint)) =
            heading.and_then(|(at, path)| Some((at, path, joint(line)?)))
        else {
            text.put(&[line.strip_prefix(&[AS_IS]).unwrap_or(line)])?;
            continue;
        };
        reach.add(at - above, 1);
        match joint {
            Joint::Bare => text.put(&[path, line])?,
            Joint::Sign(sign) => text.put(&[path, &[sign], line])?,
            Joint::List(end) => {
                let (numbers, said) = line.split_at(end);
                let mut each = numbers.split(|&byte| byte == b',');
                each.try_for_each(|number| text.put(&[path, b":", number, said]))?;
            }
        }
    }
    text.finish()
}
