//! Every key and every scalar of a document stands whole in its table, and every word with a digit in
//! it of other text: numbers, ids, times, paths.

use brevity::{
    Settings, compress,
    walk::json::{Event, JsonWalker},
};
use brevity_tests::{
    corpus,
    generate::{
        json::{self, Shape},
        listings::{Listing, listing},
        logs::{Log, log},
    },
};
use std::collections::BTreeSet;

/// The insides of all keys and strings, and all other scalars.
fn values(text: &[u8]) -> BTreeSet<&[u8]> {
    let mut walker = JsonWalker::new(1_024);
    let mut rest = text;
    let (mut values, mut start) = (BTreeSet::new(), 0);
    loop {
        if walker.is_complete() {
            walker.next_document();
        }
        let Some(event) = walker.next(&mut rest).expect("JSON") else { break };
        let end = walker.offset() as usize;
        match event {
            Event::KeyStart | Event::StringStart => start = end,
            Event::ScalarStart(_) => start = end - 1,
            Event::KeyEnd | Event::StringEnd => drop(values.insert(&text[start..end - 1])),
            Event::ScalarEnd(_) => drop(values.insert(&text[start..end])),
            _ => {}
        }
    }
    values
}

fn check(name: &str, text: &[u8]) -> bool {
    let short = compress(text, &Settings::default());
    if short == text {
        return false;
    }
    // A word of the table ends where a mark of the notation, a quote or a line begins.
    let ends = |byte: Option<&u8>| byte.is_none_or(|b| b",:()[]{}\"?=\n #".contains(b));
    let finder = |value: &[u8]| {
        let mut from = 0;
        while let Some(at) = memchr::memmem::find(&short[from..], value).map(|at| at + from) {
            let before = at.checked_sub(1).and_then(|at| short.get(at));
            if ends(before) && ends(short.get(at + value.len())) {
                return true;
            }
            from = at + 1;
        }
        false
    };
    for value in values(text) {
        assert!(finder(value), "{name} lost {:?}", String::from_utf8_lossy(value));
    }
    true
}

#[test]
fn values_stand_whole_in_corpus_tables() {
    for folder in ["json", "tool-json", "tools"] {
        let Some(files) = corpus::files(folder) else { return };
        for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".json")) {
            let len = check(name, text);
            assert!(len || name == "canada.json", "{name} was not rewritten");
        }
    }
}

#[test]
fn values_stand_whole_in_generated_tables() {
    let texts = (0..200).filter(|&seed| {
        let shape = Shape::ALL[seed as usize % Shape::ALL.len()];
        shape != Shape::Wrapper && check(&format!("seed {seed} {shape:?}"), &json::any(seed))
    });
    assert!(texts.count() > 50, "too few were rewritten");
}

/// The words of a text that hold a digit.
fn words(text: &[u8]) -> BTreeSet<&[u8]> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.+-/@".contains(byte);
    let words = text.split(|byte| !is_word(byte)).map(|word| {
        let trim = |byte: &u8| b".-+/".contains(byte);
        let start = word.iter().position(|byte| !trim(byte)).unwrap_or(word.len());
        let end = word.iter().rposition(|byte| !trim(byte)).map_or(start, |at| at + 1);
        &word[start..end]
    });
    words.filter(|word| word.iter().any(u8::is_ascii_digit)).collect()
}

/// Whether `word` stands in `short`, and no letter or digit beside it.
fn stands(short: &[u8], word: &[u8]) -> bool {
    let ends = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let mut places = memchr::memmem::find_iter(short, word);
    places.any(|at| {
        ends(at.checked_sub(1).and_then(|at| short.get(at))) && ends(short.get(at + word.len()))
    })
}

/// Gives the number of words looked for; 0 if the text was not rewritten.
fn check_words(name: &str, text: &[u8]) -> usize {
    let short = compress(text, &Settings::default());
    if short == text {
        return 0;
    }
    let words = words(text);
    for word in &words {
        // A directory stands above the names in it, and a path above `12-text`.
        let parts = |sign: u8| {
            let at = word.iter().rposition(|&byte| byte == sign);
            at.map(|at| word.split_at(at + 1))
        };
        let in_parts = |sign: u8| {
            parts(sign)
                .is_some_and(|(a, b)| stands(&short, a) && (b.is_empty() || stands(&short, b)))
        };
        let is_hit = || {
            let is_there = |part: &[u8]| part.is_empty() || stands(&short, part);
            word.contains(&b'/') && word.split(|&byte| byte == b'-').all(is_there)
        };
        let is_whole = stands(&short, word) || in_parts(b'/') || is_hit();
        assert!(is_whole, "{name} lost {:?}", String::from_utf8_lossy(word));
    }
    words.len()
}

#[test]
fn words_stand_whole_in_corpus_text() {
    for folder in ["logs", "tools"] {
        let Some(files) = corpus::files(folder) else { return };
        for (name, text) in files.iter().filter(|(name, _)| !name.ends_with(".json")) {
            check_words(name, text);
        }
    }
    let results =
        corpus::files("agent").unwrap_or_default().into_iter().flat_map(|(name, body)| {
            corpus::tool_results(&body).into_iter().map(move |text| (name.clone(), text))
        });
    let distinct: BTreeSet<_> = results.filter(|(_, text)| !text.starts_with(['{', '['])).collect();
    let words: usize = distinct.iter().map(|(name, text)| check_words(name, text.as_bytes())).sum();
    assert!(words > 1_000, "only {words} words");
}

#[test]
fn words_stand_whole_in_generated_text() {
    let mut words = 0;
    for seed in 0..20 {
        for kind in Log::ALL {
            words += check_words(&format!("{kind:?} {seed}"), log(seed, kind, 100).as_bytes());
        }
        for kind in Listing::ALL {
            words += check_words(&format!("{kind:?} {seed}"), listing(seed, kind, 100).as_bytes());
        }
    }
    assert!(words > 10_000, "only {words} words");
}
