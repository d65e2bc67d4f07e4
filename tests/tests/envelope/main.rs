//! Which strings of a request are eligible, and that every other byte leaves as it came.

mod arbitrary;
mod bytes;
mod chat;
mod complete;
mod cut;
mod eligible;
mod messages;
mod responses;
mod tools;

use brevity::{Dialect, Level, Limits, Policy, Reason, Settings};
use brevity_tests::property::{Passed, pass_request};
use std::sync::Arc;

const ALL: [Dialect; 3] = [Dialect::Anthropic, Dialect::OpenAiChat, Dialect::OpenAiResponses];

fn settings(change: impl FnOnce(&mut Policy, &mut Limits)) -> Arc<Settings> {
    let mut settings = Settings::default();
    settings.policy.level = Level::Off;
    settings.policy.stream_requests = true;
    change(&mut settings.policy, &mut settings.limits);
    Arc::new(settings)
}

fn pass(dialect: Dialect, body: &str) -> Passed {
    let passed = pass_request(dialect, &settings(|_, _| {}), [body.as_bytes()]);
    assert_eq!(String::from_utf8_lossy(&passed.bytes), body);
    passed
}

fn lengths(passed: &Passed) -> Vec<u64> {
    passed.blocks().into_iter().map(|(_, _, bytes)| bytes).collect()
}

fn reasons(passed: &Passed) -> Vec<Reason> {
    passed.notes.iter().filter_map(|note| note.result.err()).collect()
}

fn anthropic(content: &str) -> String {
    format!(r#"{{"model":"m","system":"no","messages":[{{"role":"user","content":{content}}}]}}"#)
}

fn openai(messages: &str) -> String {
    format!(r#"{{"messages":[{messages}],"tools":[{{"content":"no"}}],"model":"m"}}"#)
}

fn openai_responses(items: &str) -> String {
    format!(r#"{{"instructions":"no","input":[{items}],"tools":[{{"output":"no"}}],"model":"m"}}"#)
}
