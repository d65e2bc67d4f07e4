//! Readers of whole buffers, too simple to be wrong.

pub mod envelope;
pub mod json;
pub mod mcp;
pub mod notation;
pub mod sse;
pub mod tag;
