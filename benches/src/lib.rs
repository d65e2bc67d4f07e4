//! Empty: a package needs a library or a binary. The benches stand beside it, one file for each.
