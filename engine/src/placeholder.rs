//! For callers with a compressor of their own: protected tags out of its way, and back.
//!
//! The engine itself protects by span and writes no placeholders. A compressor that only takes and
//! gives text cannot be told of spans, so here each protected span becomes a short placeholder,
//! `[kept:SALT:NUMBER]`. The salt is the smallest number with which the text holds no placeholder,
//! so nothing in the text can be taken for one, and equal texts give equal results.
//!
//! ```
//! use brevity::{Settings, placeholder};
//!
//! let text = b"very   wide <tool_call>a   b</tool_call>   text";
//! let protected = placeholder::protect(text, &Settings::default());
//! assert_eq!(protected.text(), b"very   wide [kept:0:0]   text");
//!
//! // Whatever an outside compressor does:
//! let shorter = String::from_utf8_lossy(protected.text()).replace("   ", " ");
//!
//! let restored = protected.restore(shorter.as_bytes());
//! assert_eq!(restored.text, b"very wide <tool_call>a   b</tool_call> text");
//! assert!(restored.lost.is_empty());
//! ```

use crate::{
    Settings,
    walk::tag::{SpanKind, TagMode, TagWalker},
};
use memchr::memmem;
use std::collections::HashSet;

/// What every placeholder begins with.
const OPENING: &[u8] = b"[kept:";

/// Replaces each protected span of `text` by a placeholder. Which spans are protected is the
/// policy's `protect`, within the limits of the settings; see [`TagWalker`] for the rules.
///
/// One pass over the text for the salt, one for the spans.
pub fn protect<'t>(text: &'t [u8], settings: &Settings) -> Protected<'t> {
    let mark = format!("[kept:{}:", salt(text)).into_bytes();
    let mut protected = Protected { text: Vec::with_capacity(text.len()), mark, spans: Vec::new() };
    let mut on = |span: crate::walk::tag::Span| {
        let bytes = &text[span.start as usize..span.end as usize];
        if span.kind == SpanKind::Protected {
            protected.push(bytes);
        } else {
            protected.text.extend_from_slice(bytes);
        }
    };
    let mut walker = TagWalker::new(&settings.policy.protect, TagMode::Blocks, &settings.limits);
    walker.feed(text, &mut on);
    walker.finish(&mut on);
    protected
}

/// A text with placeholders, and what they stand for.
#[derive(Clone, Debug)]
pub struct Protected<'t> {
    text: Vec<u8>,
    /// The opening and the salt.
    mark: Vec<u8>,
    spans: Vec<&'t [u8]>,
}

/// A text whose placeholders were put back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restored {
    /// The text.
    pub text: Vec<u8>,
    /// The numbers of the spans whose placeholder is gone.
    pub lost: Vec<usize>,
    /// How many placeholders were left as they are because their span was back already.
    pub repeated: usize,
    /// How many were left as they are because they have the salt and no number of ours.
    pub unknown: usize,
}

impl<'t> Protected<'t> {
    /// The text with placeholders.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The protected spans. The placeholder of the one at index 12 ends in `:12]`.
    pub fn spans(&self) -> &[&'t [u8]] {
        &self.spans
    }

    /// Puts the spans back into what became of [`text`](Self::text), each once, where its
    /// placeholder first stands. All else is copied. What was put back is not looked at again.
    pub fn restore(&self, shortened: &[u8]) -> Restored {
        let mut text = Vec::with_capacity(shortened.len());
        let (mut repeated, mut unknown, mut copied) = (0, 0, 0);
        let mut back = vec![false; self.spans.len()];
        for start in memmem::find_iter(shortened, &self.mark) {
            let behind = start + self.mark.len();
            match claim(&shortened[behind..], &mut back) {
                Claim::Ours { number, len } => {
                    text.extend_from_slice(&shortened[copied..start]);
                    text.extend_from_slice(self.spans[number]);
                    copied = behind + len;
                }
                Claim::Repeated => repeated += 1,
                Claim::Unknown => unknown += 1,
            }
        }
        text.extend_from_slice(&shortened[copied..]);
        let lost = back.iter().enumerate().filter(|(_, done)| !**done).map(|(i, _)| i).collect();
        Restored { text, lost, repeated, unknown }
    }

    fn push(&mut self, span: &'t [u8]) {
        self.text.extend_from_slice(&self.mark);
        self.text.extend_from_slice(self.spans.len().to_string().as_bytes());
        self.text.push(b']');
        self.spans.push(span);
    }
}

/// What stands behind the mark.
enum Claim {
    /// The number of a span that is not back yet, and how long the rest of its placeholder is.
    Ours {
        number: usize,
        len: usize,
    },
    Repeated,
    Unknown,
}

/// Reads the number behind the mark, and notes that its span is `back`.
fn claim(text: &[u8], back: &mut [bool]) -> Claim {
    let Some((number, digits)) = number(text, b']') else { return Claim::Unknown };
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    match back.get_mut(number) {
        None => Claim::Unknown,
        Some(true) => Claim::Repeated,
        Some(done) => {
            *done = true;
            Claim::Ours { number, len: digits + 1 }
        }
    }
}

/// The smallest number that is no salt in `text`. A placeholder has its only `[` at its beginning, so
/// none can come about where one of ours meets the text around it.
fn salt(text: &[u8]) -> u64 {
    let used: HashSet<u64> = memmem::find_iter(text, OPENING)
        .filter_map(|at| number(&text[at + OPENING.len()..], b':'))
        .map(|(salt, _)| salt)
        .collect();
    (0..).find(|salt| !used.contains(salt)).unwrap_or_default()
}

/// The number that `text` begins with, as we write numbers, and how many digits it has, if `end`
/// comes behind it.
fn number(text: &[u8], end: u8) -> Option<(u64, usize)> {
    let digits = text.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
    let ours = text[0] != b'0' || digits == 1;
    (ours && text.get(digits) == Some(&end)).then_some((number, digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"1<t_c>2</t_c>3<u_x/>4";

    fn restore(shortened: &str) -> (String, Vec<usize>, usize, usize) {
        let restored = protect(TEXT, &Settings::default()).restore(shortened.as_bytes());
        let text = String::from_utf8(restored.text).unwrap();
        (text, restored.lost, restored.repeated, restored.unknown)
    }

    #[test]
    fn puts_spans_back_wherever_they_went() {
        assert_eq!(protect(TEXT, &Settings::default()).text(), b"1[kept:0:0]3[kept:0:1]4");
        assert_eq!(restore("[kept:0:1][kept:0:0]"), ("<u_x/><t_c>2</t_c>".into(), vec![], 0, 0));
    }

    #[test]
    fn reports_what_is_lost_and_leaves_the_rest_alone() {
        assert_eq!(restore("x"), ("x".into(), vec![0, 1], 0, 0));
        assert_eq!(restore("[kept:0:1]?[kept:0:1]"), ("<u_x/>?[kept:0:1]".into(), vec![0], 1, 0));
        let strange = "[kept:0:2] [kept:0:00] [kept:0:] [kept:0:99999999999999999999] [kept:0:1";
        assert_eq!(restore(strange), (strange.into(), vec![0, 1], 0, 5));
        assert_eq!(restore("[kept:1:0]").0, "[kept:1:0]");
    }

    #[test]
    fn the_salt_is_none_of_the_text() {
        let text = b"[kept:0:0] <t_c>[kept:1:0]</t_c> [kept:[kept:3: [kept:02: [kept:";
        let protected = protect(text, &Settings::default());
        assert_eq!(protected.spans(), [b"<t_c>[kept:1:0]</t_c>"]);
        assert_eq!(protected.text(), b"[kept:0:0] [kept:2:0] [kept:[kept:3: [kept:02: [kept:");
        assert_eq!(protected.restore(protected.text()).text, text);
    }
}
