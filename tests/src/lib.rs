//! Oracles, generators and the corpus loader, shared by suites, benches and fuzz targets.

pub mod body;
pub mod corpus;
pub mod cuts;
pub mod generate;
pub mod oracle;
pub mod property;
pub mod run;
