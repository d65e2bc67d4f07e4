//! Every key and every scalar of a document stands whole in its table.

use brevity::{
    Settings, compress,
    walk::json::{Event, JsonWalker},
};
use brevity_tests::{
    corpus,
    generate::json::{self, Shape},
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
