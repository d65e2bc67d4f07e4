//! Upstreams behind an HTTP proxy of the network. The proxy is the tests' own; every name that it is
//! asked for is this machine.

mod faults;
mod requests;
mod secure;

use crate::world::{Proxy, telling};
use brevity_proxy::{Base, Config, Proxies};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// What the proxy is told of who asks: `user` and `pass-5740`, and how they travel.
const CREDENTIALS: (&str, &str) = ("user:pass-5740", "Basic dXNlcjpwYXNzLTU3NDA=");

/// An HTTP proxy. It tells the head of each request that it got.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    pub(crate) heads: mpsc::UnboundedReceiver<String>,
}

/// What it answers to CONNECT.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A tunnel.
    Tunnel,
    /// These bytes, then the end.
    Bytes(Arc<[u8]>),
    /// Nothing, until the other side leaves, which is told as an empty head.
    Nothing,
}

impl Relay {
    pub(crate) async fn new(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, heads) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), tell.clone()));
            }
        });
        Self { address, heads }
    }

    pub(crate) async fn answering(bytes: impl AsRef<[u8]>) -> Self {
        Self::new(Answer::Bytes(bytes.as_ref().into())).await
    }

    fn url(&self) -> String {
        format!("http://{}@{}", CREDENTIALS.0, self.address)
    }

    /// It leads to all upstreams, but those of `except`.
    fn leads(&self, except: &str) -> impl FnOnce(&mut Config) + use<> {
        let proxies = Proxies::all(self.url().parse().unwrap(), except);
        |config| config.upstream_proxy = proxies
    }

    /// How many requests came that nobody has looked at.
    fn unseen(&mut self) -> usize {
        std::iter::from_fn(|| self.heads.try_recv().ok()).count()
    }
}

/// Serves one connection of an HTTP proxy.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: Answer,
    tell: mpsc::UnboundedSender<String>,
) {
    let head = head(&mut stream).await;
    let port = head.split([' ', ':']).nth(2).and_then(|port| port.parse::<u16>().ok());
    let _ = tell.send(head);
    match answer {
        Answer::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Answer::Nothing => {
            let _ = stream.read(&mut [0]).await;
            let _ = tell.send(String::new());
        }
        Answer::Tunnel => {
            let mut there = TcpStream::connect(("127.0.0.1", port.unwrap())).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut there).await;
        }
    }
}

/// The next message's head, up to its empty line; what there is of it where the other side ends.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// `base` by a name that only the proxy of the network knows.
fn hidden(base: &Base) -> Base {
    let text = base.to_string();
    let text = text.replace("127.0.0.1", "upstream.test").replace("localhost", "upstream.test");
    text.parse().unwrap()
}

/// The head of the request for a tunnel to `base`.
fn connect(base: &Base) -> String {
    let base = base.to_string();
    let to = base.split("://").nth(1).unwrap();
    format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\nProxy-Authorization: {}\r\n\r\n", CREDENTIALS.1)
}
