//! What must hold for any bytes. Suites and fuzz targets call these; a breach is a panic.

mod codec;
mod engine;
mod envelope;
mod json;
mod mcp;
mod placeholder;
mod repeat;
mod sse;
mod tag;

pub use codec::{alone, assert_near, codec, comes_back};
pub use engine::{eager, expand};
pub use envelope::{Passed, envelope, pass_request};
pub use json::{json_walker, walk_json};
pub use mcp::mcp;
pub use placeholder::placeholders;
pub use repeat::repeat;
pub use sse::{frame_sse, sse};
pub use tag::{check_tags, tag_walker, walk_tags};
