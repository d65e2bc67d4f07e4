//! Seeded generators of what agents send: ours, so that a fresh clone tests what the corpus holds.
//!
//! The same seed gives the same bytes on every machine. `rng` is the source of chance, `words` makes
//! names, paths and sentences of it, `value` writes JSON in clients' spacings and escapes; on these
//! stand `json`, `logs`, `listings`, and `conversation`, whose tool results are made of the others.
//! `sessions` says conversations as agents log them.

pub mod conversation;
pub mod json;
pub mod listings;
pub mod logs;
pub mod rng;
pub mod sessions;
pub mod value;
pub mod words;
