//! Health checks.

use super::{json, quote};
use crate::{
    body::AnyBody,
    config::Config,
    upstream::{Connector, chain},
};
use hyper::{Response, StatusCode};

/// The proxy is alive.
pub(crate) fn health() -> Response<AnyBody> {
    json(
        StatusCode::OK,
        concat!(r#"{"status":"ok","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#).into(),
    )
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
    json(status, format!(r#"{{"status":"{word}","upstreams":[{}]}}"#, items.join(",")))
}
