//! Answers of tool servers: which texts are rewritten, and that every other byte leaves as it came.

mod arbitrary;
mod bounds;
mod carriers;
mod eligible;

use brevity::{
    Level, McpAnswers, McpCalls, McpCarrier, McpRequests, Outcome, Policy, Reason, Settings, Sink,
    Steps,
};
use bytes::Bytes;
use std::sync::Arc;

/// A client, and the proxy between it and its server.
struct Between {
    settings: Arc<Settings>,
    calls: McpCalls,
}

/// What came out.
#[derive(Debug, Default, PartialEq)]
struct Passed {
    bytes: Vec<u8>,
    notes: Vec<Outcome>,
}

impl Sink for Passed {
    fn keep(&mut self, bytes: Bytes) {
        self.put(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn note(&mut self, outcome: &Outcome) {
        self.notes.push(outcome.clone());
    }
}

impl Passed {
    /// The length of each text that was looked at, and why it stayed.
    fn stayed(&self) -> Vec<(u64, Reason)> {
        let notes = self.notes.iter();
        notes.map(|note| (note.bytes_in, note.result.expect_err("nothing is rewritten"))).collect()
    }
}

impl Between {
    /// Texts are found and counted, as `Reason::Off`, and stay.
    fn counting() -> Self {
        Self::with(|settings| settings.policy.level = Level::Off)
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new(Policy::default(), Default::default());
        change(&mut settings);
        Self { settings: Arc::new(settings), calls: McpCalls::new() }
    }

    /// The client sends `message`.
    fn ask_in(&mut self, scope: &str, message: &str) {
        let mut requests = McpRequests::new(McpCarrier::Whole, scope, Arc::clone(&self.settings));
        message.as_bytes().chunks(7).for_each(|chunk| {
            requests.write(Bytes::copy_from_slice(chunk), &self.calls);
        });
        requests.finish(&self.calls);
    }

    /// The client calls `tool`; the answer is to have this id.
    fn call(&mut self, id: &str, tool: &str) {
        self.ask_in("", &call(id, tool, "{}"));
    }

    fn answer<'a>(
        &mut self,
        carrier: McpCarrier,
        chunks: impl IntoIterator<Item = &'a [u8]>,
    ) -> Passed {
        self.answer_in("", carrier, chunks)
    }

    fn answer_in<'a>(
        &mut self,
        scope: &str,
        carrier: McpCarrier,
        chunks: impl IntoIterator<Item = &'a [u8]>,
    ) -> Passed {
        let mut answers = McpAnswers::new(carrier, scope, Arc::clone(&self.settings));
        let (mut steps, mut passed) = (Steps::new(), Passed::default());
        for chunk in chunks {
            answers.write(Bytes::copy_from_slice(chunk), &self.calls, &mut steps);
            steps.run_into(&mut passed);
        }
        answers.finish(&self.calls, &mut steps);
        steps.run_into(&mut passed);
        passed
    }

    /// An answer that must leave as it came: what stayed in it, and why.
    fn stays(&mut self, answer: &str) -> Vec<(u64, Reason)> {
        let passed = self.answer(McpCarrier::Whole, [answer.as_bytes()]);
        assert_eq!(String::from_utf8_lossy(&passed.bytes), answer);
        passed.stayed()
    }
}

fn call(id: &str, tool: &str, arguments: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    )
}

/// The answer to call 1, with this content.
fn answer(content: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{"content":[{content}]}}}}"#)
}

/// Rows that become a table, escaped as the inside of a JSON string.
fn rows() -> String {
    let row = |n| format!(r#"{{\"name\":\"row {n}\",\"note\":\"caf\u00e9 \\u00fc <a>\"}}"#);
    format!("[{}]", (0..40).map(row).collect::<Vec<_>>().join(","))
}
