//! What our generators write, through each codec.

use brevity::{Codec, Settings, compress, expand};
use brevity_tests::run::text_codecs;
use brevity_tests::{
    generate::{
        listings::{Listing, listing},
        logs::{Log, log},
    },
    property,
};

#[test]
fn logs_and_listings_come_back_from_each_codec() {
    for seed in 0..6 {
        let logs = Log::ALL.map(|kind| log(seed, kind, 120));
        let listings = Listing::ALL.map(|kind| listing(seed, kind, 30));
        for text in logs.iter().chain(&listings) {
            for codec in text_codecs() {
                property::comes_back(&property::alone(codec), text.as_bytes(), 997);
                let crlf = text.replace('\n', "\r\n");
                property::comes_back(&property::alone(codec), crlf.as_bytes(), usize::MAX);
            }
        }
    }
}

/// Else the suites here would pass over codecs that never shorten anything.
#[test]
fn each_codec_shortens_what_it_is_for() {
    for (codec, text) in [
        (Codec::Log, log(1, Log::Syslog, 400)),
        (Codec::Search, listing(1, Listing::GrepContext, 200)),
        (Codec::Diff, listing(1, Listing::GitDiff, 60)),
        (Codec::Text, listing(1, Listing::Find, 200)),
    ] {
        let short = compress(text.as_bytes(), &property::alone(codec));
        assert!(short.len() < text.len(), "{}", codec.name());
        assert!(short.starts_with(format!("[brevity 1 {} ", codec.name()).as_bytes()));
        assert!(expand(&short) == text.as_bytes(), "{}", codec.name());
    }
}

/// As long as a window and longer, so that parts meet in the middle of what is alike.
#[test]
fn what_is_longer_than_a_part_comes_back() {
    let mut settings = Settings::default();
    settings.limits.window = 4_096;
    for codec in text_codecs() {
        settings.policy = property::alone(codec).policy;
        let logs = Log::ALL.map(|kind| log(9, kind, 200));
        let listings = Listing::ALL.map(|kind| listing(9, kind, 60));
        property::comes_back(&settings, logs.concat().as_bytes(), 4_000);
        property::comes_back(&settings, listings.concat().as_bytes(), 4_000);
    }
}

/// Found by fuzzing: each overdrawn line brings a line that says so, which lengthens a page.
#[test]
fn pages_of_many_overdrawn_lines_stay_near() {
    let states = |line| {
        let state = |step| format!("copying part {line} of 40, {step} of 5 steps are done");
        (0..5).map(state).collect::<Vec<_>>().join("\r")
    };
    let text = (0..40).map(states).collect::<Vec<_>>().join("\n");
    property::comes_back(&property::alone(Codec::Text), text.as_bytes(), usize::MAX);
}
