//! `/metrics`: the sums and what holds right now, as OpenMetrics.
//!
//! [`family`] says which metrics there are, [`text`](mod@text) how they are written; here they get their values.
//! All of them come from [`Stats`], so they agree with `/stats`.

mod family;
mod text;

use super::json;
use crate::{
    body::AnyBody,
    guard::BustKind,
    stats::{Group, STAGES, Stats, Sums},
    vitals::Vitals,
};
use brevity::Tally;
use hyper::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderValue},
};
use std::{collections::BTreeMap, time::UNIX_EPOCH};
use text::{Exposition, Samples};

/// What the text is, as collectors ask for it.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What OpenTelemetry calls a turn, in every one of the APIs.
const OPERATION: &str = "chat";

/// All metrics.
pub(super) fn answer(stats: &Stats) -> Response<AnyBody> {
    let mut response = json(StatusCode::OK, text(stats));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(OPEN_METRICS));
    response
}

fn text(stats: &Stats) -> String {
    let (mut out, sums, vitals) = (Exposition::default(), stats.sums(), stats.vitals());
    now(&mut out, stats, vitals);
    traffic(&mut out, &sums);
    texts(&mut out, &sums);
    groups(&mut out, &sums);
    reasons(&mut out, &sums);
    checks(&mut out, vitals);
    guard(&mut out, stats);
    billed(&mut out, &sums);
    times(&mut out, &sums);
    gen_ai(&mut out, &sums);
    out.end()
}

fn now(out: &mut Exposition, stats: &Stats, vitals: &Vitals) {
    let started = vitals.started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    out.family(family::BUILD).add(&[env!("CARGO_PKG_VERSION")], 1);
    out.family(family::START).add(&[], started);
    out.family(family::READY).add(&[], vitals.draining().is_none().into());
    let mut degraded =
        BTreeMap::from(["altered", "draining", "engine", "upstream"].map(|what| (what, 0)));
    for found in stats.degraded() {
        *degraded.entry(found.what).or_default() += 1;
    }
    let mut samples = out.family(family::DEGRADED);
    for (what, count) in degraded {
        samples.add(&[what], count);
    }
    out.family(family::CONNECTIONS).add(&[], vitals.connections.now());
    out.family(family::ACCEPTED).add(&[], vitals.connections.ever());
    let mut refused = out.family(family::REFUSED);
    for (status, count) in vitals.refused.counts() {
        refused.add(&[status], count);
    }
    out.family(family::IN_FLIGHT).add(&[], vitals.requests.now());
}

fn traffic(out: &mut Exposition, sums: &Sums) {
    let mut requests = out.family(family::REQUESTS);
    for (api, sum) in &sums.apis {
        for (status, count) in &sum.statuses {
            requests.add(&[api, status], *count);
        }
    }
    let mut bytes = out.family(family::REQUEST_BYTES);
    for (api, sum) in &sums.apis {
        bytes.add(&[api, "in"], sum.bytes_in).add(&[api, "out"], sum.bytes_out);
    }
    let mut answers = out.family(family::ANSWER_BYTES);
    for (api, sum) in &sums.apis {
        answers.add(&[api], sum.answer_bytes);
    }
}

/// What is new, by codec. All that stayed is one.
fn texts(out: &mut Exposition, sums: &Sums) {
    let mut left_alone = Tally::default();
    sums.new.kept.values().for_each(|sum| left_alone += *sum);
    let codecs = sums.new.rewritten.iter().map(|(codec, sum)| (codec.name(), sum));
    let all: Vec<_> = codecs.chain([("none", &left_alone)]).collect();
    let mut bytes = out.family(family::TEXT_BYTES);
    for (codec, sum) in &all {
        bytes.add(&[codec, "in"], sum.bytes_in).add(&[codec, "out"], sum.bytes_out);
    }
    let mut tokens = out.family(family::TEXT_TOKENS);
    all.iter().for_each(|(codec, sum)| add_tokens(&mut tokens, codec, sum));
    let sum = &sums.resent;
    out.family(family::RESENT_TOKENS).add(&["in"], sum.tokens_in).add(&["out"], sum.tokens_out);
}

fn add_tokens(samples: &mut Samples<'_>, name: &str, sum: &Tally) {
    samples.add(&[name, "in"], sum.tokens_in).add(&[name, "out"], sum.tokens_out);
}

fn groups(out: &mut Exposition, sums: &Sums) {
    let mut tools = out.family(family::TOOL_TOKENS);
    sums.tools.iter().for_each(|(name, sum)| add_tokens(&mut tools, name, sum));
    let mut add_all = |family, groups: &mut dyn Iterator<Item = (&str, &Group)>| {
        let mut samples = out.family(family);
        groups.for_each(|(name, group)| add_tokens(&mut samples, name, &group.new));
    };
    add_all(family::ROUTE_TOKENS, &mut sums.routes.iter());
    add_all(family::MODEL_TOKENS, &mut sums.models.iter());
}

fn reasons(out: &mut Exposition, sums: &Sums) {
    let mut rewritten = out.family(family::REWRITTEN);
    for (codec, sum) in &sums.all.rewritten {
        rewritten.add(&[codec.name()], sum.parts);
    }
    let mut kept = out.family(family::KEPT);
    for (reason, sum) in &sums.all.kept {
        kept.add(&[reason.name()], sum.parts);
    }
    let mut passed = out.family(family::PASSED);
    for (reason, count) in &sums.skipped {
        passed.add(&[reason], *count);
    }
}

fn checks(out: &mut Exposition, vitals: &Vitals) {
    let checks = &vitals.checks;
    let mut checked = out.family(family::CHECKED);
    for (result, count) in checks.results() {
        checked.add(&[result], count);
    }
    out.family(family::CHECKED_BYTES).add(&[], checks.bytes.value());
    out.family(family::ALTERED).add(&[], checks.altered_bytes.value());
}

fn guard(out: &mut Exposition, stats: &Stats) {
    let counts = stats.guarded();
    out.family(family::WATCHED).add(&[], counts.requests);
    let mut busts = out.family(family::BUSTS);
    for (kind, count) in BustKind::ALL.iter().zip(counts.busts) {
        busts.add(&[kind.name()], count);
    }
}

fn billed(out: &mut Exposition, sums: &Sums) {
    let mut billed = out.family(family::BILLED);
    for (model, group) in sums.models.iter() {
        for (kind, tokens) in group.billed.kinds() {
            billed.add(&[model, kind], tokens);
        }
    }
}

fn times(out: &mut Exposition, sums: &Sums) {
    let mut first = out.family(family::FIRST_BYTE);
    for (api, sum) in &sums.apis {
        first.histogram(&[api], &sum.first_byte);
    }
    let mut all = out.family(family::DURATION);
    for (api, sum) in &sums.apis {
        all.histogram(&[api], &sum.duration);
    }
    let mut stages = out.family(family::STAGE);
    for (stage, times) in STAGES.iter().zip(&sums.stages) {
        stages.histogram(&[stage], times);
    }
}

fn gen_ai(out: &mut Exposition, sums: &Sums) {
    let models = || {
        let providers = sums.gen_ai.iter();
        providers.flat_map(|(provider, models)| models.iter().map(move |model| (*provider, model)))
    };
    let mut tokens = out.family(family::GEN_AI_TOKENS);
    for (provider, (model, sum)) in models() {
        for (kind, histogram) in [("input", &sum.input), ("output", &sum.output)] {
            tokens.histogram(&[OPERATION, provider, model, kind], histogram);
        }
    }
    let mut duration = out.family(family::GEN_AI_DURATION);
    for (provider, (model, sum)) in models() {
        duration.histogram(&[OPERATION, provider, model], &sum.duration);
    }
}

#[cfg(test)]
mod tests;
