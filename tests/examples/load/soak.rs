//! A soak: mixed load with faults injected, for as long as one likes. Memory is to stay flat, and no
//! error may come that was not injected.

use crate::{
    client::{agent, events, exchange, request, short},
    figures::{head, row, slope},
    rivals::{Server, World},
    wire::Wire,
};
use std::{
    collections::BTreeMap,
    io,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

/// The longest that one act may take.
const ACT: Duration = Duration::from_secs(60);

/// The longest to wait until what nobody uses any more is closed.
const SETTLE: Duration = Duration::from_secs(130);

/// Memory may grow by this much in a minute, in KiB, once it has settled.
const GROWTH: f64 = 512.0;

/// A run of so many seconds is judged by its memory.
const SETTLED: usize = 240;

/// What clients do, and how many of them do it.
const CLIENTS: [(Act, usize); 10] = [
    (Act::Short, 4),
    (Act::Agent, 2),
    (Act::Stream, 20),
    (Act::Reset, 1),
    (Act::Truncated, 2),
    (Act::SlowUpstream, 2),
    (Act::SlowReader, 2),
    (Act::SlowWriter, 2),
    (Act::LeavesAnswer, 2),
    (Act::LeavesBody, 2),
];

/// One thing that a client does, again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    /// 1 KB up, 1 KB down.
    Short,
    /// An agent's 200 KB, rewritten.
    Agent,
    /// 50 events, each checked.
    Stream,
    /// The upstream closes without an answer: 502.
    Reset,
    /// The upstream leaves in the middle of a stream: so does the proxy.
    Truncated,
    /// The upstream takes its time.
    SlowUpstream,
    /// The client reads its stream late.
    SlowReader,
    /// The client writes its body piece by piece.
    SlowWriter,
    /// The client leaves in the middle of a stream.
    LeavesAnswer,
    /// The client leaves in the middle of its body.
    LeavesBody,
}

/// Acts that went as they should, and those that did not.
type Counts = Arc<Mutex<BTreeMap<Act, (u64, u64)>>>;

/// What acts need.
struct Stage {
    port: u16,
    agents: Vec<Vec<u8>>,
    until: Instant,
}

/// Runs for `seconds`, then judges.
pub(crate) async fn run(seconds: u64) -> io::Result<ExitCode> {
    let world = World::start(&["brevity"])?;
    let brevity = world.brevity()?;
    let agents = (0..16).map(|seed| request("/v1/messages", "", &agent(seed, 200_000))).collect();
    let until = Instant::now() + Duration::from_secs(seconds);
    let stage = Arc::new(Stage { port: brevity.port, agents, until });
    let counts = Counts::default();
    let files = brevity.files();
    let mut clients = JoinSet::new();
    for (act, count) in CLIENTS {
        (0..count).for_each(|_| drop(clients.spawn(repeat(act, stage.clone(), counts.clone()))));
    }
    let memory = watch(brevity, until, seconds).await;
    while clients.join_next().await.is_some() {}
    let left = settle(brevity, files).await;
    Ok(judge(&counts, &memory, left))
}

/// Resident memory each second, in KiB.
async fn watch(brevity: &Server, until: Instant, seconds: u64) -> Vec<f64> {
    head("memory", &["second", "MiB", "open files"]);
    let (mut memory, mut clock) = (Vec::new(), tokio::time::interval(Duration::from_secs(1)));
    while Instant::now() < until {
        clock.tick().await;
        if (memory.len() as u64).is_multiple_of((seconds / 20).max(1)) {
            let figures =
                [(memory.len() as f64, 0), (brevity.memory(), 1), (brevity.files() as f64, 0)];
            row("", &figures);
        }
        memory.push(brevity.memory() * 1024.0);
    }
    memory
}

/// How many files are open that were not open before, once nobody asks any more. Connections to the
/// upstream rest in the pool for 50 s, which looks for them each 50 s.
async fn settle(brevity: &Server, before: usize) -> usize {
    let start = Instant::now();
    while brevity.files() > before && start.elapsed() < SETTLE {
        sleep(Duration::from_secs(1)).await;
    }
    brevity.files().saturating_sub(before)
}

fn judge(counts: &Counts, memory: &[f64], left: usize) -> ExitCode {
    let counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    head("acts", &["as expected", "not"]);
    for (act, (good, bad)) in counts.iter() {
        row(&format!("{act:?}"), &[(*good as f64, 0), (*bad as f64, 0)]);
    }
    // Buffers, pools and the guard's memory of conversations fill first.
    let settled = &memory[memory.len() / 3..];
    let growth = slope(settled);
    let errors: u64 = counts.values().map(|(_, bad)| bad).sum();
    println!(
        "\n{errors} errors that were not injected; memory grows by {growth:.0} KiB a minute in the"
    );
    println!("last two thirds; {left} files stay open that were not open before");
    // What fills first takes minutes; a shorter run says nothing of it.
    let grows = growth > GROWTH && memory.len() >= SETTLED;
    ExitCode::from(u8::from(errors > 0 || left > 0 || grows))
}

async fn repeat(act: Act, stage: Arc<Stage>, counts: Counts) {
    let mut turn = 0;
    while Instant::now() < stage.until {
        let outcome = timeout(ACT, once(act, &stage, turn)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        if let Err(error) = &outcome {
            eprintln!("{act:?}: {error}");
            sleep(Duration::from_millis(100)).await;
        }
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(act).or_default();
        *(if outcome.is_ok() { &mut count.0 } else { &mut count.1 }) += 1;
        turn += 1;
    }
}

async fn once(act: Act, stage: &Stage, turn: usize) -> io::Result<()> {
    let mut wire = Wire::connect(("127.0.0.1", stage.port)).await?;
    let agent = &stage.agents[turn % stage.agents.len()];
    match act {
        Act::Short => {
            for _ in 0..20 {
                status(&mut wire, &request("/v1/messages", "", &short()), 200).await?;
                sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        }
        Act::Agent => {
            status(&mut wire, agent, 200).await?;
            sleep(Duration::from_millis(200)).await;
            Ok(())
        }
        Act::Stream => events(&mut wire, 50, 20, "").await.map(drop),
        Act::Reset => status(&mut wire, &faulty("reset"), 502).await,
        Act::SlowUpstream => status(&mut wire, &faulty("slow"), 200).await,
        Act::Truncated => truncated(&mut wire).await,
        Act::SlowReader => slow_reader(&mut wire).await,
        Act::SlowWriter => slow_writer(&mut wire, agent).await,
        Act::LeavesAnswer => {
            wire.send(&request("/v1/messages?events=1000&gap=10", "", &short())).await?;
            wire.head().await?;
            sleep(Duration::from_millis(50)).await;
            Ok(())
        }
        Act::LeavesBody => {
            wire.send(&agent[..agent.len() / 2]).await?;
            sleep(Duration::from_millis(50)).await;
            Ok(())
        }
    }
}

fn faulty(fault: &str) -> Vec<u8> {
    request(&format!("/v1/messages?fault={fault}"), "", &short())
}

async fn status(wire: &mut Wire, request: &[u8], expected: u16) -> io::Result<()> {
    match exchange(wire, request).await? {
        status if status == expected => Ok(()),
        status => Err(io::Error::other(format!("answered with {status}, not {expected}"))),
    }
}

/// A stream that breaks off must not look like one that ended.
async fn truncated(wire: &mut Wire) -> io::Result<()> {
    match events(wire, 20, 5, "&fault=truncate").await {
        Ok(_) => Err(io::Error::other("a truncated stream came to its end")),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(()),
        Err(error) => Err(error),
    }
}

/// Asks for 10,000 events at once and lets them wait.
async fn slow_reader(wire: &mut Wire) -> io::Result<()> {
    wire.send(&request("/v1/messages?events=10000", "", &short())).await?;
    let head = wire.head().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    sleep(Duration::from_secs(2)).await;
    let mut bytes = 0;
    wire.body(head.length, |piece| bytes += piece.len()).await?;
    let expected: usize = (0..10_000).map(|ordinal| crate::upstream::event(ordinal).len()).sum();
    if bytes == expected { Ok(()) } else { Err(io::Error::other("events were lost or doubled")) }
}

async fn slow_writer(wire: &mut Wire, request: &[u8]) -> io::Result<()> {
    for piece in request.chunks(16 * 1024) {
        wire.send(piece).await?;
        sleep(Duration::from_millis(20)).await;
    }
    let head = wire.head().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    wire.body(head.length, |_| {}).await?;
    if head.status() == 200 { Ok(()) } else { Err(io::Error::other("a slow body was refused")) }
}
