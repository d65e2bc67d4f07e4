//! The way back, from the last layer to the first.

use super::{SIGN, frames, layout::Layout, row::Above, runs, tree};
use crate::codec::lines::{AS_IS, lines};
use crate::report::Reach;

/// The text that `body` stands for.
pub(super) fn decode(body: &[u8], longest: usize, reach: &mut Reach) -> Option<Vec<u8>> {
    let lines = unfold(body, longest)?;
    let mut reader = Reader {
        out: Vec::new(),
        longest,
        under: Under::Nothing,
        returns: 0,
        returns_at: 0,
        reach,
    };
    let mut at = 0;
    while at < lines.len() {
        at = reader.read(&lines, at)?;
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

/// Writes runs out: what the layers below wrote.
fn unfold(body: &[u8], longest: usize) -> Option<Vec<Line<'_>>> {
    // Each line of a run stands for at least a line end.
    let mut room = longest.saturating_mul(2).saturating_add(body.len());
    let mut all: Vec<Line> = Vec::new();
    for (at, text) in lines(body).enumerate() {
        if !text.starts_with(b"~x") {
            all.push(Line { text, at, run: None });
            continue;
        }
        let (group, times) = runs::parse(text)?;
        let from = all.len().checked_sub(group)?;
        let mut run = all[from..].to_vec();
        let is_plain = run.iter().all(|line| line.text.first() != Some(&SIGN));
        let weight: usize = run.iter().map(|line| line.text.len() + 1).sum();
        room = room.checked_sub(weight.checked_mul(times)?)?;
        // A run of a run would lean on three lines.
        let is_above = (1..=group).rev().zip(&run).all(|(up, line)| line.at + up == at);
        if !is_plain || !is_above || run.iter().any(|line| line.run.is_some()) {
            return None;
        }
        run.iter_mut().for_each(|line| line.run = Some(at));
        for _ in 0..times {
            all.extend_from_slice(&run);
        }
    }
    Some(all)
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
    /// Reads a line, or a tree. Returns the next line.
    fn read(&mut self, lines: &[Line], at: usize) -> Option<usize> {
        let line = lines[at];
        if let Some(style) = tree::parse(line.text) {
            self.under = Under::Nothing;
            return self.read_tree(style, lines, at);
        }
        if line.text.first() == Some(&SIGN) {
            self.read_sign(line)?;
        } else {
            self.read_line(line)?;
        }
        Some(at + 1)
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

    /// Reads a tree from the line that names its style.
    fn read_tree(&mut self, style: &tree::Style, lines: &[Line], at: usize) -> Option<usize> {
        let is_over = |line: &Line| {
            line.text.first() == Some(&SIGN)
                && tree::parse(line.text).is_none_or(|other| other != style)
        };
        let end = lines[at..].iter().position(is_over).map_or(lines.len(), |end| at + end);
        let mut below = tree::Below::default();
        // The way back goes up. What is drawn, last line first, and where each line ends.
        let mut drawn = Vec::new();
        let mut ends = vec![0];
        for line in lines[at..end].iter().rev() {
            match line.text.first() {
                Some(&SIGN) => {}
                Some(&AS_IS) => drawn.extend_from_slice(&line.text[1..]),
                _ => {
                    let entry = tree::Entry::parse(line.text)?;
                    style.draw(entry, &below, &mut drawn);
                    below.note(entry);
                }
            }
            if drawn.len() > self.longest {
                return None;
            }
            ends.push(drawn.len());
        }
        let mut named = lines[at].at;
        for (line, ends) in lines[at..end].iter().zip(ends.windows(2).rev()) {
            if line.text.first() == Some(&SIGN) {
                named = line.at;
                continue;
            }
            self.out.extend_from_slice(&drawn[ends[0]..ends[1]]);
            if line.text.first() != Some(&AS_IS) {
                let here = line.run.unwrap_or(line.at);
                self.reach.add(here - named, 1 + usize::from(line.run.is_some()));
            }
            self.end_line()?;
        }
        Some(end)
    }
}
