//! What was sent last on one line of a conversation, and what a new request does to it.
//!
//! A request *extends* a line that it repeats whole. Else it leaves the line somewhere, and there are
//! three innocent ways to do so: it ends there (an older turn that comes late), nothing but new input
//! follows (the user went back), or another answer of the model follows and nothing of the line
//! comes back (two runs that began alike). What is left is a change of what was sent before.

use super::{
    bust::{Bust, Change},
    canon::Digest,
    prompt::Prompt,
};
use std::collections::HashSet;

/// The digests of one request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    system: Option<Digest>,
    tools: Box<[Digest]>,
    messages: Box<[Digest]>,
    /// Where the newest input begins: behind the last answer.
    turn: usize,
}

/// What a request does to a line that it has to do with.
#[derive(Debug)]
pub(super) struct Relation {
    /// Whether system prompt and tools are the same.
    same_head: bool,
    /// How many messages are the same.
    kept: usize,
    pub(super) step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The newest input of the line is another, and an answer follows it.
    Renewed,
    /// It says less than the line.
    Older,
    /// It goes elsewhere.
    Branch,
    /// It repeats the line whole.
    Extends,
    /// Something that was sent is another, and what came after it is sent again.
    Edited,
}

impl Line {
    pub(super) fn of(prompt: &Prompt) -> Self {
        Self {
            system: prompt.system,
            tools: prompt.tools.iter().map(|tool| tool.digest).collect(),
            messages: prompt.messages.iter().map(|message| message.digest).collect(),
            turn: prompt.last_answer().map_or(0, |last| last + 1),
        }
    }

    /// The heap that it takes, in bytes.
    pub(super) fn heap(&self) -> usize {
        (self.tools.len() + self.messages.len()) * size_of::<Digest>()
    }

    /// What `prompt` has to do with the line. None: it is something else that was asked.
    pub(super) fn relation(&self, prompt: &Prompt) -> Option<Relation> {
        let same = (self.system == prompt.system, self.tool_change(prompt).is_none());
        let both = || self.messages.iter().zip(&prompt.messages);
        let kept = both().take_while(|(old, new)| **old == new.digest).count();
        let shares_answer = both().any(|(old, new)| new.is_answer && *old == new.digest);
        let is_related = shares_answer
            || match same {
                (true, true) => kept > 0,
                // A side request may ask something else about the same first message.
                (false, false) => false,
                _ => kept > 0 && prompt.last_answer().is_some(),
            };
        let same_head = same == (true, true);
        is_related.then(|| Relation { same_head, kept, step: self.step(prompt, kept) })
    }

    fn step(&self, prompt: &Prompt, kept: usize) -> Step {
        let Some(first) = prompt.messages.get(kept) else {
            return if kept == self.messages.len() { Step::Extends } else { Step::Older };
        };
        if kept == self.messages.len() {
            Step::Extends
        } else if prompt.last_answer().is_none_or(|last| last < kept) {
            Step::Branch
        } else if self.comes_back(prompt, kept) {
            Step::Edited
        } else if kept >= self.turn && !first.is_answer {
            Step::Renewed
        } else {
            Step::Branch
        }
    }

    /// Whether any message of the line from `kept` on is in the request behind `kept`.
    fn comes_back(&self, prompt: &Prompt, kept: usize) -> bool {
        let later: HashSet<_> = self.messages[kept..].iter().collect();
        prompt.messages[kept..].iter().any(|message| later.contains(&message.digest))
    }

    /// What `prompt`, which stands in `relation` to the line, changed of it: at most one place of
    /// each area, in the order in which they stand in the prompt.
    pub(super) fn busts(&self, prompt: &Prompt, relation: &Relation) -> Vec<Bust> {
        let mut busts = Vec::from_iter(self.tool_change(prompt));
        if self.system != prompt.system {
            busts.push(Bust::System);
        }
        if matches!(relation.step, Step::Edited | Step::Renewed) {
            let index = prompt.leading + relation.kept;
            busts.push(Bust::Message { index, of: prompt.leading + prompt.messages.len() });
        }
        busts
    }

    /// The first tool that is another.
    fn tool_change(&self, prompt: &Prompt) -> Option<Bust> {
        let (old, new) = (&self.tools, &prompt.tools);
        let same = old.iter().zip(new).take_while(|(old, new)| **old == new.digest).count();
        let came = new.get(same);
        let (index, name) = match came {
            Some(tool) => (tool.index, tool.name.clone()),
            None => (new.last().map_or(0, |tool| tool.index + 1), None),
        };
        let is_known = came.is_some_and(|tool| old.contains(&tool.digest));
        let stays = |digest| new.iter().any(|tool| tool.digest == digest);
        match (came, old.get(same).copied()) {
            (None, None) => None,
            (Some(_), Some(gone)) => {
                let (name, change) = match (is_known, stays(gone)) {
                    (true, true) => (name, Change::Moved),
                    (false, true) => (name, Change::Added),
                    (false, false) => (name, Change::Edited),
                    // The tool that stands there now is not the one that is missing.
                    (true, false) => (None, Change::Removed),
                };
                Some(Bust::Tool { index, name, change })
            }
            (Some(_), None) => Some(Bust::Tool { index, name, change: Change::Added }),
            (None, Some(_)) => Some(Bust::Tool { index, name, change: Change::Removed }),
        }
    }
}

impl Relation {
    /// How well the line explains the request; the best one counts.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        (self.same_head, self.kept, self.step)
    }
}
