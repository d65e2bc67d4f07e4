//! Readers of whole buffers, too simple to be wrong.

pub mod json;
pub mod sse;
