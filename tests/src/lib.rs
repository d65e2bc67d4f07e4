//! Oracles, generators and the corpus loader, shared by suites, benches and fuzz targets.

pub mod oracle;
pub mod property;
