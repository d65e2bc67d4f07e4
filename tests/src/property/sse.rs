use crate::oracle::sse::{events, latin1};
use brevity::walk::sse::SseFramer;

/// Frames the bytes behind the first one, whole and in chunks of as many bytes as that one says: the
/// events are those of the oracle, and with a low limit its short ones.
pub fn sse(data: &[u8]) {
    let Some((&size, stream)) = data.split_first() else { return };
    let size = usize::from(size).max(1);
    for limit in [stream.len(), 8] {
        let (whole, skipped) = frame_sse(limit, [stream]);
        assert_eq!(frame_sse(limit, stream.chunks(size)), (whole.clone(), skipped));
        // Each data line counts with its end. Names and ids have bounds of their own.
        let fits = |[name, data, _]: &[String; 3]| length(data) < limit && length(name) <= 1024;
        let mut expected: Vec<_> = events(stream).into_iter().filter(fits).collect();
        if stream.len() > 1024 {
            expected
                .iter_mut()
                .zip(&whole)
                .for_each(|(expected, event)| expected[2].clone_from(&event[2]));
        }
        assert_eq!(whole, expected);
    }
}

/// The bytes that `text` stands for.
fn length(text: &str) -> usize {
    text.chars().count()
}

/// The events of a stream that comes in `chunks`, and how many were skipped.
pub fn frame_sse<'a>(
    limit: usize,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<[String; 3]>, u64) {
    let mut framer = SseFramer::new(limit);
    let mut seen = Vec::new();
    for chunk in chunks {
        framer.feed(chunk, |event| seen.push([event.name, event.data, event.id].map(latin1)));
    }
    (seen, framer.skipped())
}
