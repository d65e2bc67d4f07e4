//! What strings of a request tell of the texts around them.

use super::{COMMAND, Reader};
use crate::envelope::{
    owner::{Claim, Standing},
    path::{Fact, Leaf},
    speech::Item,
    target::Target,
};

impl<T: Target> Reader<T> {
    /// Takes a fact; `None` for a string that is too long or has no text.
    pub(super) fn learn(&mut self, fact: Fact, text: Option<String>) {
        match fact {
            Fact::Model => self.facts.model = text,
            Fact::Role => self.learn_role(text.as_deref().unwrap_or_default()),
            Fact::ItemType => {
                self.learn_item((self.speech.item)(text.as_deref().unwrap_or_default()));
            }
            Fact::PartType => {
                self.learn_part(Standing::known(text.as_deref() == Some(self.speech.text)));
            }
            Fact::Answers => self.learn_answered(text),
            Fact::Link => {
                self.call.id.clone_from(&text);
                self.learn_answered(text);
            }
            Fact::ResultName => self.owner.name = text.into(),
            Fact::CallId => self.call.id = text,
            Fact::Caller => self.call.by_program = text.as_deref() != Some("direct"),
            Fact::CallName => self.call.tool.name = text,
            Fact::Command => self.call.command(text, COMMAND),
            Fact::CommandLine => self.call.command_line(text, COMMAND),
            Fact::Arguments | Fact::Stream => {}
        }
    }

    fn learn_role(&mut self, role: &str) {
        if role == "assistant" {
            self.facts.last_assistant = Some(self.message());
        }
        self.owner.claim = self.owner.claim.or((self.speech.role)(role));
    }

    fn learn_item(&mut self, item: Item) {
        self.owner.claim = self.owner.claim.or(item.claim());
        self.owner.tool = item.tool();
        self.call.is_call = matches!(item, Item::Call(_));
        if let Some(tool) = item.tool() {
            self.call.tool.name.get_or_insert_with(|| tool.to_owned());
        }
        if item.is_answer() {
            self.facts.last_assistant = Some(self.message());
        }
        if item == Item::Summary {
            self.outlet.target().forget();
        }
    }

    pub(super) fn learn_answered(&mut self, call: Option<String>) {
        match call.as_ref().and_then(|id| self.calls.is_by_program(id)) {
            Some(by_program) => self.learn_caller(by_program),
            None => self.owner.awaits_caller = self.speech.results_tell_caller,
        }
        self.owner.answers = call.into();
    }

    /// The result of a program's call is not for the model: it stays, and nothing refers to it.
    pub(super) fn learn_caller(&mut self, is_program: bool) {
        self.owner.awaits_caller = false;
        if is_program {
            self.owner.claim = Claim::No;
        }
    }

    pub(super) fn learn_part(&mut self, part: Standing) {
        if self.part != Standing::No {
            self.part = part;
        }
        self.tell_part();
    }

    pub(super) fn tell_part(&mut self) {
        if let Some(wait) = self.outlet.waiting() {
            wait.tell_part(self.part);
        }
    }

    /// A value of a type that the API does not know here: what it would have told stays unsaid.
    pub(super) fn wrong_type(&mut self) {
        let Leaf::Fact(fact) = self.path.slot().leaf else { return };
        match fact {
            Fact::PartType => self.learn_part(Standing::No),
            Fact::ItemType | Fact::Answers | Fact::Link | Fact::ResultName => {
                self.owner.claim = Claim::No;
            }
            Fact::Role => self.owner.claim = self.owner.claim.or((self.speech.role)("")),
            _ => {}
        }
    }
}
