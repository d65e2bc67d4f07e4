//! Everything in the corpus through each codec, and through the default policy.

use brevity::{Codec, Dialect, Settings, compress};
use brevity_tests::run::text_codecs;
use brevity_tests::{corpus, property, run};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

const FOLDERS: [&str; 6] = ["logs", "tools", "tool-json", "json", "json-test-suite", "agent"];

#[test]
fn every_file_comes_back_from_each_codec() {
    let Some(texts) = files() else { return };
    each(&texts, |(name, text)| {
        for codec in text_codecs() {
            all_ways(codec, name, text);
        }
    });
}

#[test]
fn every_tool_result_comes_back_from_each_codec() {
    let Some(texts) = results() else { return };
    assert!(texts.len() > 50, "{} tool results", texts.len());
    each(&texts, |text| {
        for codec in text_codecs() {
            all_ways(codec, "a tool result", text.as_bytes());
        }
    });
}

#[test]
fn lines_lean_on_few_others_near_by() {
    let (Some(texts), Some(results)) = (files(), results()) else { return };
    let settings = Settings::default();
    each(&texts, |(name, text)| {
        property::assert_near(&compress(text, &settings), name);
        if let Some(dialect) = dialect(name) {
            let (out, _) = run::request(&settings, dialect, run::chunks(text, usize::MAX));
            property::assert_near(&out.bytes, name);
        }
    });
    each(&results, |text| property::assert_near(&compress(text.as_bytes(), &settings), text));
}

/// Whole, and in chunks where these are not too many.
fn all_ways(codec: Codec, name: &str, text: &[u8]) {
    let _named = Named(name, codec);
    let settings = property::alone(codec);
    let len = if text.len() < 20_000 { 61 } else { usize::MAX };
    property::comes_back(&settings, text, len);
}

/// Says what was looked at when something failed.
struct Named<'a>(&'a str, Codec);

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{} through {}", self.0, self.1.name());
        }
    }
}

/// All files of all folders.
fn files() -> Option<Vec<(String, Vec<u8>)>> {
    let mut all = Vec::new();
    for folder in FOLDERS {
        let files = corpus::files(folder)?.into_iter();
        all.extend(files.map(|(name, text)| (format!("{folder}/{name}"), text)));
    }
    Some(all)
}

/// Each text of a tool result, once.
fn results() -> Option<Vec<String>> {
    let bodies = corpus::files("agent")?;
    let texts = bodies.iter().flat_map(|(_, body)| corpus::tool_results(body));
    Some(texts.collect::<BTreeSet<_>>().into_iter().collect())
}

fn dialect(name: &str) -> Option<Dialect> {
    let of = |mark: &str, dialect| name.ends_with(mark).then_some(dialect);
    of(".anthropic.json", Dialect::Anthropic).or(of(".openai-chat.json", Dialect::OpenAiChat))
}

/// Calls `check` with each item, on two threads that take the next one as they can.
fn each<T: Sync>(items: &[T], check: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            check(item);
        }
    };
    thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
}
