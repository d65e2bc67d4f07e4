//! What a model's answer says of itself: usage, why it stopped, errors. Nothing of its text is kept.

mod answer;
mod events;
#[cfg(test)]
mod tests;

pub use answer::Usage;
pub use events::Delta;
pub(crate) use events::kind;

use brevity::{Limits, walk::sse::SseFramer};

/// Reads usage out of an answer's body: an event stream or one JSON document, of Anthropic Messages,
/// OpenAI Chat Completions or OpenAI Responses. The answer itself says which.
///
/// ```
/// use brevity_proxy::meter::Meter;
///
/// let mut meter = Meter::new("application/json", &brevity::Limits::default());
/// meter.feed(br#"{"type":"message","stop_reason":"end_turn","usage":{"input_tokens":"#);
/// meter.feed(br#"12,"cache_read_input_tokens":2048,"output_tokens":7}}"#);
/// meter.finish();
/// assert_eq!(meter.usage().cache_read, Some(2048));
/// assert_eq!(meter.usage().stop_reason.as_deref(), Some("end_turn"));
/// ```
///
/// Events that only go on with a text are told by their beginning, and not read.
///
/// Bounds: an event longer than `limits.sse_event` and a JSON answer longer than `limits.document`
/// are not read, and counted by [`unread`](Self::unread).
#[derive(Debug)]
pub struct Meter {
    body: Body,
    usage: Usage,
    unread: u64,
}

#[derive(Debug)]
enum Body {
    Stream(SseFramer),
    Json {
        held: Vec<u8>,
        limit: usize,
    },
    /// Neither, or too long.
    Opaque,
}

impl Meter {
    /// A meter for an answer with this `content-type`. Of any other type than event streams and
    /// JSON nothing is read.
    pub fn new(content_type: &str, limits: &Limits) -> Self {
        let essence =
            content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let body = match essence.as_str() {
            "text/event-stream" => Body::Stream(SseFramer::new(limits.sse_event)),
            "application/json" => Body::Json { held: Vec::new(), limit: limits.document },
            _ => Body::Opaque,
        };
        Self { body, usage: Usage::default(), unread: 0 }
    }

    /// Takes the next bytes of the body, decoded if it had a content encoding.
    pub fn feed(&mut self, bytes: &[u8]) {
        match &mut self.body {
            Body::Stream(framer) => framer.feed(bytes, |event| {
                if event.data == b"[DONE]" {
                    self.usage.ended = true;
                } else if events::is_piece(event.data)
                    || self.usage.model.is_some() && events::is_chat_piece(event.data)
                {
                    // Nearly all events are such, and nothing in them is counted.
                } else if events::read(event.data, |root| self.usage.add_event(root)).is_none() {
                    self.unread += 1;
                }
            }),
            Body::Json { held, limit } if held.len() + bytes.len() <= *limit => {
                held.extend_from_slice(bytes);
            }
            Body::Json { .. } => {
                self.unread += 1;
                self.body = Body::Opaque;
            }
            Body::Opaque => {}
        }
    }

    /// Takes one event by itself, as a WebSocket's message carries it.
    pub fn event(&mut self, data: &[u8]) {
        if events::read(data, |root| self.usage.add_event(root)).is_none() {
            self.unread += 1;
        }
    }

    /// How many bytes of a JSON answer wait to be read at its end.
    pub(crate) fn held(&self) -> usize {
        match &self.body {
            Body::Json { held, .. } => held.len(),
            _ => 0,
        }
    }

    /// Ends the body: a JSON answer is read now. A second call does nothing.
    pub fn finish(&mut self) {
        let Body::Json { held, .. } = &self.body else { return };
        if !held.is_empty() && events::read(held, |root| self.usage.add_document(root)).is_none() {
            self.unread += 1;
        }
        self.body = Body::Opaque;
    }

    /// What was read so far.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// Events, or the one document, that were too long or not JSON.
    pub fn unread(&self) -> u64 {
        let skipped = match &self.body {
            Body::Stream(framer) => framer.skipped(),
            _ => 0,
        };
        self.unread + skipped
    }
}
