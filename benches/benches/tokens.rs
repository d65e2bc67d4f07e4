//! Why: the estimate runs over every byte of every request, twice. It must cost next to nothing
//! beside the exact count, and is measured against the cheapest pass there is.

use brevity::{Estimator, exact};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

/// As a body comes off the network.
const CHUNK: usize = 16 * 1024;

/// JSON as tools print it, about a megabyte, ours.
fn json() -> Vec<u8> {
    let mut text = String::from("[");
    for n in 0..8_000_u32 {
        let hash = n.wrapping_mul(2_654_435_761);
        text.push_str(&format!(
            "{{\"id\": {n}, \"sha\": \"{hash:08x}\", \"path\": \"src/walk/part_{n}.rs\", \
             \"ok\": {}, \"took_ms\": {}.{:02}, \"note\": null}},\n",
            n % 3 == 0,
            hash % 9_000,
            hash % 100
        ));
    }
    text.push_str("{}]");
    text.into_bytes()
}

fn estimate_in_chunks(text: &[u8]) -> u64 {
    let mut estimator = Estimator::default();
    text.chunks(CHUNK).for_each(|chunk| estimator.feed(chunk));
    estimator.tokens()
}

fn tokens(c: &mut Criterion) {
    let text = json();
    let exact_count = exact::count(&text);
    let estimated = estimate_in_chunks(&text);
    assert!(estimated.abs_diff(exact_count) * 100 < exact_count * 8, "{estimated} {exact_count}");

    let mut group = c.benchmark_group("tokens");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("estimate", |b| b.iter(|| estimate_in_chunks(black_box(&text))));
    group.bench_function("memchr: count lines", |b| {
        b.iter(|| memchr::memchr_iter(b'\n', black_box(&text)).count())
    });
    group.sample_size(10);
    group.bench_function("tiktoken: exact", |b| b.iter(|| exact::count(black_box(&text))));
    group.finish();
}

criterion_group!(benches, tokens);
criterion_main!(benches);
