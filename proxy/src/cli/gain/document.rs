//! The figures for programs: one JSON document.

use super::{
    json_string, kind,
    sum::{Block, Check, Files, Model, Row, Sum},
};
use brevity::Tally;

/// The document, and a line end.
pub(super) fn write(files: &Files, sum: &Sum) -> String {
    let members = [
        ("tokens", text("est. (o200k)")),
        ("files", read(files)),
        ("requests", sum.requests.to_string()),
        ("conversations", sum.conversations.to_string()),
        ("cleared_requests", sum.cleared.to_string()),
        ("expand", check(sum.exact)),
        ("prefix", check(sum.prefix)),
        ("broken", texts(&sum.broken)),
        ("total", row(&sum.total)),
        ("tools", object(sum.tools.iter().map(|(name, of)| (name.as_str(), row(of))))),
        ("kinds", object(sum.kinds.iter().map(|(&of, total)| (kind(of), row(total))))),
        ("codecs", object(sum.codecs.iter().map(|(of, total)| (of.name(), row(total))))),
        ("kept", object(sum.kept.iter().map(|(of, total)| (of.name(), row(total))))),
        ("prices_as_of", text(&sum.prices.as_of)),
        ("models", object(sum.models.iter().map(|(name, of)| (name.as_str(), model(of))))),
        ("best", array(sum.blocks.best.iter().map(block))),
        ("left_alone", array(sum.blocks.left.iter().map(block))),
    ];
    object(members) + "\n"
}

fn read(files: &Files) -> String {
    let other = files.other.iter().map(|(kind, count)| (kind.as_str(), count.to_string()));
    object([
        ("bytes", files.bytes.to_string()),
        ("claude_code", files.claude_code.to_string()),
        ("codex", files.codex.to_string()),
        ("bodies", files.bodies.to_string()),
        ("foreign", files.foreign.to_string()),
        ("foreign_first", texts(&files.foreign_names)),
        ("unreadable", files.unreadable.to_string()),
        ("unreadable_first", texts(&files.unreadable_names)),
        ("other_lines", object(other)),
        ("malformed_lines", files.malformed.to_string()),
        ("long_lines", files.too_long.to_string()),
        ("headless", files.headless.to_string()),
        ("copied_requests", files.copies.to_string()),
    ])
}

fn check(check: Check) -> String {
    object([("asked", check.asked.to_string()), ("held", check.held.to_string())])
}

fn row(row: &Row) -> String {
    object([("new", tally(&row.new)), ("again", tally(&row.again)), ("usd", money(row.usd))])
}

fn tally(tally: &Tally) -> String {
    object([
        ("parts", tally.parts.to_string()),
        ("bytes_in", tally.bytes_in.to_string()),
        ("bytes_out", tally.bytes_out.to_string()),
        ("tokens_in", tally.tokens_in.to_string()),
        ("tokens_out", tally.tokens_out.to_string()),
    ])
}

fn model(model: &Model) -> String {
    let cost = (model.is_priced && model.logged > 0).then(|| money(model.cost));
    let usage = object([
        ("requests", model.logged.to_string()),
        ("input", model.usage.input.to_string()),
        ("cache_write", model.usage.write.to_string()),
        ("cache_read", model.usage.read.to_string()),
        ("output", model.usage.output.to_string()),
        ("usd", cost.unwrap_or_else(|| "null".to_owned())),
    ]);
    let saved = if model.is_priced { money(model.row.usd) } else { "null".to_owned() };
    object([
        ("requests", model.requests.to_string()),
        ("new", tally(&model.row.new)),
        ("again", tally(&model.row.again)),
        ("usd", saved),
        ("logged", usage),
    ])
}

fn block(block: &Block) -> String {
    object([
        ("file", text(&block.file)),
        ("line", block.line.to_string()),
        ("message", block.message.to_string()),
        ("tool", block.tool.as_deref().map_or("null".to_owned(), text)),
        ("tokens_in", block.tokens_in.to_string()),
        ("tokens_out", block.tokens_out.to_string()),
        ("codecs", array(block.codecs.iter().map(|codec| text(codec.name())))),
        ("kept", array(block.reasons.iter().map(|reason| text(reason.name())))),
    ])
}

/// US dollars, to a millionth.
fn money(usd: f64) -> String {
    format!("{usd:.6}")
}

fn text(text: &str) -> String {
    json_string(text)
}

fn texts(list: &[String]) -> String {
    array(list.iter().map(|one| text(one)))
}

fn array(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", values.into_iter().collect::<Vec<_>>().join(","))
}

fn object<'k>(members: impl IntoIterator<Item = (&'k str, String)>) -> String {
    let member = |(key, value)| format!("{}:{value}", text(key));
    format!("{{{}}}", members.into_iter().map(member).collect::<Vec<_>>().join(","))
}
