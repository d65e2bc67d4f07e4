//! The codecs for text, and whole requests, next to `zstd` at level 1 on the same bytes.
//!
//! Why: this is what a tool result costs on its way, all of it: it is cut into parts, written, weighed,
//! and put back once to see that nothing is lost. `zstd` does less: it writes bytes that no model
//! reads, and does not look at what it wrote; it says what these bytes cost at least. Each codec runs
//! alone over what it is for, and where there is a corpus also over what it is not for; `default` is
//! what a proxy runs. Bytes per second are those of the long form, both ways.

use brevity::{Codec, Dialect, Request, Settings, Steps, compress, expand};
use brevity_tests::{
    corpus,
    generate::{
        conversation::{Client, Conversation, Shape},
        listings::{Listing, listing},
        logs::{Log, log},
    },
    property,
};
use bytes::Bytes;
use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use std::{hint::black_box, sync::Arc, time::Duration};

/// As a network hands bytes over.
const CHUNK: usize = 16 * 1024;

/// How long an input is at least.
const MIB: usize = 1 << 20;

/// A name, a text, and the codecs that are to run over it alone.
type Input = (&'static str, Vec<u8>, Vec<Codec>);

fn generated() -> Vec<Input> {
    let logs = |kind| move |seed| log(seed, kind, 4_000);
    let listings = |kind| move |seed| listing(seed, kind, 2_000);
    vec![
        ("syslog", filled(logs(Log::Syslog)), vec![Codec::Log, Codec::Text]),
        ("traces", filled(logs(Log::Log4j)), vec![Codec::Log]),
        ("grep", filled(listings(Listing::Grep)), vec![Codec::Search]),
        ("grep_context", filled(listings(Listing::GrepContext)), vec![Codec::Search]),
        ("git_diff", filled(listings(Listing::GitDiff)), vec![Codec::Diff]),
        ("git_log", filled(listings(Listing::GitLog)), vec![Codec::Diff, Codec::Text]),
        ("ls", filled(listings(Listing::Ls)), vec![Codec::Text]),
        ("find", filled(listings(Listing::Find)), vec![Codec::Text]),
    ]
}

/// A mebibyte at least of what `make` makes of seeds.
fn filled(make: impl Fn(u64) -> String) -> Vec<u8> {
    let mut text = String::new();
    (0..)
        .map(make)
        .take_while(|more| {
            text.push_str(more);
            text.len() < MIB
        })
        .for_each(drop);
    text.into_bytes()
}

/// The corpus' logs, and all of its text; nothing without a corpus.
fn real() -> Vec<Input> {
    let Some(logs) = corpus_text("logs") else { return Vec::new() };
    let mut all = logs.clone();
    all.extend(corpus_text("tools").unwrap_or_default());
    for (_, body) in corpus::files("agent").unwrap_or_default() {
        corpus::tool_results(&body).iter().for_each(|text| all.extend(text.bytes().chain(*b"\n")));
    }
    vec![
        ("corpus_logs", logs, brevity_tests::run::text_codecs().collect()),
        ("corpus_text", all, brevity_tests::run::text_codecs().collect()),
    ]
}

/// All of a folder's files that are no JSON.
fn corpus_text(folder: &str) -> Option<Vec<u8>> {
    // Asked for without a corpus, it would say that it skipped.
    std::env::var_os("BREVITY_CORPUS")?;
    let texts = corpus::files(folder)?.into_iter().filter(|(name, _)| !name.ends_with(".json"));
    Some(texts.flat_map(|(_, text)| text).collect())
}

fn group<'c>(
    criterion: &'c mut Criterion,
    name: &str,
    bytes: usize,
) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(format!("codecs/{name}"));
    group.throughput(Throughput::Bytes(bytes as u64));
    group.sample_size(20).warm_up_time(Duration::from_millis(500));
    group.measurement_time(Duration::from_secs(2));
    group
}

fn codecs(criterion: &mut Criterion) {
    for (name, text, codecs) in generated().into_iter().chain(real()) {
        let mut group = group(criterion, name, text.len());
        let alone = codecs.into_iter().map(|codec| (codec.name(), property::alone(codec)));
        for (codec, settings) in alone.chain([("default", Settings::default())]) {
            both_ways(&mut group, codec, &text, |text| compress(text, &settings), expand);
        }
        zstd(&mut group, &text);
        group.finish();
    }
}

/// The whole way of a request body: its texts are found, lines that came before are referred to.
fn requests(criterion: &mut Criterion) {
    let conversation = Conversation::generate(7, 120);
    let generated = conversation.body(conversation.turns(), Shape::of(Client::ClaudeCode));
    let sessions = std::env::var_os("BREVITY_CORPUS").and_then(|_| corpus::files("agent"));
    let session =
        sessions.into_iter().flatten().filter(|(name, _)| name.ends_with("anthropic.json"));
    let real = session.map(|(_, body)| body).max_by_key(Vec::len);
    let settings = Arc::new(Settings::default());
    for (name, body) in [("request", Some(generated)), ("corpus_request", real)] {
        let Some(body) = body else { continue };
        let mut group = group(criterion, name, body.len());
        both_ways(&mut group, "default", &body, |body| shorten(body, &settings), expand);
        zstd(&mut group, &body);
        group.finish();
    }
}

fn shorten(body: &[u8], settings: &Arc<Settings>) -> Vec<u8> {
    let mut request = Request::new(Dialect::Anthropic, Arc::clone(settings));
    let (mut steps, mut short) = (Steps::new(), Vec::new());
    for chunk in body.chunks(CHUNK) {
        request.write(Bytes::copy_from_slice(chunk), &mut steps);
        steps.run_into(&mut short);
    }
    request.finish(&mut steps);
    steps.run_into(&mut short);
    short
}

fn zstd(group: &mut BenchmarkGroup<WallTime>, text: &[u8]) {
    let length = text.len();
    let compress = |text: &[u8]| zstd::bulk::compress(text, 1).expect("there is memory");
    let decompress = |short: &[u8]| zstd::bulk::decompress(short, length).expect("a frame");
    both_ways(group, "zstd_1", text, compress, decompress);
}

/// Measures both ways.
fn both_ways(
    group: &mut BenchmarkGroup<WallTime>,
    name: &str,
    text: &[u8],
    shorten: impl Fn(&[u8]) -> Vec<u8>,
    put_back: impl Fn(&[u8]) -> Vec<u8>,
) {
    let short = shorten(text);
    assert!(put_back(&short) == text, "{name}");
    group.bench_function(format!("{name}/shorten"), |b| {
        b.iter(|| assert_eq!(shorten(black_box(text)).len(), short.len()));
    });
    // Where nothing was shortened there is nothing to put back.
    if short.len() < text.len() {
        group.bench_function(format!("{name}/put_back"), |b| {
            b.iter(|| assert_eq!(put_back(black_box(&short)).len(), text.len()));
        });
    }
}

criterion_group!(benches, codecs, requests);
criterion_main!(benches);
