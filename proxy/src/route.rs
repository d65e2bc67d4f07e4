//! The head of a request → where it goes and what may be done with its body. Pure.

mod skip;

pub use skip::Skip;

use crate::{
    attest::{Attestation, attestation},
    base::{Base, below},
    body::{Coding, UnknownCoding},
    config::{Config, Upstreams},
    control::{Control, ControlError},
    headers::is_json,
    mcp,
    table::{self, Api, RouteRule},
};
use brevity::{Dialect, Level, Settings};
use hyper::{HeaderMap, Method, Uri, http::request::Parts};
use std::{borrow::Cow, sync::Arc};

/// What a path says that joins no URL.
const NO_URL: &str = "the path does not make a URL behind the upstream's base";

/// What is done with a request.
#[derive(Debug)]
pub(crate) enum Route {
    /// The proxy says that it is alive.
    Health,
    /// The proxy says which upstreams it reaches.
    Upstreams,
    /// The proxy says what all requests came to.
    Stats,
    /// Nothing can be done with it; why, and what to do.
    Refused(&'static str),
    /// It goes on.
    On(Onward),
}

/// Where a request goes on to.
#[derive(Debug)]
pub(crate) enum Onward {
    /// A model's API.
    Model(Way),
    /// A tool server.
    Tool(ToolWay),
}

/// The way of a request to a tool server.
#[derive(Debug)]
pub(crate) struct ToolWay {
    /// The route's name.
    pub(crate) name: Cow<'static, str>,
    pub(crate) uri: Uri,
    /// Which one, by the order of the configuration.
    pub(crate) server: usize,
    /// Why its answer passes unread, if it does.
    pub(crate) skip: Option<Skip>,
    /// What the engine may rewrite in the answer.
    pub(crate) settings: Arc<Settings>,
    /// What the client asks of Brevity.
    pub(crate) control: Result<Control, ControlError>,
}

/// The way of a request to a model's API.
#[derive(Debug)]
pub(crate) struct Way {
    /// The route's name: what a rule selects, else whose API it is.
    pub(crate) name: Cow<'static, str>,
    pub(crate) uri: Uri,
    /// Its model may send it elsewhere.
    pub(crate) by_model: bool,
    pub(crate) dialect: Option<Dialect>,
    /// What a WebSocket there speaks is Responses.
    pub(crate) is_responses: bool,
    pub(crate) plan: Plan,
    /// What the engine may rewrite in it.
    pub(crate) settings: Arc<Settings>,
    /// What the client asks of Brevity.
    pub(crate) control: Result<Control, ControlError>,
}

impl Way {
    /// Whether the request is a turn of a conversation, and does not only ask what one would cost.
    pub(crate) fn is_turn(&self) -> bool {
        let path = self.uri.path();
        !path.ends_with("/count_tokens") && !path.ends_with("/input_tokens")
    }
}

/// What is done with a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// The engine may rewrite it, once its coding is off.
    Rewrite(Option<Coding>),
    /// It passes byte for byte.
    Pass(Skip),
}

/// Where a request goes. Takes our own headers away.
pub(crate) fn route(head: &mut Parts, config: &Config) -> Route {
    let control = Control::take(&mut head.headers);
    match head.uri.path() {
        "/healthz" => own(&head.method, Route::Health),
        "/healthz/upstream" => own(&head.method, Route::Upstreams),
        "/stats" => own(&head.method, Route::Stats),
        path if head.method == Method::CONNECT || !path.starts_with('/') => {
            Route::Refused("Brevity is not a forward proxy: set it as the API's base URL instead")
        }
        _ => forward(head, control, config),
    }
}

fn own(method: &Method, route: Route) -> Route {
    match *method {
        Method::GET | Method::HEAD => route,
        _ => Route::Refused("what Brevity answers by itself is asked for by GET or HEAD alone"),
    }
}

fn forward(head: &Parts, control: Result<Control, ControlError>, config: &Config) -> Route {
    let target = head.uri.path_and_query().map_or(head.uri.path(), |target| target.as_str());
    let below = table::by_path(&config.routes, target);
    let tools = mcp::find(target, &config.mcp);
    match (tools, below) {
        // The longer prefix holds; none stands in both lists.
        (Some(tools), below) if below.is_none_or(|(_, rest)| tools.rest.len() < rest.len()) => {
            tool(tools, control, config)
        }
        (_, below) => model(target, below, head, control, config),
    }
}

fn tool(found: mcp::Found, control: Result<Control, ControlError>, config: &Config) -> Route {
    let Ok(uri) = found.uri else { return Route::Refused(NO_URL) };
    let settings = settings(None, control.as_ref().ok(), &config.settings);
    let skip = asked_skip(&control).or_else(|| off(&settings));
    let (server, name) = (found.server, Cow::Owned(config.mcp[found.server].name().to_owned()));
    Route::On(Onward::Tool(ToolWay { name, uri, server, skip, settings, control }))
}

fn model(
    target: &str,
    below: Option<(&RouteRule, &str)>,
    head: &Parts,
    control: Result<Control, ControlError>,
    config: &Config,
) -> Route {
    let path = head.uri.path();
    let (name, uri) = match below {
        Some((rule, rest)) => (Cow::Owned(rule.name().to_owned()), rule.base().join(rest)),
        None => {
            let (name, uri) = by_default(target, head, &config.upstreams);
            (Cow::Borrowed(name), uri)
        }
    };
    let Ok(uri) = uri else { return Route::Refused(NO_URL) };
    let rule = below.map(|(rule, _)| rule);
    let api = rule.and_then(|rule| rule.api);
    let dialect = match api {
        Some(Api::Is(dialect)) => Some(dialect).filter(|_| head.method == Method::POST),
        Some(Api::None) => None,
        None => dialect(&head.method, path),
    };
    let is_responses = match api {
        Some(api) => api == Api::Is(Dialect::OpenAiResponses),
        None => path.ends_with("/responses"),
    };
    let by_model =
        rule.is_none() && (dialect.is_some() || is_responses) && table::asks_model(&config.routes);
    let settings = settings(rule, control.as_ref().ok(), &config.settings);
    // A rule about its model may still say otherwise.
    let off = off(&settings).filter(|_| !by_model);
    let plan = plan(dialect, &control, off, head, config);
    let way = Way { name, uri, by_model, dialect, is_responses, plan, settings, control };
    Route::On(Onward::Model(way))
}

/// Where a request for a model goes that no rule is about, and what that way is called.
fn by_default(
    target: &str,
    head: &Parts,
    upstreams: &Upstreams,
) -> (&'static str, Result<Uri, hyper::http::Error>) {
    match codex(target, head, upstreams) {
        Some(codex) => ("chatgpt", upstreams.chatgpt.join(&codex)),
        None => {
            let (name, base) = upstream(head, upstreams);
            (name, base.join(target))
        }
    }
}

/// What the engine may rewrite. The closest wins: the request's own headers, then the rule.
fn settings(
    rule: Option<&RouteRule>,
    control: Option<&Control>,
    configured: &Arc<Settings>,
) -> Arc<Settings> {
    let level = rule.and_then(|rule| rule.level).unwrap_or(configured.policy.level);
    let mut settings = configured.clone();
    if level != settings.policy.level {
        Arc::make_mut(&mut settings).policy.level = level;
    }
    control.map_or_else(|| settings.clone(), |control| control.settings(&settings))
}

/// The dialect of a body, from the end of the path: gateways put the same APIs below prefixes.
fn dialect(method: &Method, path: &str) -> Option<Dialect> {
    if method != Method::POST {
        None
    } else if path.ends_with("/v1/messages") || path.ends_with("/v1/messages/count_tokens") {
        Some(Dialect::Anthropic)
    } else if path.ends_with("/chat/completions") {
        Some(Dialect::OpenAiChat)
    } else if path.ends_with("/responses") || path.ends_with("/responses/input_tokens") {
        Some(Dialect::OpenAiResponses)
    } else {
        None
    }
}

/// Where Codex talks to under a ChatGPT login: its token is refused by the API's own host. Codex is
/// told the proxy's bare address, since it takes a base URL with `/backend-api` for ChatGPT's own.
fn codex(target: &str, head: &Parts, upstreams: &Upstreams) -> Option<String> {
    let is_login = head.headers.contains_key("chatgpt-account-id");
    if !is_login || target.starts_with("/backend-api/") || upstreams.chatgpt == upstreams.openai {
        return None;
    }
    let path = target.strip_prefix("/v1").filter(|rest| rest.starts_with('/')).unwrap_or(target);
    Some(format!("/backend-api/codex{path}"))
}

/// Both families have paths such as `/v1/models` and `/v1/files`. Anthropic's API asks for a
/// version header, so that tells them apart.
fn upstream<'a>(head: &Parts, upstreams: &'a Upstreams) -> (&'static str, &'a Base) {
    let path = head.uri.path();
    if path.starts_with("/backend-api/") {
        return ("chatgpt", &upstreams.chatgpt);
    }
    let anthropic = path == "/"
        || path.starts_with("/api/")
        || ["/v1/messages", "/v1/complete"].iter().any(|start| below(path, start).is_some())
        || head.headers.contains_key("anthropic-version");
    match anthropic {
        true => ("anthropic", &upstreams.anthropic),
        false => ("openai", &upstreams.openai),
    }
}

/// Why a request passes, as its head and the configuration say: the client asks for it, or something
/// vouches for what it sends.
pub(crate) fn skip(
    control: &Result<Control, ControlError>,
    uri: &Uri,
    headers: &HeaderMap,
    config: &Config,
) -> Option<Skip> {
    let vouched = || {
        attestation(uri, headers)
            .filter(|found| !(config.rewrite_attested && *found == Attestation::Login))
            .map(Skip::Attested)
    };
    asked_skip(control).or_else(vouched)
}

/// Why a request passes that nothing is to be rewritten in.
pub(crate) fn off(settings: &Settings) -> Option<Skip> {
    (settings.policy.level == Level::Off).then_some(Skip::Off)
}

fn asked_skip(control: &Result<Control, ControlError>) -> Option<Skip> {
    match control {
        Err(_) => Some(Skip::Control),
        Ok(control) => control.bypasses().then_some(Skip::Bypassed),
    }
}

fn plan(
    dialect: Option<Dialect>,
    control: &Result<Control, ControlError>,
    off: Option<Skip>,
    head: &Parts,
    config: &Config,
) -> Plan {
    if dialect.is_none() {
        return Plan::Pass(Skip::NoDialect);
    }
    if let Some(skip) = skip(control, &head.uri, &head.headers, config).or(off) {
        return Plan::Pass(skip);
    }
    match Coding::of(&head.headers) {
        Err(UnknownCoding) => Plan::Pass(Skip::Encoded),
        Ok(_) if !is_json(&head.headers) => Plan::Pass(Skip::NotJson),
        Ok(coding) => Plan::Rewrite(coding),
    }
}

#[cfg(test)]
mod tests;
