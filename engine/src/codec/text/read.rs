//! The way back, from the last layer to the first.

use super::{SIGN, frames, layout::Layout, row::Above, runs, tree};
use crate::codec::lines::{AS_IS, lines};
use crate::report::Reach;
use std::collections::VecDeque;

/// The text that `body` stands for.
pub(super) fn decode(body: &[u8], longest: usize, reach: &mut Reach) -> Option<Vec<u8>> {
    let mut reader = Reader {
        out: Vec::with_capacity(longest.min(2 * body.len())),
        longest,
        under: Under::Nothing,
        returns: 0,
        returns_at: 0,
        reach,
    };
    let mut above = VecDeque::with_capacity(runs::GROUP);
    let mut rest = lines(body).enumerate().peekable();
    while let Some((at, text)) = rest.next() {
        if let Some(style) = tree::parse(text) {
            let mut tree = vec![Line { text, at, run: None }];
            let is_of_tree = |text: &[u8]| {
                text.first() != Some(&SIGN)
                    || text.starts_with(b"~x")
                    || tree::parse(text) == Some(style)
            };
            while let Some((at, text)) = rest.next_if(|(_, text)| is_of_tree(text)) {
                tree.push(Line { text, at, run: None });
            }
            reader.under = Under::Nothing;
            reader.read_tree(style, &tree)?;
            above.clear();
        } else if text.starts_with(b"~x") {
            reader.read_run(text, at, &above)?;
            above.clear();
        } else if text.first() == Some(&SIGN) {
            reader.read_sign(Line { text, at, run: None })?;
            above.clear();
        } else {
            let line = Line { text, at, run: None };
            reader.read_line(line)?;
            if above.len() == runs::GROUP {
                above.pop_front();
            }
            above.push_back(line);
        }
    }
    if reader.returns > 0 || reader.out.len() > longest + 1 {
        return None;
    }
    // The last line has no end.
    reader.out.pop()?;
    Some(reader.out)
}

/// A line, and which line of the body it is.
#[derive(Clone, Copy)]
struct Line<'b> {
    text: &'b [u8],
    at: usize,
    /// Where it is said that this line is one of a run.
    run: Option<usize>,
}

/// What the lines stand under.
enum Under {
    Nothing,
    Layout(Layout, usize, Above),
}

struct Reader<'r> {
    out: Vec<u8>,
    longest: usize,
    under: Under,
    /// How many lines still end with a carriage return, and where that was said.
    returns: usize,
    returns_at: usize,
    reach: &'r mut Reach,
}

impl Reader<'_> {
    /// Reads the lines `above` again, as often as the line at `at` says.
    fn read_run(&mut self, text: &[u8], at: usize, above: &VecDeque<Line>) -> Option<()> {
        let (group, times) = runs::parse(text)?;
        let from = above.len().checked_sub(group)?;
        for _ in 0..times {
            for line in above.range(from..) {
                self.read_line(Line { run: Some(at), ..*line })?;
            }
        }
        Some(())
    }

    fn read_sign(&mut self, line: Line) -> Option<()> {
        if let Some(returns) = frames::parse(line.text) {
            if self.returns > 0 {
                return None;
            }
            (self.returns, self.returns_at) = (returns, line.at);
        } else if line.text.len() == 1 {
            self.under = Under::Nothing;
        } else {
            self.under = Under::Layout(Layout::parse(&line.text[1..])?, line.at, Above::default());
        }
        Some(())
    }

    fn read_line(&mut self, line: Line) -> Option<()> {
        let here = line.run.unwrap_or(line.at);
        let mut others = usize::from(line.run.is_some());
        let mut furthest = line.at;
        if self.returns > 0 {
            // How a line ends is not what it says, but it is said near.
            furthest = furthest.min(self.returns_at);
        }
        if let Some(rest) = line.text.strip_prefix(&[AS_IS]) {
            self.out.extend_from_slice(rest);
        } else if let Under::Layout(layout, at, above) = &mut self.under
            && let Some(row) = layout.read_row(line.text)
        {
            let leans = {
                let mut cells = row.iter().copied().collect();
                let leans = above.spell_out(&mut cells)?;
                layout.render(&cells, &mut self.out);
                leans
            };
            above.note(&row, line.at);
            others += 1 + usize::from(leans.is_some());
            furthest = furthest.min(*at).min(leans.unwrap_or(*at));
        } else {
            self.out.extend_from_slice(line.text);
        }
        self.reach.add(here - furthest, others);
        self.end_line()
    }

    fn end_line(&mut self) -> Option<()> {
        self.out.push(if self.returns > 0 { b'\r' } else { b'\n' });
        self.returns = self.returns.saturating_sub(1);
        (self.out.len() <= self.longest + 1).then_some(())
    }

    /// Reads a tree, from the line that names its style on.
    fn read_tree(&mut self, style: &tree::Style, lines: &[Line]) -> Option<()> {
        let mut below = tree::Below::default();
        // The way back goes up. What is drawn, last line first, and where each line ends.
        let mut drawn = Vec::new();
        let mut ends = vec![0];
        let mut end = lines.len();
        while end > 0 {
            let (mut group, mut times) = (1, 0);
            if lines[end - 1].text.starts_with(b"~x") {
                (group, times) = runs::parse(lines[end - 1].text)?;
                end -= 1;
            }
            let from = end.checked_sub(group)?;
            let run = &lines[from..end];
            if times > 0 && run.iter().any(|line| line.text.first() == Some(&SIGN)) {
                return None;
            }
            for _ in 0..=times {
                for line in run.iter().rev().filter(|line| line.text.first() != Some(&SIGN)) {
                    draw(style, line.text, &mut below, &mut drawn)?;
                    ends.push(drawn.len());
                }
                if drawn.len() + ends.len() > self.longest + 2 {
                    return None;
                }
            }
            end = from;
        }
        let mut ends = ends.windows(2).rev();
        let mut named = 0;
        for (index, line) in lines.iter().enumerate() {
            let (group, times) = match line.text.first() {
                Some(&SIGN) if line.text.starts_with(b"~x") => runs::parse(line.text)?,
                Some(&SIGN) => {
                    named = line.at;
                    continue;
                }
                _ => (1, 1),
            };
            let is_run = line.text.first() == Some(&SIGN);
            if is_run || line.text.first() != Some(&AS_IS) {
                self.reach.add((line.at - named).max(group.min(index)), 1 + usize::from(is_run));
            }
            for ends in ends.by_ref().take(group.checked_mul(times)?) {
                self.out.extend_from_slice(&drawn[ends[0]..ends[1]]);
                self.end_line()?;
            }
        }
        Some(())
    }
}

/// Draws a line of a tree, without its end.
fn draw(
    style: &tree::Style,
    line: &[u8],
    below: &mut tree::Below,
    drawn: &mut Vec<u8>,
) -> Option<()> {
    if let Some(line) = line.strip_prefix(&[AS_IS]) {
        drawn.extend_from_slice(line);
    } else {
        let entry = tree::Entry::parse(line)?;
        style.draw(entry, below, drawn);
        below.note(entry);
    }
    Some(())
}
