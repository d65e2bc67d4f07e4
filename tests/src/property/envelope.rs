use crate::oracle::envelope::eligible;
use brevity::{Dialect, Facts, Level, Outcome, Reason, Request, Settings, Sink, Steps};
use bytes::Bytes;
use std::{collections::BTreeMap, sync::Arc};

/// Sends the bytes behind the first two through an envelope, whole and in chunks: all bytes leave,
/// chunks change nothing, and the eligible strings are those of the parsed body. The first byte
/// picks dialect, mode and bounds, the second the length of chunks.
pub fn envelope(data: &[u8]) {
    let [choice, size, body @ ..] = data else { return };
    let dialect = dialect(*choice, 8);
    let mut settings = Settings::default();
    settings.policy.level = Level::Off;
    settings.policy.stream_requests = choice & 2 == 0;
    let bounded = choice & 4 != 0;
    if bounded {
        settings.limits.block = 100;
        settings.limits.request = 64;
        settings.limits.calls = 256;
    }
    let settings = Arc::new(settings);
    let whole = pass_request(dialect, &settings, [body]);
    assert_eq!(whole.bytes, body);
    let chunked = pass_request(dialect, &settings, body.chunks(usize::from(*size).max(1)));
    assert_eq!(whole, chunked);
    if let Some(expected) = eligible(dialect, body).filter(|_| !bounded && whole.is_json()) {
        let expected: Vec<_> =
            expected.into_iter().map(|e| (e.message, e.tool, e.text.len() as u64)).collect();
        assert_eq!(whole.blocks(), expected);
    }
}

/// The dialect that a choice picks: the third by the bit `third`, else by the lowest.
pub(super) fn dialect(choice: u8, third: u8) -> Dialect {
    match (choice & third, choice & 1) {
        (0, 0) => Dialect::Anthropic,
        (0, _) => Dialect::OpenAiChat,
        _ => Dialect::OpenAiResponses,
    }
}

/// What came out of an envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// All bytes.
    pub bytes: Vec<u8>,
    /// All notes.
    pub notes: Vec<Outcome>,
    /// The request's facts.
    pub facts: Facts,
}

/// Sends a body that comes in `chunks` through an envelope.
pub fn pass_request<'a>(
    dialect: Dialect,
    settings: &Arc<Settings>,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Passed {
    let (mut steps, mut passed) = (Steps::new(), Passed::default());
    let mut request = Request::new(dialect, Arc::clone(settings));
    for chunk in chunks {
        request.write(Bytes::copy_from_slice(chunk), &mut steps);
        steps.run_into(&mut passed);
    }
    request.finish(&mut steps);
    steps.run_into(&mut passed);
    passed.facts = request.facts().clone();
    passed
}

impl Passed {
    /// Whether the body was JSON to the envelope.
    pub fn is_json(&self) -> bool {
        self.notes.iter().all(|note| note.result != Err(Reason::Malformed))
    }

    /// Each block that was noted: its message, its tool and the bytes of its text. An empty one is
    /// not noted.
    pub fn blocks(&self) -> Vec<(u64, Option<String>, u64)> {
        let mut blocks = BTreeMap::new();
        for note in self.notes.iter().filter(|note| note.result != Err(Reason::Malformed)) {
            let place = &note.place;
            let first = || (place.message, place.tool.clone(), 0);
            blocks.entry(place.block).or_insert_with(first).2 += note.bytes_in;
        }
        blocks.into_values().collect()
    }
}

impl Sink for Passed {
    fn keep(&mut self, bytes: Bytes) {
        self.bytes.extend_from_slice(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn note(&mut self, outcome: &Outcome) {
        self.notes.push(outcome.clone());
    }
}
