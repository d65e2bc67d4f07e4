//! A proxy inside this process, for one child: it cannot outlive it, nor be stopped before it.

use super::Failure;
use brevity_proxy::{AdminAddress, Config, LogRecorder, Record, Recorder, Server};
use std::{
    collections::BTreeMap,
    fmt,
    fs::OpenOptions,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use tokio::{runtime::Runtime, sync::oneshot};
use tracing_subscriber::EnvFilter;

/// How long requests may go on when the child has ended: nobody waits for their answers but what
/// it left behind.
const DRAIN: Duration = Duration::from_secs(1);

/// A running proxy. It stops when it is closed.
pub(super) struct Own {
    /// Where it listens.
    pub(super) address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
    ledger: Arc<Ledger>,
}

/// What went through, for one line at the end.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Sums>);

#[derive(Debug, Default)]
struct Sums {
    requests: u64,
    tokens_in: u64,
    tokens_out: u64,
    passed: BTreeMap<&'static str, u64>,
}

impl Own {
    /// Starts on a free port of this machine. The log goes to `log`, or nowhere: the terminal is
    /// the child's.
    pub(super) fn start(mut config: Config, log: Option<&Path>) -> Result<Self, Failure> {
        if let Some(path) = log {
            write_log(path)?;
        }
        config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into();
        // It is not known to the agent.
        config.token_file = None;
        config.hosts.clear();
        // It lives as long as one agent, and says at the end what came of it.
        config.admin = AdminAddress::Off;
        config.timeouts.drain = DRAIN;
        let ledger = Arc::new(Ledger::default());
        let runtime = Runtime::new()?;
        let server = runtime.block_on(Server::bind(config, ledger.clone()))?;
        let address = server.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let run = move || runtime.block_on(server.run(async { drop(stopped.await) }));
        let thread = std::thread::Builder::new().name("proxy".into()).spawn(run)?;
        Ok(Self { address, stop, thread, ledger })
    }

    /// Stops, and gives what went through.
    pub(super) fn close(self) -> Arc<Ledger> {
        let _ = self.stop.send(());
        let _ = self.thread.join();
        self.ledger
    }
}

/// Lines of the log are appended to the file at `path`.
fn write_log(path: &Path) -> Result<(), Failure> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    let file = file.map_err(|source| Failure::Log { path: path.to_owned(), source })?;
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("off,brevity=info,brevity_proxy=info"))
        .with_writer(Mutex::new(file))
        .with_ansi(false)
        .with_target(false)
        .try_init();
    Ok(())
}

impl Recorder for Ledger {
    fn record(&self, record: Record) {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sums.requests += 1;
        sums.tokens_in += record.report.total.tokens_in;
        sums.tokens_out += record.report.total.tokens_out;
        if let Some(skip) = record.skip.filter(|_| record.dialect.is_some()) {
            *sums.passed.entry(skip.name()).or_default() += 1;
        }
        drop(sums);
        LogRecorder.record(record);
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match sums.requests {
            0 => {
                return write!(
                    f,
                    "no request came: an address in the agent's own settings may win, or its login \
                     calls another host"
                );
            }
            1 => write!(f, "1 request")?,
            count => write!(f, "{count} requests")?,
        }
        if sums.tokens_in > 0 {
            let (before, after) = (sums.tokens_in, sums.tokens_out);
            write!(f, ", tool results est. (o200k) {before} > {after} tokens")?;
        }
        for (name, count) in &sums.passed {
            write!(f, ", {count} passed whole: {name}")?;
        }
        Ok(())
    }
}
