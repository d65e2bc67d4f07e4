//! A small object around long strings, as agents wrap what a command printed:
//! `{"output":"…","metadata":{…}}`. Its long strings are blocks of their own.

use super::{Block, Wire};
use crate::{
    Outcome, Place, Reason, Settings, Sink, Treatment,
    json::{Document, Member, Node},
    step::Steps,
};
use bytes::Bytes;
use std::{ops::Range, sync::Arc};

/// Strings from this length on are long.
const LONG: usize = 1_024;

/// The insides of a wrapper's long strings; `None` if `document` is no wrapper: one object, at least
/// half of whose `len` bytes are in long strings.
pub(super) fn long_strings<'a>(document: &Document<'a>, len: usize) -> Option<Vec<&'a [u8]>> {
    let [root] = document.roots[..] else { return None };
    let strings: Vec<_> = root.as_object()?.iter().filter_map(long_string).collect();
    let long: usize = strings.iter().map(|inner| inner.len()).sum();
    (2 * long >= len).then_some(strings)
}

fn long_string<'a>(member: &Member<'a>) -> Option<&'a [u8]> {
    match member.value.node {
        Node::String(inner) if inner.len() >= LONG => Some(inner),
        _ => None,
    }
}

/// `source` with `strings`, slices of it in order, shortened.
///
/// # Errors
///
/// The reason why none of the strings got shorter.
pub(super) fn encode(
    source: &[u8],
    strings: &[&[u8]],
    settings: &Settings,
    verbatim: &[Range<usize>],
) -> Result<Vec<u8>, Reason> {
    let mut out = Collector::default();
    let mut done = 0;
    for inner in strings {
        let start = inner.as_ptr() as usize - source.as_ptr() as usize;
        out.put(&source[done..start]);
        done = start + inner.len();
        let next = verbatim.partition_point(|range| range.end <= start);
        if verbatim.get(next).is_some_and(|range| range.start < done) {
            out.put(inner);
        } else {
            block(inner, settings, &mut out);
        }
    }
    out.put(&source[done..]);
    if out.is_shorter { Ok(out.text) } else { Err(out.reason.unwrap_or(Reason::NoGain)) }
}

fn block(inner: &[u8], settings: &Settings, out: &mut Collector) {
    let settings = Arc::new(settings.clone());
    let mut steps = Steps::new();
    let mut block = Block::new(settings, Wire::JsonString, Treatment::Rewrite, Place::default());
    block.write(Bytes::copy_from_slice(inner), &mut steps);
    block.finish(&mut steps);
    steps.run_into(out);
}

#[derive(Default)]
struct Collector {
    text: Vec<u8>,
    is_shorter: bool,
    reason: Option<Reason>,
}

impl Sink for Collector {
    fn keep(&mut self, bytes: Bytes) {
        self.text.extend_from_slice(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    fn note(&mut self, outcome: &Outcome) {
        match outcome.result {
            Ok(_) => self.is_shorter = true,
            Err(reason) => self.reason = Some(reason),
        }
    }
}
