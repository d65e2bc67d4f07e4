//! Walkers: they read bytes as they come, cut anywhere, and hold names and offsets, never the
//! input.
//!
//! Each stands by itself, and they chain. A model's answer is an event stream whose text comes in
//! deltas; fed delta by delta, the tag walker finds the spans that it would find in the whole text:
//!
//! ```
//! use brevity::escape::unescape;
//! use brevity::walk::json::{Event, JsonWalker};
//! use brevity::walk::sse::SseFramer;
//! use brevity::walk::tag::{SpanKind, TagMode, TagWalker};
//! use brevity::{Limits, Protect};
//!
//! /// The text of a delta: here, the only string under the key `text`.
//! fn delta(data: &[u8]) -> Vec<u8> {
//!     let (mut walker, mut rest, mut text) = (JsonWalker::new(16), data, Vec::new());
//!     let (mut start, mut is_text) = (0, false);
//!     while let Ok(Some(event)) = walker.next(&mut rest) {
//!         let end = walker.offset() as usize;
//!         match event {
//!             Event::KeyStart | Event::StringStart => start = end,
//!             Event::KeyEnd => is_text = &data[start..end - 1] == b"text",
//!             Event::StringEnd if is_text => drop(unescape(&data[start..end - 1], &mut text)),
//!             _ => {}
//!         }
//!     }
//!     text
//! }
//!
//! let answer = concat!(
//!     "data: {\"delta\":{\"text\":\"so <thin\"}}\n\n",
//!     "data: {\"delta\":{\"text\":\"king>why</think\"}}\n\n",
//!     "data: {\"delta\":{\"text\":\"ing> ok\"}}\n\n",
//! );
//! let limits = Limits::default();
//! let mut framer = SseFramer::new(limits.sse_event);
//! let mut tags = TagWalker::new(&Protect::Known, TagMode::Blocks, &limits);
//! let (mut text, mut kept) = (Vec::new(), Vec::new());
//! for chunk in answer.as_bytes().chunks(5) {
//!     framer.feed(chunk, |event| {
//!         let delta = delta(event.data);
//!         text.extend_from_slice(&delta);
//!         tags.feed(&delta, |span| kept.push(span));
//!     });
//! }
//! tags.finish(|span| kept.push(span));
//! let is_protected = |span: &&brevity::walk::tag::Span| span.kind == SpanKind::Protected;
//! let span = kept.iter().find(is_protected).unwrap();
//! assert_eq!(&text[span.start as usize..span.end as usize], b"<thinking>why</thinking>");
//! ```

pub mod html;
pub mod json;
pub mod sse;
pub mod tag;
