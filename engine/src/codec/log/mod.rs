//! Logs: what lines have in common is said once.
//!
//! A line that differs from an earlier one in few words is written as a name and these words:
//!
//! ```text
//! a=Jul 01 ^10:00:01 web1 app[^311]: user *ann logged in from *10.0.0.7
//! a 10:00:05 312 bob 10.0.0.9
//! a 10:00:05 313 eve 10.0.0.8
//! +2
//! ```
//!
//! The first line shows the pattern `a`: the line itself, with `*` before each word that rows give
//! and `^` before those that a row may leave out, which then are the same as above; `&` is before a
//! word that is the like one before it again, and `~` before the rest of a line where only its front
//! is like others. `+2` counts a line that stands twice
//! more. All other lines are themselves. The grammar is in `docs/notation.md`.
//!
//! Nothing here knows a format of logs. [`words`] cuts lines, [`shapes`] and [`fronts`] find lines
//! that are alike, [`plan`] chooses patterns, [`write`] prints; [`read`] prints the text again.

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
use plan::{Pattern, Plan};
use shapes::Shapes;

/// Writes lines shorter, or `None` where nothing can be gained.
pub(crate) fn encode(text: &[u8]) -> Option<Coded> {
    let mut shapes = Shapes::of(text)?;
    let plan = Plan::of(&mut shapes);
    let words = words(&shapes, &plan)?;
    let body = write::body(&shapes, &plan);
    Some(Coded { detail: String::new(), words, body })
}

/// What the head line tells its reader: of what there is, so that short parts have short heads.
/// `None`: there is nothing.
fn words(shapes: &Shapes, plan: &Plan) -> Option<String> {
    let any = |is_it: fn(&Pattern) -> bool| plan.patterns.iter().any(is_it);
    let has_rest = plan.patterns.iter().any(|pattern| shapes.rest(pattern.line).is_some());
    let carried = any(|pattern| pattern.carried > 0);
    let parts = [
        (any(|_| true), "; a= names a line, * ^ are marks; row a is line a with other words there"),
        (carried, ", ^ words left out in front are the line above's"),
        (any(|pattern| pattern.agains > 0), "; & is the like word again"),
        (has_rest, "; ~ is the rest"),
        (shapes.lines.iter().any(|line| line.run > 1), "; +2 is twice more"),
    ];
    let said: String = parts.iter().filter(|(is, _)| *is).map(|&(_, words)| words).collect();
    (!said.is_empty()).then(|| format!("intact log{said}"))
}

/// The text that `body` was written for.
pub(crate) fn decode(body: &[u8], longest: usize, reach: &mut Reach) -> Option<Vec<u8>> {
    read::text(body, longest, reach)
}
