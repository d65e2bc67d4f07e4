//! How a connection begins.

use super::{ACCEPT, End, agreement, create, down, handshake, linked, listening, up};
use crate::world::Proxy;
use brevity_proxy::Skip;
use serde_json::json;
use tokio::net::TcpStream;

#[tokio::test]
async fn the_handshake_goes_to_the_upstream_first_and_keeps_its_headers() {
    let (listener, base) = listening().await;
    let proxy = Proxy::before(base).await;
    let mut client = End(TcpStream::connect(proxy.address).await.unwrap());
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\
                 Sec-WebSocket-Protocol: a, b\r\nAuthorization: Bearer x\r\n";
    client.send(handshake("/v1/responses?x=1", offer)).await;
    let mut upstream = End(listener.accept().await.unwrap().0);
    let asked = upstream.head().await;
    assert!(asked.starts_with("GET /v1/responses?x=1 HTTP/1.1\r\n"), "{asked}");
    for line in offer.lines().chain([
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "Upgrade: websocket",
        "Connection: Upgrade",
    ]) {
        assert!(asked.contains(&format!("{line}\r\n")), "{line} is not in {asked}");
    }
    let mut early = [0];
    assert!(client.0.try_read(&mut early).is_err(), "nothing was promised yet");
    upstream.send(agreement("Sec-WebSocket-Protocol: b\r\n")).await;
    let agreed = client.head().await;
    assert!(agreed.starts_with("HTTP/1.1 101 "), "{agreed}");
    for line in [
        &format!("Sec-WebSocket-Accept: {ACCEPT}"),
        "Sec-WebSocket-Protocol: b",
        "Upgrade: websocket",
        "Connection: Upgrade",
    ] {
        assert!(agreed.contains(&format!("{line}\r\n")), "{line} is not in {agreed}");
    }
}

#[tokio::test]
async fn other_paths_are_carried_as_they_are() {
    for path in ["/v1/realtime", "/v1/responses/x"] {
        let mut linked = linked(path, "", "", |_| {}).await;
        linked.passes(&up(0x81, create(&json!({})))).await;
        linked.passes(b"no frames at all").await;
        let answer = down(0x82, [0; 70_000]);
        linked.upstream.send(&answer).await;
        assert_eq!(linked.client.bytes(answer.len()).await, answer);
        let records = linked.ended(1).await;
        let [record] = &records[..] else { panic!("one record") };
        assert_eq!(record.status.map(|status| status.as_u16()), Some(101));
        assert_eq!((record.bytes_in, record.skip), (record.bytes_out, Some(Skip::NoDialect)));
        assert_eq!(record.answer_bytes, answer.len() as u64);
    }
}

#[tokio::test]
async fn a_refusal_passes_and_the_connection_goes_on() {
    let (listener, base) = listening().await;
    let mut proxy = Proxy::before(base).await;
    let mut client = End(TcpStream::connect(proxy.address).await.unwrap());
    for status in ["426 Upgrade Required", "404 Not Found", "200 OK"] {
        client.send(handshake("/v1/responses", "")).await;
        let mut upstream = End(listener.accept().await.unwrap().0);
        upstream.head().await;
        let answer = format!(
            "HTTP/1.1 {status}\r\nX-Why: because\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
        );
        upstream.send(&answer).await;
        let head = client.head().await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\nX-Why: because\r\n")), "{head}");
        assert_eq!(client.bytes(2).await, b"no");
        let record = proxy.record().await;
        assert!(status.starts_with(record.status.unwrap().as_str()));
    }
}

#[tokio::test]
async fn another_protocol_is_not_asked_for() {
    let (listener, base) = listening().await;
    let proxy = Proxy::before(base).await;
    let mut client = End(TcpStream::connect(proxy.address).await.unwrap());
    client.send(handshake("/", "").replace("websocket", "h2c")).await;
    let asked = End(listener.accept().await.unwrap().0).head().await;
    assert!(!asked.to_lowercase().contains("upgrade"), "{asked}");
}
