//! The sums, written down.

use super::{
    Sums,
    arm::{Billed, MEASURES, Moments},
};
use crate::{
    guard::{Counts, Kind},
    holdout::Share,
};
use brevity::Tally;
use std::{fmt::Write as _, time::Duration};

/// Of a normal distribution, 95 % lies within so many standard deviations.
const NORMAL_95: f64 = 1.96;

impl Sums {
    pub(super) fn json(&self, up: Duration, share: Option<Share>, guard: &Counts) -> String {
        let named = |name: &'static str, tally: &Tally| (name, tally_json(tally));
        let usage = &self.usage;
        let count = |count: Option<u64>| count.unwrap_or(0).to_string();
        object([
            ("seconds", up.as_secs().to_string()),
            ("requests", self.requests.to_string()),
            (
                "bytes",
                object([("in", self.bytes_in.to_string()), ("out", self.bytes_out.to_string())]),
            ),
            ("new", tally_json(&self.fresh)),
            ("resent", tally_json(&self.resent)),
            (
                "rewritten",
                object(self.rewritten.iter().map(|(codec, tally)| named(codec.name(), tally))),
            ),
            ("kept", object(self.kept.iter().map(|(reason, tally)| named(reason.name(), tally)))),
            ("left_alone", object(self.skipped.iter().map(|(name, n)| (*name, n.to_string())))),
            (
                "usage",
                object([
                    ("requests", self.with_usage.to_string()),
                    ("input", count(usage.input)),
                    ("cache_read", count(usage.cache_read)),
                    ("cache_write", count(usage.cache_write)),
                    ("output", count(usage.output)),
                ]),
            ),
            ("guard", guard_json(guard)),
            ("holdout", share.map_or("null".into(), |share| self.holdout(share))),
        ])
    }

    /// Both arms, and how much more a request of the rewritten one costs than one of the other.
    fn holdout(&self, share: Share) -> String {
        let (rewritten, held_out) = (self.rewriting.moments(), self.held_out.moments());
        let differences = MEASURES.iter().enumerate().filter_map(|(measure, name)| {
            Some((*name, difference(&rewritten, &held_out, measure)?))
        });
        object([
            ("share", share.value().to_string()),
            ("rewritten", arm_json(&self.rewriting, &rewritten)),
            ("held_out", arm_json(&self.held_out, &held_out)),
            ("difference_per_request", object(differences)),
        ])
    }
}

fn arm_json(billed: &Billed, moments: &Moments) -> String {
    let head = [
        ("conversations", moments.conversations.to_string()),
        ("requests", billed.requests().to_string()),
    ];
    let sums = MEASURES
        .iter()
        .enumerate()
        .map(|(measure, name)| (*name, format!("{:.0}", moments.total(measure))));
    object(head.into_iter().chain(sums))
}

/// The difference of two means, as a share of the second too, and the interval that holds it with 95 %.
fn difference(rewritten: &Moments, held_out: &Moments, measure: usize) -> Option<String> {
    let (first, second) = (rewritten.mean(measure)?, held_out.mean(measure)?);
    let value = first.value - second.value;
    let interval = first.variance.zip(second.variance).map(|(first, second)| {
        let reach = NORMAL_95 * (first + second).sqrt();
        format!("[{:.1},{:.1}]", value - reach, value + reach)
    });
    let share = (second.value > 0.0).then(|| format!("{:.4}", value / second.value));
    let null = || "null".to_owned();
    Some(object([
        ("tokens", format!("{value:.1}")),
        ("interval_95", interval.unwrap_or_else(null)),
        ("share", share.unwrap_or_else(null)),
    ]))
}

fn guard_json(counts: &Counts) -> String {
    let busts = Kind::ALL.iter().zip(counts.busts).map(|(kind, n)| (kind.name(), n.to_string()));
    object([
        ("requests", counts.requests.to_string()),
        ("unread", counts.unread.to_string()),
        ("conversations", counts.conversations.to_string()),
        ("bytes", counts.bytes.to_string()),
        ("busts", object(busts)),
    ])
}

fn tally_json(tally: &Tally) -> String {
    object([
        ("parts", tally.parts.to_string()),
        ("bytes_in", tally.bytes_in.to_string()),
        ("bytes_out", tally.bytes_out.to_string()),
        ("est_o200k_tokens_in", tally.tokens_in.to_string()),
        ("est_o200k_tokens_out", tally.tokens_out.to_string()),
    ])
}

/// A JSON object of these members. The names are our own and need no escapes.
fn object(members: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let mut text = String::from("{");
    for (name, value) in members {
        let comma = if text.len() == 1 { "" } else { "," };
        let _ = write!(text, "{comma}\"{name}\":{value}");
    }
    text + "}"
}
