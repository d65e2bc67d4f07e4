//! The page of the notation says enough: a decoder written from it alone gives back every source.

use brevity::{Codec, Dialect, Settings, Wire, compress, escape::Style};
use brevity_tests::{corpus, generate, oracle::notation, property, run};
use generate::{
    conversation, json, listings, logs,
    rng::Rng,
    value::{Spacing, quote},
};

/// The default settings, then one codec alone for whatever it can code.
fn all_settings() -> Vec<(String, Settings)> {
    let codecs = [Codec::Table, Codec::Log, Codec::Search, Codec::Diff, Codec::Text];
    let forced = codecs.map(|codec| {
        let mut settings = Settings::default();
        settings.policy.only = Some(codec);
        let gain = &mut settings.policy.gain;
        (gain.from_bytes, gain.percent, gain.tokens) = (1, 0, 0);
        (format!("{codec:?} alone"), settings)
    });
    let small = ("small bounds".to_owned(), property::eager());
    [("as usual".to_owned(), Settings::default()), small].into_iter().chain(forced).collect()
}

/// Whether two texts are the same; says where they part.
fn same(name: &str, back: &[u8], source: &[u8]) -> bool {
    if back == source {
        return true;
    }
    let at = back.iter().zip(source).take_while(|(a, b)| a == b).count();
    let near = |text: &[u8]| {
        let from = at.saturating_sub(80).min(text.len());
        String::from_utf8_lossy(&text[from..text.len().min(at + 80)]).into_owned()
    };
    eprintln!("{name} differs at {at}:\n  got {:?}\n  not {:?}", near(back), near(source));
    false
}

/// How many of the texts were rewritten under any settings; all must come back.
fn check<'a>(texts: impl IntoIterator<Item = (String, &'a [u8])>) -> usize {
    let (mut rewritten, mut wrong) = (0, 0);
    let all_settings = all_settings();
    for (name, text) in texts {
        for (how, settings) in &all_settings {
            let short = compress(text, settings);
            rewritten += usize::from(short != text);
            let name = format!("{name}, {how}");
            wrong += usize::from(!same(&name, &notation::expand(&short), text));
        }
    }
    assert_eq!(wrong, 0, "so many texts do not come back");
    rewritten
}

/// Whether a body that is shortened comes back.
fn check_body(name: &str, dialect: Dialect, body: &[u8]) -> bool {
    let chunks = run::chunks(body, 1 << 16);
    let (out, _) = run::request(&Settings::default(), dialect, chunks);
    same(name, &notation::expand(&out.bytes), body)
}

#[test]
fn every_file_of_the_corpus_comes_back() {
    for folder in ["tool-json", "json", "tools", "logs"] {
        let Some(files) = corpus::files(folder) else { return };
        let texts = files.iter().map(|(name, text)| (format!("{folder}/{name}"), &text[..]));
        assert!(check(texts) > 0, "nothing of {folder} was rewritten");
    }
}

#[test]
fn every_tool_result_of_the_corpus_comes_back() {
    let Some(files) = corpus::files("agent") else { return };
    for (name, body) in files {
        let results = corpus::tool_results(&body);
        let texts = results.iter().enumerate();
        check(texts.map(|(at, text)| (format!("{name}, result {at}"), text.as_bytes())));
    }
}

#[test]
fn every_body_of_the_corpus_comes_back() {
    let Some(files) = corpus::files("agent") else { return };
    let wrong = files.iter().filter(|(name, body)| {
        let is_openai = name.contains("openai");
        let dialect = if is_openai { Dialect::OpenAiChat } else { Dialect::Anthropic };
        !check_body(name, dialect, body)
    });
    assert_eq!(wrong.count(), 0, "so many bodies do not come back");
}

#[test]
fn generated_texts_come_back() {
    let mut texts = Vec::new();
    for seed in 0..6 {
        for kind in logs::Log::ALL {
            texts.push((format!("{kind:?} log {seed}"), logs::log(seed, kind, 150).into_bytes()));
        }
        for kind in listings::Listing::ALL {
            let text = listings::listing(seed, kind, 25);
            texts.push((format!("{kind:?} {seed}"), text.clone().into_bytes()));
            let returns = text.replace('\n', "\r\n");
            texts.push((format!("{kind:?} {seed} with returns"), returns.into_bytes()));
        }
    }
    texts.extend((0..150).map(|seed| (format!("JSON {seed}"), json::any(seed))));
    let rewritten = check(texts.iter().map(|(name, text)| (name.clone(), &text[..])));
    assert!(rewritten > texts.len(), "{rewritten} were rewritten");
}

/// Lines and bytes that no tool prints so: what stands between words and begins a line, all over.
#[test]
fn damaged_texts_come_back() {
    const BYTES: &[u8] = b"*^&~+\\#\"' \t\r:;,|()[]{}=<>.!?\n-@/0aZ$\xc3";
    let mut rng = Rng::new(1);
    let mut texts = Vec::new();
    for seed in 0..240 {
        let mut text = match seed % 3 {
            0 => logs::log(seed, logs::Log::ALL[rng.below(6)], 100).into_bytes(),
            1 => listings::listing(seed, listings::Listing::ALL[rng.below(9)], 25).into_bytes(),
            _ => json::any(seed),
        };
        for _ in 0..1 + text.len() / 300 {
            let at = rng.below(text.len() + 1);
            text.insert(at, BYTES[rng.below(BYTES.len())]);
        }
        let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        for _ in 0..lines.len() / 10 {
            let at = rng.below(lines.len());
            lines.insert(rng.below(at + 1), lines[at]);
        }
        texts.push((format!("damaged {seed}"), lines.join(&b'\n')));
    }
    check(texts.iter().map(|(name, text)| (name.clone(), &text[..])));
}

#[test]
fn generated_bodies_come_back() {
    let mut wrong = 0;
    for (seed, shape) in conversation::Shape::all().into_iter().enumerate() {
        let turns = 8;
        let body = conversation::Conversation::generate(seed as u64, turns).body(turns, shape);
        let dialect = shape.client.dialect();
        wrong += usize::from(!check_body(&format!("body {seed}"), dialect, &body));
        // The words of a reference begin with a letter that is not ASCII.
        let body = String::from_utf8(body).unwrap().replace("\\n", "\\né");
        wrong += usize::from(!check_body(&format!("body {seed}, é"), dialect, body.as_bytes()));
    }
    assert_eq!(wrong, 0, "so many bodies do not come back");
}

/// Text in strings in strings, each written in any style.
#[test]
fn parts_in_strings_come_back() {
    let styles = [Style::Raw, Style::Ascii, Style::Html, Style::Slashes];
    let mut rewritten = [0; 6];
    for (seed, outer) in styles.into_iter().enumerate() {
        let seed_of = seed as u64;
        let rows = json::document(seed_of, json::Shape::ALL[0], Spacing::Minified, 30);
        let rows = String::from_utf8(rows).unwrap();
        let listing = listings::listing(seed_of, listings::Listing::ALL[seed], 30);
        for (inner, text) in
            styles.into_iter().flat_map(|style| [(style, &rows), (style, &listing)])
        {
            let mut text = format!("{text}</a> & é 🦀\n{text}");
            for (level, count) in rewritten.iter_mut().enumerate().skip(1) {
                let quoted = quote(&text, if level % 2 == 0 { outer } else { inner });
                let chunks = run::chunks(&quoted.as_bytes()[1..quoted.len() - 1], usize::MAX);
                let out = run::block(&Settings::default(), Wire::JsonString, chunks);
                *count += out.rewritten();
                let short = [b"\"", &out.bytes[..], b"\""].concat();
                let name = format!("level {level}, {outer:?} and {inner:?}");
                assert!(same(&name, &notation::expand(&short), quoted.as_bytes()));
                text = format!("{{\"output\": {quoted}, \"code\": 0}}");
            }
        }
    }
    assert!(rewritten[1..5].iter().all(|count| *count > 10), "rewritten by level: {rewritten:?}");
}
