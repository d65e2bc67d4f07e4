//! Tokens before and after: what Brevity saves on the corpus. `measure/savings.sh` puts what this
//! prints into the pages of `docs/`.
//!
//! `savings PAGE TOON [FILE...]` prints the tables of a page. `savings`: files and conversations, of
//! all codecs. `json`: JSON next to its rivals; of other files, without goals, where some are named.
//! `node TOON` is run for each JSON file, JSON in and TOON out. It fails where a text does not come
//! back, or, with all tables printed, where a goal is missed.

mod by_codec;
mod by_tool;
mod conversation;
mod conversations;
mod files;
mod goals;
mod json;
mod rivals;
mod saving;

use conversation::Conversation;
use goals::Goals;

fn main() {
    let mut args = std::env::args().skip(1);
    let (Some(page), Some(toon)) = (args.next(), args.next()) else {
        panic!("usage: savings json|savings TOON [FILE...]");
    };
    match page.as_str() {
        "json" => json::page(&toon, args),
        "savings" => savings(&toon),
        _ => panic!("there is no page {page}"),
    }
}

/// Everything that an agent's tools print: as files, and as results in conversations.
fn savings(toon: &str) {
    let (logs, tools) = (files::rows("logs", toon), files::rows("tools", toon));
    let [sessions, others, openai] = conversations::groups();
    let mut goals = Goals::default();
    goals.at_most("logs, geometric mean", files::mean(&logs), 0.48, 0.42);
    goals.at_most("tools, total", files::total(&tools).ratio(), 0.80, 0.72);
    goals.at_most("sessions, total", conversations::total(&sessions).ratio(), 0.47, 0.40);
    goals.at_most("other conversations, total", conversations::total(&others).ratio(), 0.66, 0.60);
    goals.at_most("the same as OpenAI's", conversations::total(&openai).ratio(), 0.66, 0.60);
    files::named(&logs).chain(files::named(&tools)).for_each(|(name, of)| goals.longest(name, of));
    let conversations = [&sessions, &others, &openai].into_iter().flatten();
    conversations.flat_map(Conversation::named).for_each(|(name, of)| goals.longest(&name, of));

    println!("### Goals\n\n{goals}");
    println!("### Logs, each file by itself\n");
    files::table(&logs);
    println!("\n### Output of tools, each file by itself\n");
    files::table(&tools);
    for (title, group) in [("Sessions", &sessions), ("Other conversations", &others)] {
        println!("\n### {title}\n");
        conversations::table(group);
        println!("\nBy tool:\n");
        by_tool::table(group);
        println!("\nBy codec, and by the reason why parts stayed:\n");
        by_codec::table(group);
    }
    println!("\n### The other conversations as OpenAI Chat Completions\n");
    conversations::table(&openai);
    goals.end();
}
