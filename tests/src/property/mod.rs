//! What must hold for any bytes. Suites and fuzz targets call these; a breach is a panic.

mod json;
mod sse;

pub use json::{json_walker, walk_json};
pub use sse::{frame_sse, sse};
