//! Bytes by hand, on both sides of a proxy.

use crate::world::Proxy;
use brevity_proxy::{Base, Config};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    task::yield_now,
    time::timeout,
};

/// Longer than any test may take: where a bound must not be what ends it.
pub(super) const NEVER: Duration = Duration::from_secs(3600);

/// A bound that is to be hit.
pub(super) const SOON: Duration = Duration::from_millis(20);

/// How long an event may take until the test is given up.
pub(super) const AWAITED: Duration = Duration::from_secs(20);

/// The proxy, the upstream that the test is, and how many tasks there were before.
pub(super) struct Scene {
    pub(super) proxy: Proxy,
    listener: TcpListener,
    /// The same, to look without waiting.
    at_once: std::net::TcpListener,
    tasks: usize,
}

/// One end of a connection.
pub(super) struct Wire {
    stream: TcpStream,
    came: Vec<u8>,
}

impl Scene {
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::before("http://127.0.0.1", change).await
    }

    /// In front of an upstream that speaks TLS.
    pub(super) async fn secure(change: impl FnOnce(&mut Config)) -> Self {
        Self::before("https://localhost", change).await
    }

    async fn before(upstream: &str, change: impl FnOnce(&mut Config)) -> Self {
        let tasks = alive();
        let at_once = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        at_once.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(at_once.try_clone().unwrap()).unwrap();
        let port = listener.local_addr().unwrap().port();
        let base: Base = format!("{upstream}:{port}").parse().unwrap();
        let proxy = Proxy::with(base, change).await;
        Self { proxy, listener, at_once, tasks }
    }

    /// A client that has connected.
    pub(super) async fn client(&self) -> Wire {
        Wire::new(TcpStream::connect(self.proxy.address).await.unwrap())
    }

    /// A client that has sent `bytes`.
    pub(super) async fn sends(&self, bytes: impl AsRef<[u8]>) -> Wire {
        let mut client = self.client().await;
        client.send(bytes).await;
        client
    }

    /// The proxy's next connection to the upstream.
    pub(super) async fn upstream(&self) -> Wire {
        Wire::new(self.accept().await)
    }

    /// The same, with nothing around it.
    pub(super) async fn accept(&self) -> TcpStream {
        timeout(AWAITED, self.listener.accept()).await.expect("a connection").unwrap().0
    }

    /// The upstream's next connection, and the request on it.
    pub(super) async fn asked(&self) -> (Wire, String) {
        let mut upstream = self.upstream().await;
        let request = upstream.message().await;
        (upstream, request)
    }

    /// Whether no connection came to the upstream that it has not taken.
    pub(super) fn was_left_alone(&self) -> bool {
        self.at_once.accept().is_err()
    }

    /// Waits until the proxy counts nothing any more and no connection is open on either side, then
    /// stops it; no task of it is left.
    pub(super) async fn ends_clean(self) {
        let Self { proxy, listener, tasks, .. } = self;
        let load = proxy.load.clone();
        let counts = || (load.connections(), load.requests(), load.held());
        until(|| counts() == (0, 0, 0), || format!("{:?} are left", counts())).await;
        let ports = [proxy.address.port(), listener.local_addr().unwrap().port()];
        until(|| sockets(ports) == 0, || format!("{} sockets are left", sockets(ports))).await;
        proxy.stop().await;
        drop(listener);
        until(|| alive() <= tasks, || format!("{} tasks are left of {tasks}", alive())).await;
    }
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, came: Vec::new() }
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// As much of `bytes` as the other end takes.
    pub(super) async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Takes and forgets what is there by now.
    pub(super) async fn take(&mut self) {
        tokio::task::yield_now().await;
        let mut scratch = [0; 64 << 10];
        while self.stream.try_read(&mut scratch).is_ok_and(|len| len > 0) {}
    }

    /// Sends `chunk` over and over until the other end says something.
    pub(super) async fn floods(&mut self, chunk: &[u8]) {
        loop {
            tokio::select! {
                biased;
                _ = self.stream.readable() => return,
                writable = self.stream.writable() => {
                    writable.unwrap();
                    let _ = self.stream.try_write(chunk);
                }
            }
        }
    }

    /// Sends nothing more; still reads.
    pub(super) async fn half_close(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// Ends the connection with a reset.
    pub(super) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// Whether more came.
    async fn more(&mut self) -> bool {
        let read = timeout(AWAITED, self.stream.read_buf(&mut self.came)).await;
        read.unwrap_or_else(|_| panic!("nothing comes behind {:?}", lossy(&self.came)))
            .is_ok_and(|len| len > 0)
    }

    /// All bytes up to and with `end`.
    pub(super) async fn until(&mut self, end: &str) -> String {
        loop {
            let at = self.came.windows(end.len()).position(|part| part == end.as_bytes());
            if let Some(at) = at {
                return lossy(&self.came.drain(..at + end.len()).collect::<Vec<_>>());
            }
            assert!(self.more().await, "no {end:?} in {:?}", lossy(&self.came));
        }
    }

    /// One message: its head, and the body that the head tells of. A chunked one is left raw.
    pub(super) async fn message(&mut self) -> String {
        let mut message = self.until("\r\n\r\n").await;
        let head = message.to_ascii_lowercase();
        if head.contains("transfer-encoding: chunked") {
            message += &self.until("0\r\n\r\n").await;
        } else if let Some((_, rest)) = head.split_once("content-length: ") {
            let len: usize = rest.split("\r\n").next().unwrap().parse().unwrap();
            while self.came.len() < len {
                assert!(self.more().await, "the body broke off: {message:?}");
            }
            message += &lossy(&self.came.drain(..len).collect::<Vec<_>>());
        }
        message
    }

    /// All that comes until the other end closes.
    pub(super) async fn rest(&mut self) -> String {
        while self.more().await {}
        lossy(&std::mem::take(&mut self.came))
    }
}

/// Waits for something that nobody tells of.
pub(super) async fn until(is: impl Fn() -> bool, why: impl Fn() -> String) {
    let wait = async {
        while !is() {
            yield_now().await;
        }
    };
    assert!(timeout(AWAITED, wait).await.is_ok(), "{}", why());
}

/// So much time passes at once.
pub(super) async fn passes(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// A request to Anthropic's messages with this body.
pub(super) fn post(body: &str) -> String {
    let len = body.len();
    format!(
        "POST /v1/messages HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n\
         content-length: {len}\r\n\r\n{body}"
    )
}

/// A status line's number.
pub(super) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

/// Checks that `answer` is the proxy's own error, in the shape of Anthropic's.
pub(super) fn is_own(answer: &str, expected: u16) {
    assert_eq!(status(answer), expected, "{answer}");
    assert!(answer.contains(r#"{"type":"error","error":{"type":""#), "{answer}");
    assert!(answer.contains(r#""message":"brevity: "#), "{answer}");
}

pub(super) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// How many connections at these ports a process of this machine has open, as Linux tells.
fn sockets(ports: [u16; 2]) -> usize {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let is_open = |line: &&str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let [_, here, there, state, _, _, _, _, _, inode, ..] = fields[..] else { return false };
        let is_one = |port| [here, there].iter().any(|at| at.ends_with(&format!(":{port:04X}")));
        // A listener is no connection, and what nobody holds any more has no number.
        ports.into_iter().any(is_one) && state != "0A" && inode != "0"
    };
    table.lines().filter(is_open).count()
}

fn alive() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
