//! What holds for any bytes from either side, for the fuzz targets. Not part of the crate's face.

use crate::{Config, LogRecorder, Server, Upstreams};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, duplex},
    net::TcpListener,
    runtime::{Builder, Runtime},
};

/// What a request needs that reaches the upstream.
const REQUEST: &[u8] =
    b"POST /v1/messages HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n\
    connection: close\r\ncontent-length: 2\r\n\r\n{}";

/// A proxy and the upstream behind it, made once.
struct World {
    runtime: Runtime,
    server: Server,
    upstream: TcpListener,
}

static WORLD: Mutex<Option<World>> = Mutex::new(None);

impl World {
    fn new() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (server, upstream) = runtime.block_on(async {
            let upstream = TcpListener::bind("127.0.0.1:0").await?;
            let base = format!("http://{}", upstream.local_addr()?).parse();
            let config = Config {
                listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into(),
                upstreams: Upstreams::all(base.map_err(std::io::Error::other)?),
                ..Config::default()
            };
            let server = Server::bind(config, Arc::new(LogRecorder)).await;
            std::io::Result::Ok((server.map_err(std::io::Error::other)?, upstream))
        })?;
        Ok(Self { runtime, server, upstream })
    }

    /// What a client gets that sends `request`, where each connection to the upstream gets `answer`.
    fn exchange(&self, request: &[u8], answer: &[u8], leaves: bool) -> Vec<u8> {
        self.runtime.block_on(async {
            let (mut client, server) = duplex(1 << 16);
            let upstream = async {
                loop {
                    let Ok((mut stream, _)) = self.upstream.accept().await else { continue };
                    let mut asked = [0; 64];
                    let _ = stream.read(&mut asked).await;
                    let _ = stream.write_all(answer).await;
                    let _ = stream.set_zero_linger();
                }
            };
            let sends = async {
                let mut came = Vec::new();
                let (mut reader, mut writer) = tokio::io::split(&mut client);
                let write = async {
                    let _ = writer.write_all(request).await;
                    if leaves {
                        let _ = writer.shutdown().await;
                    }
                };
                let _ = tokio::join!(write, reader.read_to_end(&mut came));
                came
            };
            tokio::select! {
                () = upstream => Vec::new(),
                (came, ()) = async { tokio::join!(sends, self.server.serve_one(server)) } => came,
            }
        })
    }
}

/// A client that sends any bytes gets answers of HTTP or nothing, and the connection ends.
pub fn listener(data: &[u8]) {
    // It leaves then: what it has begun need not be waited for.
    let came = exchange(data, b"", true);
    let is_http = came.is_empty() || came.starts_with(b"HTTP/1.") || came.len() >= 9;
    assert!(is_http, "{:?}", String::from_utf8_lossy(&came));
}

/// An upstream that answers with any bytes ends in an answer of HTTP or in a broken connection.
pub fn upstream(data: &[u8]) {
    let came = exchange(REQUEST, data, false);
    assert!(
        came.is_empty() || came.starts_with(b"HTTP/1.1 "),
        "{:?}",
        String::from_utf8_lossy(&came)
    );
}

fn exchange(request: &[u8], answer: &[u8], leaves: bool) -> Vec<u8> {
    let mut world = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    let world = world.get_or_insert_with(|| World::new().expect("a proxy on this machine"));
    world.exchange(request, answer, leaves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_from_the_upstream_end() {
        for data in ["", "nonsense", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\nx"]
        {
            upstream(data.as_bytes());
        }
    }

    #[test]
    fn any_bytes_from_a_client_end() {
        for data in ["", "nonsense\r\n\r\n", "GET /healthz HTTP/1.1\r\n\r\n"] {
            listener(data.as_bytes());
        }
        listener(REQUEST);
    }
}
