//! Stalls: what two requests of 20 MB under rewriting do to 200 streams and to `/healthz`.
//!
//! On a machine whose cores are all taken, streams also wait for upstream and clients, which run there
//! too. The last row tells that part: the same streams beside as many processes that only count.

use crate::{
    client::{agent, exchange, request, stream},
    figures::{head, median, micros, quantile, row},
    rivals::World,
    wire::Wire,
};
use std::{
    io,
    process::{Child, Command, ExitCode},
    time::{Duration, Instant},
};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

const STREAMS: u64 = 200;
/// Between two events of a stream, in milliseconds.
const GAP: u64 = 100;
const ROUNDS: usize = 4;
const BIG: usize = 20_000_000;

/// What may run beside the streams.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    Requests,
    Counting,
}

/// A process that only takes CPU time; it ends when dropped.
struct Counting(Child);

impl Drop for Counting {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What one round gave: quantiles in milliseconds, and the requests of 20 MB.
struct Round([f64; 7]);

/// Alternating rounds of `seconds` each.
pub(crate) async fn run(seconds: u64) -> io::Result<ExitCode> {
    let world = World::start(&["brevity"])?;
    let port = world.brevity()?.port;
    println!("making a body of 20 MB");
    let big = request("/v1/messages", "", &agent(7, BIG));
    let kinds = [
        ("alone", Beside::Nothing),
        ("two 20 MB requests", Beside::Requests),
        ("two that only count", Beside::Counting),
    ];
    let mut rounds = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for (at, (_, beside)) in kinds.iter().enumerate() {
            rounds[at].push(one(port, *beside, &big, seconds).await?);
        }
    }
    head(
        &format!(
            "{STREAMS} streams, an event each {GAP} ms; medians of {ROUNDS} rounds of {seconds} s"
        ),
        &[
            "gap p50 ms",
            "gap p99 ms",
            "gap max ms",
            "health p99",
            "health max",
            "20 MB sent",
            "ms each",
        ],
    );
    for ((name, _), rounds) in kinds.iter().zip(&rounds) {
        let figure = |at: usize| median(rounds.iter().map(|Round(figures)| figures[at]));
        let figures: Vec<_> = (0..7).map(|at| (figure(at), if at < 5 { 2 } else { 0 })).collect();
        row(name, &figures);
    }
    Ok(ExitCode::SUCCESS)
}

async fn one(port: u16, beside: Beside, big: &[u8], seconds: u64) -> io::Result<Round> {
    let (mut counting, mut requests) = (Vec::new(), JoinSet::new());
    let time = Duration::from_secs(seconds);
    for _ in 0..2 {
        match beside {
            Beside::Nothing => {}
            Beside::Counting => {
                let command = ["-c", "while :; do :; done"];
                counting.push(Counting(Command::new("sh").args(command).spawn()?));
            }
            Beside::Requests => {
                let big = big.to_vec();
                requests.spawn(async move { repeat(port, &big, time).await });
            }
        }
    }
    let health = tokio::spawn(health(port, time));
    let mut gaps = crowd(port, seconds * 1_000 / GAP).await?;
    let mut health = health.await.map_err(io::Error::other)??;
    let mut times = Vec::new();
    while let Some(sent) = requests.join_next().await {
        times.extend(sent.map_err(io::Error::other)??);
    }
    let quantile = |of: &mut Vec<u64>, share| quantile(of, share) as f64 / 1e3;
    Ok(Round([
        quantile(&mut gaps, 0.5),
        quantile(&mut gaps, 0.99),
        quantile(&mut gaps, 1.0),
        quantile(&mut health, 0.99),
        quantile(&mut health, 1.0),
        times.len() as f64,
        quantile(&mut times, 0.5),
    ]))
}

async fn crowd(port: u16, events: u64) -> io::Result<Vec<u64>> {
    let mut running = JoinSet::new();
    for at in 0..STREAMS {
        running.spawn(async move {
            // Spread over the gap.
            sleep(Duration::from_micros(at * GAP * 1_000 / STREAMS)).await;
            stream(port, events, GAP).await
        });
    }
    let mut gaps = Vec::new();
    while let Some(ended) = running.join_next().await {
        gaps.extend(micros(ended.map_err(io::Error::other)??.gaps));
    }
    Ok(gaps)
}

/// Sends `request` for `time`, the last one to its end. Returns how long each took, in microseconds.
async fn repeat(port: u16, request: &[u8], time: Duration) -> io::Result<Vec<u64>> {
    let (start, mut times) = (Instant::now(), Vec::new());
    let mut wire = Wire::connect(("127.0.0.1", port)).await?;
    while start.elapsed() < time {
        let sent = Instant::now();
        let status = timeout(Duration::from_secs(60), exchange(&mut wire, request)).await??;
        if status != 200 {
            return Err(io::Error::other(format!("a request of 20 MB was answered with {status}")));
        }
        times.push(sent.elapsed().as_micros() as u64);
    }
    Ok(times)
}

/// Asks whether the proxy lives, each 10 ms.
async fn health(port: u16, time: Duration) -> io::Result<Vec<u64>> {
    let (start, mut times) = (Instant::now(), Vec::new());
    let mut wire = Wire::connect(("127.0.0.1", port)).await?;
    while start.elapsed() < time {
        sleep(Duration::from_millis(10)).await;
        let asked = Instant::now();
        exchange(&mut wire, b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await?;
        times.push(asked.elapsed().as_micros() as u64);
    }
    Ok(times)
}
