//! How a connection ends.

use super::{Linked, completed, create, down, linked, responses, up};
use brevity_proxy::Config;
use serde_json::json;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Longer than any test may take.
const NEVER: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn either_side_may_end() {
    for client_first in [true, false] {
        let Linked { client, upstream, mut proxy, .. } = responses(|_| {}).await;
        let (first, mut other) = if client_first { (client, upstream) } else { (upstream, client) };
        drop(first);
        assert_eq!(other.rest().await, b"");
        drop(other);
        assert_eq!(proxy.record().await.error, None);
    }
}

#[tokio::test]
async fn one_way_may_end_before_the_other() {
    let mut linked = responses(|_| {}).await;
    linked.client.send(up(0x88, "")).await;
    linked.client.0.shutdown().await.unwrap();
    assert_eq!(linked.upstream.rest().await, up(0x88, ""));
    linked.upstream.send(down(0x88, "")).await;
    drop(linked.upstream);
    assert_eq!(linked.client.rest().await, down(0x88, ""));
}

#[tokio::test]
async fn a_connection_on_which_nobody_waits_says_goodbye() {
    let Linked { mut client, mut upstream, proxy, .. } =
        responses(|config| config.timeouts.drain = NEVER).await;
    let stopped = tokio::spawn(proxy.stop());
    let gone = 1001_u16.to_be_bytes().to_vec();
    assert_eq!(client.frame().await, (0x88, None, gone.clone()));
    let (first, key, payload) = upstream.frame().await;
    assert_eq!((first, payload), (0x88, gone));
    assert!(key.is_some());
    drop((client, upstream));
    stopped.await.unwrap();
}

#[tokio::test]
async fn a_response_under_way_is_finished_first() {
    let mut linked = responses(|config| config.timeouts.drain = NEVER).await;
    let request = create(&json!({}));
    linked.shortens(&up(0x81, &request), &request).await;
    let Linked { mut client, mut upstream, proxy, .. } = linked;
    let address = proxy.address;
    let stopped = tokio::spawn(proxy.stop());
    // Once no new connection is taken, the proxy is draining.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    upstream.send(down(0x81, "{\"type\":\"response.created\"}")).await;
    assert_eq!(client.frame().await.0, 0x81);
    upstream.send(down(0x81, completed())).await;
    assert_eq!(client.frame().await.2, completed().as_bytes());
    assert_eq!(client.frame().await.0, 0x88);
    drop((client, upstream));
    stopped.await.unwrap();
}

#[tokio::test]
async fn a_connection_that_does_not_end_is_cut_off() {
    for path in ["/v1/responses", "/v1/realtime"] {
        let drain = |config: &mut Config| config.timeouts.drain = Duration::from_millis(20);
        let mut linked = linked(path, "", "", drain).await;
        linked.client.send(up(0x81, create(&json!({})))).await;
        linked.upstream.frame().await;
        linked.proxy.stop().await;
        // Cut off, it may end by a reset.
        let mut rest = Vec::new();
        let _ = linked.client.0.read_to_end(&mut rest).await;
        assert_eq!(rest, b"");
    }
}

#[tokio::test]
async fn a_silent_connection_is_given_up() {
    let idle = |config: &mut Config| config.timeouts.idle = Duration::from_millis(20);
    let Linked { mut client, mut proxy, upstream, .. } = responses(idle).await;
    assert_eq!(client.rest().await, b"");
    let error = proxy.record().await.error.unwrap();
    assert!(error.contains("nothing moved for too long"), "{error}");
    drop(upstream);
}
