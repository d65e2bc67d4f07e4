//! Side by side: short exchanges and an agent's body through every proxy, in alternating rounds.

use crate::{
    client::{agent, fire, request, short},
    figures::{head, median, quantile, row},
    rivals::{Server, World},
};
use std::{
    io,
    process::ExitCode,
    time::{Duration, Instant},
};

/// A way to the upstream.
struct Way {
    name: &'static str,
    /// Who is asked.
    server: &'static str,
    path: &'static str,
    /// More lines of the head.
    header: &'static str,
}

const WAYS: [Way; 8] = [
    Way::of("direct", "upstream", ""),
    Way::of("bare hyper", "bare", ""),
    Way::of("nginx", "nginx", ""),
    Way::of("haproxy", "haproxy", ""),
    Way { path: "/v1/other", ..Way::of("brevity, other path", "brevity", "") },
    Way::of("brevity, bypass", "brevity", "x-brevity-bypass: true\r\n"),
    Way::of("brevity, level=off", "brevity", "x-brevity-level: off\r\n"),
    Way::of("brevity, on", "brevity", ""),
];

const CONNECTIONS: [u64; 3] = [1, 32, 256];

/// What one round of one way gave.
struct Round {
    rate: f64,
    median: f64,
    late: f64,
    /// Microseconds of CPU time of the proxy per request.
    cpu: f64,
    errors: u64,
}

impl Way {
    const fn of(name: &'static str, server: &'static str, header: &'static str) -> Self {
        Self { name, server, path: "/v1/messages", header }
    }

    fn server<'w>(&self, world: &'w World) -> Option<&'w Server> {
        if self.server == "upstream" { Some(&world.upstream) } else { world.rival(self.server) }
    }

    /// `None` where its proxy does not run.
    async fn round(
        &self,
        world: &World,
        body: &[u8],
        clients: u64,
        time: Duration,
    ) -> Option<Round> {
        let server = self.server(world)?;
        let request = request(self.path, self.header, body);
        fire(server.port, &request, clients, time / 8).await;
        let before = server.cpu();
        let mut load = fire(server.port, &request, clients, time).await;
        let count = load.latencies.len().max(1) as f64;
        let quantile = |share, latencies: &mut Vec<u64>| quantile(latencies, share) as f64 / 1e3;
        Some(Round {
            rate: load.latencies.len() as f64 / load.elapsed.as_secs_f64(),
            median: quantile(0.5, &mut load.latencies),
            late: quantile(0.99, &mut load.latencies),
            cpu: (server.cpu() - before) / count * 1e6,
            errors: load.errors,
        })
    }
}

/// All ways at 1, 32 and 256 connections with 1 KB and with 200 KB.
pub(crate) async fn run(seconds: u64, rounds: u64) -> io::Result<ExitCode> {
    let world = World::start(&["bare", "nginx", "haproxy", "brevity"])?;
    let bodies = [("1 KB", short()), ("200 KB", agent(5, 200_000))];
    println!("{rounds} rounds of {seconds} s each; medians of rounds");
    let mut errors = 0;
    for (name, body) in &bodies {
        for clients in CONNECTIONS {
            let title = format!("{name} ({} bytes), {clients} connections", body.len());
            let time = Duration::from_secs(seconds);
            errors += cell(&world, &title, body, clients, time, rounds).await;
        }
    }
    println!("\n{errors} errors");
    Ok(ExitCode::from(u8::from(errors > 0)))
}

/// One table. Returns how many requests failed.
async fn cell(
    world: &World,
    title: &str,
    body: &[u8],
    clients: u64,
    time: Duration,
    rounds: u64,
) -> u64 {
    let mut all: Vec<Vec<Round>> = WAYS.iter().map(|_| Vec::new()).collect();
    for round in 0..rounds as usize {
        for at in 0..WAYS.len() {
            // Each round starts with another, so that none always follows the same.
            let at = (at + round * 3) % WAYS.len();
            all[at].extend(WAYS[at].round(world, body, clients, time).await);
        }
    }
    head(title, &["req/s", "× bare", "p50 ms", "p99 ms", "CPU µs/req"]);
    for (way, rounds) in WAYS.iter().zip(&all).filter(|(_, rounds)| !rounds.is_empty()) {
        let over = |of: fn(&Round) -> f64| median(rounds.iter().map(of));
        // Of each round with the bare proxy's of the same round.
        let ratios = rounds.iter().zip(&all[1]).map(|(own, bare)| own.rate / bare.rate);
        row(
            way.name,
            &[
                (over(|round| round.rate), 0),
                (median(ratios), 3),
                (over(|round| round.median), 3),
                (over(|round| round.late), 3),
                (over(|round| round.cpu), 1),
            ],
        );
    }
    all.iter().flatten().map(|round| round.errors).sum()
}

/// One load on brevity, to be profiled from outside: its process is printed.
pub(crate) async fn one(path: &str, clients: u64, seconds: u64) -> io::Result<ExitCode> {
    let world = World::start(&["brevity"])?;
    let brevity = world.brevity()?;
    println!("brevity is process {}", brevity.pid());
    let (name, header) = path.split_once(',').unwrap_or((path, ""));
    let (name, big) = name.strip_prefix("big:").map_or((name, false), |name| (name, true));
    let body = if big { agent(5, 200_000) } else { short() };
    let header = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
    let request = request(name, &header, &body);
    let (start, before) = (Instant::now(), brevity.cpu());
    let load = fire(brevity.port, &request, clients, Duration::from_secs(seconds)).await;
    let (count, elapsed) = (load.latencies.len() as f64, start.elapsed().as_secs_f64());
    let cpu = (brevity.cpu() - before) / count * 1e6;
    println!(
        "{:.0} requests a second, {cpu:.1} µs CPU each, {} errors",
        count / elapsed,
        load.errors
    );
    Ok(ExitCode::SUCCESS)
}
