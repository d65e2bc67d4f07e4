use crate::oracle;
use brevity::walk::json::{Event, JsonError, JsonErrorKind, JsonWalker};

const DEPTH: usize = 4_096;

/// Walks the bytes behind the first one, whole and in chunks of as many bytes as that one says: the
/// events are the same, and are those of `serde_json`.
pub fn json_walker(data: &[u8]) {
    let Some((&size, document)) = data.split_first() else { return };
    let (events, result) = walk_json([document]);
    let in_chunks = walk_json(document.chunks(usize::from(size).max(1)));
    assert_eq!((&events, result), (&in_chunks.0, in_chunks.1));
    if result.is_err_and(|error| error.kind == JsonErrorKind::DepthLimit) {
        return;
    }
    assert_eq!(result.is_ok(), oracle::json::accepts(document), "{result:?}");
    if let (Ok(()), Ok(value)) = (result, serde_json::from_slice::<serde_json::Value>(document)) {
        assert_eq!(oracle::json::value(document, &events), value);
    }
}

/// The events of one document that comes in `chunks`, each with the offset behind it, and how it ended.
pub fn walk_json<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<(Event, u64)>, Result<(), JsonError>) {
    let mut events = Vec::new();
    let mut walker = JsonWalker::new(DEPTH);
    let result = walk_into(&mut walker, chunks, &mut events);
    (events, result)
}

fn walk_into<'a>(
    walker: &mut JsonWalker,
    chunks: impl IntoIterator<Item = &'a [u8]>,
    events: &mut Vec<(Event, u64)>,
) -> Result<(), JsonError> {
    for mut chunk in chunks {
        while let Some(event) = walker.next(&mut chunk)? {
            events.push((event, walker.offset()));
        }
        assert!(chunk.is_empty(), "bytes are left without an event");
    }
    if let Some(event) = walker.finish()? {
        events.push((event, walker.offset()));
    }
    Ok(())
}
