//! The engine as a whole: everything comes back, whatever the bytes and the cuts.

use super::walk_json;
use crate::run;
use brevity::{Gain, Limits, Policy, Settings, Wire};

/// Shortens `data` as a block and expands it, in chunks whose length the data gives; also expands
/// it as it is. What expands must expand alike before and after shortening.
///
/// # Panics
///
/// If a byte is lost or a cut shows.
pub fn expand(data: &[u8]) {
    let (len, text) = data.split_first().map_or((7, data), |(&first, rest)| (first.into(), rest));
    let settings = eager();
    let wanted = run::expand(run::chunks(text, usize::MAX));
    assert_eq!(run::expand(run::chunks(text, len.max(1))), wanted, "expand shows cuts");
    for wire in [Wire::Text, Wire::JsonString] {
        let whole = run::block(&settings, wire, run::chunks(text, usize::MAX));
        let cut = run::block(&settings, wire, run::chunks(text, len.max(1)));
        assert_eq!(cut.bytes, whole.bytes, "compress shows cuts");
        assert_eq!(cut.outcomes, whole.outcomes, "outcomes show cuts");
        if wire == Wire::Text {
            assert_eq!(
                run::expand(run::chunks(&whole.bytes, len.max(1))),
                wanted,
                "a byte is lost"
            );
        } else if walk_json([quoted(text).as_slice()]).1.is_ok() {
            let wanted = run::expand(run::chunks(&quoted(text), usize::MAX));
            let back = run::expand(run::chunks(&quoted(&whole.bytes), usize::MAX));
            assert_eq!(back, wanted, "a byte is lost in a string");
        }
    }
}

fn quoted(inner: &[u8]) -> Vec<u8> {
    [b"\"", inner, b"\""].concat()
}

/// Settings that rewrite wherever a byte is saved, within small bounds, so that small inputs reach
/// all of the code.
pub fn eager() -> Settings {
    let mut gain = Gain::default();
    (gain.from_bytes, gain.percent, gain.tokens) = (1, 0, 0);
    let mut policy = Policy::default();
    policy.gain = gain;
    let mut limits = Limits::default();
    (limits.window, limits.document, limits.block) = (256, 2_048, 128);
    Settings::new(policy, limits)
}
