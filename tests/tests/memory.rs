//! Whatever comes, the heap stays within `Limits::heap_bound()`.
//!
//! One test, since the allocator counts for the whole program.

use brevity::{
    Block, Dialect, Limits, McpAnswers, McpCalls, McpCarrier, McpRequests, Place, Policy, Request,
    Settings, Sink, Steps, Treatment, Wire,
};
use brevity_tests::property;
use bytes::Bytes;
use peak_alloc::PeakAlloc;
use std::sync::Arc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Takes everything and keeps nothing.
#[derive(Default)]
struct Drain {
    bytes: usize,
}

impl Sink for Drain {
    fn keep(&mut self, bytes: Bytes) {
        self.bytes += bytes.len();
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
    }
}

const MIB: usize = 1 << 20;
const CHUNK: usize = 64 << 10;

/// A line by its number.
type Numbered = fn(usize) -> String;

/// `len` bytes of lines that `line` numbers, a chunk at a time.
fn numbered(line: Numbered, len: usize) -> impl Iterator<Item = Bytes> {
    let (mut at, mut made) = (0, 0);
    std::iter::from_fn(move || {
        let mut chunk = String::new();
        while made < len && chunk.len() < CHUNK {
            chunk.push_str(&line(at));
            at += 1;
        }
        made += chunk.len();
        (!chunk.is_empty()).then(|| Bytes::from(chunk.into_bytes()))
    })
}

/// `len` bytes of `unit` after `start`, a chunk at a time.
fn chunks(start: &str, unit: &str, len: usize) -> impl Iterator<Item = Bytes> {
    let repeated = unit.repeat(CHUNK.div_ceil(unit.len()));
    let count = len.div_ceil(repeated.len());
    let rest = (0..count).map(move |_| Bytes::copy_from_slice(repeated.as_bytes()));
    std::iter::once(Bytes::copy_from_slice(start.as_bytes())).chain(rest)
}

fn peak(run: impl FnOnce()) -> usize {
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    run();
    HEAP.peak_usage() - before
}

fn block(settings: &Arc<Settings>, wire: Wire, chunks: impl Iterator<Item = Bytes>) -> usize {
    peak(|| {
        let (mut steps, mut out) = (Steps::new(), Drain::default());
        let settings = Arc::clone(settings);
        let mut block = Block::new(settings, wire, Treatment::Rewrite, Place::default());
        for chunk in chunks {
            block.write(chunk, &mut steps);
            steps.run_into(&mut out);
        }
        block.finish(&mut steps);
        steps.run_into(&mut out);
        assert!(out.bytes > 0);
    })
}

fn request(
    settings: &Arc<Settings>,
    dialect: Dialect,
    chunks: impl Iterator<Item = Bytes>,
) -> usize {
    peak(|| {
        let (mut steps, mut out) = (Steps::new(), Drain::default());
        let mut request = Request::new(dialect, Arc::clone(settings));
        for chunk in chunks {
            request.write(chunk, &mut steps);
            steps.run_into(&mut out);
        }
        request.finish(&mut steps);
        steps.run_into(&mut out);
        assert!(out.bytes > 0);
    })
}

/// A tool server's answer to a call, in one line.
fn answer(settings: &Arc<Settings>, chunks: impl Iterator<Item = Bytes>) -> usize {
    let calls = McpCalls::new();
    let mut requests = McpRequests::new(McpCarrier::Whole, "", Arc::clone(settings));
    let call = br#"{"id":1,"method":"tools/call","params":{"name":"list"}}"#;
    requests.write(Bytes::from_static(call), &calls);
    requests.finish(&calls);
    peak(|| {
        let (mut steps, mut out) = (Steps::new(), Drain::default());
        let mut answers = McpAnswers::new(McpCarrier::Whole, "", Arc::clone(settings));
        for chunk in chunks {
            answers.write(chunk, &calls, &mut steps);
            steps.run_into(&mut out);
        }
        answers.finish(&calls, &mut steps);
        steps.run_into(&mut out);
        assert!(out.bytes > 0);
    })
}

/// A whole message waits, and once more in one piece. Beside that each of its texts takes something.
fn check_answers() {
    let settings = Arc::new(Settings::default());
    let len = settings.limits.request * 15 / 16;
    let bound = 2 * settings.limits.request + 32 * MIB;
    let ends = Bytes::from_static(b"{}]}}");
    let item = r#"{"type":"text","text":"x"},"#;
    let long = format!(r#"{{"type":"text","text":"{}"}},"#, "word ".repeat(200));
    let start = r#"{"id":1,"result":{"content":["#;
    for (name, start, unit, ends) in [
        ("tiny texts", start, item, &ends),
        ("longer texts", start, &*long, &ends),
        ("other content", start, "{},", &ends),
        ("tools", r#"{"id":2,"result":{"tools":["#, r#"{"name":"x","outputSchema":1},"#, &ends),
        (
            "a batch",
            "[",
            "{\"id\":1,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}},",
            &Bytes::from_static(b"{}]"),
        ),
    ] {
        // The unit is cut nowhere: chunks are of whole ones.
        let heap = answer(&settings, chunks(start, unit, len).chain([ends.clone()]));
        println!("an answer of {name}: {} KiB", heap >> 10);
        assert!(heap <= bound, "{name}: {heap} of {bound}");
    }
}

/// What codecs for text keep most for: their lines, words and templates.
const LINES: [(&str, Numbered); 10] = [
    ("a log", |i| format!("10:00:{:02} INFO job {i} ended after {} ms\n", i % 60, i * 7 % 999)),
    ("distinct words", |i| format!("{i:x} a{i:x}\n")),
    ("distinct short lines", |i| format!("{i:x}\n")),
    ("one line of distinct words", |i| format!("{i:x} ")),
    ("lines of two words", |i| format!("{} {}\n", i % 10, i % 7)),
    ("many templates", |i| format!("t{0} {i} t{0} {i} t{0}\n", i % 5_000)),
    ("a path each", |i| format!("src/{i:x}.rs:{i}:x\n")),
    ("one path", |i| format!("a.rs:{i}:\n")),
    ("headers of files", |i| {
        format!("diff --git a/{i} b/{i}\n--- a/{i}\n+++ b/{i}\n@@ -1 +1 @@\n")
    }),
    ("an overdrawn line", |i| format!("{i}\r")),
];

/// Each codec alone, over lines that it is made for and over others.
fn check_codecs(limits: &Limits, len: usize) {
    let bound = limits.heap_bound();
    for codec in brevity_tests::run::text_codecs() {
        let policy = property::alone(codec).policy;
        let settings = Arc::new(Settings::new(policy, limits.clone()));
        for (name, line) in LINES {
            let text = block(&settings, Wire::Text, numbered(line, len));
            println!("{}, {name}: {} KiB", codec.name(), text >> 10);
            assert!(text <= bound, "{}, {name}: {text} of {bound}", codec.name());
        }
        let empty = block(&settings, Wire::JsonString, chunks("", "\\n", len));
        println!("{}, empty lines in a string: {} KiB", codec.name(), empty >> 10);
        assert!(empty <= bound, "{}, empty lines: {empty} of {bound}", codec.name());
    }
}

/// Bounds that all of the streams below hit.
fn small() -> Limits {
    let mut small = Limits::default();
    small.window = 8 << 10;
    small.document = 32 << 10;
    small.document_nodes = 2_000;
    small.block = 8 << 10;
    small.names = 4 << 10;
    small.tag_depth = 64;
    small.request = 64 << 10;
    small.calls = 4 << 10;
    small.texts = 64;
    small
}

/// Request bodies of at least `len` bytes.
fn check_requests(settings: &Arc<Settings>, len: usize) {
    let bound = settings.limits.heap_bound();
    let head = r#"{"messages":[{"role":"user","content":[{"type":"tool_result","content":""#;
    let late = r#"{"messages":[{"content":[{"content":""#;
    let results = r#"{"messages":[{"role":"user","content":["#;
    let late_roles = r#"{"messages":["#;
    let parts = r#"{"messages":[{"role":"user","content":[{"type":"tool_result","content":["#;
    for (name, start, unit) in [
        ("many results", results, r#"{"type":"tool_result","content":"x"},"#),
        ("many parts of one result", parts, r#"{"type":"text","text":"x"},"#),
        ("messages that are no results", late_roles, r#"{"content":"x","role":"user"},"#),
        ("a long result", head, "a line of text\\n"),
        ("rows in a result", head, "{\\\"name\\\":\\\"row\\\"}\\n"),
        ("empty lines in a result", head, "\\n"),
        ("escapes", head, "\\u005b"),
        ("a result whose type comes late", late, "text"),
        ("nothing eligible", "{\"system\":\"", "text"),
        (
            "calls",
            r#"{"messages":[{"role":"assistant","content":["#,
            r#"{"type":"tool_use","id":"1","name":"x"},"#,
        ),
    ] {
        for dialect in [Dialect::Anthropic, Dialect::OpenAiChat] {
            let heap = request(settings, dialect, chunks(start, unit, len));
            println!("{name}: {} KiB", heap >> 10);
            assert!(heap <= bound, "{name}: {heap} of {bound}");
        }
    }
}

#[test]
fn the_heap_stays_within_its_bound() {
    check_answers();
    for limits in [Limits::default(), small()] {
        let bound = limits.heap_bound();
        println!("bound: {} KiB", bound >> 10);
        let factor = limits.document / (32 << 10);
        let len = (factor * MIB / 4).clamp(2 * MIB, 10 * MIB);
        check_codecs(&limits, (limits.window * 3 / 2).max(MIB / 4));
        let settings = Arc::new(Settings::new(Policy::default(), limits));
        let cases = [
            ("rows", "", "{\"name\":\"row\",\"size\":12345,\"open\":true}\n"),
            ("one array", "[", "{\"name\":\"row\",\"size\":12345,\"open\":true},"),
            ("one array of numbers", "[", "1,"),
            ("empty objects", "[", "{},"),
            ("distinct words", "[", "\"a\",\"b\",[1,2,[3]],"),
            ("brackets", "", "[[[[[[[[]]]]]]]]\n"),
            ("one line", "", "word "),
            ("empty lines", "", "\n"),
            ("open tags", "<a_b>", "<c_d>"),
            ("tags", "<a_b>", "<c_d></c_d>"),
            ("a coded part", "[brevity 1 table 9999999 lines below, compact: x]\n", "{}\n"),
        ];
        let rows = |row: &str| {
            let count = settings.limits.document * 9 / 10 / row.len();
            format!("[{}null]\n", row.repeat(count))
        };
        let documents = [
            rows(r#"{"name":"row","size":12345,"open":true},"#),
            rows("1,"),
            rows("{},"),
            rows(r#""\u0041\u0042\u0043","#),
            rows(r#"{"a":[{"b":{"c":1}}]},"#),
            rows(&format!(r#"{{"output":"{}"}},"#, "word \\n".repeat(200))),
        ];
        let whole = documents.iter().map(|text| ("a whole document", "", text.as_str()));
        for (name, start, unit) in cases.into_iter().chain(whole) {
            let text = block(&settings, Wire::Text, chunks(start, unit, len));
            let quoted = unit.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n");
            let string = block(&settings, Wire::JsonString, chunks(start, &quoted, len));
            println!("{name}: {} KiB, {} KiB in a string", text >> 10, string >> 10);
            assert!(text <= bound, "{name}: {text} of {bound}");
            assert!(string <= bound, "{name} in a string: {string} of {bound}");
        }
        check_requests(&settings, 2 * len);
    }
}
