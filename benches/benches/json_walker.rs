//! The JSON lexer next to `serde_json` and `simd-json` on the same bytes.
//!
//! Why: every byte of every request goes through the lexer, so it bounds what the proxy costs where
//! nothing is eligible. Long strings are what requests are made of; dense rows are the worst case
//! of an event for every second byte. `serde_json` skips values without building any; `simd-json`
//! builds its tape, and needs a copy that it may write into.

use brevity::walk::json::{Event, JsonWalker};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde::de::IgnoredAny;
use std::{fmt::Write, hint::black_box};

/// As a network hands bytes over.
const CHUNK: usize = 16 * 1024;

fn inputs() -> [(&'static str, String); 4] {
    let rows = (0..20_000).map(|i| {
        format!(
            r#"{{"id":{i},"name":"item-{}","price":{}.{:02},"tags":["a","b{}"],"ok":{}}}"#,
            i * 7,
            i % 97,
            i % 100,
            i % 5,
            i % 3 == 0
        )
    });
    let numbers: Vec<_> = (0..200_000_u64).map(|i| (i * i % 100_000).to_string()).collect();
    let source = (0..20_000).fold(String::new(), |mut text, i| {
        let _ =
            write!(text, "    let value_{i} = table.lookup(key, {i}); // looks it up once more\\n");
        text
    });
    let words = "写文 😀 größer, plus court et naïf. ".repeat(30_000);
    [
        ("rows", format!("[{}]", rows.collect::<Vec<_>>().join(","))),
        ("numbers", format!("[{}]", numbers.join(","))),
        ("source", format!(r#"{{"content":"{source}"}}"#)),
        ("unicode", format!(r#"{{"content":"{words}"}}"#)),
    ]
}

/// The number of values.
fn walk(document: &[u8]) -> u64 {
    let mut walker = JsonWalker::new(64);
    let mut values = 0;
    for mut chunk in document.chunks(CHUNK) {
        while let Some(event) = walker.next(&mut chunk).expect("valid JSON") {
            values += u64::from(matches!(
                event,
                Event::ObjectOpen | Event::ArrayOpen | Event::StringStart | Event::ScalarStart(_)
            ));
        }
    }
    walker.finish().expect("a whole document");
    values
}

/// The same from `serde_json`'s tree.
fn count(value: &serde_json::Value) -> u64 {
    match value {
        serde_json::Value::Array(elements) => 1 + elements.iter().map(count).sum::<u64>(),
        serde_json::Value::Object(members) => 1 + members.values().map(count).sum::<u64>(),
        _ => 1,
    }
}

fn json_walker(criterion: &mut Criterion) {
    for (name, document) in inputs() {
        let bytes = document.as_bytes();
        let expected = count(&serde_json::from_slice(bytes).expect("valid JSON"));
        assert_eq!(walk(bytes), expected, "{name}");
        let mut group = criterion.benchmark_group(format!("json_walker/{name}"));
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group
            .bench_function("brevity", |b| b.iter(|| assert_eq!(walk(black_box(bytes)), expected)));
        group.bench_function("serde_json", |b| {
            b.iter(|| serde_json::from_slice::<IgnoredAny>(black_box(bytes)).expect("valid JSON"));
        });
        let mut buffers = simd_json::Buffers::new(bytes.len());
        group.bench_function("simd_json", |b| {
            b.iter_batched_ref(
                || bytes.to_vec(),
                |copy| {
                    let tape = simd_json::to_tape_with_buffers(copy, &mut buffers);
                    black_box(tape.expect("valid JSON").0.len())
                },
                BatchSize::LargeInput,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, json_walker);
criterion_main!(benches);
