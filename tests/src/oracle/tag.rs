//! Tags and their spans in a text that is held whole.

use brevity::walk::tag::{Span, SpanKind, TagMode, is_known};
use brevity::{Limits, Protect, walk::html::is_element};

/// The spans of `text`. Quadratic.
pub fn spans(text: &[u8], protect: &Protect, mode: TagMode, limits: &Limits) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut opens: Vec<(&[u8], usize)> = Vec::new();
    let mut refused = None;
    for start in (0..text.len()).filter(|&at| text[at] == b'<') {
        let Some((form, name, len)) = tag(&text[start..], limits) else { continue };
        let (end, is) =
            (start + len, |(other, _): &(&[u8], usize)| other.eq_ignore_ascii_case(name));
        opens.retain(|(_, start)| end - start <= limits.block);
        let (mut from, mut kind) = (start, SpanKind::Protected);
        if !protects(protect, name) {
            kind = if is_element(name) { SpanKind::Markup } else { SpanKind::Text };
        } else if mode == TagMode::Blocks && form == b'o' {
            let mut named: Vec<_> =
                opens.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
            named.push(name.to_ascii_lowercase());
            named.sort();
            named.dedup();
            if opens.len() < limits.tag_depth
                && (opens.iter().any(is) || named.concat().len() <= limits.names)
            {
                opens.push((name, start));
                kind = SpanKind::Text;
            } else {
                refused = Some(start);
            }
        } else if mode == TagMode::Blocks && form == b'c' {
            if let Some(open) = opens.iter().rposition(is) {
                from = opens[open].1;
                opens.truncate(open);
            } else if refused.is_none_or(|start| end - start > limits.block) {
                kind = SpanKind::Text;
            }
        }
        if kind != SpanKind::Text {
            spans.retain(|span| span.start < from as u64);
            spans.push(Span { kind, start: from as u64, end: end as u64 });
        }
    }
    with_text(spans, text.len() as u64)
}

fn protects(protect: &Protect, name: &[u8]) -> bool {
    match protect {
        Protect::Names(names) => names.iter().any(|n| n.as_bytes().eq_ignore_ascii_case(name)),
        Protect::Custom => !is_element(name),
        _ => is_known(name),
    }
}

/// The form (open, close, empty), the name and the length of the tag that `text` begins with.
fn tag<'t>(text: &'t [u8], limits: &Limits) -> Option<(u8, &'t [u8], usize)> {
    let close = text.get(1) == Some(&b'/');
    let from = if close { 2 } else { 1 };
    let first = *text.get(from)?;
    let named = |b: &u8| b.is_ascii_alphanumeric() || b"_-.:".contains(b);
    let name = text[from..].split(|b| !named(b)).next()?;
    let behind = *text.get(from + name.len())?;
    let fits = name.len() <= limits.tag_name && (first.is_ascii_alphabetic() || first == b'_');
    let (mut quote, mut value) = (None, false);
    for (i, &b) in text.iter().enumerate().skip(from + name.len()).take_while(|(_, b)| **b != b'<')
    {
        match (quote, b) {
            (Some(q), _) if q == b => quote = None,
            (Some(_), _) => {}
            (None, b'>') => {
                let inside = &text[from + name.len()..i];
                let good = if close {
                    inside.iter().all(space)
                } else {
                    i == from + name.len() || space(&behind) || b"/=".contains(&behind)
                };
                let form = if close {
                    b'c'
                } else if text[i - 1] == b'/' {
                    b'e'
                } else {
                    b'o'
                };
                return (good && fits && i < limits.tag).then_some((form, name, i + 1));
            }
            (None, b'"' | b'\'') if value && !close => (quote, value) = (Some(b), false),
            (None, _) => value = (value && space(&b)) || (b == b'=' && !value),
        }
    }
    None
}

fn space(byte: &u8) -> bool {
    b" \t\n\r\x0c".contains(byte)
}

/// The spans with text in between.
fn with_text(spans: Vec<Span>, len: u64) -> Vec<Span> {
    let mut all = Vec::new();
    let end = Span { kind: SpanKind::Text, start: len, end: len };
    for span in spans.into_iter().chain([end]) {
        let start = all.last().map_or(0, |last: &Span| last.end);
        let text = Span { kind: SpanKind::Text, start, end: span.start };
        all.extend([text, span].into_iter().filter(|span| span.start < span.end));
    }
    all
}
