//! The proxy over real sockets, in front of upstreams that the tests are.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod attested;
mod drain;
mod fidelity;
mod mcp;
mod own;
mod rewrite;
mod streams;
mod tls;
mod usage;
mod world;
