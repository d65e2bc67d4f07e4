//! The figures of `gain` are those of the proxy for the same requests.

use crate::{
    figures,
    scratch::Scratch,
    world::{Proxy, full, http1, post, telling},
};
use brevity::Tally;
use brevity_tests::{
    body::{ANTHROPIC_ORDERS, Body, OPENAI_ORDERS, RESPONSES_ORDERS},
    corpus,
    generate::{
        conversation::{Client, Conversation, Shape},
        sessions,
    },
    responses,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const MESSAGES: &str = "/v1/messages";
const CHAT: &str = "/v1/chat/completions";
const RESPONSES: &str = "/v1/responses";

/// What the proxy has recorded for some requests.
#[derive(Default)]
struct Recorded {
    new: [u64; 5],
    again: [u64; 5],
    codecs: BTreeMap<String, [u64; 5]>,
    kept: BTreeMap<String, [u64; 5]>,
}

/// Sends requests through a proxy.
async fn record(path: &str, bodies: &[String]) -> Recorded {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let mut sum = Recorded::default();
    for body in bodies {
        http1().request(post(proxy.url(path), full(body.clone()))).await.unwrap();
        told.recv().await.unwrap();
        let record = proxy.record().await;
        assert_eq!(record.skip, None);
        add(&mut sum.new, &record.new.total());
        add(&mut sum.again, &record.resent);
        for (codec, tally) in &record.report.rewritten {
            add(sum.codecs.entry(codec.name().to_owned()).or_default(), tally);
        }
        for (reason, tally) in &record.report.kept {
            add(sum.kept.entry(reason.name().to_owned()).or_default(), tally);
        }
    }
    sum
}

fn add(to: &mut [u64; 5], more: &Tally) {
    let more = [more.parts, more.bytes_in, more.bytes_out, more.tokens_in, more.tokens_out];
    to.iter_mut().zip(more).for_each(|(to, more)| *to += more);
}

const KEYS: [&str; 5] = ["parts", "bytes_in", "bytes_out", "tokens_in", "tokens_out"];

fn tally(of: &Value) -> [u64; 5] {
    KEYS.map(|key| of[key].as_u64().unwrap())
}

/// New and sent again together, by name.
fn sums(of: &Value) -> BTreeMap<String, [u64; 5]> {
    let both = |row: &Value| {
        let (new, again) = (tally(&row["new"]), tally(&row["again"]));
        std::array::from_fn(|at| new[at] + again[at])
    };
    of.as_object().unwrap().iter().map(|(name, row)| (name.clone(), both(row))).collect()
}

/// Compares what `gain` says of a file with what the proxy says of the requests that led to it.
async fn compare(name: &str, file: &[u8], path: &str, bodies: &[String]) -> Value {
    let folder = Scratch::folder();
    let gain = figures(&folder.write("log", file));
    let proxy = record(path, bodies).await;
    assert_eq!(gain["requests"], bodies.len(), "{name}");
    let all = json!({"asked": bodies.len(), "held": bodies.len()});
    assert_eq!(gain["expand"], all, "{name}");
    assert_eq!(gain["prefix"]["held"], bodies.len() - 1, "{name}");
    assert_eq!(tally(&gain["total"]["new"]), proxy.new, "{name}");
    assert_eq!(tally(&gain["total"]["again"]), proxy.again, "{name}");
    assert_eq!(sums(&gain["codecs"]), proxy.codecs, "{name}");
    assert_eq!(sums(&gain["kept"]), proxy.kept, "{name}");
    gain
}

fn bodies(body: &str, order: &[&str]) -> Vec<String> {
    Body::parse(body).turns().iter().map(|turn| turn.write(order)).collect()
}

/// A conversation of Anthropic's, as a body, a session log and a rollout.
async fn compare_all(name: &str, body: &str) {
    let [before, after] = [ANTHROPIC_ORDERS[1], RESPONSES_ORDERS[1]];
    let turns = bodies(body, before);
    let log = sessions::claude_code(body.as_bytes(), name);
    let said = compare(name, log.as_bytes(), MESSAGES, &turns).await;
    assert_eq!(said["files"]["claude_code"], 1);
    let said = compare(name, turns.last().unwrap().as_bytes(), MESSAGES, &turns).await;
    assert_eq!(said["files"]["bodies"], 1);
    let body = responses::from(body.as_bytes());
    let turns = bodies(&body, after);
    let log = sessions::codex(body.as_bytes(), name);
    let said = compare(name, log.as_bytes(), RESPONSES, &turns).await;
    assert_eq!(said["files"]["codex"], 1);
}

#[tokio::test]
async fn generated_conversations() {
    let shape = Shape { moving_cache_control: false, ..Shape::of(Client::ClaudeCode) };
    for seed in 1..3 {
        let body = Conversation::generate(seed, 10).body(10, shape);
        compare_all(&format!("generated-{seed}"), &String::from_utf8(body).unwrap()).await;
    }
}

#[tokio::test]
async fn a_generated_chat() {
    let body = Conversation::generate(3, 8).body(8, Shape::of(Client::OpenAiJs));
    let turns = bodies(&String::from_utf8(body).unwrap(), OPENAI_ORDERS[1]);
    let gain = compare("chat", turns.last().unwrap().as_bytes(), CHAT, &turns).await;
    assert!(
        gain["total"]["new"]["tokens_in"].as_u64() > gain["total"]["new"]["tokens_out"].as_u64()
    );
}

#[tokio::test]
async fn conversations_of_the_corpus() {
    let Some(files) = corpus::files("agent") else { return };
    for (name, body) in &files {
        let body = std::str::from_utf8(body).unwrap();
        if name.contains("openai") {
            let turns = bodies(body, OPENAI_ORDERS[0]);
            compare(name, turns.last().unwrap().as_bytes(), CHAT, &turns).await;
        } else {
            compare_all(name, body).await;
        }
    }
}
