//! Which proxy the child's requests go through.

use super::{
    Args, Failure,
    agents::Agent,
    gateway::Gateways,
    own::Own,
    running,
    setting::{Address, quote},
};
use crate::cli::config::{self, Environment, Flags};
use brevity_proxy::{Base, BaseError, Config, Upstreams, config::PORT};
use std::{
    ffi::OsStr,
    fmt,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

/// The way to the model.
#[derive(Debug)]
pub(super) enum Way {
    /// Through an own proxy, told this.
    Own { config: Box<Config>, anthropic: String, openai: String },
    /// Through a proxy that runs already. It is named without a version.
    Running(Base),
}

impl Way {
    /// What the options say; without them, what the environment says that `agent` reads.
    pub(super) fn choose(args: &Args, agent: &Agent, user: &Environment) -> Result<Self, Failure> {
        if let Some(url) = &args.proxy {
            return root(url).map(Self::Running).map_err(Failure::Proxy);
        }
        if let Some(url) = &args.upstream {
            let mut config = configured()?;
            config.upstreams = Upstreams::all(url.parse().map_err(Failure::Upstream)?);
            return Ok(Self::Own { config, anthropic: "/v1".into(), openai: "/v1".into() });
        }
        let gateways = Gateways::of(agent, user)?;
        // The user has pointed the agent at Brevity already. Where that one is down, it is in vain.
        let brevity = gateways.brevity.as_ref().and_then(|base| root(&base.to_string()).ok());
        if let Some(base) = brevity.filter(|base| running::check(base).is_ok()) {
            return Ok(Self::Running(base));
        }
        let mut config = configured()?;
        config.upstreams = gateways.upstreams(config.upstreams);
        Ok(Self::Own {
            config,
            anthropic: gateways.anthropic_version(),
            openai: gateways.openai_version(),
        })
    }

    /// Starts the own proxy, or looks for the one that runs.
    pub(super) fn open(&self, args: &Args) -> Result<Option<Own>, Failure> {
        match self {
            Self::Own { config, .. } => {
                Own::start(Config::clone(config), args.log.as_deref()).map(Some)
            }
            Self::Running(base) => match running::check(base) {
                Ok(()) => Ok(None),
                Err(source) => Err(Failure::Running { base: base.clone(), source }),
            },
        }
    }

    /// What the child is told. Without an own proxy, it is the default address.
    pub(super) fn address(&self, own: Option<&Own>) -> Address {
        let (root, anthropic, openai) = match self {
            Self::Running(base) => (base.to_string(), "/v1", "/v1"),
            Self::Own { anthropic, openai, .. } => {
                let default = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
                let address = own.map_or(default, |own| own.address);
                (format!("http://{address}"), &**anthropic, &**openai)
            }
        };
        Address { root, anthropic: anthropic.into(), openai: openai.into() }
    }
}

impl Way {
    /// What has to run for the line that is printed, for people.
    pub(super) fn needs(&self, agent: &Agent, log: Option<&Path>) -> String {
        let Self::Own { config, .. } = self else { return format!("the line needs {self}") };
        let mut command = String::from("brevity proxy");
        for word in options(&config.upstreams, agent) {
            command.push(' ');
            command.push_str(&quote(OsStr::new(&word)));
        }
        if let Some(log) = log {
            command.push_str(" 2>> ");
            command.push_str(&quote(log.as_os_str()));
        }
        format!("the line needs this to run before: {command}")
    }
}

/// The options of a `brevity proxy` that sends the requests of `agent` to these upstreams.
fn options(upstreams: &Upstreams, agent: &Agent) -> Vec<String> {
    let (default, Upstreams { anthropic, openai, .. }) = (Upstreams::default(), upstreams);
    let all = |base: &Base| vec!["--upstream".to_owned(), base.to_string()];
    // With a version at its end or without, as the proxy itself joins them.
    let messages = || {
        let base = anthropic.to_string();
        let root = base.strip_suffix("/v1").unwrap_or(&base);
        vec!["--route".to_owned(), format!("/v1/messages={root}/v1/messages")]
    };
    // The proxy knows a login that has its own host.
    let is_home = agent.home.is_some_and(|home| openai.to_string() == home);
    match (*anthropic != default.anthropic, *openai != default.openai && !is_home) {
        (false, false) => Vec::new(),
        (true, _) if anthropic == openai || agent.openai.is_empty() => all(anthropic),
        (true, false) => messages(),
        (false, true) if agent.anthropic.is_empty() => all(openai),
        (_, true) => [all(openai), messages()].concat(),
    }
}

/// Where it leads, for people.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running(base) => write!(f, "the Brevity at {base}"),
            Self::Own { config, .. } => {
                let upstreams = &config.upstreams;
                let mut all = vec![upstreams.anthropic.to_string(), upstreams.openai.to_string()];
                all.dedup();
                write!(f, "Brevity to {}", all.join(" and "))
            }
        }
    }
}

/// What an own proxy is told as `brevity proxy` is: by the file and the environment. Only where it
/// listens and what it logs is its own affair.
fn configured() -> Result<Box<Config>, Failure> {
    let setup = config::load(&Environment::of_process(), &Flags::default())?;
    Ok(Box::new(setup.values.config))
}

/// A proxy's address. People write it with `/v1`, too, as OpenAI's SDKs have it.
fn root(url: &str) -> Result<Base, BaseError> {
    let url = url.trim_end_matches('/');
    url.strip_suffix("/v1").unwrap_or(url).parse()
}
