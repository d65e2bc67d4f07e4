//! What a replay prints.

use crate::cli::stats::{Grouped, Saved};
use brevity::{Estimator, Outcome, Tally};
use brevity_proxy::Record;
use bytes::Bytes;
use std::{
    collections::BTreeMap,
    io::{self, Write},
    net::SocketAddr,
    time::Duration,
};

/// One turn, as it went.
pub(super) struct Row {
    /// The body that the client has sent.
    pub(super) sent: Bytes,
    /// The body that the upstream has got.
    pub(super) arrived: Bytes,
    /// The index of the first message that the turn before did not hold.
    pub(super) new_from: u64,
    /// What the proxy has recorded.
    pub(super) record: Record,
    /// From the request's first byte to the answer's first.
    pub(super) first_byte: Duration,
    /// Whether the messages of the turn before arrived with the same bytes; the first turn has none.
    pub(super) prefix: Option<bool>,
    /// Whether what arrived expands to what was sent.
    pub(super) exact: bool,
    /// Whether the answer came back as it left.
    pub(super) untouched: bool,
}

/// The table of a replay.
pub(super) struct Table<W> {
    out: W,
    turns: usize,
    total: Total,
}

#[derive(Default)]
struct Total {
    bytes: [u64; 2],
    tokens: [u64; 2],
    new: [u64; 2],
    resent: [u64; 2],
    prefix: Check,
    exact: Check,
    untouched: Check,
}

#[derive(Default)]
struct Check {
    held: usize,
    asked: usize,
}

impl Check {
    fn add(&mut self, held: bool) {
        self.asked += 1;
        self.held += usize::from(held);
    }

    fn failed(&self) -> usize {
        self.asked - self.held
    }
}

const HEADING: &str = concat!(
    "       whole request, bytes      whole request, tokens    tool results, tokens\n",
    "turn     sent →    arrived         sent →    arrived   new saved   re-sent saved   ",
    "first byte   prefix"
);

impl<W: Write> Table<W> {
    /// Prints what is going to happen.
    pub(super) fn start(mut out: W, proxy: SocketAddr, turns: usize) -> io::Result<Self> {
        writeln!(out, "Brevity listens on {proxy}. {turns} requests of one conversation follow;")?;
        writeln!(out, "each holds all that came before. Tokens are estimates (o200k).\n")?;
        writeln!(out, "{HEADING}")?;
        Ok(Self { out, turns: 0, total: Total::default() })
    }

    /// Prints a turn, and the blocks that it has added and Brevity has rewritten.
    pub(super) fn row(&mut self, row: &Row) -> io::Result<()> {
        self.turns += 1;
        let bytes = [row.sent.len() as u64, row.arrived.len() as u64];
        let tokens = [tokens(&row.sent), tokens(&row.arrived)];
        let prefix = match row.prefix {
            None => "-",
            Some(true) => "held",
            Some(false) => "BROKEN",
        };
        writeln!(
            self.out,
            "{:>4} {:>8} → {:>10}    {:>9} → {:>10} {:>11} {:>15}   {:>7.1} ms   {prefix}",
            self.turns,
            Grouped(bytes[0]),
            Grouped(bytes[1]),
            Grouped(tokens[0]),
            Grouped(tokens[1]),
            Grouped(saved(&row.record.new.total())),
            Grouped(saved(&row.record.resent)),
            row.first_byte.as_secs_f64() * 1_000.0,
        )?;
        for (tool, block) in rewritten(row) {
            writeln!(
                self.out,
                "        {} {tool}: {} → {} tokens ({})",
                block.codecs.join(" and "),
                Grouped(block.tokens[0]),
                Grouped(block.tokens[1]),
                Saved(block.tokens[0], block.tokens[1]),
            )?;
        }
        self.total.add(row, bytes, tokens);
        self.total.failures(row, &mut self.out)?;
        self.out.flush()
    }

    /// Prints the totals. Gives the number of checks that failed.
    pub(super) fn finish(mut self) -> io::Result<usize> {
        let total = &self.total;
        let pair = |[before, after]: [u64; 2]| {
            let share = Saved(before, after);
            format!("{:>10} → {:>10} {share:>8}", Grouped(before), Grouped(after))
        };
        let line = |name, numbers| format!("  {name:<28}{}\n", pair(numbers));
        let lines = [
            line("bytes", total.bytes),
            line("tokens", total.tokens),
            line("tokens of new results", total.new),
            line("tokens of re-sent results", total.resent),
        ];
        write!(
            self.out,
            "\nAll {} requests:                 sent      arrived    saved\n{}",
            self.turns,
            lines.concat()
        )?;
        let checks = [
            ("turns kept the prefix of the one before", &total.prefix),
            ("requests expand to what was sent", &total.exact),
            ("answers came back byte for byte", &total.untouched),
        ];
        for (what, check) in checks {
            writeln!(self.out, "  {} of {} {what}", check.held, check.asked)?;
        }
        writeln!(self.out, "{POINT}")?;
        self.out.flush()?;
        Ok(checks.iter().map(|(_, check)| check.failed()).sum())
    }
}

const POINT: &str = "
New results count once, when they first appear. Re-sent ones save again, at the price of a cache
read, as long as the prefix holds. Point a real agent at the proxy:
  brevity proxy
  ANTHROPIC_BASE_URL=http://127.0.0.1:2738 ENABLE_TOOL_SEARCH=true claude";

impl Total {
    fn add(&mut self, row: &Row, bytes: [u64; 2], tokens: [u64; 2]) {
        let parts = |tally: &Tally| [tally.tokens_in, tally.tokens_out];
        add(&mut self.bytes, bytes);
        add(&mut self.tokens, tokens);
        add(&mut self.new, parts(&row.record.new.total()));
        add(&mut self.resent, parts(&row.record.resent));
        row.prefix.into_iter().for_each(|held| self.prefix.add(held));
        self.exact.add(row.exact);
        self.untouched.add(row.untouched);
    }

    fn failures(&self, row: &Row, out: &mut impl Write) -> io::Result<()> {
        if !row.exact {
            writeln!(out, "        WRONG: what arrived does not expand to what was sent")?;
        }
        if !row.untouched {
            writeln!(out, "        WRONG: the answer changed on its way back")?;
        }
        Ok(())
    }
}

fn add(to: &mut [u64; 2], more: [u64; 2]) {
    to[0] += more[0];
    to[1] += more[1];
}

fn saved(tally: &Tally) -> u64 {
    tally.tokens_in.saturating_sub(tally.tokens_out)
}

fn tokens(body: &[u8]) -> u64 {
    let mut estimator = Estimator::default();
    estimator.feed(body);
    estimator.tokens()
}

/// A block that is new in its turn, all its parts together.
#[derive(Default)]
struct Block {
    codecs: Vec<&'static str>,
    tokens: [u64; 2],
}

/// The new blocks in which a part was rewritten, in order, with their tool.
fn rewritten(row: &Row) -> Vec<(String, Block)> {
    let is_new = |outcome: &&Outcome| outcome.place.message >= row.new_from;
    let mut blocks: BTreeMap<u64, (String, Block)> = BTreeMap::new();
    for outcome in row.record.outcomes.iter().filter(is_new) {
        let (tool, block) = blocks.entry(outcome.place.block).or_default();
        *tool = outcome.place.tool.clone().unwrap_or_default();
        add(&mut block.tokens, [outcome.tokens_in, outcome.tokens_out]);
        if let Ok(codec) = outcome.result
            && !block.codecs.contains(&codec.name())
        {
            block.codecs.push(codec.name());
        }
    }
    blocks.into_values().filter(|(_, block)| !block.codecs.is_empty()).collect()
}
