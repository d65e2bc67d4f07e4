//! Health checks.

use super::json;
use crate::{
    body::AnyBody,
    config::Config,
    json::{array, object, quote},
    stats::{Degraded, Stats},
    upstream::{Connector, chain},
};
use hyper::{Response, StatusCode};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The proxy is alive. That is all that is said where agents talk to it.
pub(crate) fn health() -> Response<AnyBody> {
    json(
        StatusCode::OK,
        concat!(r#"{"status":"ok","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#).into(),
    )
}

/// The proxy is alive, and what does not work as it should, since when. The status is 200 all the same:
/// a proxy that is started anew because an upstream fails helps nobody.
pub(super) fn report(stats: &Stats) -> Response<AnyBody> {
    let found = stats.degraded();
    let status = if found.is_empty() { "ok" } else { "degraded" };
    json(
        StatusCode::OK,
        object([
            ("status", quote(status)),
            ("version", quote(env!("CARGO_PKG_VERSION"))),
            ("seconds", stats.vitals().since.elapsed().as_secs().to_string()),
            ("degraded", array(found.iter().map(degraded))),
        ]),
    )
}

fn degraded(found: &Degraded) -> String {
    let mut members = vec![("what", quote(found.what))];
    members.extend(found.route.as_ref().map(|route| ("route", quote(route))));
    members.extend([
        ("since_unix_seconds", unix_seconds(found.since).to_string()),
        ("for_seconds", found.since.elapsed().as_secs().to_string()),
        ("why", quote(&found.why)),
    ]);
    object(members)
}

fn unix_seconds(since: Instant) -> u64 {
    let then = SystemTime::now().checked_sub(since.elapsed());
    let then = then.and_then(|then| then.duration_since(UNIX_EPOCH).ok());
    then.unwrap_or_default().as_secs()
}

/// Whether new requests may be sent here.
pub(super) fn ready(stats: &Stats) -> Response<AnyBody> {
    match stats.vitals().draining() {
        None => json(StatusCode::OK, r#"{"ready":true}"#.into()),
        Some(_) => json(
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"ready":false,"why":"told to stop: only what is under way is finished"}"#.into(),
        ),
    }
}

/// Whether a connection to each upstream can be made, TLS included. No request is sent.
pub(crate) async fn upstreams(config: &Config, connector: &Connector) -> Response<AnyBody> {
    let (mut items, mut healthy) = (Vec::new(), true);
    for base in config.bases() {
        let url = quote(&base.to_string());
        items.push(match connector.probe(base).await {
            Ok(()) => format!(r#"{{"url":{url},"reached":true}}"#),
            Err(error) => {
                healthy = false;
                let error = quote(&chain(&*error));
                format!(r#"{{"url":{url},"reached":false,"error":{error}}}"#)
            }
        });
    }
    let (status, word) = match healthy {
        true => (StatusCode::OK, "ok"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "unreachable"),
    };
    json(status, format!(r#"{{"status":"{word}","upstreams":{}}}"#, array(items)))
}
