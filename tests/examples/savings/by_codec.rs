//! What each codec left of the parts that it wrote, and what stayed, by reason.

use crate::conversation::Conversation;
use brevity::{Codec, Reason, Tally};

pub(crate) fn table(group: &[Conversation]) {
    let reports = || group.iter().map(|conversation| &conversation.report);
    println!("| parts | count | source (est.) | Brevity (est.) | ÷ source |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for codec in Codec::ALL {
        let tallies = reports().filter_map(|report| report.rewritten.get(codec));
        row(&format!("`{}`", codec.name()), &sum(tallies));
    }
    for reason in Reason::ALL {
        let tallies = reports().filter_map(|report| report.kept.get(reason));
        row(&format!("stayed: {}", reason.name()), &sum(tallies));
    }
    row("**total**", &sum(reports().map(|report| &report.total)));
}

fn sum<'a>(tallies: impl Iterator<Item = &'a Tally>) -> Tally {
    let mut sum = Tally::default();
    for tally in tallies {
        sum.parts += tally.parts;
        sum.tokens_in += tally.tokens_in;
        sum.tokens_out += tally.tokens_out;
    }
    sum
}

fn row(name: &str, tally: &Tally) {
    let Tally { parts, tokens_in, tokens_out, .. } = tally;
    if *parts > 0 {
        let ratio = *tokens_out as f64 / *tokens_in as f64;
        println!("| {name} | {parts} | {tokens_in} | {tokens_out} | {ratio:.3} |");
    }
}
