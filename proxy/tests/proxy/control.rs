//! What a request asks of Brevity, what the configuration sends elsewhere, and dry runs.

use crate::world::{Got, Proxy, full, http1, post, telling};
use brevity::Codec;
use brevity_proxy::{Record, Skip};
use hyper::{Response, body::Incoming};
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

/// A conversation whose one result can leave shorter.
fn conversation(model: &str) -> String {
    let rows: Vec<_> =
        (0..200).map(|row| json!({"id": row, "name": format!("unit {row}"), "on": true})).collect();
    let call = json!([{"type": "tool_use", "id": "a", "name": "units", "input": {}}]);
    let result =
        json!([{"type": "tool_result", "tool_use_id": "a", "content": json!(rows).to_string()}]);
    json!({"messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": call},
        {"role": "user", "content": result},
    ], "model": model})
    .to_string()
}

/// Sends the conversation with these headers.
async fn send(proxy: &Proxy, headers: &[(&'static str, &str)]) -> Response<Incoming> {
    let mut request = post(proxy.url("/v1/messages"), full(conversation("m")));
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    http1().request(request).await.unwrap()
}

async fn told(told: &mut UnboundedReceiver<Got>, proxy: &mut Proxy) -> (Got, Record) {
    let got = told.recv().await.unwrap();
    assert!(got.head.headers.keys().all(|name| !name.as_str().starts_with("x-brevity")));
    (got, proxy.record().await)
}

#[tokio::test]
async fn a_request_passes_where_it_says_so() {
    let (base, mut upstream) = telling().await;
    let mut proxy = Proxy::before(base).await;
    for (name, value, skip) in [
        ("x-brevity-bypass", "true", Some(Skip::Bypassed)),
        ("x-brevity-bypas", "true", Some(Skip::Control)),
        ("x-brevity-level", "lossy", Some(Skip::Control)),
        ("x-brevity-level", "off", Some(Skip::Off)),
        ("x-brevity-tools", "un*=off", None),
        ("x-brevity-tools", "units=file", None),
    ] {
        send(&proxy, &[(name, value)]).await;
        let (got, record) = told(&mut upstream, &mut proxy).await;
        assert_eq!(got.body, conversation("m"), "{name}: {value}");
        assert_eq!(record.skip, skip, "{name}: {value}");
        assert_eq!(record.report.kept.len(), usize::from(skip.is_none()), "{name}: {value}");
    }
    for (name, value) in [("x-brevity-bypass", "false"), ("x-brevity-tools", "other=off")] {
        send(&proxy, &[(name, value)]).await;
        let (got, record) = told(&mut upstream, &mut proxy).await;
        assert!(got.body.len() < conversation("m").len() / 2, "{name}: {value}");
        assert_eq!(record.report.rewritten[&Codec::Table].parts, 1);
    }
}

#[tokio::test]
async fn an_answer_says_what_was_saved_if_it_is_asked() {
    let (base, mut upstream) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let answer = send(&proxy, &[("x-brevity-saved", "true")]).await;
    let (_, record) = told(&mut upstream, &mut proxy).await;
    let total = record.report.total;
    let (bytes, tokens) = (record.bytes_in - record.bytes_out, total.tokens_in - total.tokens_out);
    assert!(bytes > 1_000 && tokens > 100);
    assert_eq!(answer.headers()["x-brevity-saved"], format!("bytes={bytes}, tokens={tokens}"));
    let answer = send(&proxy, &[]).await;
    assert!(!answer.headers().contains_key("x-brevity-saved"));
}

#[tokio::test]
async fn a_dry_run_forwards_originals_and_counts() {
    for stream in [false, true] {
        let (base, mut upstream) = telling().await;
        let mut proxy = Proxy::with(base, |config| {
            config.dry_run = true;
            let mut settings = brevity::Settings::default();
            settings.policy.stream_requests = stream;
            config.settings = settings.into();
        })
        .await;
        send(&proxy, &[]).await;
        let (got, record) = told(&mut upstream, &mut proxy).await;
        assert_eq!(got.body, conversation("m"));
        assert_eq!(record.skip, Some(Skip::DryRun));
        assert_eq!(record.bytes_in, record.bytes_out);
        assert_eq!(record.report.rewritten[&Codec::Table].parts, 1);
        assert!(record.to_string().contains("left alone: dry-run"), "{record}");
    }
}

#[tokio::test]
async fn rules_send_requests_elsewhere() {
    let (first, mut at_first) = telling().await;
    let (second, mut at_second) = telling().await;
    let mut proxy = Proxy::with(first, |config| {
        let rules = [format!("/second={second}/base"), format!("model:qwen*={second}")];
        config.routes = rules.map(|rule| rule.parse().unwrap()).into();
    })
    .await;
    let url = proxy.url("/second/v1/messages?beta=true");
    http1().request(post(url, full(conversation("m")))).await.unwrap();
    let (got, record) = told(&mut at_second, &mut proxy).await;
    assert_eq!(got.head.uri.path_and_query().unwrap(), "/base/v1/messages?beta=true");
    assert_eq!(record.path, "/second/v1/messages");
    assert!(got.body.len() < conversation("m").len() / 2);

    let oauth = ("authorization", "Bearer sk-ant-oat01-x");
    for (header, shorter) in [(None, true), (Some(oauth), false)] {
        let mut request = post(proxy.url("/v1/messages"), full(conversation("Qwen3")));
        if let Some((name, value)) = header {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        http1().request(request).await.unwrap();
        let (got, record) = told(&mut at_second, &mut proxy).await;
        assert_eq!(got.body != conversation("Qwen3"), shorter);
        assert_eq!(record.skip.is_none(), shorter);
    }
    http1().request(post(proxy.url("/v1/messages"), full(conversation("m")))).await.unwrap();
    told(&mut at_first, &mut proxy).await;
}

/// A level behind a rule about models, and the request's own word, which wins.
#[tokio::test]
async fn a_rule_about_models_says_how_far_to_go() {
    for stream in [false, true] {
        let (base, mut upstream) = telling().await;
        let rule = format!("model:qwen*={base} level=off").parse().unwrap();
        let mut proxy = Proxy::with(base, |config| {
            config.routes = vec![rule];
            let mut settings = brevity::Settings::default();
            settings.policy.stream_requests = stream;
            config.settings = settings.into();
        })
        .await;
        // A body that streams has to tell its model in its beginning: this one is short.
        for (model, level, changes) in
            [("qwen3", None, false), ("gpt", None, true), ("qwen3", Some("lossless"), true)]
        {
            let body = conversation(model);
            let mut request = post(proxy.url("/v1/messages"), full(body.clone()));
            if let Some(level) = level {
                request.headers_mut().insert("x-brevity-level", level.parse().unwrap());
            }
            http1().request(request).await.unwrap();
            let (got, record) = told(&mut upstream, &mut proxy).await;
            assert_eq!(got.body != body, changes, "{model} {level:?} {stream}");
            assert_eq!(record.model.as_deref(), Some(model));
        }
    }
}

#[tokio::test]
async fn compressed_bodies_leave_shorter_or_as_they_came() {
    let (base, mut upstream) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let small = r#"{"model":"m","messages":[]}"#;
    for (text, changes) in [(conversation("m"), true), (small.to_owned(), false)] {
        let body = zstd::encode_all(text.as_bytes(), 3).unwrap();
        let mut request = post(proxy.url("/v1/messages"), full(body.clone()));
        request.headers_mut().insert("content-encoding", "zstd".parse().unwrap());
        http1().request(request).await.unwrap();
        let (got, record) = told(&mut upstream, &mut proxy).await;
        assert_eq!(record.skip, None);
        assert_eq!(got.header("content-encoding"), (!changes).then_some("zstd"));
        assert_eq!(got.header("content-length"), Some(got.body.len().to_string().as_str()));
        match changes {
            true => assert_eq!(brevity::expand(&got.body), text.as_bytes()),
            false => assert_eq!(got.body, body),
        }
    }
}
