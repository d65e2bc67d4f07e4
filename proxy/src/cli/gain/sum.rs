//! What all requests together come to.

mod blocks;
mod files;
mod money;

pub(super) use blocks::Block;
pub(super) use files::Files;
pub(super) use money::Model;

use super::{
    prices::{Prices, usd},
    prove::Proved,
    turn::end_of,
};
use blocks::Blocks;
use brevity::{Codec, Kind, Outcome, Reason, Tally};
use money::Rates;
use std::collections::BTreeMap;

/// How many tools, and how many models, are told apart. Those that come later count together.
const NAMES: usize = 1_000;

/// How many broken proofs are named.
const NAMED: usize = 20;

/// Totals, of bounded size.
pub(super) struct Sum {
    pub(super) prices: Prices,
    pub(super) requests: u64,
    pub(super) conversations: u64,
    /// Requests whose tool results have more tokens than the provider has charged for all of the prompt.
    pub(super) cleared: u64,
    pub(super) exact: Check,
    pub(super) prefix: Check,
    /// Proofs that failed, in words.
    pub(super) broken: Vec<String>,
    pub(super) total: Row,
    pub(super) tools: BTreeMap<String, Row>,
    pub(super) kinds: BTreeMap<Kind, Row>,
    pub(super) codecs: BTreeMap<Codec, Row>,
    pub(super) kept: BTreeMap<Reason, Row>,
    pub(super) models: BTreeMap<String, Model>,
    pub(super) blocks: Blocks,
    before: Option<Before>,
}

/// How often something was asked, and how often it was so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) asked: u64,
    pub(super) held: u64,
}

/// Parts, and what they weigh.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// What no request before has sent: each block counts once.
    pub(super) new: Tally,
    /// What was sent again, each time.
    pub(super) again: Tally,
    /// US dollars saved, where the model's price is known.
    pub(super) usd: f64,
}

/// The request before, to compare the next with.
struct Before {
    conversation: u64,
    messages: usize,
    tail: usize,
    short: Vec<u8>,
    model: Option<String>,
}

impl Sum {
    pub(super) fn new(prices: Prices) -> Self {
        Self {
            prices,
            requests: 0,
            conversations: 0,
            cleared: 0,
            exact: Check::default(),
            prefix: Check::default(),
            broken: Vec::new(),
            total: Row::default(),
            tools: BTreeMap::new(),
            kinds: BTreeMap::new(),
            codecs: BTreeMap::new(),
            kept: BTreeMap::new(),
            models: BTreeMap::new(),
            blocks: Blocks::default(),
            before: None,
        }
    }

    /// Adds a request. Those of one conversation come in order.
    pub(super) fn add(&mut self, proved: Proved) {
        let before = self.before.take().filter(|b| b.conversation == proved.turn.conversation);
        self.check(before.as_ref(), &proved);
        self.requests += 1;
        self.conversations += u64::from(before.is_none());
        let draft = &proved.turn.draft;
        let is_cold = before.is_none_or(|before| before.model != draft.model);
        let price = draft.model.as_deref().and_then(|model| self.prices.of(model));
        let rates = price.map(|price| Rates::new(price, draft.usage, is_cold));
        let is_cleared = is_cleared(&proved);
        self.cleared += u64::from(is_cleared);
        let rates = rates.map(|rates| if is_cleared { rates.new_alone() } else { rates });
        let model = draft.model.as_deref().unwrap_or("not named");
        let model = entry(&mut self.models, model);
        model.add(draft.usage, price);
        for outcome in &proved.outcomes {
            let is_new = outcome.place.message >= proved.turn.new_from;
            model.row.add(outcome, is_new, rates);
            self.total.add(outcome, is_new, rates);
            self.kinds.entry(outcome.kind).or_default().add(outcome, is_new, rates);
            let tool = outcome.place.tool.as_deref().unwrap_or("not known");
            entry(&mut self.tools, tool).add(outcome, is_new, rates);
            match outcome.result {
                Ok(codec) => self.codecs.entry(codec).or_default().add(outcome, is_new, rates),
                Err(reason) => self.kept.entry(reason).or_default().add(outcome, is_new, rates),
            }
        }
        self.blocks.add(&proved);
        self.before = Some(Before {
            conversation: proved.turn.conversation,
            messages: draft.ids.len(),
            tail: draft.tail,
            model: draft.model.clone(),
            short: proved.short,
        });
    }

    /// Whether every proof held.
    pub(super) fn is_proved(&self) -> bool {
        self.exact.failed() + self.prefix.failed() == 0
    }

    fn check(&mut self, before: Option<&Before>, proved: &Proved) {
        self.exact.add(proved.is_exact);
        if !proved.is_exact {
            self.fail(proved, "does not expand to the bytes that it was made of");
        }
        let shared = proved.turn.shared;
        let Some(before) = before.filter(|_| shared > 0) else { return };
        let is_held = before.is_kept(shared, &proved.short);
        self.prefix.add(is_held);
        if !is_held {
            self.fail(proved, "does not keep the prefix of the one before");
        }
    }

    fn fail(&mut self, proved: &Proved, what: &str) {
        if self.broken.len() < NAMED {
            let turn = &proved.turn;
            let messages = turn.draft.ids.len();
            let line = turn.line(messages as u64 - 1).unwrap_or_default();
            let file = &turn.file;
            self.broken
                .push(format!("{file}, line {line}: the request of {messages} messages {what}"));
        }
    }
}

impl Before {
    /// Whether the first `shared` messages leave in `short` with the bytes that they had.
    fn is_kept(&self, shared: usize, short: &[u8]) -> bool {
        let end = if shared == self.messages {
            Some(self.short.len() - self.tail)
        } else {
            end_of(&self.short, shared)
        };
        end.is_some_and(|end| short.get(..end) == self.short.get(..end))
    }
}

impl Check {
    fn add(&mut self, held: bool) {
        self.asked += 1;
        self.held += u64::from(held);
    }

    /// How often it was not so.
    pub(super) fn failed(&self) -> u64 {
        self.asked - self.held
    }
}

impl Row {
    fn add(&mut self, outcome: &Outcome, is_new: bool, rates: Option<Rates>) {
        let tally = if is_new { &mut self.new } else { &mut self.again };
        tally.parts += 1;
        tally.bytes_in += outcome.bytes_in;
        tally.bytes_out += outcome.bytes_out;
        tally.tokens_in += outcome.tokens_in;
        tally.tokens_out += outcome.tokens_out;
        let saved = outcome.tokens_in.saturating_sub(outcome.tokens_out);
        self.usd += rates.map_or(0.0, |rates| usd(saved, rates.of(is_new)));
    }

    /// Estimated tokens saved where they were new.
    pub(super) fn saved(&self) -> u64 {
        self.new.tokens_in.saturating_sub(self.new.tokens_out)
    }
}

/// Whether the agent must have left out results that its log still has.
fn is_cleared(proved: &Proved) -> bool {
    let tokens: u64 = proved.outcomes.iter().map(|outcome| outcome.tokens_in).sum();
    proved.turn.draft.usage.is_some_and(|usage| usage.prompt() < tokens)
}

/// The entry of `name`, as long as there are not too many names.
fn entry<'m, V: Default>(map: &'m mut BTreeMap<String, V>, name: &str) -> &'m mut V {
    let is_known = map.len() < NAMES || map.contains_key(name);
    map.entry(if is_known { name } else { "others" }.to_owned()).or_default()
}

#[cfg(test)]
mod tests;
