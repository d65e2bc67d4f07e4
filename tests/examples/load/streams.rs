//! Streams: the first event and a thousand, then many streams at once.

use crate::{
    client::{Arrivals, stream},
    figures::{head, median, micros, millis, quantile, row},
    rivals::{Server, World},
};
use std::{
    io,
    process::ExitCode,
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::sleep};

/// Rounds of the streams on one connection.
const ROUNDS: usize = 40;
const EVENTS: u64 = 1_000;

/// `streams` at once, each with an event a second for `seconds`.
pub(crate) async fn run(streams: u64, seconds: u64) -> io::Result<ExitCode> {
    let world = World::start(&["bare", "nginx", "haproxy", "brevity"])?;
    let servers = || std::iter::once(&world.upstream).chain(&world.rivals);
    let all: Vec<&Server> = servers().collect();
    single(&all, 0, ROUNDS).await?;
    single(&all, 1, 3).await?;
    let title = format!("{streams} streams, an event a second for {seconds} s");
    head(&title, &["events", "broken", "p99 late ms", "CPU ms/s", "MiB before", "MiB most"]);
    let mut broken = 0;
    for server in servers() {
        broken += crowd(server, streams, seconds).await;
    }
    Ok(ExitCode::from(u8::from(broken > 0)))
}

/// 1,000 events on one connection, with so many milliseconds between two of them. Without any, it is
/// pieces a second that count; with some, whether anything waits.
async fn single(servers: &[&Server], gap: u64, count: usize) -> io::Result<()> {
    let mut rounds: Vec<Vec<Arrivals>> = servers.iter().map(|_| Vec::new()).collect();
    for round in 0..count {
        for at in 0..servers.len() {
            let at = (at + round) % servers.len();
            rounds[at].push(stream(servers[at].port, EVENTS, gap).await?);
        }
    }
    let title = format!("One stream, an event each {gap} ms; medians of {count}");
    head(&title, &["first ms", "1,000 ms", "× nginx", "events/s"]);
    let all = |rounds: &[Arrivals]| median(rounds.iter().map(|round| millis(round.all)));
    let nginx = servers.iter().position(|server| server.name == "nginx");
    let nginx = nginx.map_or(f64::NAN, |at| all(&rounds[at]));
    for (server, rounds) in servers.iter().zip(&rounds) {
        let first = median(rounds.iter().map(|round| millis(round.first)));
        let all = all(rounds);
        let name = if server.name == "upstream" { "direct" } else { server.name };
        row(name, &[(first, 3), (all, 2), (all / nginx, 3), (EVENTS as f64 / all * 1e3, 0)]);
    }
    Ok(())
}

/// Returns how many streams broke.
async fn crowd(server: &Server, streams: u64, seconds: u64) -> u64 {
    let (port, before, cpu) = (server.port, server.memory(), server.cpu());
    let start = Instant::now();
    let mut running = JoinSet::new();
    for at in 0..streams {
        running.spawn(async move {
            // Not all in the same instant: some 1,000 start in a second.
            sleep(Duration::from_millis(at)).await;
            stream(port, seconds, 1_000).await
        });
    }
    let (mut most, mut broken, mut events, mut late) = (before, 0, 0, Vec::new());
    let mut clock = tokio::time::interval(Duration::from_secs(1));
    while !running.is_empty() {
        tokio::select! {
            _ = clock.tick() => most = most.max(server.memory()),
            Some(ended) = running.join_next() => match ended {
                Ok(Ok(arrivals)) => {
                    events += arrivals.gaps.len() + 1;
                    let gap = Duration::from_secs(1);
                    late.extend(micros(arrivals.gaps.iter().map(|real| real.abs_diff(gap))));
                }
                _ => broken += 1,
            },
        }
    }
    let cpu = (server.cpu() - cpu) / start.elapsed().as_secs_f64() * 1e3;
    let late = quantile(&mut late, 0.99) as f64 / 1e3;
    let name = if server.name == "upstream" { "direct" } else { server.name };
    row(
        name,
        &[(events as f64, 0), (broken as f64, 0), (late, 2), (cpu, 1), (before, 1), (most, 1)],
    );
    broken
}
