//! `response.create` through the engine, like the body of a request.

use super::{connection::Connection, messages::Message};
use crate::{
    body::{ByModel, Engine, Pool, length},
    record::Entry,
    route::{Skip, off},
};
use brevity::{
    Dialect, Settings,
    walk::json::{Event, JsonWalker},
};
use bytes::Bytes;
use rustls::crypto::ring;
use std::sync::Arc;

/// What is spoken over WebSockets.
const DIALECT: Dialect = Dialect::OpenAiResponses;

/// How many bytes the engine gets at once. Between, others have their turn.
const CHUNK: usize = 64 * 1024;

/// Rewrites what a client asks for.
pub(crate) struct Rewriter {
    pub(crate) pool: Pool,
    pub(crate) settings: Arc<Settings>,
    /// Why no request may be rewritten, if none may.
    pub(crate) skip: Option<Skip>,
    /// The rules about their models, if there are any.
    pub(crate) by_model: Option<ByModel>,
    /// Requests stay as they are; what would leave is only counted.
    pub(crate) dry: bool,
    pub(crate) connection: Arc<Connection>,
}

/// The frames that leave for a message.
pub(crate) struct Leaving {
    pub(crate) frames: Vec<u8>,
    /// Whether they are others than those that came: then one, masked with a key of its own.
    pub(crate) is_new: bool,
}

impl Rewriter {
    /// The frames that leave for `message`.
    pub(crate) async fn leaving(&self, mut message: Message) -> Leaving {
        let payload = Bytes::from(message.payload());
        let raw_len = message.raw.len() as u64;
        let of_connection = &self.connection.entry;
        if !message.is_text() || !is_create(&payload, self.settings.limits.json_depth) {
            let leaving = Leaving::unchanged(message, &payload);
            let len = leaving.frames.len() as u64;
            of_connection.write(|record| record.bytes_out += len);
            return leaving;
        }
        // The connection has counted the frames that came. From here on they count elsewhere.
        of_connection.write(|record| record.bytes_in = record.bytes_in.saturating_sub(raw_len));
        let entry = self.connection.asked();
        let short = self.short(&payload, &entry).await;
        let came = payload.len() as u64;
        let left = short.as_ref().map_or(came, length);
        entry.write(|record| (record.bytes_in, record.bytes_out) = (came, left));
        match short {
            None => Leaving::unchanged(message, &payload),
            Some(chunks) => Leaving { frames: message.plain(&chunks, key()), is_new: true },
        }
    }

    /// The payload as it leaves; `None` if it stays as it is.
    async fn short(&self, payload: &Bytes, entry: &Entry) -> Option<Vec<Bytes>> {
        let settings = self.settings(payload, entry).await;
        let skip = match self.skip.or_else(|| off(&settings)) {
            Some(skip) => skip,
            None => match self.rewrite(payload, settings, entry).await {
                Some(_) if self.dry => Skip::DryRun,
                Some(chunks) => return Some(chunks).filter(|chunks| !is_same(chunks, payload)),
                None => Skip::Failed,
            },
        };
        entry.write(|record| record.skip = Some(skip));
        None
    }

    /// What holds for this request: its model may have a rule of its own.
    async fn settings(&self, payload: &Bytes, entry: &Entry) -> Arc<Settings> {
        let Some(by_model) = self.by_model.as_ref().filter(|_| self.skip.is_none()) else {
            return self.settings.clone();
        };
        let text = std::slice::from_ref(payload);
        let learnt = by_model.learn(DIALECT, &self.settings, text, &self.pool).await;
        let Some((model, settings)) = learnt else { return self.settings.clone() };
        entry.write(|record| record.model = Some(model));
        settings
    }

    /// `None` if the engine fails.
    async fn rewrite(
        &self,
        payload: &Bytes,
        settings: Arc<Settings>,
        entry: &Entry,
    ) -> Option<Vec<Bytes>> {
        let mut engine = Engine::new(DIALECT, settings);
        for start in (0..payload.len()).step_by(CHUNK) {
            let end = payload.len().min(start + CHUNK);
            engine.write(payload.slice(start..end)).ok()?;
            tokio::task::yield_now().await;
        }
        let (gathered, facts) = self.pool.end(engine).await.ok()?;
        entry.note(gathered.outcomes, &facts);
        Some(gathered.chunks)
    }
}

impl Leaving {
    /// The frames that came, unless the upstream could not unpack them.
    fn unchanged(message: Message, payload: &Bytes) -> Self {
        match message.is_detached() {
            true => Self { frames: message.plain(&[payload], key()), is_new: true },
            false => Self { frames: message.raw, is_new: false },
        }
    }
}

/// A fresh key to mask with, which nobody can foresee (RFC 6455, 10.3).
///
/// Without the system's randomness no connection could have been made, so a failure is as good as
/// impossible; zeros would still be a valid key.
pub(crate) fn key() -> [u8; 4] {
    let mut key = [0; 4];
    if ring::default_provider().secure_random.fill(&mut key).is_err() {
        tracing::error!("the system gives no random bytes; a message leaves unmasked");
    }
    key
}

fn is_same(chunks: &[Bytes], payload: &[u8]) -> bool {
    let mut rest = payload;
    chunks.iter().all(|chunk| match rest.strip_prefix(chunk.as_ref()) {
        Some(after) => {
            rest = after;
            true
        }
        None => false,
    }) && rest.is_empty()
}

/// Whether a message is an object whose first `type` is `response.create`, written without escapes.
pub(crate) fn is_create(message: &[u8], depth: usize) -> bool {
    let (mut walker, mut rest) = (JsonWalker::new(depth), message);
    let (mut start, mut is_type) = (0, false);
    while let Ok(Some(event)) = walker.next(&mut rest) {
        let at = message.len() - rest.len();
        match event {
            Event::KeyStart | Event::StringStart => start = at,
            Event::KeyEnd if walker.depth() == 1 => is_type = &message[start..at - 1] == b"type",
            Event::StringEnd if is_type && walker.depth() == 1 => {
                return &message[start..at - 1] == b"response.create";
            }
            Event::ObjectOpen | Event::ArrayOpen | Event::ScalarStart(_) if is_type => {
                return false;
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_a_response() {
        for (message, is) in [
            (r#"{"type":"response.create","input":[]}"#, true),
            (r#" {"input":[{"type":"x"}], "type" : "response.create"}"#, true),
            (r#"{"type":"response.cancel"}"#, false),
            (r#"{"type":{"type":"response.create"}}"#, false),
            (r#"{"a":{"type":"response.create"}}"#, false),
            (r#"[{"type":"response.create"}]"#, false),
            (r#"{"type":null,"type":"response.create"}"#, false),
            (r#""response.create""#, false),
            (r#"{"type":"response.create"#, false),
            ("", false),
            ("\u{feff}{}", false),
        ] {
            assert_eq!(is_create(message.as_bytes(), 64), is, "{message}");
        }
    }

    #[test]
    fn the_same_bytes_in_other_pieces_are_the_same() {
        let chunks = |texts: &[&'static str]| -> Vec<Bytes> {
            texts.iter().map(|text| Bytes::from_static(text.as_bytes())).collect()
        };
        assert!(is_same(&chunks(&["ab", "", "c"]), b"abc"));
        assert!(!is_same(&chunks(&["ab"]), b"abc"));
        assert!(!is_same(&chunks(&["ab", "cd"]), b"abc"));
    }

    #[test]
    fn keys_differ() {
        let keys: std::collections::HashSet<_> = std::iter::repeat_with(key).take(64).collect();
        assert!(keys.len() > 60);
    }
}
