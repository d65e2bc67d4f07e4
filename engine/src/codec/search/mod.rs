//! Each path once, and its lines below.

use super::Coded;
use crate::report::Reach;

/// Writes lines shorter, or `None` where nothing can be gained.
pub(crate) fn encode(_text: &[u8]) -> Option<Coded> {
    None
}

/// The text that `body` was written for.
pub(crate) fn decode(
    _detail: &str,
    _body: &[u8],
    _longest: usize,
    _reach: &mut Reach,
) -> Option<Vec<u8>> {
    None
}
