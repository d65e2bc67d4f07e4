//! Why a body passes.

use crate::attest::Attestation;

/// Why a whole body passed byte for byte, unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Skip {
    /// The engine does not know the API.
    NoDialect,
    /// The content type is not JSON.
    NotJson,
    /// The body is compressed, and cannot be decoded within the bounds.
    Encoded,
    /// The client asked for it.
    Bypassed,
    /// Nothing is to be rewritten, as the request, its route or the configuration says.
    Off,
    /// The client asked for something in words that are not understood.
    Control,
    /// Its conversation is held out, to compare.
    HeldOut,
    /// What would have left was only counted.
    DryRun,
    /// Something vouches for the body.
    Attested(Attestation),
    /// A WebSocket's message is longer than `limits.request`.
    TooLong,
    /// The bytes of a WebSocket are no frames; all that follow pass unread.
    Malformed,
    /// The engine failed; the body passed as it came.
    Failed,
}

impl Skip {
    /// The reason's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Skip::NoDialect => "no-dialect",
            Skip::NotJson => "not-json",
            Skip::Encoded => "encoded",
            Skip::Bypassed => "bypassed",
            Skip::Off => "off",
            Skip::Control => "bad-header",
            Skip::HeldOut => "held-out",
            Skip::DryRun => "dry-run",
            Skip::Attested(_) => "attested",
            Skip::TooLong => "too-long",
            Skip::Malformed => "malformed",
            Skip::Failed => "failed",
        }
    }
}
