//! What is left of the results of each tool.

use crate::{conversation::Conversation, conversations, saving::Saving};
use std::{cmp::Reverse, collections::BTreeMap};

/// The share of all tokens, in percent, from which a tool gets a row of its own.
const MATTERS: u64 = 1;

/// The tools of a group, the largest first; the small ones in one row.
pub(crate) fn table(group: &[Conversation]) {
    let mut tools: BTreeMap<&str, Vec<Saving>> = BTreeMap::new();
    for result in group.iter().flat_map(|conversation| &conversation.results) {
        tools.entry(&result.tool).or_default().push(result.tokens);
    }
    let all = conversations::total(group);
    let sum = |results: &[Saving]| -> Saving { results.iter().copied().sum() };
    let (mut rows, rest): (Vec<_>, Vec<_>) = tools
        .into_iter()
        .partition(|(_, results)| sum(results).source * 100 >= all.source * MATTERS);
    rows.sort_by_key(|(_, results)| Reverse(sum(results).source));

    println!(
        "| tool | results | source | Brevity | ÷ source |\n| --- | ---: | ---: | ---: | ---: |"
    );
    for (tool, results) in rows {
        println!("| {tool} | {} | {} |", results.len(), sum(&results));
    }
    if !rest.is_empty() {
        let count = rest.len();
        let results: Vec<Saving> = rest.into_iter().flat_map(|(_, results)| results).collect();
        println!("| others ({count}) | {} | {} |", results.len(), sum(&results));
    }
    let count: usize = group.iter().map(|conversation| conversation.results.len()).sum();
    println!("| **total** | {count} | {all} |");
}
