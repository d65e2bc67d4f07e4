//! Oracles, generators and the corpus loader, shared by suites, benches and fuzz targets.

pub mod corpus;
pub mod cuts;
pub mod oracle;
pub mod property;
