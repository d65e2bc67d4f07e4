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
        Route::On(Onward::Model(way)) => way,
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
fn an_account_of_chatgpt_talks_to_its_own_host() {
    let account = ("chatgpt-account-id", "x");
    for target in ["/responses", "/v1/responses", "/backend-api/codex/responses"] {
        let way = way("POST", target, &[JSON, account]);
        assert_eq!(way.uri.to_string(), "https://chatgpt.com/backend-api/codex/responses");
        assert_eq!(way.plan, Plan::Pass(Skip::Attested(Attestation::Login)));
        assert!(way.is_responses);
    }
    let upstreams = Upstreams::all("http://h/v1".parse().unwrap());
    let config = Config { upstreams, ..Config::default() };
    let way = way_in("POST", "/responses", &[JSON, account], &config);
    assert_eq!(way.uri.to_string(), "http://h/v1/responses", "one upstream takes everything");
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
        assert_eq!(way.dialect, Some(Dialect::OpenAiChat));
        let (level, plan) = match target.starts_with("/local") {
            true => (Level::Off, Plan::Pass(Skip::Off)),
            false => (Level::Lossless, Plan::Rewrite(None)),
        };
        assert_eq!((way.settings.policy.level, way.plan), (level, plan));
    }
    let level = ("x-brevity-level", "lossless");
    let way = way_in("POST", "/local/generate", &[JSON, level], &config);
    assert_eq!(way.settings.policy.level, Level::Lossless, "the request's own word wins");
    assert_eq!(way.plan, Plan::Rewrite(None));
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
    let off = ("x-brevity-level", "off");
    let asked = way_in("POST", "/v1/chat/completions", &[JSON, off], &config);
    assert_eq!(asked.plan, Plan::Rewrite(None), "its model is still asked for");
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
