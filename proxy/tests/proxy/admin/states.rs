//! What the proxy says of its own state: ready, draining, degraded.

use super::{read_json, scrape};
use crate::world::{Proxy, any, frames, full, get, http1, post, text, upstream};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{Response, StatusCode};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

#[tokio::test]
async fn it_is_ready_until_it_drains_and_answers_until_all_is_over() {
    let (send, body) = frames();
    send.send(Bytes::from_static(b"first")).unwrap();
    let body = Mutex::new(Some(body));
    let base = upstream(move |_| {
        let body = body.lock().unwrap().take().unwrap();
        async { Response::new(any(body)) }
    });
    let change = |config: &mut brevity_proxy::Config| {
        config.timeouts.drain = Duration::from_secs(3600);
    };
    let proxy = Proxy::with(base.await, change).await;
    let client = http1();
    let request = post(proxy.url("/v1/messages"), full("{}"));
    let mut answer = http1().request(request).await.unwrap().into_body();
    answer.frame().await.unwrap().unwrap();
    let ready = client.request(get(proxy.admin("/readyz"))).await.unwrap();
    assert_eq!((ready.status(), text(ready).await), (StatusCode::OK, r#"{"ready":true}"#.into()));
    let metrics = scrape(&client, &proxy).await;
    assert_eq!(metrics.sum("brevity_requests_in_flight", &[]), 1.0);
    assert_eq!(metrics.sum("brevity_connections", &[]), 1.0);

    let (readyz, healthz) = (proxy.admin("/readyz"), proxy.admin("/healthz"));
    let stopped = tokio::spawn(proxy.stop());
    loop {
        let ready = client.request(get(readyz.clone())).await.unwrap();
        if ready.status() == StatusCode::SERVICE_UNAVAILABLE {
            assert!(text(ready).await.starts_with(r#"{"ready":false,"#));
            break;
        }
    }
    let health = read_json(&client, healthz).await;
    assert_eq!(health["status"], "degraded");
    assert_eq!(health["degraded"][0]["what"], "draining");
    drop(send);
    stopped.await.unwrap();
    assert!(client.request(get(readyz)).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn an_upstream_that_fails_is_named_until_it_answers() {
    let status = Arc::new(AtomicU16::new(529));
    let answered = status.clone();
    let base = upstream(move |_| {
        let status = answered.load(Ordering::Relaxed);
        async move { Response::builder().status(status).body(full("{}")).unwrap() }
    });
    let mut proxy = Proxy::before(base.await).await;
    let client = http1();
    for failed in 1..=4 {
        text(client.request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap()).await;
        proxy.record().await;
        let health = read_json(&client, proxy.admin("/healthz")).await;
        let is_degraded = failed >= 3;
        assert_eq!(health["status"], if is_degraded { "degraded" } else { "ok" });
        if is_degraded {
            let found = &health["degraded"][0];
            assert_eq!(
                (&found["what"], &found["route"]),
                (&"upstream".into(), &"anthropic".into())
            );
            assert!(found["since_unix_seconds"].as_u64() > Some(1_700_000_000));
            assert!(found["why"].as_str().unwrap().contains(&format!("last {failed} requests")));
        }
    }
    let metrics = scrape(&client, &proxy).await;
    assert_eq!(metrics.sum("brevity_degraded", &[("what", "upstream")]), 1.0);
    assert_eq!(metrics.sum("brevity_degraded", &[]), 1.0);
    // Where agents talk to it, it only says that it lives.
    let health = read_json(&client, proxy.url("/healthz")).await;
    assert_eq!(health["status"], "ok");
    status.store(404, Ordering::Relaxed);
    text(client.request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap()).await;
    proxy.record().await;
    assert_eq!(read_json(&client, proxy.admin("/healthz")).await["status"], "ok");
}
