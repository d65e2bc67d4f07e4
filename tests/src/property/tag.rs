use crate::{cuts, oracle};
use brevity::walk::tag::{Span, SpanKind, TagMode, TagWalker};
use brevity::{Limits, Protect};

/// Walks a text: the first two bytes choose mode, policy and limits, the third says how many of the
/// next bytes are the sizes of its pieces. See [`check_tags`].
pub fn tag_walker(data: &[u8]) {
    let [how, tight, sizes, rest @ ..] = data else { return };
    let (sizes, text) = rest.split_at(rest.len().min(usize::from(sizes % 8)));
    let mode = if how % 2 == 0 { TagMode::Blocks } else { TagMode::Markers };
    let protect = match how / 2 % 3 {
        0 => Protect::Known,
        1 => Protect::Custom,
        _ => Protect::Names(vec!["B".into(), "x".into(), "tool_call".into()]),
    };
    let mut limits = Limits::default();
    if tight % 2 == 1 {
        limits.tag = usize::from(tight / 2 % 4) * 8;
        limits.tag_name = usize::from(tight / 8 % 4) * 3;
        limits.names = usize::from(tight / 16 % 4) * 4;
        limits.tag_depth = usize::from(tight / 32 % 4);
        limits.block = usize::from(tight / 64 % 4) * 20;
    }
    check_tags(&cuts::sized(text, sizes), &protect, mode, &limits);
}

/// Walks a text that comes in `pieces`: its spans are the oracle's.
pub fn check_tags(pieces: &[&[u8]], protect: &Protect, mode: TagMode, limits: &Limits) {
    let spans = walk_tags(pieces, protect, mode, limits);
    let text = pieces.concat();
    let expected = oracle::tag::spans(&text, protect, mode, limits);
    let shown = String::from_utf8_lossy(&text);
    assert_eq!(spans, expected, "{shown:?} {protect:?} {mode:?} {limits:?}");
}

/// The spans of a text that comes in `pieces`. Whatever the walker calls settled between two of
/// them must hold to the end.
pub fn walk_tags(pieces: &[&[u8]], protect: &Protect, mode: TagMode, limits: &Limits) -> Vec<Span> {
    let mut walker = TagWalker::new(protect, mode, limits);
    let mut spans: Vec<Span> = Vec::new();
    let mut settled = Vec::new();
    let mut fed = 0;
    for piece in pieces {
        walker.feed(piece, |span| spans.push(span));
        fed += piece.len() as u64;
        settled.push((spans.len(), walker.settled()));
        let waits = fed - walker.settled();
        let most = limits.block.max(limits.tag) as u64;
        assert!(waits == 0 || waits < most, "{waits} bytes wait");
    }
    walker.finish(|span| spans.push(span));
    assert_eq!(walker.settled(), fed);
    assert!(settled.is_sorted_by_key(|(_, at)| *at));
    for (count, at) in settled {
        check_settled(&spans, count, at);
    }
    spans
}

/// `count` spans were handed out when all before `at` was settled.
fn check_settled(spans: &[Span], count: usize, at: u64) {
    let reported = count.checked_sub(1).map_or(0, |last| spans[last].end);
    assert!(reported <= at, "{reported} bytes were handed out, {at} settled");
    if reported < at {
        let next = spans[count];
        assert!(next.kind == SpanKind::Text && next.end >= at, "{next:?} is not settled at {at}");
    }
}
