//! The head of a request → where it goes and what may be done with its body. Pure.

use crate::{
    attest::{Attestation, attestation},
    base::Base,
    config::{Config, Upstreams},
    headers::{is_encoded, is_json},
    mcp,
};
use brevity::Dialect;
use hyper::{Method, Uri, http::request::Parts};

/// What is done with a request.
#[derive(Debug)]
pub(crate) enum Route {
    /// The proxy says that it is alive.
    Health,
    /// The proxy says which upstreams it reaches.
    Upstreams,
    /// Nothing can be done with it; why, and what to do.
    Refused(&'static str),
    /// It goes to an upstream.
    Forward(Way),
}

/// The way of a request to its upstream.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) uri: Uri,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) plan: Plan,
}

/// What is done with a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// The engine may rewrite it.
    Rewrite(Dialect),
    /// It passes byte for byte.
    Pass(Skip),
    /// The same, to the tool server of this route, whose answer is shortened.
    Mcp(usize),
}

/// Why a whole body passed byte for byte, unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Skip {
    /// The engine does not know the API.
    NoDialect,
    /// The content type is not JSON.
    NotJson,
    /// The body is compressed.
    Encoded,
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
            Skip::Attested(_) => "attested",
            Skip::Failed => "failed",
        }
    }
}

/// Where a request goes.
pub(crate) fn route(head: &Parts, config: &Config) -> Route {
    match head.uri.path() {
        "/healthz" => own(&head.method, Route::Health),
        "/healthz/upstream" => own(&head.method, Route::Upstreams),
        path if head.method == Method::CONNECT || !path.starts_with('/') => {
            Route::Refused("Brevity is not a forward proxy: set it as the API's base URL instead")
        }
        path => forward(path, head, config),
    }
}

fn own(method: &Method, route: Route) -> Route {
    match *method {
        Method::GET | Method::HEAD => route,
        _ => Route::Refused("the health checks of Brevity answer GET and HEAD alone"),
    }
}

fn forward(path: &str, head: &Parts, config: &Config) -> Route {
    let target = head.uri.path_and_query().map_or(path, |target| target.as_str());
    let tools = mcp::find(target, &config.mcp);
    let (server, uri) = match tools {
        Some((server, uri)) => (Some(server), uri),
        None => (None, upstream(path, head, &config.upstreams).join(target)),
    };
    let Ok(uri) = uri else {
        return Route::Refused("the path does not make a URL behind the upstream's base");
    };
    if let Some(server) = server {
        return Route::Forward(Way { uri, dialect: None, plan: Plan::Mcp(server) });
    }
    let dialect = dialect(&head.method, path);
    Route::Forward(Way { uri, dialect, plan: plan(dialect, head, config) })
}

/// The dialect of a body, from the end of the path: gateways put the same APIs below prefixes.
fn dialect(method: &Method, path: &str) -> Option<Dialect> {
    if method != Method::POST {
        None
    } else if path.ends_with("/v1/messages") || path.ends_with("/v1/messages/count_tokens") {
        Some(Dialect::Anthropic)
    } else if path.ends_with("/chat/completions") {
        Some(Dialect::OpenAiChat)
    } else if path.ends_with("/responses") {
        Some(Dialect::OpenAiResponses)
    } else {
        None
    }
}

/// Both families have paths such as `/v1/models` and `/v1/files`. Anthropic's API asks for a
/// version header, so that tells them apart.
fn upstream<'a>(path: &str, head: &Parts, upstreams: &'a Upstreams) -> &'a Base {
    let anthropic = path == "/"
        || path.starts_with("/api/")
        || ["/v1/messages", "/v1/complete"].iter().any(|start| {
            path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        || head.headers.contains_key("anthropic-version");
    if anthropic { &upstreams.anthropic } else { &upstreams.openai }
}

fn plan(dialect: Option<Dialect>, head: &Parts, config: &Config) -> Plan {
    let Some(dialect) = dialect else { return Plan::Pass(Skip::NoDialect) };
    match attestation(&head.uri, &head.headers) {
        Some(Attestation::Login) if config.rewrite_attested => {}
        Some(attestation) => return Plan::Pass(Skip::Attested(attestation)),
        None => {}
    }
    if is_encoded(&head.headers) {
        Plan::Pass(Skip::Encoded)
    } else if !is_json(&head.headers) {
        Plan::Pass(Skip::NotJson)
    } else {
        Plan::Rewrite(dialect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Request;

    fn head(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn way(method: &str, uri: &str, headers: &[(&str, &str)]) -> Way {
        match route(&head(method, uri, headers), &Config::default()) {
            Route::Forward(way) => way,
            other => panic!("{method} {uri}: {other:?}"),
        }
    }

    const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

    #[test]
    fn paths_find_their_upstream_and_dialect() {
        let anthropic = "https://api.anthropic.com";
        let openai = "https://api.openai.com";
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
            assert_eq!(way.plan, Plan::Rewrite(dialect));
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
        assert_eq!(plan(&[JSON]), Plan::Rewrite(Dialect::Anthropic));
        assert_eq!(
            plan(&[JSON, ("content-encoding", "identity")]),
            Plan::Rewrite(Dialect::Anthropic)
        );
        assert_eq!(plan(&[JSON, ("content-encoding", "zstd")]), Plan::Pass(Skip::Encoded));
        assert_eq!(plan(&[]), Plan::Pass(Skip::NotJson));
        assert_eq!(plan(&[("content-type", "text/plain")]), Plan::Pass(Skip::NotJson));
        let oauth = ("authorization", "Bearer sk-ant-oat01-x");
        assert_eq!(plan(&[JSON, oauth]), Plan::Pass(Skip::Attested(Attestation::Login)));
    }

    #[test]
    fn only_logins_can_be_set_aside() {
        let config = Config { rewrite_attested: true, ..Config::default() };
        let plan =
            |header| plan(Some(Dialect::Anthropic), &head("POST", "/", &[JSON, header]), &config);
        assert_eq!(
            plan(("authorization", "Bearer sk-ant-oat01-x")),
            Plan::Rewrite(Dialect::Anthropic)
        );
        let signed = Plan::Pass(Skip::Attested(Attestation::Signature));
        assert_eq!(plan(("authorization", "AWS4-HMAC-SHA256 x")), signed);
    }

    #[test]
    fn own_paths_and_refusals() {
        let route = |method, uri| route(&head(method, uri, &[]), &Config::default());
        assert!(matches!(route("GET", "/healthz"), Route::Health));
        assert!(matches!(route("HEAD", "/healthz/upstream"), Route::Upstreams));
        assert!(matches!(route("POST", "/healthz"), Route::Refused(_)));
        assert!(matches!(route("OPTIONS", "*"), Route::Refused(_)));
        assert!(matches!(route("CONNECT", "host:443"), Route::Refused(_)));
    }
}
