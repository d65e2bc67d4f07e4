//! Frames of HTTP/2 by hand, on either side of a proxy.

use super::wire::{AWAITED, Scene};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RESET: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

/// The code of a stream that nobody wants any more.
pub(super) const CANCEL: u32 = 8;

/// A frame (RFC 9113, 4.1).
pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&len[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// Headers of a GET of `/healthz`, which the proxy answers by itself, coded without a table.
pub(super) fn health(flags: u8, stream: u32) -> Vec<u8> {
    let block = [&[0x82, 0x86, 0x04, 8][..], b"/healthz", &[0x41, 1], b"h"].concat();
    frame(HEADERS, flags, stream, &block)
}

/// Headers of a POST to Anthropic's messages, of this type.
pub(super) fn posting(flags: u8, stream: u32, kind: &str) -> Vec<u8> {
    let len = [u8::try_from(kind.len()).unwrap()];
    let block = [&[0x83, 0x86, 0x04, 12][..], b"/v1/messages", &[0x01, 1], b"h", &[0x0f, 16]];
    frame(HEADERS, flags, stream, &[&block.concat(), &len[..], kind.as_bytes()].concat())
}

/// A whole POST of `{}`.
pub(super) fn post(stream: u32) -> Vec<u8> {
    let head = posting(END_HEADERS, stream, "application/json");
    [head, frame(DATA, END_STREAM, stream, b"{}")].concat()
}

/// What ends a stream before its time.
pub(super) fn reset(stream: u32, code: u32) -> Vec<u8> {
    frame(RESET, 0, stream, &code.to_be_bytes())
}

/// A setting that gives each stream a window of `len` bytes.
pub(super) fn window(len: u32) -> Vec<u8> {
    frame(SETTINGS, 0, 0, &[&4_u16.to_be_bytes()[..], &len.to_be_bytes()].concat())
}

/// A frame that came.
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// The number that it is about: a code, a length.
    pub(super) fn number(&self) -> u32 {
        u32::from_be_bytes(self.payload[..4].try_into().unwrap())
    }
}

/// One end of a connection of HTTP/2. It answers pings.
pub(super) struct Framed<S> {
    stream: S,
    came: Vec<u8>,
}

impl Framed<TcpStream> {
    /// A client that has sent its preface, and settings that give each stream a window of `len`.
    pub(super) async fn client(scene: &Scene, len: u32) -> Self {
        let mut client = Self::new(TcpStream::connect(scene.proxy.address).await.unwrap());
        client.send([PREFACE, &window(len)].concat()).await;
        client
    }

    /// Ends the connection with a reset.
    pub(super) fn abort(self) {
        self.stream.set_zero_linger().unwrap();
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Framed<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, came: Vec::new() }
    }

    /// The other end of a client's connection, its preface taken.
    pub(super) async fn upstream(mut stream: S, len: u32) -> Self {
        stream.read_exact(&mut [0; PREFACE.len()]).await.unwrap();
        let mut upstream = Self::new(stream);
        upstream.send(window(len)).await;
        upstream
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Sends nothing more.
    pub(super) async fn half_close(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// The next frame; none where the connection has ended.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.parse() {
                if frame.kind == PING && frame.flags == 0 {
                    let pong = super::frames::frame(PING, 1, 0, &frame.payload);
                    let _ = self.stream.write_all(&pong).await;
                    continue;
                }
                return Some(frame);
            }
            let read = timeout(AWAITED, self.stream.read_buf(&mut self.came)).await;
            if !read.expect("a frame").is_ok_and(|len| len > 0) {
                return None;
            }
        }
    }

    fn parse(&mut self) -> Option<Frame> {
        let head: [u8; 9] = self.came.get(..9)?.try_into().unwrap();
        let [a, b, c, kind, flags, stream @ ..] = head;
        let end = 9 + u32::from_be_bytes([0, a, b, c]) as usize;
        self.came.get(..end)?;
        let payload = self.came.drain(..end).skip(9).collect();
        Some(Frame { kind, flags, stream: u32::from_be_bytes(stream), payload })
    }

    /// The next frame of this kind on this stream; others on their way are forgotten.
    pub(super) async fn until(&mut self, kind: u8, stream: u32) -> Frame {
        loop {
            let frame = self.next().await.expect("the connection ended");
            if (frame.kind, frame.stream) == (kind, stream) {
                return frame;
            }
        }
    }

    /// Reads until the other end has closed.
    pub(super) async fn ends(&mut self) {
        while self.next().await.is_some() {}
    }
}
