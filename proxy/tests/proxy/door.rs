//! Who may speak to the proxy.

mod hosts;
#[cfg(unix)]
mod socket;
mod token;

use crate::world::{AnyBody, full};
use hyper::{Request, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};

/// A client of HTTP/2 whose connection goes to `address`, whatever its requests name.
async fn http2_to(address: SocketAddr) -> http2::SendRequest<AnyBody> {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The status of the answer to `head`, which leads to `address` over HTTP/2.
async fn status_of_http2(address: SocketAddr, head: hyper::http::request::Builder) -> u16 {
    let request: Request<AnyBody> = head.body(full("")).unwrap();
    http2_to(address).await.send_request(request).await.unwrap().status().as_u16()
}

/// All that is answered to `bytes` until the connection ends.
async fn said(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: &str) -> String {
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// The same, where `address` is asked.
async fn said_at(address: SocketAddr, bytes: &str) -> String {
    said(TcpStream::connect(address).await.unwrap(), bytes).await
}

/// The number in a status line.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}
