//! The sums, written down.

use super::{
    Arms, Group, Histogram, STAGES, Sums,
    arm::{MEASURES, Moments, Sample},
    sums,
};
use crate::{
    guard::{BustKind, Counts},
    holdout::Share,
    json::object,
    vitals::{Checks, Vitals},
};
use brevity::Tally;

/// Of a normal distribution, 95 % lies within so many standard deviations.
const NORMAL_95: f64 = 1.96;

/// What the document is made of.
pub(super) struct Parts<'a> {
    pub(super) sums: &'a Sums,
    pub(super) vitals: &'a Vitals,
    pub(super) guard: &'a Counts,
    /// Both arms, as JSON.
    pub(super) holdout: String,
}

impl Parts<'_> {
    /// The document.
    pub(super) fn json(self) -> String {
        let (sums, vitals) = (self.sums, self.vitals);
        let all = &sums.all;
        object([
            ("seconds", vitals.since.elapsed().as_secs().to_string()),
            ("requests", sums.requests.to_string()),
            ("in_flight", vitals.requests.now().to_string()),
            ("connections", vitals.connections.now().to_string()),
            ("refused", object(vitals.refused.counts().map(|(status, n)| (status, n.to_string())))),
            ("bytes", bytes(sums.bytes_in, sums.bytes_out, Some(sums.answer_bytes))),
            ("new", tally(&sums.new.all)),
            ("resent", tally(&sums.resent)),
            (
                "rewritten",
                object(all.rewritten.iter().map(|(codec, sum)| (codec.name(), tally(sum)))),
            ),
            ("kept", object(all.kept.iter().map(|(reason, sum)| (reason.name(), tally(sum))))),
            ("once", self.once()),
            ("left_alone", object(sums.skipped.iter().map(|(name, n)| (name, n.to_string())))),
            ("apis", object(sums.apis.iter().map(|(name, api)| (name, api_json(api))))),
            ("usage", usage(&sums.billed)),
            ("seconds_by_stage", object(STAGES.iter().zip(sums.stages.iter().map(times)))),
            ("checks", checks(&vitals.checks)),
            ("guard", guard_json(self.guard)),
            ("holdout", self.holdout),
        ])
    }

    /// What each block came to, counted in the one turn where it was new.
    fn once(&self) -> String {
        let (sums, new) = (self.sums, &self.sums.new);
        object([
            (
                "by_codec",
                object(new.rewritten.iter().map(|(codec, sum)| (codec.name(), tally(sum)))),
            ),
            ("kept", object(new.kept.iter().map(|(reason, sum)| (reason.name(), tally(sum))))),
            ("by_tool", object(sums.tools.iter().map(|(name, sum)| (name, tally(sum))))),
            ("by_route", object(sums.routes.iter().map(|(name, sum)| (name, group(sum))))),
            ("by_model", object(sums.models.iter().map(|(name, sum)| (name, group(sum))))),
        ])
    }
}

impl Arms {
    /// Both arms, and how much more a request of the rewritten one costs than one of the other.
    pub(super) fn json(&self, share: Share) -> String {
        let (rewritten, held_out) = (self.rewritten.moments(), self.held_out.moments());
        let differences = MEASURES.iter().enumerate().filter_map(|(measure, name)| {
            Some((*name, difference(&rewritten, &held_out, measure)?))
        });
        object([
            ("share", share.value().to_string()),
            ("rewritten", arm_json(&self.rewritten, &rewritten)),
            ("held_out", arm_json(&self.held_out, &held_out)),
            ("difference_per_request", object(differences)),
        ])
    }
}

fn arm_json(sample: &Sample, moments: &Moments) -> String {
    let head = [
        ("conversations", moments.conversations.to_string()),
        ("requests", sample.requests().to_string()),
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
    let busts =
        BustKind::ALL.iter().zip(counts.busts).map(|(kind, n)| (kind.name(), n.to_string()));
    object([
        ("requests", counts.requests.to_string()),
        ("unread", counts.unread.to_string()),
        ("conversations", counts.conversations.to_string()),
        ("bytes", counts.bytes.to_string()),
        ("busts", object(busts)),
    ])
}

fn bytes(came: u64, left: u64, answers: Option<u64>) -> String {
    let members = [("in", Some(came)), ("out", Some(left)), ("answers", answers)];
    object(members.into_iter().filter_map(|(name, sum)| Some((name, sum?.to_string()))))
}

fn tally(sum: &Tally) -> String {
    object([
        ("parts", sum.parts.to_string()),
        ("bytes_in", sum.bytes_in.to_string()),
        ("bytes_out", sum.bytes_out.to_string()),
        ("est_o200k_tokens_in", sum.tokens_in.to_string()),
        ("est_o200k_tokens_out", sum.tokens_out.to_string()),
    ])
}

fn group(sum: &Group) -> String {
    object([
        ("requests", sum.requests.to_string()),
        ("bytes", bytes(sum.bytes_in, sum.bytes_out, None)),
        ("new", tally(&sum.new)),
        ("usage", usage(&sum.billed)),
    ])
}

fn api_json(api: &sums::Api) -> String {
    object([
        ("statuses", object(api.statuses.iter().map(|(class, n)| (class, n.to_string())))),
        ("bytes", bytes(api.bytes_in, api.bytes_out, Some(api.answer_bytes))),
        ("seconds_to_first_byte", times(&api.first_byte)),
        ("seconds_in_all", times(&api.duration)),
    ])
}

fn usage(billed: &sums::Billed) -> String {
    let requests = [("requests", billed.requests)];
    let members = requests.into_iter().chain(billed.kinds());
    object(members.map(|(name, sum)| (name, sum.to_string())))
}

fn times(times: &Histogram) -> String {
    object([("count", times.count().to_string()), ("sum", format!("{:.6}", times.sum()))])
}

fn checks(checks: &Checks) -> String {
    let members = checks
        .results()
        .into_iter()
        .chain([("bytes", checks.bytes.value()), ("altered_bytes", checks.altered_bytes.value())]);
    object(members.map(|(name, sum)| (name, sum.to_string())))
}
