//! WebSockets through the proxy, frame by frame. Both ends are the tests' own, so bytes compare.

use crate::world::Proxy;
use brevity::Settings;
use brevity_proxy::{Attestation, Base, Config, Record, Skip};
use serde_json::{Value, json};
use std::{fmt::Write as _, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Longer than any test may take.
const NEVER: Duration = Duration::from_secs(3600);
const KEY: [u8; 4] = [0xa5, 0x5a, 0x00, 0xff];
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// One end of a connection.
struct End(TcpStream);

impl End {
    /// The next message's head, up to its empty line.
    async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Exactly `len` bytes.
    async fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.0.read_exact(&mut bytes).await.unwrap();
        bytes
    }

    /// The next frame: its first byte, its key if it has one, its payload unmasked.
    async fn frame(&mut self) -> (u8, Option<[u8; 4]>, Vec<u8>) {
        let [first, second] = self.bytes(2).await[..] else { unreachable!() };
        let len = match second & 0x7f {
            126 => usize::from(self.0.read_u16().await.unwrap()),
            127 => self.0.read_u64().await.unwrap() as usize,
            short => usize::from(short),
        };
        let mut key = None;
        if second & 0x80 != 0 {
            key = Some(self.bytes(4).await.try_into().unwrap());
        }
        let mut payload = self.bytes(len).await;
        masked(&mut payload, key.unwrap_or_default());
        (first, key, payload)
    }

    /// Everything up to the other side's end.
    async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).await.unwrap();
        rest
    }
}

fn masked(bytes: &mut [u8], key: [u8; 4]) {
    bytes.iter_mut().enumerate().for_each(|(at, byte)| *byte ^= key[at % 4]);
}

/// A frame with this first byte.
fn frame(first: u8, payload: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    let bit = if key.is_some() { 0x80 } else { 0 };
    let mut frame = vec![first];
    match payload.len() {
        len @ ..126 => frame.push(bit | len as u8),
        len @ ..65_536 => {
            frame.push(bit | 126);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(bit | 127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(key.iter().flatten());
    let start = frame.len();
    frame.extend(payload);
    masked(&mut frame[start..], key.unwrap_or_default());
    frame
}

/// A client's frame.
fn up(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    frame(first, payload.as_ref(), Some(KEY))
}

/// An upstream's frame.
fn down(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    frame(first, payload.as_ref(), None)
}

/// A connection through a proxy, after the handshake.
struct Linked {
    client: End,
    upstream: End,
    proxy: Proxy,
    /// The heads as they arrived.
    asked: String,
    agreed: String,
}

async fn listening() -> (TcpListener, Base) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    (listener, base)
}

fn handshake(path: &str, more: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: proxy\r\nConnection: keep-alive, Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    )
}

fn agreement(more: &str) -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {ACCEPT}\r\n{more}\r\n"
    )
}

async fn linked(path: &str, asks: &str, agrees: &str, change: impl FnOnce(&mut Config)) -> Linked {
    let (listener, base) = listening().await;
    let proxy = Proxy::with(base, change).await;
    let mut client = End(TcpStream::connect(proxy.address).await.unwrap());
    client.send(handshake(path, asks)).await;
    let mut upstream = End(listener.accept().await.unwrap().0);
    let asked = upstream.head().await;
    upstream.send(agreement(agrees)).await;
    let agreed = client.head().await;
    Linked { client, upstream, proxy, asked, agreed }
}

async fn responses(change: impl FnOnce(&mut Config)) -> Linked {
    linked("/v1/responses", "", "", change).await
}

/// What a tool printed: rows of JSON with equal keys.
fn rows() -> String {
    let mut rows = String::from("[");
    for row in 0..200 {
        let comma = if row == 0 { "" } else { ",\n " };
        write!(rows, r#"{comma}{{"id": {row}, "name": "unit {row}", "active": true}}"#).unwrap();
    }
    rows + "]"
}

/// A request with two equal results.
fn create(more: &Value) -> String {
    let call =
        |id| json!({"type": "function_call", "call_id": id, "name": "units", "arguments": "{}"});
    let result = |id| json!({"type": "function_call_output", "call_id": id, "output": rows()});
    let mut create = json!({"type": "response.create", "model": "m", "store": false,
        "input": [call("a"), result("a"), call("b"), result("b")]});
    create.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    create.to_string()
}

fn completed() -> String {
    let usage = json!({"input_tokens": 9, "output_tokens": 2,
        "input_tokens_details": {"cached_tokens": 4}});
    json!({"type": "response.completed", "response": {"object": "response", "usage": usage}})
        .to_string()
}

impl Linked {
    /// Sends `bytes`, which must arrive as they are.
    async fn passes(&mut self, bytes: &[u8]) {
        self.client.send(bytes).await;
        assert!(self.upstream.bytes(bytes.len()).await == bytes, "other bytes arrived");
    }

    /// Sends `bytes`, of which `request` must arrive, rewritten.
    async fn shortens(&mut self, bytes: &[u8], request: &str) -> String {
        self.client.send(bytes).await;
        let (first, key, payload) = self.upstream.frame().await;
        assert_eq!(first, 0x81, "one frame, text");
        assert!(key.is_some_and(|key| key != KEY), "masked with a key of its own");
        assert!(payload.len() < request.len() / 2);
        assert!(brevity::expand(&payload) == request.as_bytes(), "not what was sent");
        String::from_utf8(payload).unwrap()
    }

    /// Ends the connection from the client's side; its records.
    async fn ended(self, count: usize) -> Vec<Record> {
        let Self { client, mut upstream, mut proxy, .. } = self;
        drop(client);
        upstream.rest().await;
        drop(upstream);
        let mut records = Vec::new();
        for _ in 0..count {
            records.push(proxy.record().await);
        }
        records.sort_by_key(|record| record.ordinal);
        records
    }
}

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
async fn what_asks_for_a_response_leaves_shorter_and_all_else_as_it_came() {
    let mut linked = responses(|_| {}).await;
    assert!(linked.asked.contains("Sec-WebSocket-Key") && linked.agreed.contains(ACCEPT));
    let request = create(&json!({}));
    let sent = linked.shortens(&up(0x81, &request), &request).await;
    assert!(sent.contains("[same as tool output 1, line"));
    let continues = create(&json!({"previous_response_id": "resp_1"}));
    let event = down(0x81, completed());
    linked.upstream.send(&event).await;
    assert_eq!(linked.client.bytes(event.len()).await, event);

    let sent = linked.shortens(&up(0x81, &continues), &continues).await;
    assert!(!sent.contains("[same as tool output"), "the model may not see the other one");
    for other in [
        up(0x81, create(&json!({"type": "response.cancel"}))),
        up(0x81, "{\"type\":\"response.create\",\"input\":[]}"),
        up(0x81, "not json"),
        up(0x82, &request),
        up(0x89, "ping"),
        up(0x8a, ""),
    ] {
        linked.passes(&other).await;
    }
    let records = linked.ended(4).await;
    let [connection, first, second, third] = &records[..] else { panic!("four records") };
    assert_eq!((connection.method.as_str(), first.method.as_str()), ("GET", "WS"));
    assert_eq!(first.bytes_in, request.len() as u64);
    assert!(first.bytes_out < first.bytes_in / 2);
    assert_eq!((first.model.as_deref(), first.outcomes.len()), (Some("m"), 2));
    let usage = first.usage.as_ref().unwrap();
    assert_eq!((usage.input, usage.cache_read, usage.output), (Some(5), Some(4), Some(2)));
    assert_eq!((first.answer_bytes, &first.error), (completed().len() as u64, &None));
    assert!(second.usage.is_none() && second.error.is_some(), "it was never answered");
    assert_eq!(third.bytes_in, third.bytes_out);
    assert_eq!(connection.bytes_in, connection.bytes_out);
    assert!(first.to_string().contains(" WS /v1/responses 101 m | "), "{first}");
}

#[tokio::test]
async fn frames_may_be_in_pieces_and_pings_do_not_wait() {
    let mut linked = responses(|_| {}).await;
    let request = create(&json!({}));
    let (start, end) = request.split_at(1000);
    linked.client.send(up(0x01, start)).await;
    linked.client.send(up(0x00, "")).await;
    // It arrives though the message before it is not complete.
    linked.passes(&up(0x89, "are you there")).await;
    linked.upstream.send(down(0x8a, "yes")).await;
    assert_eq!(linked.client.frame().await, (0x8a, None, b"yes".to_vec()));
    linked.shortens(&up(0x80, end), &request).await;
    let whole = up(0x81, &request);
    let (last, bytes) = whole.split_last().unwrap();
    for piece in bytes.chunks(257) {
        linked.client.send(piece).await;
        linked.client.0.flush().await.unwrap();
    }
    linked.shortens(&[*last], &request).await;
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
async fn a_message_beyond_the_limit_passes() {
    let request = create(&json!({}));
    let limit = request.len() + 6 + 2;
    let mut linked = responses(|config| {
        let mut settings = Settings::default();
        settings.limits.request = limit;
        config.settings = Arc::new(settings);
    })
    .await;
    let longer = create(&json!({"more": "of it"}));
    linked.passes(&up(0x81, &longer)).await;
    let (start, end) = request.split_at(100);
    linked.passes(&[up(0x01, start), up(0x80, end)].concat()).await;
    linked.shortens(&up(0x81, &request), &request).await;
    assert_eq!(linked.ended(2).await[0].skip, Some(Skip::TooLong));
}

#[tokio::test]
async fn what_is_no_frame_passes_and_so_does_the_rest() {
    let mut linked = responses(|_| {}).await;
    let request = create(&json!({}));
    linked.shortens(&up(0x81, &request), &request).await;
    linked.passes(&[down(0x81, "not masked"), up(0x81, &request)].concat()).await;
    assert_eq!(linked.ended(2).await[0].skip, Some(Skip::Malformed));
}

#[tokio::test]
async fn compressed_messages_pass() {
    let deflate = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n";
    let mut compressed = linked("/v1/responses", deflate, deflate, |_| {}).await;
    let request = create(&json!({}));
    compressed.passes(&up(0xc1, "compressed")).await;
    compressed.shortens(&up(0x81, &request), &request).await;
    assert_eq!(compressed.ended(2).await[0].skip, Some(Skip::Encoded));

    let other = "Sec-WebSocket-Extensions: permessage-deflate, other\r\n";
    let mut unknown = linked("/v1/responses", other, other, |_| {}).await;
    unknown.passes(&up(0x81, &request)).await;
    assert_eq!(unknown.ended(1).await[0].skip, Some(Skip::Encoded));
}

#[tokio::test]
async fn logins_pass_and_are_read_along() {
    let login = "ChatGPT-Account-Id: x\r\n";
    let mut linked = linked("/backend-api/codex/responses", login, "", |_| {}).await;
    linked.passes(&up(0x81, create(&json!({})))).await;
    linked.upstream.send(down(0x81, completed())).await;
    linked.client.frame().await;
    let records = linked.ended(2).await;
    assert_eq!(records[1].skip, Some(Skip::Attested(Attestation::Login)));
    assert_eq!(records[1].usage.as_ref().unwrap().output, Some(2));
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
