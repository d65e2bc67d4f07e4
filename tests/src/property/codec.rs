//! One codec alone: what it shortens comes back, and lines lean on few others, near by.

use crate::run;
use brevity::{Codec, Expander, Gain, Policy, Reach, Reason, Settings, Wire};
use bytes::Bytes;

/// Shortens `data` with `codec` alone, and lines that only claim to be a part of it. The first byte
/// says how often the text stands in a row, so that there is something to gain, the second how long
/// chunks are.
///
/// # Panics
///
/// See [`comes_back`].
pub fn codec(codec: Codec, data: &[u8]) {
    let [copies, len, text @ ..] = data else { return };
    let settings = alone(codec);
    let text = vec![text; 1 + usize::from(copies % 4)].join(&b'\n');
    comes_back(&settings, &text, (*len).max(1).into());
    comes_back(&settings, &claimed(codec, &text), (*len).max(1).into());
}

/// Settings that try `codec` alone on every part, and take it wherever a byte is saved.
pub fn alone(codec: Codec) -> Settings {
    let mut gain = Gain::default();
    (gain.from_bytes, gain.percent, gain.tokens) = (1, 0, 0);
    let mut policy = Policy::default();
    (policy.gain, policy.only) = (gain, Some(codec));
    let mut settings = Settings::default();
    settings.policy = policy;
    settings
}

/// `text` as the lines of a part that someone else wrote.
fn claimed(codec: Codec, text: &[u8]) -> Vec<u8> {
    let lines = 1 + text.iter().filter(|&&byte| byte == b'\n').count();
    let head = format!("[brevity 1 {} {lines} lines below: x]\n", codec.name());
    [head.as_bytes(), text, b"\n"].concat()
}

/// Shortens `text`, by itself and as the inside of a JSON string where it is UTF-8, in chunks of
/// `len` bytes, and puts it back.
///
/// # Panics
///
/// If a byte is lost, if a codec is at fault, if a part grew, or if a line leans on many others or
/// on one far away.
pub fn comes_back(settings: &Settings, text: &[u8], len: usize) {
    returns(settings, Wire::Text, text, len);
    if let Ok(text) = std::str::from_utf8(text) {
        let quoted = serde_json::to_string(text).expect("a string is JSON");
        let inner = &quoted.as_bytes()[1..quoted.len() - 1];
        returns(settings, Wire::JsonString, inner, len);
    }
}

fn returns(settings: &Settings, wire: Wire, raw: &[u8], len: usize) {
    let out = run::block(settings, wire, run::chunks(raw, len));
    for outcome in &out.outcomes {
        let bad = [Err(Reason::Inexact), Err(Reason::Fault)];
        assert!(!bad.contains(&outcome.result), "{outcome:?}\n{}", shown(raw));
        assert!(outcome.bytes_out <= outcome.bytes_in, "{outcome:?}\n{}", shown(raw));
    }
    let around = |inner: &[u8]| match wire {
        Wire::Text => inner.to_vec(),
        Wire::JsonString => [b"\"", inner, b"\""].concat(),
    };
    let short = around(&out.bytes);
    let wanted = run::expand(run::chunks(&around(raw), usize::MAX));
    let back = run::expand(run::chunks(&short, len));
    assert!(back == wanted, "{}\ncame back as\n{}", shown(&wanted), shown(&back));
    // Parts that others wrote may reach as far as they like.
    if !raw.windows(MARK.len()).any(|bytes| bytes == MARK) {
        let codec = settings.policy.only.map_or("default", Codec::name);
        assert_near(&short, &format!("{codec}: {}", shown(&short)));
    }
}

/// What each head line begins with.
const MARK: &[u8] = b"[brevity 1 ";

/// # Panics
///
/// If lines of the parts in `short` lean on many others or on one far away. `what` names it.
pub fn assert_near(short: &[u8], what: &str) {
    let reach = reach(short);
    assert!(reach.up <= 100 && reach.others <= 2, "{reach:?}\n{what}");
}

/// How far the lines of the parts in `short` lean on others.
fn reach(short: &[u8]) -> Reach {
    let mut expander = Expander::new();
    expander.write(Bytes::copy_from_slice(short), &mut Vec::new());
    expander.finish(&mut Vec::new()).reach
}

/// The text as far as a reader of a failure wants to see it.
fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(1_500)]).into_owned()
}
