//! How long the proxy waits, and how much it takes on at once.

use std::time::Duration;

/// How long the proxy waits. None of these bounds a whole stream, which may last as long as it
/// moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For a connection to an upstream, TLS included.
    pub connect: Duration,
    /// For the head of a request, and how long an unused connection of a client stays open.
    pub head: Duration,
    /// For the next byte of a request's body.
    pub body: Duration,
    /// For memory to hold a body in, while others fill it.
    pub memory: Duration,
    /// For the next byte of an answer, and for the client to take one. Models think for minutes
    /// before the first.
    pub idle: Duration,
    /// For requests that are on their way when the proxy is told to stop.
    pub drain: Duration,
}

/// How much the proxy takes on at once. Load decides who is served, never what a request becomes:
/// what is beyond waits or is refused, and is not rewritten in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Caps {
    /// Connections of clients. Those beyond wait in the system's queue until one closes.
    pub connections: usize,
    /// Requests and WebSockets on their way. Beyond: 503.
    pub requests: usize,
    /// Those of one client, told by its address; at a Unix socket, by its user. Beyond: 429.
    pub requests_per_client: usize,
    /// The head of a request, in bytes. Beyond: 431.
    pub head: usize,
    /// The fields of a head. Beyond: 431.
    pub fields: usize,
    /// What held bodies take together, in bytes. Beyond, a request waits for
    /// [`Timeouts::memory`], then: 503.
    pub memory: usize,
    /// The body of a request, in bytes. Beyond: 413. None by default.
    pub body: Option<u64>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            head: Duration::from_secs(60),
            body: Duration::from_secs(60),
            memory: Duration::from_secs(30),
            idle: Duration::from_secs(15 * 60),
            drain: Duration::from_secs(30),
        }
    }
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            connections: 8_192,
            requests: 8_192,
            requests_per_client: 4_096,
            head: 64 << 10,
            fields: 128,
            memory: 512 << 20,
            body: None,
        }
    }
}
