//! What must hold for any bytes. Suites and fuzz targets call these; a breach is a panic.

mod tag;

pub use tag::{check_tags, tag_walker, walk_tags};
