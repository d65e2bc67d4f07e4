//! JSON shortened and put back, next to `serde_json` and `simd-json` on the same bytes.
//!
//! Why: this is what a JSON tool result costs on its way, all of it: it is cut out, parsed, written as
//! a table, weighed, and put back once to see that nothing is lost. Its rivals do less. `serde_json`
//! parses into values and prints them, which forgets how the text was written; `simd-json` builds
//! its tape, and needs a copy that it may write into. Rows are the common case; an indented document
//! is mostly spacing; lists of numbers are as many values as bytes allow, and gain nothing.

use brevity::{Settings, compress, expand};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use std::hint::black_box;

fn inputs() -> [(&'static str, Vec<u8>); 4] {
    let rows: Vec<_> = (0..10_000).map(row).collect();
    let deep: Vec<_> = (0..2_000).map(|i| json!({"of": row(i), "and": [row(i + 1)]})).collect();
    let points: Vec<_> =
        (0..20_000).map(|i| json!([f64::from(i) * 1.37, f64::from(i) / 3.0])).collect();
    let lines: Vec<_> = rows.iter().map(|row| format!("{row}\n")).collect();
    [
        ("rows", Value::from(rows).to_string().into_bytes()),
        ("indented", serde_json::to_vec_pretty(&deep).expect("values print")),
        ("points", Value::from(points).to_string().into_bytes()),
        ("lines", lines.concat().into_bytes()),
    ]
}

fn row(i: u32) -> Value {
    let mut row = json!({
        "id": i,
        "name": format!("item-{}", i * 7),
        "price": format!("{}.{:02}", i % 97, i % 100),
        "owner": {"login": format!("user{}", i % 40), "admin": i.is_multiple_of(3)},
        "labels": ["open", format!("area {}", i % 5)],
        "url": format!("https://example.com/items/{}", i * 7),
    });
    if i.is_multiple_of(4) {
        row["closed"] = Value::Null;
    }
    row
}

/// All documents of a text.
fn values(text: &[u8]) -> Vec<Value> {
    let documents = serde_json::Deserializer::from_slice(text).into_iter();
    documents.collect::<Result<_, _>>().expect("valid JSON")
}

fn table(criterion: &mut Criterion) {
    let settings = Settings::default();
    for (name, text) in inputs() {
        let short = compress(&text, &settings);
        assert!(expand(&short) == text, "{name}");
        assert_eq!(short.len() < text.len() / 2, name != "points", "{name}: {}", short.len());
        let mut group = criterion.benchmark_group(format!("table/{name}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("brevity_shorten", |b| {
            b.iter(|| assert_eq!(compress(black_box(&text), &settings).len(), short.len()));
        });
        group.bench_function("brevity_put_back", |b| {
            b.iter(|| assert_eq!(expand(black_box(&short)).len(), text.len()));
        });
        let parsed = values(&text);
        group.bench_function("serde_json_parse_and_print", |b| {
            b.iter(|| {
                let values = values(black_box(&text));
                assert_eq!(values.len(), parsed.len());
                values.iter().map(|value| value.to_string().len()).sum::<usize>()
            });
        });
        if parsed.len() == 1 {
            let mut buffers = simd_json::Buffers::new(text.len());
            group.bench_function("simd_json_parse", |b| {
                b.iter_batched_ref(
                    || text.clone(),
                    |copy| {
                        let tape = simd_json::to_tape_with_buffers(copy, &mut buffers);
                        black_box(tape.expect("valid JSON").0.len())
                    },
                    BatchSize::LargeInput,
                );
            });
        }
        group.finish();
    }
}

criterion_group!(benches, table);
criterion_main!(benches);
