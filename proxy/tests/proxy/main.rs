//! The proxy over real sockets, in front of upstreams that the tests are.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admin;
mod arms;
mod attested;
mod control;
mod door;
mod drain;
mod faults;
mod fidelity;
mod guard;
mod mcp;
mod network;
mod own;
mod rewrite;
#[path = "../scratch/mod.rs"]
mod scratch;
mod socket;
mod streams;
mod tls;
mod usage;
mod world;
