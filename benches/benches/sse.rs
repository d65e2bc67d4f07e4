//! The event-stream framer next to a bare line splitter on the same bytes.
//!
//! Why: every answer passes the framer, a few hundred small events in a second. The splitter finds
//! line ends with `memchr` and strips `data: `; it is a floor, not a parser: it takes the stream
//! whole and knows neither names nor carriage returns.

use brevity::walk::sse::SseFramer;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

/// As a network hands bytes over.
const CHUNK: usize = 16 * 1024;

fn inputs() -> [(&'static str, String); 2] {
    let deltas = (0..10_000).map(|i| {
        format!(
            "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\" word{i}\"}}}}\n\n"
        )
    });
    let large =
        format!("data: {}\n\n", "a long line of some tool's result; ".repeat(28_000)).repeat(3);
    [("deltas", deltas.collect()), ("large", large)]
}

/// The bytes of all data.
fn frame(stream: &[u8]) -> usize {
    let mut framer = SseFramer::new(1 << 20);
    let mut bytes = 0;
    for chunk in stream.chunks(CHUNK) {
        framer.feed(chunk, |event| bytes += black_box(event.data).len());
    }
    bytes
}

fn split(stream: &[u8]) -> usize {
    let (mut bytes, mut start) = (0, 0);
    for end in memchr::memchr_iter(b'\n', stream) {
        if let Some(data) = black_box(&stream[start..end]).strip_prefix(b"data: ") {
            bytes += data.len();
        }
        start = end + 1;
    }
    bytes
}

fn sse(criterion: &mut Criterion) {
    for (name, stream) in inputs() {
        let bytes = stream.as_bytes();
        let expected = split(bytes);
        let mut group = criterion.benchmark_group(format!("sse/{name}"));
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("brevity", |b| {
            b.iter(|| assert_eq!(frame(black_box(bytes)), expected))
        });
        group.bench_function("memchr_lines", |b| b.iter(|| split(black_box(bytes))));
        group.finish();
    }
}

criterion_group!(benches, sse);
criterion_main!(benches);
