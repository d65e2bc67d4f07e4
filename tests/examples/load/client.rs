//! Clients: requests in a loop, and streams whose every event is checked.

use crate::{upstream::event, wire::Wire};
use brevity_tests::generate::conversation::{Client, Conversation, Shape};
use std::{
    io,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// How long a stream may be silent, beyond its own gap, before it counts as broken.
const SILENT: Duration = Duration::from_secs(60);

/// What came of a load of requests.
#[derive(Default)]
pub(crate) struct Load {
    /// Of each exchange that went well, in microseconds.
    pub(crate) latencies: Vec<u64>,
    pub(crate) errors: u64,
    pub(crate) elapsed: Duration,
}

/// When events came.
pub(crate) struct Arrivals {
    /// From the request to the first event.
    pub(crate) first: Duration,
    /// From the request to the end.
    pub(crate) all: Duration,
    /// Between one event and the next.
    pub(crate) gaps: Vec<Duration>,
}

/// A request as bytes.
pub(crate) fn request(target: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let len = body.len();
    let mut request = format!(
        "POST {target} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
         anthropic-version: 2023-06-01\r\naccept: */*\r\n{more}content-length: {len}\r\n\r\n"
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

/// A short body of 1 KB.
pub(crate) fn short() -> Vec<u8> {
    let text = "a question of a few words, ".repeat(33);
    format!(
        "{{\"model\":\"m\",\"max_tokens\":1024,\"messages\":[{{\"role\":\"user\",\"content\":\"{text}\"}}]}}"
    )
    .into_bytes()
}

/// An agent's body of at least `len` bytes, as Claude Code writes it.
pub(crate) fn agent(seed: u64, len: usize) -> Vec<u8> {
    let shape = Shape::of(Client::ClaudeCode);
    // A turn is some 8 KB. Twice as many turns as that makes are enough.
    let conversation = Conversation::generate(seed, (len / 4_000).max(8));
    let (mut low, mut high) = (0, conversation.turns());
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        match conversation.body(middle, shape).len() < len {
            true => low = middle,
            false => high = middle,
        }
    }
    conversation.body(high, shape)
}

/// One exchange; whether it was answered with 200.
pub(crate) async fn exchange(wire: &mut Wire, request: &[u8]) -> io::Result<u16> {
    wire.send(request).await?;
    let head = wire.head().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    wire.body(head.length, |_| {}).await?;
    Ok(head.status())
}

/// Sends `request` on so many connections, again and again, for `time`.
pub(crate) async fn fire(to: u16, request: &[u8], connections: u64, time: Duration) -> Load {
    let start = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        let request = request.to_vec();
        clients.spawn(async move { repeat(to, &request, start + time).await });
    }
    let mut all = Load::default();
    while let Some(load) = clients.join_next().await {
        let load = load.unwrap_or_else(|_| Load { errors: 1, ..Load::default() });
        all.latencies.extend(load.latencies);
        all.errors += load.errors;
    }
    all.elapsed = start.elapsed();
    all
}

async fn repeat(to: u16, request: &[u8], until: Instant) -> Load {
    let mut load = Load::default();
    let mut wire = None;
    while Instant::now() < until {
        let start = Instant::now();
        let outcome = once(&mut wire, to, request).await;
        match outcome {
            Ok(200) => load.latencies.push(start.elapsed().as_micros() as u64),
            _ => {
                load.errors += 1;
                wire = None;
            }
        }
    }
    load
}

async fn once(wire: &mut Option<Wire>, to: u16, request: &[u8]) -> io::Result<u16> {
    let wire = match wire {
        Some(wire) => wire,
        None => wire.insert(Wire::connect(("127.0.0.1", to)).await?),
    };
    exchange(wire, request).await
}

/// Reads one stream of `count` events and checks each of them.
pub(crate) async fn stream(to: u16, count: u64, gap: u64) -> io::Result<Arrivals> {
    let mut wire = Wire::connect(("127.0.0.1", to)).await?;
    events(&mut wire, count, gap, "").await
}

/// The same on a connection, with `more` in the query. What came before a break was checked.
pub(crate) async fn events(
    wire: &mut Wire,
    count: u64,
    gap: u64,
    more: &str,
) -> io::Result<Arrivals> {
    let start = Instant::now();
    let body = br#"{"model":"m","max_tokens":16,"stream":true,"messages":[]}"#;
    let target = format!("/v1/messages?events={count}&gap={gap}{more}");
    wire.send(&request(&target, "", body)).await?;
    let (mut checked, mut times) = (Check::default(), Vec::with_capacity(count as usize));
    let read = async {
        let head = wire.head().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let each = |piece: &[u8]| checked.read(piece, || times.push(start.elapsed()));
        wire.body(head.length, each).await
    };
    let most = SILENT + Duration::from_millis(count * gap);
    tokio::time::timeout(most, read).await.map_err(|_| io::ErrorKind::TimedOut)??;
    let first = *times.first().ok_or(io::ErrorKind::UnexpectedEof)?;
    if checked.wrong || checked.next != count || !checked.held.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "an event is not as it was sent"));
    }
    let gaps = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    Ok(Arrivals { first, all: start.elapsed(), gaps })
}

/// Compares what comes with what was sent.
#[derive(Default)]
struct Check {
    next: u64,
    held: Vec<u8>,
    wrong: bool,
}

impl Check {
    fn read(&mut self, piece: &[u8], mut each: impl FnMut()) {
        self.held.extend_from_slice(piece);
        while let Some(end) = memchr::memmem::find(&self.held, b"\n\n") {
            let rest = self.held.split_off(end + 2);
            let came = std::mem::replace(&mut self.held, rest);
            self.wrong |= came != event(self.next).as_bytes();
            self.next += 1;
            each();
        }
    }
}
