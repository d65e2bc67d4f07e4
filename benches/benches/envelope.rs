//! The envelope next to `serde_json` and `simd-json` on the same request bodies.
//!
//! Why: every request goes through the envelope, most of it with nothing eligible, so this is what
//! the proxy costs at least. A rival that edits a parsed tree must read it and print it again;
//! `simd-json` needs a copy that it may write into, and is not made to print here. In `eligible` the
//! level is off: the texts are found and weighed, but not rewritten.

use brevity::{Dialect, Level, Request, Settings, Step, Steps};
use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use simd_json::prelude::ValueObjectAccess;
use std::{fmt::Write, hint::black_box, sync::Arc};

/// As a network hands bytes over.
const CHUNK: usize = 16 * 1024;

/// What came out: the number of bytes, and of texts that were eligible.
type Answer = (usize, usize);

fn source(lines: usize) -> String {
    (0..lines).fold(String::new(), |mut text, line| {
        let _ = write!(text, "    let value_{line} = table.lookup(key, {line}); // once more\\n");
        text
    })
}

/// A conversation of `turns` turns in which each text stands in an item of type `kind`.
fn conversation(turns: usize, lines: usize, kind: &str) -> String {
    let text = source(lines);
    let turn = |n: usize| {
        let call =
            format!(r#"{{"type":"tool_use","id":"t{n}","name":"look","input":{{"n":{n}}}}}"#);
        let result = format!(r#"{{"tool_use_id":"t{n}","type":"{kind}","content":"{text}"}}"#);
        format!(
            r#"{{"role":"assistant","content":[{call}]}},{{"role":"user","content":[{result}]}}"#
        )
    };
    let turns: Vec<_> = (0..turns).map(turn).collect();
    format!(r#"{{"model":"m","messages":[{}],"max_tokens":1024,"stream":true}}"#, turns.join(","))
}

fn pass(chunks: &[Bytes], settings: &Arc<Settings>) -> Answer {
    let mut request = Request::new(Dialect::Anthropic, Arc::clone(settings));
    let (mut steps, mut answer) = (Steps::new(), (0, 0));
    for chunk in chunks {
        request.write(chunk.clone(), &mut steps);
        take(&mut steps, &mut answer);
    }
    request.finish(&mut steps);
    take(&mut steps, &mut answer);
    answer
}

fn take(steps: &mut Steps, answer: &mut Answer) {
    while let Some(step) = steps.pop() {
        match step {
            Step::Keep(bytes) => answer.0 += bytes.len(),
            Step::Note(_) => answer.1 += 1,
            Step::Put(_) | Step::Job(_) => panic!("nothing is rewritten"),
        }
    }
}

fn settings(stream: bool) -> Arc<Settings> {
    let mut settings = Settings::default();
    settings.policy.level = Level::Off;
    settings.policy.stream_requests = stream;
    Arc::new(settings)
}

fn envelope(criterion: &mut Criterion) {
    let bodies = [
        ("nothing_eligible", conversation(100, 300, "document"), 0),
        ("short_texts", conversation(4_000, 4, "document"), 0),
        ("eligible", conversation(100, 300, "tool_result"), 100),
    ];
    for (name, body, texts) in bodies {
        let chunks: Vec<_> = body.as_bytes().chunks(CHUNK).map(Bytes::copy_from_slice).collect();
        let expected = (body.len(), texts);
        let mut group = criterion.benchmark_group(format!("envelope/{name}"));
        group.throughput(Throughput::Bytes(body.len() as u64));
        for (mode, settings) in [("streamed", settings(true)), ("whole", settings(false))] {
            group.bench_function(mode, |b| {
                b.iter(|| assert_eq!(pass(black_box(&chunks), &settings), expected));
            });
        }
        group.bench_function("serde_json", |b| {
            b.iter(|| {
                let tree: serde_json::Value =
                    serde_json::from_str(black_box(&body)).expect("valid JSON");
                assert_eq!(serde_json::to_vec(&tree).expect("a tree is JSON").len(), body.len());
            });
        });
        group.bench_function("simd_json_parse", |b| {
            b.iter_batched_ref(
                || body.clone().into_bytes(),
                |copy| {
                    let tree = simd_json::to_borrowed_value(copy).expect("valid JSON");
                    assert!(tree.get("messages").is_some());
                },
                BatchSize::LargeInput,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, envelope);
criterion_main!(benches);
