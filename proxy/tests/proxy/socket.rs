//! WebSockets through the proxy, frame by frame. Both ends are the tests' own, so bytes compare.

mod ends;
mod handshake;
mod requests;

use crate::world::Proxy;
use brevity_proxy::{Base, Config, Record};
use serde_json::{Value, json};
use std::fmt::Write as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

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
