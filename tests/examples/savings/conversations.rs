//! The agents' conversations of the corpus, in groups, and what is left of each one's tool results.

use crate::{conversation::Conversation, saving::Saving};
use brevity::Dialect;
use brevity_tests::corpus;

/// Long sessions, the other conversations, and the latter as bodies of OpenAI.
pub(crate) fn groups() -> [Vec<Conversation>; 3] {
    let files = corpus::files("agent").expect("BREVITY_CORPUS");
    let of = |dialect, ending: &str, is_session: bool| -> Vec<Conversation> {
        let named =
            files.iter().filter_map(|(name, body)| Some((name.strip_suffix(ending)?, body)));
        let group = named.filter(|(name, _)| name.starts_with("session-") == is_session);
        group.map(|(name, body)| Conversation::of(name, dialect, body)).collect()
    };
    [
        of(Dialect::Anthropic, ".anthropic.json", true),
        of(Dialect::Anthropic, ".anthropic.json", false),
        of(Dialect::OpenAiChat, ".openai-chat.json", false),
    ]
}

pub(crate) fn total(group: &[Conversation]) -> Saving {
    group.iter().map(Conversation::total).sum()
}

pub(crate) fn table(group: &[Conversation]) {
    println!("| conversation | results | source | Brevity | ÷ source |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let mut count = 0;
    for conversation in group {
        count += conversation.results.len();
        let Conversation { name, results, .. } = conversation;
        println!("| {name} | {} | {} |", results.len(), conversation.total());
    }
    println!("| **total** | {count} | {} |", total(group));
}
