//! The proxy around the engine `brevity`.

pub mod meter;
