//! Logs: what lines have in common is said once.
//!
//! A line that differs from an earlier one in few words is written as a name and these words:
//!
//! ```text
//! a=Jul 01 ^10:00:01 web1 app[*311]: user *ann logged in from *10.0.0.7
//! a 10:00:05 312 bob 10.0.0.9
//! a 313 eve 10.0.0.8
//! +2
//! ```
//!
//! The first line shows the pattern `a`: the line itself, with `*` before each word that rows give and
//! `^` before those that a row may leave out, which then are the same as above; `~` is before the rest
//! of a line where only its front is like others. `+2` counts a line that stands twice more. All other
//! lines are themselves. The grammar is in `docs/notation.md`.
//!
//! Nothing here knows a format of logs. [`words`] cuts lines, [`shapes`] and [`fronts`] find lines that
//! are alike, [`plan`] chooses patterns, [`write`] prints; [`read`] prints the text again.

mod fronts;
mod pattern;
mod plan;
mod read;
mod shapes;
mod syntax;
mod words;
mod write;

#[cfg(test)]
mod tests;

use super::Coded;
use crate::report::Reach;
use plan::Plan;
use shapes::Shapes;

/// What the head line tells its reader.
const WORDS: &str = "intact log; a= shows a line, a VALUES is that line with these for its ^ * ~ parts, \
    first ^ not given: as above; +2: twice more";

/// Writes lines shorter, or `None` where nothing can be gained.
pub(crate) fn encode(text: &[u8]) -> Option<Coded> {
    let mut shapes = Shapes::of(text)?;
    let plan = Plan::of(&mut shapes);
    let has_runs = || shapes.lines.iter().any(|line| line.run > 1);
    if plan.patterns.is_empty() && !has_runs() {
        return None;
    }
    let body = write::body(&shapes, &plan);
    Some(Coded { detail: String::new(), words: WORDS.to_owned(), body })
}

/// The text that `body` was written for.
pub(crate) fn decode(
    detail: &str,
    body: &[u8],
    longest: usize,
    reach: &mut Reach,
) -> Option<Vec<u8>> {
    if detail.is_empty() { read::text(body, longest, reach) } else { None }
}
