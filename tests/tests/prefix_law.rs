//! The prefix law: where two requests share their bytes up to the end of a block, so do their
//! outputs. So a conversation's shortened form grows only at its end, and prompt caches keep hitting.

use brevity::{Dialect, Settings};
use brevity_tests::{
    body::{ANTHROPIC_ORDERS, Body, OPENAI_ORDERS, RESPONSES_ORDERS},
    corpus,
    generate::conversation::{Conversation, Shape},
    responses,
    run::{self, Output},
};

/// What the turns of one conversation came to.
#[derive(Default)]
struct Turns {
    all: usize,
    rewritten: usize,
}

/// Checks each turn of a conversation against the one before it.
fn check(name: &str, dialect: Dialect, bodies: &[String]) -> Turns {
    let mut turns = Turns::default();
    let mut last: Option<(&String, Output)> = None;
    for (turn, body) in bodies.iter().enumerate() {
        let (out, _) =
            run::request(&Settings::default(), dialect, run::chunks(body.as_bytes(), 65_536));
        assert!(run::expand(run::chunks(&out.bytes, 65_536)) == body.as_bytes(), "{name} {turn}");
        if let Some((before, shorter)) = &last {
            compare(&format!("{name}, turn {turn}"), [before, body], [shorter, &out]);
        }
        turns.all += 1;
        turns.rewritten += usize::from(out.rewritten() > 0);
        last = Some((body, out));
    }
    turns
}

/// The messages that two bodies share at their beginning must leave alike, and so must all that
/// stands before them.
fn compare(name: &str, bodies: [&String; 2], outputs: [&Output; 2]) {
    let texts = outputs.map(|out| str(&out.bytes));
    let [before, after] = bodies.map(|body| Body::parse(body).messages);
    let [before_out, after_out] = texts.map(|text| Body::parse(text).messages);
    let shared = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    for message in 0..shared {
        assert_eq!(before_out[message], after_out[message], "{name}: message {message}");
    }
    let unmarked = |text: &str| text.replace(r#","cache_control":{"type":"ephemeral"}"#, "");
    for message in 0..before_out.len() {
        if unmarked(&before[message]) == unmarked(&after[message]) {
            let [a, b] = [&before_out[message], &after_out[message]].map(|text| unmarked(text));
            assert_eq!(a, b, "{name}: message {message} but for its cache mark");
        }
    }
    let common = |a: &[u8], b: &[u8]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let [before, after] = bodies.map(|body| body.as_bytes());
    let start = ["\"messages\":[", "\"input\":["].iter().find_map(|key| bodies[0].find(key));
    if common(before, after) > start.unwrap_or(0) && shared > 0 {
        let end = texts[0].find(&before_out[shared - 1]).expect("it was taken from there");
        assert_eq!(texts[0][..end], texts[1][..end], "{name}: up to the last shared message");
    }
}

#[test]
fn every_corpus_conversation_in_every_key_order() {
    let Some(files) = corpus::files("agent") else { return };
    let (mut all, mut rewritten) = (0, 0);
    let (mut session_turns, mut in_sessions) = (0, 0);
    for (name, text) in &files {
        let body = Body::parse(std::str::from_utf8(text).unwrap());
        let (dialect, orders) = match name.contains("openai") {
            true => (Dialect::OpenAiChat, &OPENAI_ORDERS[..]),
            false => (Dialect::Anthropic, &ANTHROPIC_ORDERS[..]),
        };
        for order in orders {
            let bodies: Vec<_> =
                body.turns().iter().map(|turn| turn.marked().write(order)).collect();
            let turns = check(&format!("{name} {order:?}"), dialect, &bodies);
            all += turns.all;
            rewritten += turns.rewritten;
            if name.starts_with("session") {
                session_turns += turns.all;
                in_sessions += turns.rewritten;
            }
        }
    }
    println!("{rewritten} of {all} turns held rewritten blocks");
    println!("{in_sessions} of {session_turns} in long sessions");
    assert!(2 * in_sessions >= session_turns && 2 * rewritten >= all);
}

#[test]
fn every_corpus_conversation_said_in_responses() {
    let Some(files) = corpus::files("agent") else { return };
    let (mut all, mut rewritten) = (0, 0);
    for (name, text) in &files {
        let body = Body::parse(&responses::from(text));
        for order in RESPONSES_ORDERS {
            let bodies: Vec<_> = body.turns().iter().map(|turn| turn.write(order)).collect();
            let turns = check(&format!("{name} {order:?}"), Dialect::OpenAiResponses, &bodies);
            all += turns.all;
            rewritten += turns.rewritten;
        }
    }
    println!("{rewritten} of {all} turns held rewritten blocks");
    assert!(2 * rewritten >= all);
}

/// Short conversations one after the other, and all of them once more, as one of many turns in each
/// dialect.
#[test]
fn two_hundred_turns() {
    let Some(files) = corpus::files("agent") else { return };
    let is_short = |name: &str| !name.starts_with("session");
    let of = |api: &str| {
        let files = files.iter().filter(|(name, _)| is_short(name) && name.contains(api));
        files.map(|(_, text)| std::str::from_utf8(text).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let said = of("anthropic").iter().map(|text| responses::from(text.as_bytes())).collect();
    for (dialect, texts, order) in [
        (Dialect::Anthropic, of("anthropic"), ANTHROPIC_ORDERS[1]),
        (Dialect::OpenAiChat, of("openai"), OPENAI_ORDERS[0]),
        (Dialect::OpenAiResponses, said, RESPONSES_ORDERS[1]),
    ] {
        let mut bodies = texts.iter().chain(&texts).map(|text| Body::parse(text));
        let mut whole = bodies.next().expect("a conversation");
        whole.messages.extend(bodies.flat_map(|body| body.messages));
        let bodies: Vec<_> = whole.turns().iter().take(200).map(|turn| turn.write(order)).collect();
        let turns = check(&format!("{dialect:?}"), dialect, &bodies);
        println!("{dialect:?}: {} of {} turns held rewritten blocks", turns.rewritten, turns.all);
        assert!(turns.all == 200 && 2 * turns.rewritten >= turns.all);
    }
}

#[test]
fn generated_conversations_of_every_client() {
    let (mut all, mut rewritten) = (0, 0);
    for (seed, shape) in Shape::all().into_iter().enumerate() {
        let conversation = Conversation::generate(seed as u64, 12);
        let bodies: Vec<_> = (0..=conversation.turns())
            .map(|turn| String::from_utf8(conversation.body(turn, shape)).unwrap())
            .collect();
        let name = format!("seed {seed} {shape:?}");
        let turns = check(&name, shape.client.dialect(), &bodies);
        all += turns.all;
        rewritten += turns.rewritten;
    }
    println!("{rewritten} of {all} turns held rewritten blocks");
    assert!(2 * rewritten >= all, "only {rewritten} of {all} turns held rewritten blocks");
}

fn str(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}
