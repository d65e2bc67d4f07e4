//! The lines of one conversation: its turns, what branched off, and side requests.

use super::{
    bust::Bust,
    line::{Line, Relation, Step},
    prompt::Prompt,
};

/// The most lines of one conversation that are remembered; the one that was used least recently goes.
pub(super) const LINES: usize = 16;

/// One conversation. The line that was used last is the last.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    lines: Vec<Line>,
}

impl Conversation {
    /// Takes a request. Gives what it changed of the line that explains it best.
    pub(super) fn observe(&mut self, prompt: &Prompt) -> Vec<Bust> {
        let Some((at, relation)) = self.nearest(prompt) else {
            self.push(Line::of(prompt));
            return Vec::new();
        };
        let busts = self.lines[at].busts(prompt, &relation);
        match relation.step {
            Step::Older if busts.is_empty() => {}
            Step::Extends if busts.is_empty() => {
                self.lines.remove(at);
                self.push(Line::of(prompt));
            }
            // The old line stays: if both go on, each is known.
            _ => self.push(Line::of(prompt)),
        }
        busts
    }

    /// The heap that it takes, in bytes.
    pub(super) fn heap(&self) -> usize {
        let lines: usize = self.lines.iter().map(Line::heap).sum();
        self.lines.capacity() * size_of::<Line>() + lines
    }

    fn nearest(&self, prompt: &Prompt) -> Option<(usize, Relation)> {
        let related = self.lines.iter().enumerate();
        let related = related.filter_map(|(at, line)| Some((at, line.relation(prompt)?)));
        related.max_by_key(|(_, relation)| relation.rank())
    }

    fn push(&mut self, line: Line) {
        if self.lines.len() == LINES {
            self.lines.remove(0);
        }
        self.lines.push(line);
    }
}
