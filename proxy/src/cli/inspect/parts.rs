//! The parts of an input: one line each, and the reasons below.

use super::{Args, reasons, spans::Tags};
use crate::cli::{
    Failure,
    io::{Input, Output},
    stats::{Grouped, Saved},
    stream::Stream,
};
use brevity::{Codec, Facts, Gain, Kind, Outcome, Policy, Reason, Report, Settings, Sink};
use bytes::Bytes;
use std::{collections::VecDeque, fmt::Write as _, io::Write};

/// Shows the parts of `input`, as they are settled.
pub(super) fn show<W: Write>(
    args: &Args,
    input: &mut Input,
    output: &mut Output<W>,
) -> Result<(), Failure> {
    let mut view = View::new(args);
    output.put(view.heading().as_bytes());
    let end = input.pour(output, |chunk, output| view.write(chunk, output));
    view.finish(input, output);
    end
}

/// Two streams over the same bytes: the policy's own, and one that takes every gain. Where they
/// differ, the second says what the gate has refused.
struct View {
    is: Stream,
    could: Stream,
    lines: Lines,
    /// The tags of one text. Those of a request stand inside of its strings.
    tags: Option<Tags>,
}

/// The lines that are ready to be shown.
struct Lines {
    is_request: bool,
    json: bool,
    is: Notes,
    could: Notes,
    report: Report,
}

/// Outcomes, each with the place of its first byte: its block's number, and the offset in the block.
#[derive(Default)]
struct Notes {
    queue: VecDeque<(Spot, Outcome)>,
    /// Where the last one ended.
    end: Spot,
}

type Spot = (u64, u64);

impl Sink for Notes {
    fn keep(&mut self, _: Bytes) {}

    fn put(&mut self, _: &[u8]) {}

    fn note(&mut self, outcome: &Outcome) {
        let block = outcome.place.block;
        let start = if self.end.0 == block { self.end.1 } else { 0 };
        self.end = (block, start + outcome.bytes_in);
        self.queue.push_back(((block, start), outcome.clone()));
    }
}

impl View {
    fn new(args: &Args) -> Self {
        let mut greedy = Settings::default();
        greedy.policy.gain = no_gate(greedy.policy.gain);
        let lines = Lines {
            is_request: args.api.is_some(),
            json: args.json,
            is: Notes::default(),
            could: Notes::default(),
            report: Report::default(),
        };
        Self {
            is: Stream::new(args.api, Settings::default()),
            could: Stream::new(args.api, greedy),
            lines,
            tags: (args.api.is_none() && !args.json).then(Tags::new),
        }
    }

    fn heading(&self) -> String {
        match (self.lines.json, self.lines.is_request) {
            (true, _) => String::new(),
            (false, true) => format!("{:>7} {:>5} {:<20} {PARTS}\n", "message", "block", "tool"),
            (false, false) => format!("{:>5} {PARTS}\n", "part"),
        }
    }

    fn write(&mut self, chunk: Bytes, sink: &mut impl Sink) {
        if let Some(tags) = &mut self.tags {
            tags.feed(&chunk, |_| {});
        }
        self.is.write(chunk.clone(), &mut self.lines.is);
        self.could.write(chunk, &mut self.lines.could);
        self.lines.show(false, sink);
    }

    fn finish(mut self, input: &Input, sink: &mut impl Sink) {
        let facts = self.is.finish(&mut self.lines.is);
        self.could.finish(&mut self.lines.could);
        self.lines.show(true, sink);
        if !self.lines.json {
            sink.put(closing(&self.lines.report, input, facts.as_ref()).as_bytes());
        }
        if let Some(mut tags) = self.tags {
            tags.finish(|_| {});
            sink.put(tags.summary().as_bytes());
        }
    }
}

/// The heading of what every part has.
const PARTS: &str = "kind        bytes in    bytes out  tokens in tokens out  result";

fn no_gate(mut gain: Gain) -> Gain {
    (gain.from_bytes, gain.percent, gain.tokens) = (0, 0, 0);
    gain
}

impl Lines {
    /// Shows the parts that both streams have settled.
    fn show(&mut self, is_end: bool, sink: &mut impl Sink) {
        while let Some((spot, _)) = self.is.queue.front() {
            while self.could.queue.front().is_some_and(|(other, _)| other < spot) {
                self.could.queue.pop_front();
            }
            if self.could.queue.is_empty() && !is_end {
                return;
            }
            let Some((spot, is)) = self.is.queue.pop_front() else { return };
            self.report.add(&is);
            // The two may cut a block otherwise; then there is nothing to compare.
            let same =
                |(other, could): &&(Spot, Outcome)| *other == spot && could.bytes_in == is.bytes_in;
            let could = self.could.queue.front().filter(same).map_or(&is, |(_, could)| could);
            let line = if self.json { self.object(&is, could) } else { self.line(&is, could) };
            sink.put(line.as_bytes());
        }
    }

    fn line(&self, is: &Outcome, could: &Outcome) -> String {
        let mut out = if self.is_request {
            let tool = visible(is.place.tool.as_deref().unwrap_or("-"));
            format!("{:>7} {:>5} {tool:<20}", is.place.message, is.place.block)
        } else {
            format!("{:>5}", self.report.total.parts)
        };
        let _ = writeln!(
            out,
            " {:<8} {:>11} {:>12} {:>10} {:>10}  {}",
            kind(is.kind),
            Grouped(is.bytes_in),
            Grouped(is.bytes_out),
            Grouped(is.tokens_in),
            Grouped(is.tokens_out),
            result(is.into(), could.into()),
        );
        out
    }

    fn object(&self, is: &Outcome, could: &Outcome) -> String {
        let place = &is.place;
        let tool = place.tool.as_deref().map_or("null".to_owned(), json_string);
        let result = match (is.result, could.result) {
            (Ok(codec), _) => format!("\"codec\":\"{}\"", codec.name()),
            (Err(reason), Ok(codec)) => format!(
                "\"kept\":\"{}\",\"could\":{{\"codec\":\"{}\",\"tokens_out\":{}}}",
                reason.name(),
                codec.name(),
                could.tokens_out
            ),
            (Err(reason), Err(_)) => format!("\"kept\":\"{}\"", reason.name()),
        };
        format!(
            "{{\"message\":{},\"block\":{},\"tool\":{tool},\"kind\":\"{}\",\"bytes_in\":{},\
             \"bytes_out\":{},\"tokens_in\":{},\"tokens_out\":{},{result}}}\n",
            place.message,
            place.block,
            kind(is.kind),
            is.bytes_in,
            is.bytes_out,
            is.tokens_in,
            is.tokens_out,
        )
    }
}

/// The kind's name in tables and documents.
pub(in crate::cli) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Json => "json",
        Kind::Text => "text",
        Kind::Notation => "notation",
        _ => "other",
    }
}

/// What came of a part, and the share of its tokens that this saves.
struct Verdict(Result<Codec, Reason>, Saved);

impl From<&Outcome> for Verdict {
    fn from(outcome: &Outcome) -> Self {
        Self(outcome.result, Saved(outcome.tokens_in, outcome.tokens_out))
    }
}

fn result(is: Verdict, could: Verdict) -> String {
    match (is, could) {
        (Verdict(Ok(codec), saved), _) => format!("{} saves {saved}", codec.name()),
        (Verdict(Err(reason), _), Verdict(Ok(codec), saved)) => {
            format!("kept: {} ({} could save {saved})", reason.name(), codec.name())
        }
        (Verdict(Err(reason), _), Verdict(Err(_), _)) => format!("kept: {}", reason.name()),
    }
}

fn closing(report: &Report, input: &Input, facts: Option<&Facts>) -> String {
    let mut out = String::new();
    let total = report.total;
    let _ = writeln!(
        out,
        "\n{}: {} bytes, of which {} in {}; est. {} tokens before, {} after ({})",
        input.name(),
        Grouped(input.len()),
        Grouped(total.bytes_in),
        counted(total.parts, "part"),
        Grouped(total.tokens_in),
        Grouped(total.tokens_out),
        Saved(total.tokens_in, total.tokens_out),
    );
    if let Some(facts) = facts {
        let model = visible(facts.model.as_deref().unwrap_or("not named"));
        let _ = writeln!(out, "request: model {model}, {}", counted(facts.messages, "message"));
        if total.parts == 0 {
            out.push_str("No tool result was found. Only results of tools are shortened.\n");
        }
    }
    why(&mut out, report);
    out
}

/// A name out of a request, without characters that a terminal would act on.
pub(in crate::cli) fn visible(name: &str) -> String {
    name.chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect()
}

fn why(out: &mut String, report: &Report) {
    if report.kept.is_empty() {
        return;
    }
    out.push_str("\nWhy parts were kept:\n");
    for (&reason, tally) in &report.kept {
        let sentence = reasons::sentence(reason, &Policy::default());
        let _ = writeln!(out, "  {}, {}: {sentence}", reason.name(), counted(tally.parts, "part"));
    }
}

/// `1 part`, `2 parts`.
pub(in crate::cli) fn counted(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", Grouped(count), if count == 1 { "" } else { "s" })
}

/// `text` as a JSON string.
pub(in crate::cli) fn json_string(text: &str) -> String {
    use simd_json::prelude::Writable as _;
    simd_json::BorrowedValue::from(text).encode()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_no_commands_in_names() {
        assert_eq!(visible("Ba\u{1b}]0;x\u{7}\n"), "Ba\\u{1b}]0;x\\u{7}\\n");
        assert_eq!(visible("mcp__täglich"), "mcp__täglich");
    }

    #[test]
    fn a_refused_gain_is_told() {
        let refused = || Verdict(Err(Reason::NoGain), Saved(100, 100));
        let taken = || Verdict(Ok(Codec::Table), Saved(100, 90));
        assert_eq!(result(refused(), taken()), "kept: no-gain (table could save 10.0 %)");
        assert_eq!(result(taken(), taken()), "table saves 10.0 %");
        assert_eq!(result(refused(), refused()), "kept: no-gain");
    }

    #[test]
    fn strings_are_written_as_json() {
        assert_eq!(json_string("a\"b\n"), r#""a\"b\n""#);
    }
}
