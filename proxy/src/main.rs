//! The binary `brevity`.

fn main() {}
