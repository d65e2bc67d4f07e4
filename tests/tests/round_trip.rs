//! Everything comes back, byte for byte, for any cuts.

use brevity::{Dialect, Kind, Reason, Settings, Wire, compress, escape::Style, expand};
use brevity_tests::{body::restyle, corpus, property, responses, run};

fn check(name: &str, text: &[u8]) {
    let settings = Settings::default();
    let whole = run::block(&settings, Wire::Text, run::chunks(text, usize::MAX));
    assert!(whole.bytes.len() <= text.len(), "{name} grew");
    for len in [1, 61, 4_096, usize::MAX].into_iter().filter(|len| text.len() / len <= 4_000) {
        let cut = run::block(&settings, Wire::Text, run::chunks(text, len));
        assert!(cut.bytes == whole.bytes, "{name} differs in chunks of {len}");
        assert_eq!(cut.outcomes, whole.outcomes, "{name} in chunks of {len}");
        let back = run::expand(run::chunks(&whole.bytes, len));
        assert!(back == text, "{name} does not come back in chunks of {len}");
    }
}

#[test]
fn every_corpus_file_comes_back() {
    for folder in ["json", "json-test-suite", "tool-json", "tools", "logs"] {
        let Some(files) = corpus::files(folder) else { return };
        files.iter().for_each(|(name, text)| check(&format!("{folder}/{name}"), text));
    }
}

#[test]
fn every_corpus_request_comes_back_in_each_style() {
    let Some(files) = corpus::files("agent") else { return };
    let mut rewritten = 0;
    let said =
        files.iter().map(|(name, text)| (name, Dialect::OpenAiResponses, responses::from(text)));
    let files = files
        .iter()
        .map(|(name, text)| (name, dialect(name), String::from_utf8(text.clone()).unwrap()));
    for (name, dialect, text) in said.chain(files) {
        for style in Style::ALL {
            let body = restyle(&text, style);
            let (out, _) =
                run::request(&Settings::default(), dialect, run::chunks(body.as_bytes(), 10_000));
            assert!(run::expand(run::chunks(&out.bytes, 10_000)) == body.as_bytes(), "{name}");
            rewritten += out.rewritten();
        }
    }
    assert!(rewritten > 0, "nothing was rewritten");
}

fn dialect(name: &str) -> Dialect {
    if name.contains("openai") { Dialect::OpenAiChat } else { Dialect::Anthropic }
}

const ROWS: &str = r#"[{"name":"first","size":10,"tags":["a","b"],"note":"the same long note"},
{"name":"second","size":20,"tags":["a","b"],"note":"the same long note"},
{"name":"third","size":30,"tags":["a","b"],"note":"the same long note"},
{"name":"fourth","size":40,"tags":["a","b"],"note":"the same long note"}]"#;

#[test]
fn what_carries_our_notation_is_left_alone_and_expands_alike() {
    let short = String::from_utf8(compress(ROWS.as_bytes(), &Settings::default())).unwrap();
    assert!(short.starts_with("[brevity 1 table "), "{short}");
    let quoted = serde_json::to_string(&short).unwrap();
    let nested = serde_json::to_string(&quoted).unwrap();
    let first = short.lines().next().unwrap();
    for text in [
        short.clone(),
        format!("before\n{short}\nafter\n{ROWS}\n"),
        format!("{short}\n{short}"),
        format!("{first}\n{short}"),
        format!("{first}\n{ROWS}"),
        format!("{first}\n{ROWS}\n{short}"),
        format!("{short}\n{ROWS}"),
        format!("{short} and more\n{ROWS}"),
        format!(r#"{{"a":{quoted},"b":{quoted},"rows":{ROWS}}}"#),
        format!(r#"{{"a":{nested},"rows":{ROWS}}}"#),
        format!("{ROWS}\n{{\"a\":{quoted}}}\n"),
    ] {
        let again = compress(text.as_bytes(), &Settings::default());
        let (back, wanted) = (expand(&again), expand(text.as_bytes()));
        assert_eq!(String::from_utf8_lossy(&back), String::from_utf8_lossy(&wanted), "{text}");
    }
}

#[test]
fn a_coded_part_is_a_part_of_its_own() {
    let short = String::from_utf8(compress(ROWS.as_bytes(), &Settings::default())).unwrap();
    let text = format!("before\n{short}\n{ROWS}\n");
    let out = run::block(&Settings::default(), Wire::Text, run::chunks(text.as_bytes(), 7));
    let results: Vec<_> = out.outcomes.iter().map(|o| (o.kind, o.result.err())).collect();
    assert_eq!(
        results,
        [
            (Kind::Text, Some(Reason::Small)),
            (Kind::Notation, Some(Reason::Notation)),
            (Kind::Json, None),
        ]
    );
}

#[test]
fn values_that_differ_stay_different() {
    let rows = [
        r#"{"a":null,"b":1}"#,
        r#"{"b":1}"#,
        r#"{"a":"","b":"1"}"#,
        r#"{"a":"null","b":true}"#,
        r#"{"a":"-","b":"true"}"#,
        r#"{"m":{"a":1},"b":1.0}"#,
        r#"{"m.a":1,"b":1e0}"#,
        r#"{"b":1,"a":null}"#,
        r#"{"a":1,"a":2,"":3}"#,
        r#"{"a,b":"x,y","c\"d":"\"","e{f}":"{}","g\nh":"\n"}"#,
        r#"{"a":"*1","b":"&1"}"#,
        r##"{"a":"=","b":"= ","#key":" "}"##,
        r#"{"a":[],"b":{}}"#,
        r#"{"a":[[]],"b":[{}]}"#,
        r#"{"a":1.10,"b":1e400,"c":123456789012345678901234567890,"d":-0}"#,
        r#"{"a":"\/","b":"\u00e9","c":"é","d":"\ud800"}"#,
    ];
    for shift in 0..rows.len() {
        let mut all = Vec::new();
        (0..40).for_each(|i| all.push(rows[(i * 7 + i * shift) % rows.len()]));
        let text = format!("[{}]", all.join(", "));
        check(&format!("shift {shift}"), text.as_bytes());
        check(&format!("lines, shift {shift}"), all.join("\n").as_bytes());
    }
}

/// Small bounds, so that a document is too long at a few hundred bytes.
#[test]
fn a_document_that_is_too_long_leaves_as_runs_of_rows() {
    let settings = property::eager();
    let rows: Vec<_> = (0..200)
        .map(|n| format!("{{\"name\": \"row {}\", \"open\": true, \"kind\": \"the same\"}}", n % 9))
        .collect();
    let members: Vec<_> = (0..200).map(|n| format!("\"k{n}\": {}", rows[n % 7])).collect();
    for text in [
        format!("[{}]", rows.join(",")),
        format!("log\n[{}]\nlog\n", rows.join(", ")),
        format!("[\n  {}\n]\n", rows.join(",\n  ")),
        format!("{{{}}}", members.join(",")),
        format!("{{\n {}\n}}\n[{}]", members.join(",\n "), rows.join(",")),
        format!("[{},", rows.join(",")),
        format!("[{}] and more\n", rows.join(",")),
    ] {
        for wire in [Wire::Text, Wire::JsonString] {
            let raw = match wire {
                Wire::Text => text.clone(),
                Wire::JsonString => serde_json::to_string(&text).unwrap()[1..].to_owned(),
            };
            let raw = raw.strip_suffix('"').unwrap_or(&raw);
            let out = run::block(&settings, wire, run::chunks(raw.as_bytes(), 97));
            assert!(out.rewritten() > 3, "{text}");
            assert!(out.bytes.len() < raw.len(), "{text}");
            let quote: &[u8] = if wire == Wire::Text { b"" } else { b"\"" };
            let [short, long] =
                [out.bytes.as_slice(), raw.as_bytes()].map(|inner| [quote, inner, quote].concat());
            assert!(run::expand(run::chunks(&short, 89)) == long, "{text}");
        }
        property::expand(&[b"\x61", text.as_bytes()].concat());
    }
}

#[test]
fn what_stays_says_why() {
    let deep = format!("{}1{}\n", "[".repeat(200), "]".repeat(200));
    let long = format!("[\"{}\"]", "x".repeat(5 << 20));
    let many = format!("[{}1]", "1,".repeat(300_000));
    let distinct: Vec<_> = (0..40).map(|n| format!("\"{}\"", "x".repeat(40 + n))).collect();
    let flat = format!("[{}]", distinct.join(","));
    for (text, reason) in [
        ("just text\n", Reason::Small),
        (&"fn main() {\n    let x = 1;\n}\n\n".repeat(20), Reason::Source),
        ("{\"a\":1}", Reason::Small),
        (flat.as_str(), Reason::NoGain),
        (&deep, Reason::Limit),
        (&many, Reason::Limit),
        (&long, Reason::Limit),
    ] {
        let out = run::block(&Settings::default(), Wire::Text, run::chunks(text.as_bytes(), 999));
        assert_eq!(out.outcomes[0].result, Err(reason), "{}", &text[..text.len().min(40)]);
    }
}

/// What stands behind a line's blanks is looked at there, whether or not a chunk ends in them: here
/// the window ends in them too.
#[test]
fn blanks_at_a_window_s_end() {
    let mut settings = property::eager();
    settings.limits.window = 64;
    let log = "2026-03-03T20:47:00Z INFO worker finished a job\n";
    let text = format!("{log}{}\n          {{ not json }}\n{}", "x".repeat(11), log.repeat(4));
    let whole = run::block(&settings, Wire::Text, run::chunks(text.as_bytes(), usize::MAX));
    for len in 1..80 {
        let cut = run::block(&settings, Wire::Text, run::chunks(text.as_bytes(), len));
        assert_eq!(String::from_utf8_lossy(&cut.bytes), String::from_utf8_lossy(&whole.bytes));
        assert_eq!(cut.outcomes, whole.outcomes, "{len}");
    }
}
