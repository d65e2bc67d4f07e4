//! Messages of a tool server on their way to its client.

use super::{
    McpCarrier,
    calls::{McpCalls, Verdict},
    events,
    survey::Survey,
    units::{Unit, Units},
};
use crate::{
    Block, Kind, Outcome, Place, Reason, Settings, Wire,
    step::{Step, Steps},
    walk::json::JsonError,
};
use bytes::Bytes;
use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// What a tool server sends, written chunk by chunk. Each eligible text is a [`Block`]; a message
/// leaves when it is complete.
///
/// ```
/// use brevity::{McpAnswers, McpCalls, McpCarrier, McpRequests, Settings, Steps};
/// use std::sync::Arc;
///
/// let settings = Arc::new(Settings::default());
/// let calls = McpCalls::new();
/// let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list"}}"#;
/// let mut requests = McpRequests::new(McpCarrier::Whole, "", Arc::clone(&settings));
/// requests.write(call.into(), &calls);
/// requests.finish(&calls);
///
/// let rows: Vec<_> = (0..99).map(|n| format!(r#"{{\"name\":\"row {n}\",\"open\":true}}"#)).collect();
/// let item = format!(r#"{{"type":"text","text":"[{}]"}}"#, rows.join(","));
/// let answer = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{"content":[{item}]}}}}"#);
/// let mut answers = McpAnswers::new(McpCarrier::Whole, "", settings);
/// let (mut steps, mut out) = (Steps::new(), Vec::new());
/// answers.write(answer.clone().into(), &calls, &mut steps);
/// answers.finish(&calls, &mut steps);
/// steps.run_into(&mut out);
/// assert!(out.len() < answer.len() / 2);
/// assert_eq!(brevity::expand(&out), answer.as_bytes());
/// ```
#[derive(Debug)]
pub struct McpAnswers {
    units: Units,
    rewriter: Rewriter,
}

#[derive(Debug)]
struct Rewriter {
    settings: Arc<Settings>,
    carrier: McpCarrier,
    scope: Arc<str>,
    blocks: u64,
    messages: u64,
}

/// What may be rewritten in one unit.
#[derive(Default)]
struct Found {
    messages: Vec<Texts>,
    /// The bytes of texts that are too many.
    beyond: u64,
}

/// The texts of one message.
struct Texts {
    ranges: Vec<Range<usize>>,
    verdict: Verdict,
}

impl McpAnswers {
    /// A stream of messages in `carrier`, which answer calls in `scope`.
    pub fn new(carrier: McpCarrier, scope: impl Into<Arc<str>>, settings: Arc<Settings>) -> Self {
        let units = Units::new(carrier, settings.limits.request);
        let scope = scope.into();
        Self { units, rewriter: Rewriter { settings, carrier, scope, blocks: 0, messages: 0 } }
    }

    /// Takes the next bytes. What is complete goes to `steps`, and lists of tools to `calls`.
    pub fn write(&mut self, chunk: Bytes, calls: &McpCalls, steps: &mut Steps) {
        let Self { units, rewriter } = self;
        units.write(chunk, |unit| rewriter.take(unit, calls, steps));
    }

    /// How many bytes of a message wait for its end. To read it takes time in their proportion.
    pub fn held(&self) -> usize {
        self.units.held()
    }

    /// Ends the stream: all that waits goes to `steps`. A second call does nothing.
    pub fn finish(&mut self, calls: &McpCalls, steps: &mut Steps) {
        let Self { units, rewriter } = self;
        units.finish(|unit| rewriter.take(unit, calls, steps));
    }
}

impl Rewriter {
    fn take(&mut self, unit: Unit, calls: &McpCalls, steps: &mut Steps) {
        match unit {
            Unit::Pass(bytes) => steps.push(Step::Keep(bytes)),
            Unit::Over(len) => self.note(len, Reason::Limit, None, steps),
            Unit::Whole(bytes) => self.rewrite(bytes, calls, steps),
        }
    }

    fn rewrite(&mut self, bytes: Bytes, calls: &McpCalls, steps: &mut Steps) {
        let Some(pieces) = self.pieces(&bytes) else {
            return self.keep(bytes, Reason::Limit, steps);
        };
        if pieces.iter().all(|piece| bytes[piece.clone()].trim_ascii().is_empty()) {
            return steps.push(Step::Keep(bytes));
        }
        let survey = AssertUnwindSafe(|| self.survey(&bytes, &pieces, calls));
        let reason = match catch_unwind(survey) {
            Ok(Ok(found)) => return self.send(&bytes, found, steps),
            Ok(Err(_)) => Reason::Malformed,
            // A fault of ours; nothing that it has left half done is sent.
            Err(_) => Reason::Fault,
        };
        self.keep(bytes, reason, steps);
    }

    fn keep(&mut self, bytes: Bytes, reason: Reason, steps: &mut Steps) {
        let len = bytes.len() as u64;
        steps.push(Step::Keep(bytes));
        self.note(len, reason, None, steps);
    }

    /// Where the JSON of a unit stands in it, if a bound does not forbid to know.
    fn pieces(&self, bytes: &[u8]) -> Option<Vec<Range<usize>>> {
        if self.carrier != McpCarrier::Events {
            return Some(std::iter::once(0..bytes.len()).collect());
        }
        let event = events::read(bytes)?;
        Some(if event.is_message { event.data } else { Vec::new() })
    }

    fn survey(
        &self,
        bytes: &[u8],
        pieces: &[Range<usize>],
        calls: &McpCalls,
    ) -> Result<Found, JsonError> {
        let mut found = Found::default();
        let survey = Survey::new(bytes, &self.settings.limits);
        survey.read(pieces, |mut message| {
            if message.is_answer() {
                found.beyond += message.beyond;
            }
            if let Some(verdict) = calls.take(&self.scope, &mut message) {
                found.messages.push(Texts { ranges: message.texts, verdict });
            }
        })?;
        Ok(found)
    }

    fn send(&mut self, bytes: &Bytes, found: Found, steps: &mut Steps) {
        let mut sent = 0;
        for Texts { ranges, verdict } in found.messages {
            for range in ranges {
                steps.push(Step::Keep(bytes.slice(sent..range.start)));
                sent = range.end;
                self.text(bytes.slice(range), &verdict, steps);
            }
            self.messages += 1;
        }
        steps.push(Step::Keep(bytes.slice(sent..)));
        if found.beyond > 0 {
            self.note(found.beyond, Reason::Limit, None, steps);
        }
    }

    fn text(&mut self, text: Bytes, verdict: &Verdict, steps: &mut Steps) {
        let tool = verdict.tool.as_deref();
        match verdict.treatment {
            Ok(treatment) => {
                let (settings, place) = (Arc::clone(&self.settings), self.place(tool));
                let mut block = Block::new(settings, Wire::JsonString, treatment, place);
                block.write(text, steps);
                block.finish(steps);
            }
            Err(reason) => {
                let len = text.len() as u64;
                steps.push(Step::Keep(text));
                self.note(len, reason, tool, steps);
            }
        }
    }

    fn place(&mut self, tool: Option<&str>) -> Place {
        self.blocks += 1;
        let (block, message) = (self.blocks - 1, self.messages);
        Place { block, message, tool: tool.map(str::to_owned) }
    }

    /// Notes that `bytes` stayed. They were not read as text, so they count as they stood.
    fn note(&mut self, bytes: u64, reason: Reason, tool: Option<&str>, steps: &mut Steps) {
        steps.push(Step::Note(Outcome {
            place: self.place(tool),
            kind: Kind::Text,
            bytes_in: bytes,
            bytes_out: bytes,
            tokens_in: 0,
            tokens_out: 0,
            result: Err(reason),
        }));
    }
}
