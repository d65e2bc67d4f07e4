//! How the proxy stops.

use crate::world::{Proxy, any, frames, full, get, http1, http2, post, telling, text, upstream};
use brevity_proxy::Config;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::Response;
use std::{sync::Mutex, time::Duration};
use tokio::{io::AsyncReadExt as _, net::TcpStream};

/// Longer than any test may take: where a bound must not be what ends it.
const NEVER: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn connections_without_requests_close_when_it_stops() {
    let (base, _told) = telling().await;
    let proxy = Proxy::with(base, |config| config.timeouts.drain = NEVER).await;
    let mut silent = TcpStream::connect(proxy.address).await.unwrap();
    let clients = [http1(), http2()];
    for client in &clients {
        text(client.request(get(proxy.url("/healthz"))).await.unwrap()).await;
        text(client.request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap()).await;
    }
    proxy.stop().await;
    assert_eq!(silent.read(&mut [0; 1]).await.unwrap_or(0), 0);
}

/// A proxy with an answer under way, its sender and the client's end of it.
macro_rules! under_way {
    ($change:expr) => {{
        let (send, body) = frames();
        send.send(Bytes::from_static(b"first")).unwrap();
        let body = Mutex::new(Some(body));
        let base = upstream(move |_| {
            let body = body.lock().unwrap().take().unwrap();
            async { Response::new(any(body)) }
        });
        let proxy = Proxy::with(base.await, $change).await;
        let request = post(proxy.url("/v1/messages"), full("{}"));
        let mut answer = http1().request(request).await.unwrap().into_body();
        answer.frame().await.unwrap().unwrap();
        (proxy, send, answer)
    }};
}

#[tokio::test]
async fn an_answer_under_way_is_finished_first() {
    let (proxy, send, answer) = under_way!(|config: &mut Config| config.timeouts.drain = NEVER);
    let address = proxy.address;
    let stopped = tokio::spawn(proxy.stop());
    // Once no new connection is taken, the proxy is draining.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    send.send(Bytes::from_static(b"last")).unwrap();
    drop(send);
    assert_eq!(answer.collect().await.unwrap().to_bytes(), "last");
    stopped.await.unwrap();
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_cut_off() {
    let drain = |config: &mut Config| config.timeouts.drain = Duration::from_millis(20);
    let (proxy, send, answer) = under_way!(drain);
    proxy.stop().await;
    assert!(answer.collect().await.is_err());
    drop(send);
}
