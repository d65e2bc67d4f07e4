//! Walkers: they read bytes as they come, cut anywhere, and hold names and offsets, never the
//! input.

pub mod json;
pub mod sse;
