//! `brevity proxy`: arguments → configuration → run.

mod signals;

use super::{
    CONFIG, UNAVAILABLE,
    config::{self, Environment, Fault, Flags},
    log::LogFormat,
};
use brevity_proxy::{Base, Config, Listen, ProxyWay, ServeError, Server};
use clap::builder::NonEmptyStringValueParser;
use signals::signals;
use std::{io::Write as _, net::SocketAddr, path::PathBuf, process::ExitCode};
use thiserror::Error;
use tokio::runtime::Runtime;

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Read this file, in place of brevity.toml in the platform's folder for configuration (`brevity
    /// config` says where that is). The environment (BREVITY_LISTEN and so on) counts more, and
    /// flags count most
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where to listen: a host and a port, or a Unix socket, which only its own user can connect to
    /// [default: 127.0.0.1:2738]
    #[arg(long, value_name = "HOST:PORT|unix:PATH")]
    listen: Option<String>,

    /// Ask each request for the token in this file, in x-brevity-token or as a bearer in authorization
    // Empty, it would let everybody in: a variable of a script that was not set.
    #[arg(long, value_name = "FILE", value_parser = NonEmptyStringValueParser::new())]
    token_file: Option<String>,

    /// Answer to this name, too, or to *.NAME; others than this machine's get 421 where it listens for
    /// other machines. May be given again
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,

    /// Where /metrics, /stats, /healthz and /readyz are answered, or `off` [default: on this machine, one
    /// port above --listen]
    #[arg(long, value_name = "HOST:PORT|off")]
    admin: Option<String>,

    /// How the log is written: text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,

    /// Put one body in N back after it has left, and count it if that does not give what came; 0 is
    /// none. Nothing that leaves depends on it [default: 16]
    #[arg(long, value_name = "N")]
    check_one_in: Option<String>,

    /// Send every request there; without it, Anthropic's paths go to https://api.anthropic.com and
    /// all others to https://api.openai.com
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,

    /// Send what is below a path, or what names such a model, elsewhere. The path is taken off. Options
    /// follow the URL, with spaces between: api=anthropic|openai-chat|openai-responses|none,
    /// level=off|lossless
    #[arg(long = "route", value_name = "PATH=URL|model:GLOB=URL")]
    routes: Vec<String>,

    /// How the results of some tools are treated: GLOB=off leaves them, GLOB=file lets only lines be
    /// left out that came before, GLOB=lossless lets them be rewritten. The last that matches wins
    #[arg(long = "tool", value_name = "GLOB=TREATMENT")]
    tools: Vec<String>,

    /// Leave this share of conversations untouched, and compare both arms in /stats. A conversation
    /// never changes sides: the hash of its first message decides
    #[arg(long, value_name = "SHARE")]
    holdout: Option<String>,

    /// Forward every body as it came, and only count what would have left
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    dry_run: Option<bool>,

    /// Requests below PREFIX go to the MCP server at URL, the prefix taken off, and what its tools
    /// give comes back shortened. May be given again, for other servers
    #[arg(long, value_name = "PREFIX=URL")]
    mcp: Vec<String>,

    /// Trust only the certificates in this PEM file, in place of the platform's
    #[arg(long, value_name = "FILE")]
    upstream_ca: Option<String>,

    /// Reach upstreams through this HTTP proxy, or `off` for none. A password can stand in HTTPS_PROXY
    /// only [default: environment, as HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say]
    #[arg(long, value_name = "URL|environment|off")]
    upstream_proxy: Option<String>,

    /// Rewrite request bodies as they pass, never holding one whole: needs less memory,
    /// shortens less
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    stream_requests: Option<bool>,

    /// Which bytes to write. A new number comes where a release would change them, since prompt caches
    /// see bytes; this version knows 1 [default: 1]
    #[arg(long, value_name = "N")]
    output: Option<String>,

    /// Rewrite the requests of subscription logins (OAuth), too. RISK: such clients may sign what
    /// they send, so the provider can refuse the request or act against the account. Without this
    /// they pass byte for byte. Bodies with a signature or a checksum always do
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    rewrite_attested: Option<bool>,
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
    Config(#[from] Fault),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
}

impl Failure {
    fn code(&self) -> ExitCode {
        match self {
            Self::Config(fault) => fault.code(),
            Self::Serve(ServeError::InUse(_) | ServeError::Bind { .. } | ServeError::Admin(_)) => {
                UNAVAILABLE.into()
            }
            Self::Serve(_) => CONFIG.into(),
            Self::System(_) => ExitCode::FAILURE,
        }
    }
}

impl Args {
    /// What the flags say, by the names of keys.
    pub(super) fn flags(&self) -> Flags<'_> {
        let switch = |given: Option<bool>| given.map(|on| on.to_string());
        Flags {
            file: self.config.as_deref(),
            ones: vec![
                ("listen", self.listen.clone()),
                ("token_file", self.token_file.clone()),
                ("hosts", Some(self.allow_host.join(",")).filter(|hosts| !hosts.is_empty())),
                ("admin", self.admin.clone()),
                ("log_format", self.log_format.clone()),
                ("check_one_in", self.check_one_in.clone()),
                ("upstream", self.upstream.clone()),
                ("holdout", self.holdout.clone()),
                ("dry_run", switch(self.dry_run)),
                ("upstream_ca", self.upstream_ca.clone()),
                ("upstream_proxy", self.upstream_proxy.clone()),
                ("stream_requests", switch(self.stream_requests)),
                ("output", self.output.clone()),
                ("rewrite_attested", switch(self.rewrite_attested)),
            ],
            routes: &self.routes,
            tools: &self.tools,
            mcp: &self.mcp,
        }
    }
}

/// Runs the proxy until it is told to stop.
pub(crate) fn run(args: &Args) -> ExitCode {
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            super::fail(&failure);
            failure.code()
        }
    }
}

fn start(args: &Args) -> Result<(), Failure> {
    let values = config::load(&Environment::of_process(), &args.flags())?.values;
    values.log_format.start(values.log);
    Runtime::new()?.block_on(serve(values.config, values.log_format))
}

async fn serve(config: Config, log: LogFormat) -> Result<(), Failure> {
    let server = Server::bind(config.clone(), log.recorder()).await?;
    let (listen, admin) = (server.listen()?, server.admin_addr());
    if config.token_file.is_none() {
        [Some(listen.clone()), admin.map(Listen::At)].iter().flatten().for_each(warn_of_others);
    }
    let stop = signals()?;
    greeting(&config, &listen, admin).iter().for_each(|line| say(line));
    server.run(async { drop(stop.await) }).await;
    Ok(())
}

/// What is said as soon as the proxy listens, a line each.
fn greeting(config: &Config, listen: &Listen, admin: Option<SocketAddr>) -> Vec<String> {
    let base = match listen {
        Listen::At(address) => format!("http://{address}"),
        socket => socket.to_string(),
    };
    let mut models = config.clone();
    models.mcp.clear();
    let upstreams: Vec<String> = models.bases().iter().map(ToString::to_string).collect();
    let (upstreams, hint) = (upstreams.join(", "), hint(listen, config.token_file.is_some()));
    let mut lines = vec![format!("Brevity listens on {base} in front of {upstreams}; {hint}")];
    if let Some(admin) = admin {
        lines.push(format!("Metrics and health at http://{admin}/metrics, /healthz"));
    }
    let tools: Vec<String> = config.mcp.iter().map(ToString::to_string).collect();
    if !tools.is_empty() {
        lines.push(format!("MCP servers at {base}: {}", tools.join(", ")));
    }
    lines.extend(proxied(config));
    lines
}

/// What is reached through HTTP proxies of the network, a line each.
fn proxied(config: &Config) -> Vec<String> {
    let line = |base: &Base| match config.proxy_way(base) {
        way @ ProxyWay::Through(_) => Some(format!("{base} is reached {way}")),
        _ => None,
    };
    config.bases().into_iter().filter_map(line).collect()
}

fn warn_of_others(listen: &Listen) {
    if !listen.is_local() {
        tracing::warn!(
            "{listen} can be reached from other machines, and Brevity asks nobody who they are; name a \
             file with a token: --token-file"
        );
    }
}

/// How a client gets there, and whether it has to bring a token.
fn hint(listen: &Listen, asks: bool) -> String {
    let token = if asks { "; each request needs the header x-brevity-token: TOKEN" } else { "" };
    match listen {
        Listen::Unix(path) => {
            let path = path.display().to_string().replace('\'', r"'\''");
            format!("try it: curl --unix-socket '{path}' http://localhost/healthz{token}")
        }
        address => format!(
            "point a client at it: ANTHROPIC_BASE_URL=http://{address} ENABLE_TOOL_SEARCH=true, or \
             OPENAI_BASE_URL=http://{address}/v1{token}"
        ),
    }
}

/// A standard output that is closed changes nothing.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
