//! All that can be set, in the order in which it is printed.

use super::{
    key::{Key, List, Place},
    network::{ProxyChoice, UPSTREAM_PROXY},
    own::{
        ADMIN, BODY, CA, CHECK, HOLDOUT, HOSTS, LEVEL, LISTEN, LOG, LOG_FORMAT, OUTPUT, TOKEN,
        UPSTREAM,
    },
};
use crate::cli::log::LogFormat;
use brevity::{Limits, Policy};
use brevity_proxy::Config;
use std::sync::Arc;
use tracing_subscriber::filter::LevelFilter;

/// What the keys set.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    pub(crate) config: Config,
    /// The level of the log.
    pub(crate) log: LevelFilter,
    pub(crate) log_format: LogFormat,
    /// Which HTTP proxies lead to upstreams.
    pub(crate) upstream_proxy: ProxyChoice,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            config: Config::default(),
            log: LevelFilter::INFO,
            log_format: LogFormat::Text,
            upstream_proxy: ProxyChoice::default(),
        }
    }
}

pub(super) fn policy(values: &mut Values) -> &mut Policy {
    &mut Arc::make_mut(&mut values.config.settings).policy
}

fn limits(values: &mut Values) -> &mut Limits {
    &mut Arc::make_mut(&mut values.config.settings).limits
}

const fn key(name: &'static str, place: Place, says: &'static str) -> Key {
    Key { name, says, place }
}

/// The key that is called `name`.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

pub(super) static KEYS: &[Key] = &[
    key(
        "listen",
        Place::Own(LISTEN),
        "where to listen: a host and a port, 0 being any free one; or a socket, which only its own user reaches",
    ),
    key(
        "token_file",
        Place::Own(TOKEN),
        "a file with the token that each request has to bring ([network.md](network.md)); empty, nobody is asked",
    ),
    key(
        "hosts",
        Place::Own(HOSTS),
        "names by which clients may ask for it, beside this machine's own; a variable has commas between them",
    ),
    key(
        "admin",
        Place::Own(ADMIN),
        "where `/metrics`, `/stats`, `/healthz` and `/readyz` are answered; beside: one port above `listen`",
    ),
    key(
        "check_one_in",
        Place::Own(CHECK),
        "one body in so many is put back after it has left, and counted if that does not give what came; 0 is none",
    ),
    key("log", Place::Own(LOG), "the level of the log"),
    key("log_format", Place::Own(LOG_FORMAT), "lines for people, or a JSON object a line"),
    key(
        "level",
        Place::Own(LEVEL),
        "whether anything is rewritten; a route or a request may say otherwise",
    ),
    key("output", Place::Own(OUTPUT), "which bytes to write; this version knows 1"),
    key(
        "stream_requests",
        Place::Switch(|v| &mut policy(v).stream_requests),
        "rewrite bodies as they pass, never holding one whole",
    ),
    key(
        "rewrite_attested",
        Place::Switch(|v| &mut v.config.rewrite_attested),
        "rewrite the requests of subscription logins, too; the risk is in [operating.md](operating.md)",
    ),
    key(
        "dry_run",
        Place::Switch(|v| &mut v.config.dry_run),
        "forward every body as it came, and only count; excludes `holdout`",
    ),
    key(
        "holdout",
        Place::Own(HOLDOUT),
        "the share of conversations that is left untouched, to compare; 0 is none",
    ),
    key(
        "upstream_ca",
        Place::Own(CA),
        "trust only the certificates in this PEM file; empty, those of the platform",
    ),
    key(
        "upstream_proxy",
        Place::Own(UPSTREAM_PROXY),
        "the HTTP proxy that leads to upstreams; `environment`: as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say, see [network.md](network.md)",
    ),
    key("upstream", Place::Own(UPSTREAM), "where every request goes: sets the three below"),
    key(
        "upstream.anthropic",
        Place::Url(|v| &mut v.config.upstreams.anthropic),
        "where Anthropic's paths go",
    ),
    key(
        "upstream.openai",
        Place::Url(|v| &mut v.config.upstreams.openai),
        "where OpenAI's paths go",
    ),
    key(
        "upstream.chatgpt",
        Place::Url(|v| &mut v.config.upstreams.chatgpt),
        "where ChatGPT's own clients go, which log in by subscription",
    ),
    key(
        "timeouts.connect",
        Place::Time(|v| &mut v.config.timeouts.connect),
        "the wait for a connection to an upstream, TLS included",
    ),
    key(
        "timeouts.head",
        Place::Time(|v| &mut v.config.timeouts.head),
        "the wait for the head of a request; an unused connection of a client stays as long",
    ),
    key(
        "timeouts.body",
        Place::Time(|v| &mut v.config.timeouts.body),
        "the wait for the next byte of a request's body",
    ),
    key(
        "timeouts.memory",
        Place::Time(|v| &mut v.config.timeouts.memory),
        "the wait for memory to hold a body in, while others fill it",
    ),
    key(
        "timeouts.idle",
        Place::Time(|v| &mut v.config.timeouts.idle),
        "the wait for the next byte of an answer",
    ),
    key(
        "timeouts.drain",
        Place::Time(|v| &mut v.config.timeouts.drain),
        "how long requests may go on when the proxy is told to stop",
    ),
    key(
        "caps.connections",
        Place::Count(|v| &mut v.config.caps.connections),
        "connections of clients; those beyond wait until one closes",
    ),
    key(
        "caps.requests",
        Place::Count(|v| &mut v.config.caps.requests),
        "requests and WebSockets on their way; beyond, 503",
    ),
    key(
        "caps.requests_per_client",
        Place::Count(|v| &mut v.config.caps.requests_per_client),
        "those of one address, or of one user at a socket; beyond, 429",
    ),
    key(
        "caps.head",
        Place::Size(|v| &mut v.config.caps.head),
        "the head of a request; beyond, 431",
    ),
    key(
        "caps.fields",
        Place::Count(|v| &mut v.config.caps.fields),
        "the fields of a head; beyond, 431",
    ),
    key(
        "caps.memory",
        Place::Size(|v| &mut v.config.caps.memory),
        "what held bodies take together; beyond, a request waits, then 503",
    ),
    key("caps.body", Place::Own(BODY), "the body of a request; beyond, 413; 0 is no bound"),
    key(
        "limits.request",
        Place::Size(|v| &mut limits(v).request),
        "the longest request that is held until it is complete",
    ),
    key(
        "limits.block",
        Place::Size(|v| &mut limits(v).block),
        "how long a text waits until it is known whose it is",
    ),
    key("limits.window", Place::Size(|v| &mut limits(v).window), "the longest part of lines"),
    key(
        "limits.document",
        Place::Size(|v| &mut limits(v).document),
        "the longest JSON document that is read whole",
    ),
    key(
        "limits.document_nodes",
        Place::Count(|v| &mut limits(v).document_nodes),
        "how many values such a document may hold",
    ),
    key(
        "limits.calls",
        Place::Size(|v| &mut limits(v).calls),
        "what is remembered of a request's tool calls",
    ),
    key(
        "limits.sse_event",
        Place::Size(|v| &mut limits(v).sse_event),
        "the longest event of an answer that is read",
    ),
    key(
        "tools",
        Place::List(List::Tools),
        "by globs over tools' names: `off`, `file` or `lossless`; the last that matches wins",
    ),
    key("mcp", Place::List(List::Mcp), "tool servers that speak MCP, by prefixes of the path"),
    key(
        "route",
        Place::List(List::Routes),
        "requests that go elsewhere: `path` or `model`, `url`, and perhaps `api` and `level`",
    ),
];
