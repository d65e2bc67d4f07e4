//! A recorded answer: its text, the tags in it, and its usage.

use super::{
    parts::json_string,
    spans::{Tag, Tags},
};
use crate::cli::{
    Failure,
    io::{Input, Output},
    stats::Grouped,
};
use brevity::{
    Limits, Sink as _,
    walk::{sse::SseFramer, tag::SpanKind},
};
use brevity_proxy::meter::{Delta, Meter, Usage};
use std::{collections::BTreeMap, fmt::Write as _, io::Write};

/// How many tags of one text are listed.
const TAGS: usize = 100;

/// Shows the event stream `input`.
pub(super) fn show<W: Write>(
    json: bool,
    input: &mut Input,
    output: &mut Output<W>,
) -> Result<(), Failure> {
    let mut answer = Answer::new(&Limits::default());
    let end = input.pour(output, |chunk, _| answer.feed(&chunk));
    answer.finish();
    let text = if json { answer.objects() } else { answer.page() };
    output.put(text.as_bytes());
    end
}

struct Answer {
    framer: SseFramer,
    meter: Meter,
    events: u64,
    texts: Texts,
}

/// The answer's texts by the ordinal of their block. All together they hold a bounded length.
struct Texts {
    blocks: BTreeMap<u64, Text>,
    room: usize,
    left_out: u64,
}

/// One text, which came in pieces.
struct Text {
    words: String,
    /// Where each piece ends.
    ends: Vec<u64>,
    tags: Tags,
    found: Vec<Tag>,
}

impl Answer {
    fn new(limits: &Limits) -> Self {
        let texts = Texts { blocks: BTreeMap::new(), room: limits.document, left_out: 0 };
        Self {
            framer: SseFramer::new(limits.sse_event),
            meter: Meter::new("text/event-stream", limits),
            events: 0,
            texts,
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.meter.feed(bytes);
        let Self { framer, events, texts, .. } = self;
        framer.feed(bytes, |event| {
            *events += 1;
            if let Some(delta) = Delta::of(event.data) {
                texts.add(&delta);
            }
        });
    }

    fn finish(&mut self) {
        self.meter.finish();
        self.texts.blocks.values_mut().for_each(Text::finish);
    }

    fn page(&self) -> String {
        let mut out = String::new();
        for (ordinal, text) in &self.texts.blocks {
            let (bytes, pieces) = (Grouped(text.words.len() as u64), Grouped(text.pieces()));
            let _ = writeln!(out, "text {ordinal}: {bytes} bytes in {pieces} pieces");
            out.extend(text.words.lines().map(|line| format!("  | {line}\n")));
            out.extend(text.found.iter().map(|tag| text.line(tag)));
        }
        if self.texts.left_out > 0 {
            let _ = writeln!(out, "{} bytes of text are left out", Grouped(self.texts.left_out));
        }
        let unread = Grouped(self.meter.unread());
        let _ =
            writeln!(out, "events: {}, of which {unread} could not be read", Grouped(self.events));
        if self.events == 0 {
            out.push_str("No event was found. Is it an event stream, not compressed?\n");
        }
        usage(&mut out, self.meter.usage());
        out
    }

    fn objects(&self) -> String {
        let mut out = String::new();
        for (ordinal, text) in &self.texts.blocks {
            let _ = writeln!(
                out,
                "{{\"text\":{ordinal},\"pieces\":{},\"words\":{},\"tags\":[{}]}}",
                text.pieces(),
                json_string(&text.words),
                text.found.iter().map(|tag| text.object(tag)).collect::<Vec<_>>().join(",")
            );
        }
        let usage = self.meter.usage();
        let number = |count: Option<u64>| count.map_or("null".to_owned(), |n| n.to_string());
        let string = |name: &Option<String>| name.as_deref().map_or("null".to_owned(), json_string);
        let _ = writeln!(
            out,
            "{{\"events\":{},\"unread\":{},\"input\":{},\"cache_read\":{},\"cache_write\":{},\
             \"output\":{},\"stop_reason\":{},\"model\":{},\"error\":{},\"ended\":{}}}",
            self.events,
            self.meter.unread(),
            number(usage.input),
            number(usage.cache_read),
            number(usage.cache_write),
            number(usage.output),
            string(&usage.stop_reason),
            string(&usage.model),
            string(&usage.error),
            usage.ended,
        );
        out
    }
}

impl Texts {
    fn add(&mut self, delta: &Delta) {
        let len = delta.text.len();
        if len > self.room || self.left_out > 0 {
            self.left_out += len as u64;
            return;
        }
        self.room -= len;
        self.blocks.entry(delta.block).or_insert_with(Text::new).add(&delta.text);
    }
}

impl Text {
    fn new() -> Self {
        Self { words: String::new(), ends: Vec::new(), tags: Tags::new(), found: Vec::new() }
    }

    fn add(&mut self, words: &str) {
        let Self { tags, found, .. } = self;
        tags.feed(words.as_bytes(), |tag| keep(found, tag));
        self.words.push_str(words);
        self.ends.push(self.words.len() as u64);
    }

    fn finish(&mut self) {
        let Self { tags, found, .. } = self;
        tags.finish(|tag| keep(found, tag));
    }

    fn pieces(&self) -> u64 {
        self.ends.len() as u64
    }

    /// In how many pieces `tag` came.
    fn pieces_of(&self, tag: &Tag) -> usize {
        let first = self.ends.partition_point(|&end| end <= tag.span.start);
        let last = self.ends.partition_point(|&end| end < tag.span.end);
        last - first + 1
    }

    fn line(&self, tag: &Tag) -> String {
        let what = kind(tag.span.kind);
        let (start, end) = (tag.span.start, tag.span.end);
        let pieces = match self.pieces_of(tag) {
            1 => String::new(),
            pieces => format!(", cut into {pieces} pieces"),
        };
        format!("  {what} <{}> at bytes {start} to {end}{pieces}\n", tag.name)
    }

    fn object(&self, tag: &Tag) -> String {
        format!(
            "{{\"kind\":\"{}\",\"name\":{},\"start\":{},\"end\":{},\"pieces\":{}}}",
            kind(tag.span.kind),
            json_string(&tag.name),
            tag.span.start,
            tag.span.end,
            self.pieces_of(tag)
        )
    }
}

fn keep(found: &mut Vec<Tag>, tag: &Tag) {
    if found.len() < TAGS {
        found.push(tag.clone());
    }
}

fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Text => "text",
        SpanKind::Markup => "markup",
        SpanKind::Protected => "protected",
    }
}

fn usage(out: &mut String, usage: &Usage) {
    let counts = [
        ("input", usage.input),
        ("cache read", usage.cache_read),
        ("cache write", usage.cache_write),
        ("output", usage.output),
    ];
    let said = counts.into_iter().filter_map(|(name, count)| Some((name, count?)));
    let said: Vec<_> = said.map(|(name, count)| format!("{name} {}", Grouped(count))).collect();
    let said = if said.is_empty() { "none was given".to_owned() } else { said.join(", ") };
    let _ = writeln!(out, "usage, in the provider's tokens: {said}");
    let names =
        [("model", &usage.model), ("stop reason", &usage.stop_reason), ("error", &usage.error)];
    for (name, said) in names {
        out.extend(said.iter().map(|said| format!("{name}: {said}\n")));
    }
    out.push_str(if usage.ended {
        "The answer came to its end.\n"
    } else {
        "The answer broke off.\n"
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(text: &str) -> String {
        format!(
            "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\
             \"delta\":{{\"type\":\"text_delta\",\"text\":\"{text}\"}}}}\n\n"
        )
    }

    fn answer(stream: &str, cut: usize) -> Answer {
        let mut answer = Answer::new(&Limits::default());
        stream.as_bytes().chunks(cut).for_each(|chunk| answer.feed(chunk));
        answer.finish();
        answer
    }

    #[test]
    fn a_tag_that_is_cut_across_events_is_found() {
        let stream = ["one <thi", "nking>", "two</think", "ing> three"].map(delta).concat();
        for cut in [1, 7, stream.len()] {
            let page = answer(&stream, cut).page();
            assert!(page.contains("text 0: 34 bytes in 4 pieces"), "{page}");
            assert!(
                page.contains("protected <thinking> at bytes 4 to 28, cut into 4 pieces"),
                "{page}"
            );
        }
    }

    #[test]
    fn usage_is_told() {
        let stream = "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n";
        let answer = answer(stream, 5);
        assert!(answer.page().contains("tokens: output 7"), "{}", answer.page());
        assert!(answer.objects().contains("\"output\":7,"), "{}", answer.objects());
    }

    #[test]
    fn what_is_no_stream_is_told() {
        assert!(answer("{\"type\":\"message\"}", 5).page().contains("No event was found."));
    }
}
