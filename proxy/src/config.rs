//! The configuration, parsed and checked whole before a port is bound.

mod bounds;

pub use bounds::{Caps, Timeouts};

use crate::{
    address::AdminAddress,
    base::{Base, below},
    door::HostName,
    holdout::Share,
    listen::Listen,
    mcp::McpRoute,
    proxies::{Proxies, ProxyFault, ProxyWay},
    table::RouteRule,
};
use brevity::Settings;
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};
use thiserror::Error;

/// Where the proxy listens unless told otherwise: the first four letters on a telephone's keys.
pub const PORT: u16 = 2738;

/// One body in so many is put back, unless told otherwise.
pub const CHECK_ONE_IN: u32 = 16;

/// Everything that the proxy is told. Nothing of it changes while it runs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Where to listen.
    pub listen: Listen,
    /// A file with the token that each request has to bring. None: nobody is asked.
    pub token_file: Option<PathBuf>,
    /// Names by which clients may ask for the proxy, beside this machine's own. They are looked at
    /// where there are any, and where others than this machine reach it.
    pub hosts: Vec<HostName>,
    /// Where the proxy can be looked at.
    pub admin: AdminAddress,
    /// One held body in so many is put back after it has left, and compared with what came; 0 is none.
    /// Nothing that leaves depends on it.
    pub check_one_in: u32,
    /// Where requests go.
    pub upstreams: Upstreams,
    /// Which requests go elsewhere.
    pub routes: Vec<RouteRule>,
    /// The tool servers that speak MCP, each behind a prefix of the path.
    pub mcp: Vec<McpRoute>,
    /// What the engine may rewrite, and within which bounds.
    pub settings: Arc<Settings>,
    /// Rewrites the bodies of clients that log in by subscription, too. They may be signed: the
    /// provider can refuse the request or act against the account.
    pub rewrite_attested: bool,
    /// Forwards every body as it came. What would have left is only counted.
    pub dry_run: bool,
    /// Leaves this share of conversations untouched, to compare.
    pub holdout: Option<Share>,
    /// Trust only the certificates in this PEM file, in place of the platform's.
    pub upstream_ca: Option<PathBuf>,
    /// Which HTTP proxies of the network lead to upstreams. None by default; the environment is not
    /// read.
    pub upstream_proxy: Proxies,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// How much of everything there may be at once.
    pub caps: Caps,
}

/// The upstream of each family of APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upstreams {
    /// Where Anthropic's paths go.
    pub anthropic: Base,
    /// Where OpenAI's paths go.
    pub openai: Base,
    /// Where the paths of ChatGPT's own clients go, which log in by subscription.
    pub chatgpt: Base,
}

/// Why a configuration makes no sense as a whole.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A route stands below a path that the proxy answers by itself.
    #[error("the path `{0}` is taken: Brevity answers it by itself; choose another for the route")]
    Taken(String),
    /// A hold-out has to see the beginning of a conversation, whatever its length.
    #[error("a hold-out reads whole requests; leave --stream-requests away, or --holdout")]
    HoldoutStreams,
    /// Two routes stand below the same path.
    #[error("two routes have the path `{0}`; give each its own")]
    Twice(String),
    /// What names an HTTP proxy that leads to an upstream makes no sense.
    #[error(
        "{fault}; it was to lead to {upstream}: mend it, or set upstream_proxy, perhaps to \"off\""
    )]
    Proxy {
        /// What is wrong.
        fault: ProxyFault,
        /// The upstream.
        upstream: String,
    },
    /// What was to lead to an upstream leads back.
    #[error("the HTTP proxy {0} is where this proxy listens; name the network's")]
    ProxyLoop(String),
}

/// Paths that the proxy answers by itself.
pub(crate) const OWN: [&str; 2] = ["/healthz", "/stats"];

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)).into(),
            token_file: None,
            hosts: Vec::new(),
            admin: AdminAddress::default(),
            check_one_in: CHECK_ONE_IN,
            upstreams: Upstreams::default(),
            routes: Vec::new(),
            mcp: Vec::new(),
            settings: Arc::default(),
            rewrite_attested: false,
            dry_run: false,
            holdout: None,
            upstream_ca: None,
            upstream_proxy: Proxies::default(),
            timeouts: Timeouts::default(),
            caps: Caps::default(),
        }
    }
}

impl Config {
    /// Checks what no part can tell by itself.
    ///
    /// # Errors
    ///
    /// When a path leads to two places, or settings contradict each other.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.holdout.is_some() && self.settings.policy.stream_requests {
            return Err(ConfigError::HoldoutStreams);
        }
        let routes = self.routes.iter().filter_map(RouteRule::prefix);
        let mut seen = Vec::new();
        for prefix in routes.chain(self.mcp.iter().map(McpRoute::prefix)) {
            if OWN.iter().any(|own| below(prefix, own).is_some()) {
                return Err(ConfigError::Taken(prefix.to_owned()));
            }
            if seen.contains(&prefix) {
                return Err(ConfigError::Twice(prefix.to_owned()));
            }
            seen.push(prefix);
        }
        self.bases().into_iter().try_for_each(|base| self.check_way(base))
    }

    fn check_way(&self, base: &Base) -> Result<(), ConfigError> {
        match self.proxy_way(base) {
            ProxyWay::Faulty(fault) => {
                Err(ConfigError::Proxy { fault: fault.clone(), upstream: base.to_string() })
            }
            ProxyWay::Through(via)
                if self.listen.port().is_some_and(|port| via.is_local_port(port)) =>
            {
                Err(ConfigError::ProxyLoop(via.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// How `base` is reached.
    pub fn proxy_way(&self, base: &Base) -> ProxyWay<'_> {
        base.join("/").map_or(ProxyWay::Direct, |uri| self.upstream_proxy.way(&uri))
    }

    /// Each place where requests go, once.
    pub fn bases(&self) -> Vec<&Base> {
        let Upstreams { anthropic, openai, chatgpt } = &self.upstreams;
        let mut bases = Vec::new();
        let routes = self.routes.iter().map(RouteRule::base);
        let tools = self.mcp.iter().map(McpRoute::base);
        for base in [anthropic, openai, chatgpt].into_iter().chain(routes).chain(tools) {
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
        bases
    }
}

impl Default for Upstreams {
    fn default() -> Self {
        let base = |text: &str| text.parse().expect("a constant URL");
        Self {
            anthropic: base("https://api.anthropic.com"),
            openai: base("https://api.openai.com/v1"),
            chatgpt: base("https://chatgpt.com"),
        }
    }
}

impl Upstreams {
    /// Everything goes to `base`.
    pub fn all(base: Base) -> Self {
        Self { anthropic: base.clone(), openai: base.clone(), chatgpt: base }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_base_is_named_once() {
        let mut config = Config::default();
        assert_eq!(config.bases().len(), 3);
        config.upstreams = Upstreams::all("http://h".parse().unwrap());
        config.routes = ["/a=http://h", "/b=http://other"].map(|rule| rule.parse().unwrap()).into();
        assert_eq!(config.bases().len(), 2);
    }

    #[test]
    fn a_path_leads_to_one_place() {
        let check = |routes: &[&str], mcp: &[&str]| {
            let routes = routes.iter().map(|text| text.parse().unwrap()).collect();
            let mcp = mcp.iter().map(|text| text.parse().unwrap()).collect();
            Config { routes, mcp, ..Config::default() }.check()
        };
        assert_eq!(check(&["/a=http://h", "model:x=http://h"], &["/a/b=http://h"]), Ok(()));
        let twice = Err(ConfigError::Twice("/a".into()));
        assert_eq!(check(&["/a=http://h", "/a/=http://i"], &[]), twice);
        assert_eq!(check(&["/a=http://h"], &["/a=http://h"]), twice);
        for path in ["/healthz", "/healthz/x", "/stats"] {
            let taken = Err(ConfigError::Taken(path.into()));
            assert_eq!(check(&[&format!("{path}=http://h")], &[]), taken);
            assert_eq!(check(&[], &[&format!("{path}=http://h")]), taken);
        }
    }
}
