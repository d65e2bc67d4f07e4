//! The figures for a person.

use super::{
    counted,
    find::Found,
    kind, sentence,
    sum::{Block, Check, Files, Model, Row, Sum},
    visible,
};
use crate::cli::stats::{Grouped, Saved};
use brevity::{Policy, Tally};
use std::{cmp::Reverse, fmt::Write as _};

/// How many tools, and how many models, have a line of their own.
const LINES: usize = 20;

/// How wide the name of a tool or a model may be.
const NAME: usize = 24;

/// The page.
pub(super) fn write(found: &Found, files: &Files, sum: &Sum) -> String {
    let mut out = String::from("What Brevity would have saved. Nothing was sent or changed.\n\n");
    read(&mut out, files, sum);
    if sum.requests == 0 {
        nothing(&mut out, found);
        return out;
    }
    proofs(&mut out, sum);
    tables(&mut out, sum);
    money(&mut out, sum);
    blocks(&mut out, "Saved most, where they were new", &sum.blocks.best);
    blocks(&mut out, "Largest that were left alone", &sum.blocks.left);
    why(&mut out, sum);
    out
}

fn read(out: &mut String, files: &Files, sum: &Sum) {
    let _ = writeln!(
        out,
        "Read     {}, {:.1} MB: {} of Claude Code, {} of Codex, {} of request bodies or messages",
        counted(files.known(), "file"),
        files.bytes as f64 / 1e6,
        Grouped(files.claude_code),
        Grouped(files.codex),
        Grouped(files.bodies),
    );
    let _ = writeln!(
        out,
        "Rebuilt  {} of {}",
        counted(sum.requests, "request"),
        counted(sum.conversations, "conversation")
    );
    let notes = [
        (files.copies, "request", "in another place too; each counts once"),
        (files.foreign, "file", "without logs or requests"),
        (files.unreadable, "path", "not readable"),
        (files.other.values().sum(), "line", "of types that hold no messages"),
        (files.malformed, "line", "without JSON"),
        (files.too_long, "line", "beyond 64 MiB"),
        (files.headless, "line", "of conversations without their beginning"),
    ];
    for (count, noun, what) in notes.into_iter().filter(|(count, ..)| *count > 0) {
        let _ = writeln!(out, "         passed over: {} {what}", counted(count, noun));
    }
    for name in files.foreign_names.iter().chain(&files.unreadable_names) {
        let _ = writeln!(out, "           {}", visible(name));
    }
}

/// What to do where there was nothing.
fn nothing(out: &mut String, found: &Found) {
    out.push_str("\nNo request was found.\n");
    for (place, is_there) in &found.places {
        let what = if *is_there { "holds none" } else { "is not there" };
        let _ = writeln!(out, "  {} {what}", place.display());
    }
    out.push_str(
        "Name a log, a request body or a folder of them: `brevity gain PATH`. Agents that keep\n\
         their logs elsewhere say so in CLAUDE_CONFIG_DIR or CODEX_HOME. `brevity demo` shows a\n\
         conversation that comes with Brevity.\n",
    );
}

fn proofs(out: &mut String, sum: &Sum) {
    let line = |check: &Check, what: &str| {
        format!("{} of {} {what}", Grouped(check.held), Grouped(check.asked))
    };
    let exact = line(&sum.exact, "requests expand to their own bytes");
    let prefix = line(&sum.prefix, "keep the prefix of the one before");
    let _ = writeln!(out, "Proved   {exact}; {prefix}");
    if !sum.is_proved() {
        out.push_str(
            "\nBROKEN: proofs have failed. This is a fault of Brevity's; please report it.\n",
        );
        for broken in &sum.broken {
            let _ = writeln!(out, "  {}", visible(broken));
        }
    }
}

fn tables(out: &mut String, sum: &Sum) {
    out.push_str("\nTokens of tool results, estimated (o200k)\n");
    let _ = writeln!(
        out,
        "{:<NAME$}{:>40}{:>36}",
        "", "new: each counts once", "sent again, each time"
    );
    let _ = writeln!(
        out,
        "{:<NAME$}{:>8}{:>12}{:>12}{:>8}{:>14}{:>14}{:>8}{:>12}",
        "", "parts", "before", "after", "saved", "before", "after", "saved", "US dollars"
    );
    line(out, "all", &sum.total);
    out.push_str("by tool\n");
    let mut tools: Vec<_> = sum.tools.iter().collect();
    tools.sort_by_key(|(_, row)| Reverse((row.saved(), row.new.tokens_in)));
    tools
        .iter()
        .take(LINES)
        .for_each(|(tool, row)| line(out, &format!("  {}", visible(tool)), row));
    if let Some(more) = tools.len().checked_sub(LINES).filter(|more| *more > 0) {
        let _ = writeln!(out, "  {}; --json has all", counted(more as u64, "more tool"));
    }
    out.push_str("by kind\n");
    sum.kinds.iter().for_each(|(&of, row)| line(out, &format!("  {}", kind(of)), row));
    out.push_str("by codec\n");
    sum.codecs.iter().for_each(|(codec, row)| line(out, &format!("  {}", codec.name()), row));
    out.push_str("left alone\n");
    sum.kept.iter().for_each(|(reason, row)| line(out, &format!("  {}", reason.name()), row));
}

fn line(out: &mut String, name: &str, row: &Row) {
    let saved = |tally: &Tally| Saved(tally.tokens_in, tally.tokens_out);
    let dollars = if row.usd == 0.0 { "-".to_owned() } else { dollars(row.usd) };
    let _ = writeln!(
        out,
        "{:<NAME$}{:>8}{:>12}{:>12}{:>8}{:>14}{:>14}{:>8}{dollars:>12}",
        short(name),
        Grouped(row.new.parts),
        Grouped(row.new.tokens_in),
        Grouped(row.new.tokens_out),
        saved(&row.new),
        Grouped(row.again.tokens_in),
        Grouped(row.again.tokens_out),
        saved(&row.again),
    );
}

fn money(out: &mut String, sum: &Sum) {
    let _ = writeln!(
        out,
        "\nMoney, at public list prices as of {}: check them, or use --prices\n{:<NAME$}{:>10}{:>16}{:>17}",
        visible(&sum.prices.as_of),
        "model",
        "requests",
        "would save",
        "logged cost"
    );
    let mut models: Vec<_> = sum.models.iter().collect();
    models.sort_by_key(|(_, model)| Reverse(model.requests));
    for (name, model) in models.iter().take(LINES) {
        let _ = writeln!(
            out,
            "{:<NAME$}{:>10}{:>16}{:>17}",
            short(&visible(name)),
            Grouped(model.requests),
            if model.is_priced { dollars(model.row.usd) } else { "no price".to_owned() },
            if model.is_priced && model.logged > 0 { dollars(model.cost) } else { "-".to_owned() },
        );
    }
    if models.iter().any(|(_, model)| !model.is_priced) {
        out.push_str(
            "Models without a price count in tokens alone; --prices takes a table with more.\n",
        );
    }
    if sum.cleared > 0 {
        let _ = writeln!(
            out,
            "{} had fewer tokens than the tool results in the log, so the agent had cleared some;\n\
             what these have sent again is not in the sums of money.",
            counted(sum.cleared, "request")
        );
    }
    shares(out, &models);
    out.push_str(ASSUMED);
}

/// What share of the cost would have been saved, where the log has all of the cost.
fn shares(out: &mut String, models: &[(&String, &Model)]) {
    for (name, model) in models.iter().take(LINES) {
        if model.is_priced && model.logged == model.requests && model.cost > 0.0 {
            let share = 100.0 * model.row.usd / model.cost;
            let _ = writeln!(out, "  {}: {share:.1} % of the logged cost", visible(name));
        }
    }
}

const ASSUMED: &str = "
What is assumed: a result that is new is written to the prompt cache (OpenAI: it is input), and what the
request before has sent is read from it. Where the log has the provider's usage and less than half of
the prompt was read, the cache was lost, and all counts as new; where it has none, a first request and a
change of model find no cache. Savings are our estimate of tokens, costs the provider's count. Answers
are taken to stay as they are.
";

fn blocks(out: &mut String, title: &str, blocks: &[Block]) {
    if blocks.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for block in blocks {
        let tool = short(&visible(block.tool.as_deref().unwrap_or("not known")));
        let codecs: Vec<_> = block.codecs.iter().map(|codec| codec.name()).collect();
        let reasons: Vec<_> = block.reasons.iter().map(|reason| reason.name()).collect();
        let how = if codecs.is_empty() { reasons.join(", ") } else { codecs.join(", ") };
        let _ = writeln!(
            out,
            "  {tool:<NAME$}{:>10} to {:>8}  {how:<20}  {}:{} (message {})",
            Grouped(block.tokens_in),
            Grouped(block.tokens_out),
            visible(&block.file),
            block.line,
            block.message,
        );
    }
}

fn why(out: &mut String, sum: &Sum) {
    if sum.kept.is_empty() {
        return;
    }
    out.push_str("\nWhy parts were left alone\n");
    for &reason in sum.kept.keys() {
        let _ = writeln!(out, "  {}: {}", reason.name(), sentence(reason, &Policy::default()));
    }
}

/// A name that fits its column.
fn short(name: &str) -> String {
    if name.chars().count() < NAME {
        return name.to_owned();
    }
    name.chars().take(NAME - 2).chain(['…']).collect()
}

/// A sum of money; more places where it is small.
fn dollars(sum: f64) -> String {
    if sum < 1.0 { format!("{sum:.4}") } else { format!("{sum:.2}") }
}
