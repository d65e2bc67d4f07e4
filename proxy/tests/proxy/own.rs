//! What the proxy answers by itself.

use crate::world::{Proxy, full, get, http1, http2, post, telling, text, upstream};
use brevity_proxy::{Base, Config, LogRecorder, ServeError, Server, Upstreams};
use hyper::{Request, StatusCode};
use std::{future, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// A base where nobody listens.
async fn nobody() -> Base {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap()).parse().unwrap()
}

#[tokio::test]
async fn health_is_the_proxys_own() {
    let proxy = Proxy::before(nobody().await).await;
    for client in [http1(), http2()] {
        let answer = client.request(get(proxy.url("/healthz"))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(text(answer).await.starts_with(r#"{"status":"ok","#));
        let answer = client.request(get(proxy.url("/healthz/upstream"))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(text(answer).await.contains(r#""reached":false,"error":""#));
    }
}

#[tokio::test]
async fn an_upstream_that_listens_is_reached() {
    let (base, _told) = telling().await;
    let proxy = Proxy::before(base.clone()).await;
    let answer = http1().request(get(proxy.url("/healthz/upstream"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let expected = format!(r#"{{"status":"ok","upstreams":[{{"url":"{base}","reached":true}}]}}"#);
    assert_eq!(text(answer).await, expected);
}

#[tokio::test]
async fn an_upstream_that_cannot_be_reached_is_502_in_the_clients_shape() {
    let mut proxy = Proxy::before(nobody().await).await;
    let shapes = [
        ("/v1/messages", r#"{"type":"error","error":{"type":"api_error","message":"brevity: "#),
        ("/v1/chat/completions", r#"{"error":{"message":"brevity: the upstream 127.0.0.1:"#),
        ("/v1/models", r#"{"error":{"message":"brevity: the upstream 127.0.0.1:"#),
    ];
    for (path, start) in shapes {
        let answer = http1().request(post(proxy.url(path), full("{}"))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
        assert_eq!(answer.headers()["content-type"], "application/json");
        let body = text(answer).await;
        assert!(body.starts_with(start) && body.contains("/healthz/upstream"), "{body}");
        let record = proxy.record().await;
        assert_eq!(record.status, Some(StatusCode::BAD_GATEWAY));
        assert!(record.error.unwrap().contains("cannot be reached"));
    }
}

#[tokio::test]
async fn an_upstream_that_hangs_up_is_502() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let proxy = Proxy::before(base).await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn an_upstream_that_stays_silent_is_504() {
    let base = upstream(|_| future::pending()).await;
    let change = |config: &mut Config| config.timeouts.idle = Duration::from_millis(50);
    let mut proxy = Proxy::with(base, change).await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    assert!(proxy.record().await.error.unwrap().contains("sent nothing for too long"));
}

#[tokio::test]
async fn it_is_no_forward_proxy() {
    let (base, _told) = telling().await;
    let proxy = Proxy::before(base).await;
    let request = Request::options(proxy.url("/")).body(full("")).unwrap();
    assert_eq!(http1().request(request).await.unwrap().status(), StatusCode::OK);
    let request = post(proxy.url("/healthz"), full("{}"));
    assert_eq!(http1().request(request).await.unwrap().status(), StatusCode::BAD_REQUEST);
}

async fn refused(change: impl FnOnce(&mut Config)) -> ServeError {
    let mut config = Config::default();
    change(&mut config);
    match Server::bind(config, Arc::new(LogRecorder)).await {
        Ok(_) => panic!("it must not start"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_port_in_use_says_what_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let error = refused(|config| config.listen = address.into()).await;
    let text = error.to_string();
    assert!(matches!(error, ServeError::InUse(taken) if taken == address.into()));
    assert!(text.contains(&address.to_string()) && text.contains("--listen"), "{text}");
}

#[tokio::test]
async fn a_faulty_configuration_never_starts() {
    let error = refused(|config| {
        config.upstreams = Upstreams::all("http://localhost:2738/v1".parse().unwrap());
    });
    assert!(matches!(error.await, ServeError::Loop(_)));
    for file in ["Cargo.toml", "no-such-file"] {
        let error = refused(|config| config.upstream_ca = Some(file.into())).await;
        assert!(matches!(error, ServeError::Tls(_)));
        assert!(error.to_string().contains("PEM"), "{error}");
    }
}

/// By a name that is not seen through before it is asked for.
#[tokio::test]
async fn an_upstream_that_leads_back_is_502() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    drop(taken);
    let base = format!("http://127.1:{}", address.port()).parse().unwrap();
    let mut proxy = Proxy::with(base, |config| config.listen = address.into()).await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert!(text(answer).await.contains("leads back to this proxy"));
    assert_eq!(proxy.record().await.ordinal, 1);
    assert!(proxy.records.try_recv().is_err(), "one request, not one for each turn of a loop");
}
