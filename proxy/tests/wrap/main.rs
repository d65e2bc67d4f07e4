//! `brevity wrap` around stand-ins for agents: what they are told, that their requests arrive
//! shortened, how they end, and that nothing stays behind.
#![cfg(unix)]

mod ends;
#[path = "../scratch/mod.rs"]
mod scratch;
mod told;
mod ways;
mod world;
