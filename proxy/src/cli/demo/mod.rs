//! `brevity demo`: a conversation of a coding agent, turn by turn through the real proxy.
//!
//! The proxy and a small upstream run in this process, on free ports of this machine; requests and
//! answers pass through real sockets. `record.sh` tells how the bundled conversation was made.

mod answer;
mod client;
mod table;
mod turns;
mod upstream;

use brevity_proxy::{AdminAddress, Config, Record, Recorder, ServeError, Server, Upstreams};
use bytes::Bytes;
use client::Client;
use std::{
    error::Error,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};
use table::{Row, Table};
use tokio::{runtime::Runtime, sync::mpsc};
use turns::{Messages, Turn};
use upstream::{Arrived, Upstream};

/// What a coding agent sent while it worked on this repository.
const CONVERSATION: &[u8] = include_bytes!("conversation.json");

/// The arguments of `brevity demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Replay this request body of Anthropic's Messages API instead of the bundled conversation
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
}

const EXAMPLES: &str = "\
A conversation is sent as an agent sends it: each turn holds all that came before. Nothing leaves
this machine. The exit code is 1 if a check fails.

Examples:
  brevity demo
  brevity demo --request request.json";

/// Why a replay stopped.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot read {}: {source}", file.display())]
    Read { file: PathBuf, source: io::Error },
    #[error("this is no request body of Anthropic's Messages API: no messages of a user in it")]
    NoRequest,
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
    #[error("turn {turn} failed: {source}")]
    Turn { turn: usize, source: Box<dyn Error> },
    #[error("{0} of the checks above failed")]
    Checks(usize),
}

/// Replays a conversation.
pub(crate) fn run(args: &Args) -> ExitCode {
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::System(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => super::fail(&failure),
    }
}

fn start(args: &Args) -> Result<(), Failure> {
    let body = match &args.request {
        Some(file) => read(file)?,
        None => CONVERSATION.to_vec(),
    };
    Runtime::new()?.block_on(replay(&turns::cut(&body)?))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|source| Failure::Read { file: file.to_owned(), source })
}

async fn replay(turns: &[Turn]) -> Result<(), Failure> {
    let upstream = Upstream::start().await?;
    let (tell, records) = mpsc::unbounded_channel();
    let proxy = bind(upstream.address, Told(tell)).await?;
    let address = proxy.local_addr()?;
    tokio::spawn(proxy.run(std::future::pending()));
    let mut stage = Stage { address, client: None, upstream, records, before: None };
    let mut table = Table::start(io::stdout().lock(), address, turns.len())?;
    for (at, turn) in turns.iter().enumerate() {
        let row = stage.play(turn).await;
        table.row(&row.map_err(|source| Failure::Turn { turn: at + 1, source })?)?;
    }
    match table.finish()? {
        0 => Ok(()),
        failed => Err(Failure::Checks(failed)),
    }
}

async fn bind(upstream: SocketAddr, told: Told) -> Result<Server, ServeError> {
    let mut config = Config::default();
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into();
    config.admin = AdminAddress::Off;
    let base = format!("http://{upstream}").parse().expect("an address makes a URL");
    config.upstreams = Upstreams::all(base);
    Server::bind(config, Arc::new(told)).await
}

/// Passes the proxy's records on to the replay.
struct Told(mpsc::UnboundedSender<Record>);

impl Recorder for Told {
    fn record(&self, record: Record) {
        let _ = self.0.send(record);
    }
}

/// All that takes part, and the turn before.
struct Stage {
    address: SocketAddr,
    client: Option<Client>,
    upstream: Upstream,
    records: mpsc::UnboundedReceiver<Record>,
    before: Option<Before>,
}

struct Before {
    arrived: Bytes,
    messages: usize,
}

impl Stage {
    async fn play(&mut self, turn: &Turn) -> Result<Row, Box<dyn Error>> {
        let client = match &mut self.client {
            Some(client) => client,
            none => none.insert(Client::connect(self.address).await?),
        };
        let answer = client.send(turn.body.clone()).await?;
        let arrived = self.upstream.arrived.recv().await.ok_or("the upstream is gone")?;
        let record = self.records.recv().await.ok_or("the proxy is gone")?;
        let row = Row {
            prefix: self.before.as_ref().map(|before| prefix_held(before, &arrived)),
            exact: super::stands_for(&arrived.body, &turn.body),
            untouched: answer.body == arrived.answer,
            first_byte: answer.first_byte,
            new_from: self.before.as_ref().map_or(0, |before| before.messages as u64),
            sent: turn.body.clone(),
            arrived: arrived.body.clone(),
            record,
        };
        self.before = Some(Before { arrived: arrived.body, messages: turn.messages });
        Ok(row)
    }
}

/// Whether all messages of the turn before arrived with the same bytes again.
fn prefix_held(before: &Before, arrived: &Arrived) -> bool {
    let end = Messages::find(&before.arrived).and_then(|messages| messages.end(before.messages));
    end.is_some_and(|end| arrived.shared >= end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_breaks_the_prefix() {
        let first = Bytes::from_static(br#"{"messages":[{"role":"user"}],"stream":true}"#);
        let before = Before { arrived: first, messages: 1 };
        let arrived = |shared| Arrived { body: Bytes::new(), shared, answer: Vec::new() };
        let end = r#"{"messages":[{"role":"user"}"#.len();
        assert!(prefix_held(&before, &arrived(end)));
        assert!(!prefix_held(&before, &arrived(end - 1)));
    }

    #[test]
    fn the_bundled_conversation_has_turns_and_names_no_machine() {
        assert!(turns::cut(CONVERSATION).expect("turns").len() >= 8);
        assert!(CONVERSATION.len() < 300_000);
        let text = String::from_utf8(CONVERSATION.to_vec()).expect("UTF-8");
        for path in ["/root/", "/tmp/", "/work/"] {
            assert!(!text.contains(path), "{path}");
        }
    }
}
