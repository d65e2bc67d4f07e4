//! A share of conversations is left untouched, so that what the provider bills for them can be
//! compared with the rest.
//!
//! The hash of a conversation's first message says on which side it is: every turn of it is on the
//! same side, after a restart and on another machine too.

use std::{fmt, str::FromStr};
use thiserror::Error;

/// The share of conversations that are left untouched: more than 0 and less than 1.
///
/// ```
/// use brevity_proxy::Share;
///
/// assert!("0.5".parse::<Share>().is_ok());
/// assert!("50".parse::<Share>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share(f64);

/// Why a text is no share.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no share of conversations; write a number between 0 and 1, like 0.5")]
pub struct ShareError(String);

/// The side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arm {
    /// Its requests may be rewritten.
    Rewritten,
    /// Its requests pass as they come.
    HeldOut,
}

impl Share {
    /// The side of a conversation, from the hash of its first message.
    pub(crate) fn arm(self, conversation: u64) -> Arm {
        // The upper half is enough of a hash, and exact as a float.
        let at = f64::from((conversation >> 32) as u32) / f64::from(u32::MAX);
        if at < self.0 { Arm::HeldOut } else { Arm::Rewritten }
    }

    /// The share as a number.
    pub(crate) fn value(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let share = text.parse().ok().filter(|share| (0.0..1.0).contains(share) && *share > 0.0);
        share.map(Self).ok_or_else(|| ShareError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_all_hashes_is_held_out() {
        let share: Share = "0.25".parse().unwrap();
        let held = (0..1_000_u64)
            .filter(|n| share.arm(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)) == Arm::HeldOut)
            .count();
        assert!((200..300).contains(&held), "{held}");
        assert_eq!(share.arm(0), Arm::HeldOut);
        assert_eq!(share.arm(u64::MAX), Arm::Rewritten);
    }

    #[test]
    fn shares_lie_between_nothing_and_all() {
        for text in ["", "0", "1", "-0.5", "50%", "NaN", "inf"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }
}
