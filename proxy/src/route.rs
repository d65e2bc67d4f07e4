//! The head of a request → where it goes and what may be done with its body. Pure.

mod skip;

pub use skip::Skip;

use crate::{
    attest::{Attestation, attestation},
    base::Base,
    body::{Coding, UnknownCoding},
    config::{Config, Upstreams},
    control::{Control, ControlError},
    headers::is_json,
    mcp,
    table::{self, Api, RouteRule},
};
use brevity::{Dialect, Settings};
use hyper::{Method, Uri, http::request::Parts};
use std::sync::Arc;

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
    /// It goes to an upstream.
    Forward(Way),
}

/// The way of a request to its upstream.
#[derive(Debug)]
pub(crate) struct Way {
    /// The route's name: what a rule selects, else whose API it is.
    pub(crate) name: String,
    pub(crate) uri: Uri,
    /// The path and the query as they came.
    pub(crate) target: String,
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
    /// The same, to the tool server of this route, whose answer is shortened.
    Mcp(usize),
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
        path => forward(path, head, control, config),
    }
}

fn own(method: &Method, route: Route) -> Route {
    match *method {
        Method::GET | Method::HEAD => route,
        _ => Route::Refused("what Brevity answers by itself is asked for by GET or HEAD alone"),
    }
}

fn forward(
    path: &str,
    head: &Parts,
    control: Result<Control, ControlError>,
    config: &Config,
) -> Route {
    let target = head.uri.path_and_query().map_or(path, |target| target.as_str());
    let (name, rule, uri, plan) = match mcp::find(target, &config.mcp) {
        Some((server, uri)) => (config.mcp[server].name(), None, uri, Some(Plan::Mcp(server))),
        None => {
            let (name, rule, uri) = destination(path, target, head, config);
            (name, rule, uri, None)
        }
    };
    let Ok(uri) = uri else {
        return Route::Refused("the path does not make a URL behind the upstream's base");
    };
    let api = rule.and_then(|rule| rule.api);
    let dialect = match api {
        _ if plan.is_some() => None,
        Some(Api::Is(dialect)) => Some(dialect).filter(|_| head.method == Method::POST),
        Some(Api::None) => None,
        None => dialect(&head.method, path),
    };
    let is_responses =
        api.map_or(path.ends_with("/responses"), |api| api == Api::Is(Dialect::OpenAiResponses));
    Route::Forward(Way {
        name: name.to_owned(),
        uri,
        target: target.to_owned(),
        by_model: rule.is_none() && dialect.is_some() && table::asks_model(&config.routes),
        dialect,
        is_responses: is_responses && plan.is_none(),
        plan: plan.unwrap_or_else(|| self::plan(dialect, &control, head, config)),
        settings: settings(rule, control.as_ref().ok(), &config.settings),
        control,
    })
}

/// Where a request for a model goes, what that way is called, and the rule that says so.
fn destination<'c>(
    path: &str,
    target: &str,
    head: &Parts,
    config: &'c Config,
) -> (&'c str, Option<&'c RouteRule>, Result<Uri, hyper::http::Error>) {
    if let Some((rule, rest)) = table::by_path(&config.routes, target) {
        return (rule.name(), Some(rule), rule.base().join(rest));
    }
    let upstreams = &config.upstreams;
    match codex(target, head, upstreams) {
        Some(codex) => ("chatgpt", None, upstreams.chatgpt.join(&codex)),
        None => {
            let (name, base) = upstream(path, head, upstreams);
            (name, None, base.join(target))
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
fn upstream<'a>(path: &str, head: &Parts, upstreams: &'a Upstreams) -> (&'static str, &'a Base) {
    if path.starts_with("/backend-api/") {
        return ("chatgpt", &upstreams.chatgpt);
    }
    let anthropic = path == "/"
        || path.starts_with("/api/")
        || ["/v1/messages", "/v1/complete"].iter().any(|start| {
            path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        || head.headers.contains_key("anthropic-version");
    match anthropic {
        true => ("anthropic", &upstreams.anthropic),
        false => ("openai", &upstreams.openai),
    }
}

fn plan(
    dialect: Option<Dialect>,
    control: &Result<Control, ControlError>,
    head: &Parts,
    config: &Config,
) -> Plan {
    match control {
        _ if dialect.is_none() => return Plan::Pass(Skip::NoDialect),
        Err(_) => return Plan::Pass(Skip::Control),
        Ok(control) if control.bypass => return Plan::Pass(Skip::Bypassed),
        Ok(_) => {}
    }
    match attestation(&head.uri, &head.headers) {
        Some(Attestation::Login) if config.rewrite_attested => {}
        Some(attestation) => return Plan::Pass(Skip::Attested(attestation)),
        None => {}
    }
    match Coding::of(&head.headers) {
        Err(UnknownCoding) => Plan::Pass(Skip::Encoded),
        Ok(_) if !is_json(&head.headers) => Plan::Pass(Skip::NotJson),
        Ok(coding) => Plan::Rewrite(coding),
    }
}

#[cfg(test)]
mod tests;
