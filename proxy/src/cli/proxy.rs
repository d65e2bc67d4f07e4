//! `brevity proxy`: arguments → configuration → run.

use super::log::LogFormat;
use brevity::{Limits, Output, Policy, Settings};
use brevity_proxy::{
    AdminAddress, Base, BaseError, Config, McpRoute, McpRouteError, RouteRule, ServeError, Server,
    Share, ToolSetting, Upstreams,
    config::{CHECK_ONE_IN, ListenError},
};
use std::{ffi::OsString, io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};
use thiserror::Error;
use tokio::{runtime::Runtime, sync::oneshot};
use tracing_subscriber::filter::LevelFilter;

/// Holds the level of the log, one of `LEVELS`; `info` where it is not set or empty.
const LOG: &str = "BREVITY_LOG";
const LEVELS: [&str; 5] = ["off", "error", "warn", "info", "debug"];

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Where to listen: a host and a port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:2738")]
    listen: String,

    /// Where /metrics, /stats, /healthz and /readyz are answered, or `off`. Without it: on this machine,
    /// one port above --listen
    #[arg(long, value_name = "HOST:PORT|off")]
    admin: Option<AdminAddress>,

    /// How the log is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    log_format: LogFormat,

    /// Put one body in N back after it has left, and count it if that does not give what came; 0 is
    /// none. Nothing that leaves depends on it
    #[arg(long, value_name = "N", default_value_t = CHECK_ONE_IN)]
    check_one_in: u32,

    /// Send every request there; without it, Anthropic's paths go to https://api.anthropic.com and
    /// all others to https://api.openai.com
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,

    /// Send what is below a path, or what names such a model, elsewhere. The path is taken off. Options
    /// follow the URL, with spaces between: api=anthropic|openai-chat|openai-responses|none,
    /// level=off|lossless
    #[arg(long = "route", value_name = "PATH=URL|model:GLOB=URL")]
    routes: Vec<RouteRule>,

    /// How the results of some tools are treated: GLOB=off leaves them, GLOB=file lets only lines be
    /// left out that came before, GLOB=lossless lets them be rewritten. The last that matches wins
    #[arg(long = "tool", value_name = "GLOB=TREATMENT")]
    tools: Vec<ToolSetting>,

    /// Leave this share of conversations untouched, and compare both arms in /stats. A conversation
    /// never changes sides: the hash of its first message decides
    #[arg(long, value_name = "SHARE", conflicts_with = "dry_run")]
    holdout: Option<Share>,

    /// Forward every body as it came, and only count what would have left
    #[arg(long)]
    dry_run: bool,
    /// Requests below PREFIX go to the MCP server at URL, the prefix taken off, and what its tools
    /// give comes back shortened. May be given again, for other servers
    #[arg(long, value_name = "PREFIX=URL")]
    mcp: Vec<String>,

    /// Trust only the certificates in this PEM file, in place of the platform's
    #[arg(long, value_name = "FILE")]
    upstream_ca: Option<PathBuf>,

    /// Rewrite request bodies as they pass, never holding one whole: needs less memory,
    /// shortens less
    #[arg(long)]
    stream_requests: bool,

    /// Which bytes to write. A new number comes where a release would change them, since prompt caches
    /// see bytes; this version knows 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1))]
    output: u32,

    /// Rewrite the requests of subscription logins (OAuth), too. RISK: such clients may sign what
    /// they send, so the provider can refuse the request or act against the account. Without this
    /// they pass byte for byte. Bodies with a signature or a checksum always do
    #[arg(long)]
    rewrite_attested: bool,
}

const EXAMPLES: &str = "\
Examples:
  brevity proxy
  ANTHROPIC_BASE_URL=http://127.0.0.1:2738 ENABLE_TOOL_SEARCH=true claude
  brevity proxy --listen 127.0.0.1:4000 --upstream https://gateway.example/v1
  brevity proxy --route '/openrouter=https://openrouter.ai/api' --route 'model:qwen*=http://127.0.0.1:8000/v1'
  brevity proxy --mcp /mcp/issues=https://issues.example/mcp

Set BREVITY_LOG to off, error, warn, info or debug. One line per request is written at info.";

/// Why the proxy did not start.
#[derive(Debug, Error)]
enum Failure {
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error("--upstream: {0}")]
    Upstream(#[from] BaseError),
    #[error("--mcp: {0}")]
    Mcp(#[from] McpRouteError),
    #[error("{LOG}={0:?} is no level: it is one of {levels}", levels = LEVELS.join(", "))]
    Level(OsString),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
}

impl Failure {
    /// Whether what the user asked for makes no sense.
    fn is_usage(&self) -> bool {
        matches!(self, Self::Listen(_) | Self::Upstream(_) | Self::Mcp(_) | Self::Level(_))
    }
}

/// Runs the proxy until it is told to stop.
pub(crate) fn run(args: &Args) -> ExitCode {
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let code = super::fail(&failure);
            if failure.is_usage() { ExitCode::from(2) } else { code }
        }
    }
}

fn start(args: &Args) -> Result<(), Failure> {
    let config = config(args)?;
    args.log_format.start(level(std::env::var_os(LOG))?);
    Runtime::new()?.block_on(serve(config, args.log_format))
}

fn config(args: &Args) -> Result<Config, Failure> {
    let mut config = Config::default();
    config.listen = Config::listen_address(&args.listen)?;
    config.admin = args.admin.unwrap_or_default();
    config.check_one_in = args.check_one_in;
    if let Some(url) = &args.upstream {
        config.upstreams = Upstreams::all(url.parse::<Base>()?);
    }
    config.mcp = McpRoute::all(&args.mcp)?;
    let mut policy = Policy::default();
    policy.stream_requests = args.stream_requests;
    policy.tools = args.tools.iter().fold(policy.tools, |rules, tool| tool.add(rules));
    policy.output = Output::of(args.output).unwrap_or_default();
    config.settings = Arc::new(Settings::new(policy, Limits::default()));
    config.rewrite_attested = args.rewrite_attested;
    config.routes.clone_from(&args.routes);
    config.dry_run = args.dry_run;
    config.holdout = args.holdout;
    config.upstream_ca.clone_from(&args.upstream_ca);
    Ok(config)
}

async fn serve(config: Config, log: LogFormat) -> Result<(), Failure> {
    let tools: Vec<String> = config.mcp.iter().map(ToString::to_string).collect();
    let mut models = config.clone();
    models.mcp.clear();
    let upstreams: Vec<String> = models.bases().iter().map(ToString::to_string).collect();
    let server = Server::bind(config, log.recorder()).await?;
    let address = server.local_addr()?;
    for address in [Some(address), server.admin_addr()].into_iter().flatten() {
        if !address.ip().is_loopback() {
            tracing::warn!(
                "{address} can be reached from other machines; Brevity asks nobody who they are"
            );
        }
    }
    let stop = signals()?;
    // A standard output that is closed changes nothing.
    let _ = writeln!(
        std::io::stdout(),
        "Brevity listens on http://{address} in front of {}; point a client at it: \
         ANTHROPIC_BASE_URL=http://{address} ENABLE_TOOL_SEARCH=true, or \
         OPENAI_BASE_URL=http://{address}/v1",
        upstreams.join(", ")
    );
    if let Some(admin) = server.admin_addr() {
        let _ =
            writeln!(std::io::stdout(), "Metrics and health at http://{admin}/metrics, /healthz");
    }
    if !tools.is_empty() {
        let _ =
            writeln!(std::io::stdout(), "MCP servers at http://{address}: {}", tools.join(", "));
    }
    server.run(async { drop(stop.await) }).await;
    Ok(())
}

/// Ready at the first signal to stop. A second one ends the program at once.
fn signals() -> std::io::Result<oneshot::Receiver<()>> {
    let (tell, told) = oneshot::channel();
    let mut signals = Signals::listen()?;
    tokio::spawn(async move {
        signals.next().await;
        let _ = tell.send(());
        signals.next().await;
        std::process::exit(1);
    });
    Ok(told)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// The level that `value` names.
fn level(value: Option<OsString>) -> Result<LevelFilter, Failure> {
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return Ok(LevelFilter::INFO);
    };
    let known = LEVELS.into_iter().find(|level| value.eq_ignore_ascii_case(level));
    known.and_then(|level| level.parse().ok()).ok_or(Failure::Level(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_is_known_and_nothing_else() {
        let level = |value: &str| level(Some(value.into()));
        assert!(LEVELS.iter().all(|known| level(known).is_ok()));
        assert_eq!(level("WARN").unwrap(), LevelFilter::WARN);
        assert_eq!(level("").unwrap(), LevelFilter::INFO);
        assert!(level("nonsense").is_err() && level("3").is_err());
    }
}
