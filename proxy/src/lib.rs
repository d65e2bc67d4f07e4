//! The proxy around the engine `brevity`.
