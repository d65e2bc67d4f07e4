//! The head of a request → where it goes and what may be done with its body. Pure.

use crate::{
    attest::{Attestation, attestation},
    base::Base,
    body::{Coding, UnknownCoding},
    config::{Config, Upstreams},
    control::{Control, ControlError},
    table::{self, Api, RouteRule},
};
use brevity::{Dialect, Settings};
use hyper::{HeaderMap, Method, Uri, header::CONTENT_TYPE, http::request::Parts};
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
    pub(crate) uri: Uri,
    /// The path and the query as they came.
    pub(crate) target: String,
    /// Its model may send it elsewhere.
    pub(crate) by_model: bool,
    pub(crate) dialect: Option<Dialect>,
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

/// Why a whole body passed byte for byte, unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Skip {
    /// The engine does not know the API.
    NoDialect,
    /// The content type is not JSON.
    NotJson,
    /// The body is compressed, and cannot be decoded within the bounds.
    Encoded,
    /// The client asked for it.
    Bypassed,
    /// The client asked for something in words that are not understood.
    Control,
    /// Its conversation is held out, to compare.
    HeldOut,
    /// What would have left was only counted.
    DryRun,
    /// Something vouches for the body.
    Attested(Attestation),
    /// The engine failed; the body passed as it came.
    Failed,
}

impl Skip {
    /// The reason's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Skip::NoDialect => "no-dialect",
            Skip::NotJson => "not-json",
            Skip::Encoded => "encoded",
            Skip::Bypassed => "bypassed",
            Skip::Control => "bad-header",
            Skip::HeldOut => "held-out",
            Skip::DryRun => "dry-run",
            Skip::Attested(_) => "attested",
            Skip::Failed => "failed",
        }
    }
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
    let found = table::by_path(&config.routes, target);
    let joined = match found {
        Some((rule, rest)) => rule.base().join(rest),
        None => upstream(path, head, &config.upstreams).join(target),
    };
    let Ok(uri) = joined else {
        return Route::Refused("the path does not make a URL behind the upstream's base");
    };
    let rule = found.map(|(rule, _)| rule);
    let dialect = match rule.and_then(|rule| rule.api) {
        Some(Api::Is(dialect)) => Some(dialect).filter(|_| head.method == Method::POST),
        Some(Api::None) => None,
        None => dialect(&head.method, path),
    };
    let plan = plan(dialect, &control, head, config);
    let by_model = rule.is_none() && dialect.is_some() && table::asks_model(&config.routes);
    let settings = settings(rule, control.as_ref().ok(), &config.settings);
    let target = target.to_owned();
    Route::Forward(Way { uri, target, by_model, dialect, plan, settings, control })
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

/// Both families have paths such as `/v1/models` and `/v1/files`. Anthropic's API asks for a
/// version header, so that tells them apart.
fn upstream<'a>(path: &str, head: &Parts, upstreams: &'a Upstreams) -> &'a Base {
    if path.starts_with("/backend-api/") {
        return &upstreams.chatgpt;
    }
    let anthropic = path == "/"
        || path.starts_with("/api/")
        || ["/v1/messages", "/v1/complete"].iter().any(|start| {
            path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        || head.headers.contains_key("anthropic-version");
    if anthropic { &upstreams.anthropic } else { &upstreams.openai }
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

/// `application/json`, or a type with the suffix `+json` (RFC 6839), whatever its parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use brevity::Level;
    use hyper::Request;

    fn head(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn way(method: &str, uri: &str, headers: &[(&str, &str)]) -> Way {
        way_in(method, uri, headers, &Config::default())
    }

    fn way_in(method: &str, uri: &str, headers: &[(&str, &str)], config: &Config) -> Way {
        match route(&mut head(method, uri, headers), config) {
            Route::Forward(way) => way,
            other => panic!("{method} {uri}: {other:?}"),
        }
    }

    const OAUTH: (&str, &str) = ("authorization", "Bearer sk-ant-oat01-x");
    const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

    #[test]
    fn paths_find_their_upstream_and_dialect() {
        let anthropic = "https://api.anthropic.com";
        let openai = "https://api.openai.com";
        let chatgpt = "https://chatgpt.com";
        let cases = [
            ("POST", "/v1/messages", anthropic, Some(Dialect::Anthropic)),
            ("POST", "/v1/messages?beta=true", anthropic, Some(Dialect::Anthropic)),
            ("POST", "/v1/messages/count_tokens", anthropic, Some(Dialect::Anthropic)),
            ("GET", "/v1/messages/batches", anthropic, None),
            ("HEAD", "/", anthropic, None),
            ("POST", "/v1/chat/completions", openai, Some(Dialect::OpenAiChat)),
            ("GET", "/v1/chat/completions", openai, None),
            ("POST", "/v1/responses", openai, Some(Dialect::OpenAiResponses)),
            ("POST", "/v1/responses?x=1", openai, Some(Dialect::OpenAiResponses)),
            ("GET", "/v1/responses", openai, None),
            ("GET", "/v1/responses/resp_1", openai, None),
            ("POST", "/v1/responses/input_tokens", openai, Some(Dialect::OpenAiResponses)),
            ("POST", "/backend-api/codex/responses", chatgpt, Some(Dialect::OpenAiResponses)),
            ("GET", "/backend-api/wham/usage", chatgpt, None),
            ("POST", "/v1/responses/compact", openai, None),
            ("POST", "/v1/responses/resp_1/cancel", openai, None),
            ("POST", "/v1/xresponses", openai, None),
            ("GET", "/v1/models", openai, None),
            ("POST", "/v1/messagesx", openai, None),
            ("GET", "/v1/a/%2e%2e/b", openai, None),
        ];
        for (method, target, base, dialect) in cases {
            let way = way(method, target, &[]);
            assert_eq!(way.uri.to_string(), format!("{base}{target}"));
            assert_eq!(way.dialect, dialect, "{method} {target}");
        }
    }

    #[test]
    fn the_version_may_be_missing_for_openai() {
        for (path, dialect) in
            [("/chat/completions", Dialect::OpenAiChat), ("/responses", Dialect::OpenAiResponses)]
        {
            let way = way("POST", path, &[JSON]);
            assert_eq!(way.uri.to_string(), format!("https://api.openai.com/v1{path}"));
            assert_eq!((way.plan, way.dialect), (Plan::Rewrite(None), Some(dialect)));
        }
    }

    #[test]
    fn a_version_header_marks_anthropic() {
        let way = way("GET", "/v1/models", &[("anthropic-version", "2023-06-01")]);
        assert_eq!(way.uri.host(), Some("api.anthropic.com"));
    }

    #[test]
    fn bodies_pass_for_a_reason() {
        let plan = |headers: &[_]| way("POST", "/v1/messages", headers).plan;
        assert_eq!(plan(&[JSON]), Plan::Rewrite(None));
        assert_eq!(plan(&[JSON, ("content-encoding", "identity")]), Plan::Rewrite(None));
        assert_eq!(plan(&[JSON, ("content-encoding", "zstd")]), Plan::Rewrite(Some(Coding::Zstd)));
        assert_eq!(plan(&[JSON, ("content-encoding", "pack200")]), Plan::Pass(Skip::Encoded));
        assert_eq!(plan(&[]), Plan::Pass(Skip::NotJson));
        assert_eq!(plan(&[("content-type", "text/plain")]), Plan::Pass(Skip::NotJson));
        assert_eq!(plan(&[JSON, OAUTH]), Plan::Pass(Skip::Attested(Attestation::Login)));
        assert_eq!(plan(&[JSON, ("x-brevity-bypass", "true")]), Plan::Pass(Skip::Bypassed));
        assert_eq!(plan(&[JSON, ("x-brevity-bypass", "maybe")]), Plan::Pass(Skip::Control));
    }

    #[test]
    fn only_logins_can_be_set_aside() {
        let config = Config { rewrite_attested: true, ..Config::default() };
        let plan = |header| way_in("POST", "/v1/messages", &[JSON, header], &config).plan;
        assert_eq!(plan(OAUTH), Plan::Rewrite(None));
        let signed = Plan::Pass(Skip::Attested(Attestation::Signature));
        assert_eq!(plan(("authorization", "AWS4-HMAC-SHA256 x")), signed);
    }

    fn table(rules: &[&str]) -> Config {
        let routes = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        Config { routes, ..Config::default() }
    }

    #[test]
    fn a_rule_sends_what_is_below_its_path_elsewhere() {
        let config = table(&[
            "/openrouter=https://openrouter.ai/api",
            "/azure=https://x.openai.azure.com/openai/deployments",
            "/local=http://127.0.0.1:8000/v1 api=openai-chat level=off",
            "/plain=http://h api=none",
        ]);
        let cases = [
            ("/openrouter/v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions"),
            (
                "/azure/gpt/chat/completions?api-version=1",
                "https://x.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=1",
            ),
            ("/local/v1/generate", "http://127.0.0.1:8000/v1/generate"),
            ("/local/generate", "http://127.0.0.1:8000/v1/generate"),
        ];
        for (target, uri) in cases {
            let way = way_in("POST", target, &[JSON], &config);
            assert_eq!(way.uri.to_string(), uri);
            assert_eq!(way.plan, Plan::Rewrite(None));
            assert_eq!(way.dialect, Some(Dialect::OpenAiChat));
            let level = if target.starts_with("/local") { Level::Off } else { Level::Lossless };
            assert_eq!(way.settings.policy.level, level);
        }
        let level = ("x-brevity-level", "lossless");
        let way = way_in("POST", "/local/generate", &[JSON, level], &config);
        assert_eq!(way.settings.policy.level, Level::Lossless, "the request's own word wins");
        let way = way_in("GET", "/local/generate", &[JSON], &config);
        assert_eq!(way.plan, Plan::Pass(Skip::NoDialect), "only what is posted is a request");
        let way = way_in("POST", "/plain/v1/messages", &[JSON], &config);
        assert_eq!(way.plan, Plan::Pass(Skip::NoDialect));
    }

    #[test]
    fn models_are_asked_for_where_a_rule_is_about_them() {
        let config = table(&["model:q*=http://h", "/x=http://x"]);
        let by_model = |method, target| way_in(method, target, &[JSON], &config).by_model;
        assert!(by_model("POST", "/v1/chat/completions"));
        assert!(!by_model("POST", "/x/v1/chat/completions"), "its path says where it goes");
        assert!(!by_model("GET", "/v1/models"));
        assert!(!way("POST", "/v1/chat/completions", &[JSON]).by_model);
    }

    #[test]
    fn own_paths_and_refusals() {
        let route = |method, uri| route(&mut head(method, uri, &[]), &Config::default());
        assert!(matches!(route("GET", "/healthz"), Route::Health));
        assert!(matches!(route("HEAD", "/healthz/upstream"), Route::Upstreams));
        assert!(matches!(route("POST", "/healthz"), Route::Refused(_)));
        assert!(matches!(route("OPTIONS", "*"), Route::Refused(_)));
        assert!(matches!(route("CONNECT", "host:443"), Route::Refused(_)));
    }
}
