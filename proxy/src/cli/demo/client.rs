//! The client of a replay: one connection, one request after the other.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    client::conn::http1::{self, SendRequest},
    header::{CONTENT_TYPE, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use std::{
    error::Error,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::net::TcpStream;

/// A connection to the proxy.
pub(super) struct Client {
    address: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
}

/// What came back.
pub(super) struct Answer {
    /// The answer's body.
    pub(super) body: Vec<u8>,
    /// From the request's first byte to the answer's first.
    pub(super) first_byte: Duration,
}

impl Client {
    /// Connects to `address`.
    pub(super) async fn connect(address: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { address, sender })
    }

    /// Posts `body` and reads the whole answer.
    pub(super) async fn send(&mut self, body: Bytes) -> Result<Answer, Box<dyn Error>> {
        let request = Request::post("/v1/messages?beta=true")
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("brevity-demo/", env!("CARGO_PKG_VERSION")))
            .header("anthropic-version", "2023-06-01")
            .header("x-api-key", "demo")
            .body(Full::new(body))?;
        self.sender.ready().await?;
        let start = Instant::now();
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let (mut frames, mut body, mut first_byte) = (response.into_body(), Vec::new(), None);
        while let Some(frame) = frames.frame().await {
            first_byte.get_or_insert_with(|| start.elapsed());
            if let Some(data) = frame?.data_ref() {
                body.extend_from_slice(data);
            }
        }
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(Answer { body, first_byte: first_byte.unwrap_or_else(|| start.elapsed()) })
    }
}
