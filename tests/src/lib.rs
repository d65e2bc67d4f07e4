//! Oracles, generators and the corpus loader, shared by suites, benches and fuzz targets.

pub mod body;
pub mod corpus;
pub mod cuts;
pub mod generate;
pub mod oracle;
pub mod property;
pub mod responses;
pub mod run;

/// The README's example, run as a doc test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The examples of the page on embedding, run as doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/embedding.md")]
pub struct Embedding;
