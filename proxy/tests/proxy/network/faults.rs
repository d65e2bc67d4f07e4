//! What the network's proxy does wrong, and what the client is told.

use super::{Answer, CREDENTIALS, Proxy, Relay, hidden, telling};
use crate::world::{full, http1, post, text};
use brevity_proxy::{Config, ConfigError, LogRecorder, Proxies, ServeError, Server, Upstreams};
use hyper::StatusCode;
use std::{sync::Arc, time::Duration};
use tokio::{io::AsyncWriteExt as _, net::TcpListener, net::TcpStream};

/// What a client gets where `relay` is asked for an upstream: the status, and the message.
async fn told(relay: &Relay, change: impl FnOnce(&mut Config)) -> (StatusCode, String) {
    let (base, mut got) = telling().await;
    let lead = relay.leads("");
    let mut proxy = Proxy::with(hidden(&base), |config| {
        lead(config);
        change(config);
    })
    .await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    let (status, body) = (answer.status(), text(answer).await);
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let message = body["error"]["message"].as_str().unwrap().to_owned();
    let error = proxy.record().await.error.unwrap();
    for text in [&message, &error] {
        assert!(!text.contains('\n') && !text.contains("pass-5740"), "{text}");
        assert!(!text.contains(CREDENTIALS.1), "{text}");
    }
    assert!(got.try_recv().is_err(), "nothing reached the upstream");
    (status, message)
}

#[tokio::test]
async fn a_proxy_that_does_not_lead_there_is_named_with_its_status() {
    let bad = StatusCode::BAD_GATEWAY;
    let long = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1 << 20));
    for (answer, status, expected) in [
        ("HTTP/1.1 407 Who are you\r\n\r\n", bad, "answered 407 to CONNECT upstream.test:"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n<html>", bad, "answered 403 to CONNECT upstream.test:"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", bad, "answered 502 to CONNECT upstream.test:"),
        (
            "HTTP/1.1 504 Gateway Timeout\r\n\r\n",
            StatusCode::GATEWAY_TIMEOUT,
            "answered 504 to CONNECT upstream.test:",
        ),
        ("HTTP/1.1 302 Found\r\nLocation: http://x\r\n\r\n", bad, "answered 302 to CONNECT "),
        ("SSH-2.0-OpenSSH\r\n", bad, "answered with something that is not HTTP/1"),
        ("HTTP/1.1 200 OK\r\n", bad, "closed the connection before its answer was complete"),
        ("", bad, "closed the connection before its answer was complete"),
        ("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", bad, "sent bytes behind its answer"),
        (&long, bad, "answered with a head of more than 16384 bytes"),
    ] {
        let relay = Relay::answering(answer).await;
        let (got, message) = told(&relay, |_| {}).await;
        let expected =
            format!("the HTTP proxy http://{} (upstream_proxy) {expected}", relay.address);
        assert!(got == status && message.contains(&expected), "{got} {message}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let mut relay = Relay::new(Answer::Tunnel).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    relay.address = closed.local_addr().unwrap();
    drop(closed);
    let (status, message) = told(&relay, |_| {}).await;
    let expected = format!("the HTTP proxy http://{} (upstream_proxy) cannot be", relay.address);
    assert!(status == StatusCode::BAD_GATEWAY && message.contains(&expected), "{message}");
}

#[tokio::test]
async fn the_wait_for_a_connection_includes_the_proxy() {
    let mut relay = Relay::new(Answer::Nothing).await;
    let short = |config: &mut Config| config.timeouts.connect = Duration::from_millis(500);
    let (status, message) = told(&relay, short).await;
    let expected = format!(
        "no connection within 0.5 s through the HTTP proxy http://{} (upstr",
        relay.address
    );
    assert!(status == StatusCode::GATEWAY_TIMEOUT && message.contains(&expected), "{message}");
    assert!(relay.heads.recv().await.unwrap().starts_with("CONNECT "));
    assert_eq!(relay.heads.recv().await.unwrap(), "", "the connection is given up");
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_wait() {
    let (base, _told) = telling().await;
    let mut relay = Relay::new(Answer::Nothing).await;
    let proxy = Proxy::with(hidden(&base), relay.leads("")).await;
    let mut client = TcpStream::connect(proxy.address).await.unwrap();
    client.write_all(b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(relay.heads.recv().await.unwrap().starts_with("CONNECT "));
    drop(client);
    assert_eq!(relay.heads.recv().await.unwrap(), "", "the connection is given up");
}

/// By a name that is not seen through before it is asked for.
#[tokio::test]
async fn a_proxy_that_leads_back_is_502() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    drop(taken);
    let own = Proxies::all(format!("http://127.1:{}", address.port()).parse().unwrap(), "");
    let mut proxy = Proxy::with("https://upstream.test".parse().unwrap(), |config| {
        config.listen = address.into();
        config.upstream_proxy = own;
    })
    .await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let message = text(answer).await;
    assert!(message.contains("(upstream_proxy) is this proxy itself; name the"), "{message}");
    assert_eq!(proxy.record().await.ordinal, 1);
    assert!(proxy.records.try_recv().is_err(), "one request, not one for each turn of a loop");
}

async fn refused(upstream: &str, proxies: Proxies) -> Option<ConfigError> {
    let mut config = Config::default();
    config.upstreams = Upstreams::all(upstream.parse().unwrap());
    config.upstream_proxy = proxies;
    match Server::bind(config, Arc::new(LogRecorder)).await {
        Err(ServeError::Config(error)) => Some(error),
        _ => None,
    }
}

#[tokio::test]
async fn a_proxy_that_makes_no_sense_stops_all_where_it_would_be_used() {
    let faulty = || Proxies::of_variables(|name| (name == "https_proxy").then(|| "foo://".into()));
    let error = refused("https://upstream.test", faulty()).await;
    assert!(matches!(error, Some(ConfigError::Proxy { .. })));
    assert!(refused("http://upstream.test", faulty()).await.is_none());
    let own = || Proxies::all("http://localhost:2738".parse().unwrap(), "");
    let error = refused("https://upstream.test", own()).await;
    assert!(matches!(error, Some(ConfigError::ProxyLoop(_))));
    assert!(refused("https://localhost", own()).await.is_none());
}
