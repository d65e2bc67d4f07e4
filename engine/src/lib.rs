//! A streaming engine that shortens what AI agents send to language models, losslessly.
//!
//! Four words carry the crate. A *walker* reads bytes as they come, cut anywhere, and holds names
//! and offsets, never the input. A *block* is one text: a file, or one tool result of a request. It
//! leaves as *parts*, each small enough to hold. A *codec* writes one part shorter, and back.
//!
//! ```
//! use brevity::{Settings, compress, expand};
//!
//! let rows: Vec<_> = (0..99).map(|n| format!(r#"{{"name":"row {n}","open":true}}"#)).collect();
//! let text = format!("[{}]", rows.join(","));
//! let short = compress(text.as_bytes(), &Settings::default());
//! assert!(short.len() < text.len() / 2);
//! assert_eq!(expand(&short), text.as_bytes());
//! ```
//!
//! [`Block`] does the same in a stream, [`Request`] for a whole request body, [`Expander`] the way
//! back; [`walk`] has the walkers by themselves.

pub mod escape;
pub mod placeholder;
pub mod walk;

mod codec;
mod detect;
mod envelope;
mod expand;
mod held;
mod json;
mod limits;
mod notation;
mod part;
mod policy;
mod repeat;
mod report;
mod sink;
mod step;
mod tokens;
mod unframe;

pub use envelope::{Dialect, Facts, McpAnswers, McpCalls, McpCarrier, McpRequests, Request};
pub use expand::{Expanded, Expander, expand};
pub use held::Held;
pub use limits::Limits;
pub use part::{Block, Wire, compress};
pub use policy::{
    Gain, Glob, Level, Output, Policy, Protect, Settings, Tool, ToolRules, Treatment,
};
pub use report::{Codec, Kind, Outcome, Place, Reach, Reason, Report, Tally};
pub use sink::Sink;
pub use step::{Done, Job, Step, Steps};
#[cfg(feature = "exact-tokens")]
pub use tokens::exact;
pub use tokens::{Estimator, estimate};
