//! Load on the proxy, side by side with a bare hyper proxy, nginx and haproxy. `tests/load.sh` runs
//! it; `docs/load.md` says what it measures.
//!
//! Upstream, proxies and clients are processes of their own on 127.0.0.1, so that the CPU time of a
//! proxy is its own. Every run is bounded, and ends what it started, also when it is interrupted.

mod bare;
mod client;
mod figures;
mod rivals;
mod side;
mod soak;
mod stalls;
mod streams;
mod upstream;
mod wire;

use std::{io, process::ExitCode};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
usage: load side    [SECONDS=2] [ROUNDS=3]       requests per second, p50, p99, CPU per request
       load streams [STREAMS=2000] [SECONDS=60]  first event, 1,000 events, many streams at once
       load stalls  [SECONDS=8]                  200 streams while 20 MB requests are rewritten
       load soak    [SECONDS=1800]               mixed load with faults; memory each second
       load requests PATH CONNECTIONS SECONDS    one load on brevity alone, to profile it
       load upstream | load bare HOST:PORT       what the others start

BREVITY names the binary. LOAD_RIVALS lists rivals to run, such as bare,nginx; without it, all that are
installed. BREVITY_LOG is passed on, `warn` where it is not set.";

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (mut interrupt, mut terminate) = match signals() {
        Ok(signals) => signals,
        Err(error) => return fail(&error),
    };
    tokio::select! {
        outcome = run(&args) => match outcome {
            Ok(code) => code,
            Err(error) => fail(&error),
        },
        _ = interrupt.recv() => ExitCode::from(130),
        _ = terminate.recv() => ExitCode::from(143),
    }
}

type Signal = tokio::signal::unix::Signal;

fn signals() -> io::Result<(Signal, Signal)> {
    Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
}

async fn run(args: &[String]) -> io::Result<ExitCode> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let number = |at: usize, or: u64| words.get(at).map_or(Ok(or), |word| word.parse());
    let number = |at, or| number(at, or).map_err(|_| io::Error::other(USAGE));
    match words.as_slice() {
        ["side", ..] => side::run(number(1, 2)?, number(2, 3)?).await,
        ["streams", ..] => streams::run(number(1, 2_000)?, number(2, 60)?).await,
        ["stalls", ..] => stalls::run(number(1, 8)?).await,
        ["soak", ..] => soak::run(number(1, 1_800)?).await,
        ["requests", path, _, _] => side::one(path, number(2, 32)?, number(3, 10)?).await,
        ["upstream"] => upstream::run().await,
        ["bare", to] => bare::run(to).await,
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}

fn fail(error: &io::Error) -> ExitCode {
    eprintln!("load: {error}");
    ExitCode::FAILURE
}
