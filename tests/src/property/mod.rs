//! What must hold for any bytes. Suites and fuzz targets call these; a breach is a panic.

mod envelope;
mod json;
mod sse;

pub use envelope::{Passed, envelope, pass_request};
pub use json::{json_walker, walk_json};
pub use sse::{frame_sse, sse};
mod placeholder;
mod tag;

pub use placeholder::placeholders;
pub use tag::{check_tags, tag_walker, walk_tags};
