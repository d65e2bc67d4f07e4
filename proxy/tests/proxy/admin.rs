//! The proxy, looked at from outside.

mod exposition;
mod names;
mod secrets;
mod states;

use crate::{
    arms::turn,
    world::{Http, Proxy, full, get, http1, post, telling, text, upstream},
};
use brevity_proxy::{AdminAddress, Base, Config, LogRecorder, Record, ServeError, Server};
use exposition::Exposition;
use hyper::{Request, Response, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

/// An upstream that bills what it is sent.
async fn billing() -> Base {
    let answer = json!({"type": "message", "model": "m", "usage": {
        "input_tokens": 5, "cache_read_input_tokens": 2000, "cache_creation_input_tokens": 30,
        "output_tokens": 7}});
    let base = upstream(move |request| {
        let answer = answer.to_string();
        async move {
            // The whole of the request is taken before it is answered.
            drop(http_body_util::BodyExt::collect(request.into_body()).await);
            let head = Response::builder().header("content-type", "application/json");
            head.body(full(answer)).unwrap()
        }
    });
    base.await
}

async fn scrape(client: &Http, proxy: &Proxy) -> Exposition {
    let answer = client.request(get(proxy.admin("/metrics"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.headers()["content-type"], kind);
    Exposition::parse(&text(answer).await)
}

async fn read_json(client: &Http, url: String) -> Value {
    serde_json::from_str(&text(client.request(get(url)).await.unwrap()).await).unwrap()
}

/// Sends `body` and gives the record of it.
async fn send(client: &Http, proxy: &mut Proxy, path: &str, body: String) -> Record {
    text(client.request(post(proxy.url(path), full(body))).await.unwrap()).await;
    proxy.record().await
}

/// Waits until every one of so many bodies was checked, or passed over.
async fn checked(client: &Http, proxy: &Proxy, bodies: f64) -> Exposition {
    loop {
        let metrics = scrape(client, proxy).await;
        if metrics.sum("brevity_checked_bodies_total", &[]) >= bodies {
            return metrics;
        }
    }
}

#[tokio::test]
async fn metrics_are_those_of_the_records() {
    let mut proxy = Proxy::with(billing().await, |config| config.check_one_in = 1).await;
    let client = http1();
    scrape(&client, &proxy).await;
    let mut records = Vec::new();
    for turns in 0..4 {
        let body = turn(1, turns).to_string();
        records.push(send(&client, &mut proxy, "/v1/messages", body).await);
    }
    let counted = turn(1, 4).to_string();
    records.push(send(&client, &mut proxy, "/v1/messages/count_tokens", counted).await);
    records.push(send(&client, &mut proxy, "/v1/files", "x".into()).await);
    let metrics = checked(&client, &proxy, 5.0).await;

    let all = |value: fn(&Record) -> u64| records.iter().map(value).sum::<u64>() as f64;
    let turns = |value: fn(&Record) -> u64| records[..4].iter().map(value).sum::<u64>() as f64;
    let sum = |name: &str, labels: &[(&str, &str)]| metrics.sum(name, labels);
    assert_eq!(sum("brevity_requests_total", &[("api", "anthropic"), ("status", "2xx")]), 5.0);
    assert_eq!(sum("brevity_requests_total", &[("api", "none")]), 1.0);
    assert_eq!(sum("brevity_request_body_bytes_total", &[("at", "in")]), all(|r| r.bytes_in));
    assert_eq!(sum("brevity_request_body_bytes_total", &[("at", "out")]), all(|r| r.bytes_out));
    assert_eq!(sum("brevity_answer_body_bytes_total", &[]), all(|r| r.answer_bytes));
    let new_in = turns(|r| r.new.total().tokens_in);
    assert!(new_in > 0.0);
    for name in ["text", "tool", "route", "model"] {
        let name = format!("brevity_{name}_est_tokens_total");
        assert_eq!(sum(&name, &[("at", "in")]), new_in, "{name}");
        assert_eq!(sum(&name, &[("at", "out")]), turns(|r| r.new.total().tokens_out), "{name}");
    }
    assert_eq!(sum("brevity_tool_est_tokens_total", &[("tool", "units"), ("at", "in")]), new_in);
    let again = turns(|r| r.resent.tokens_in) + records[4].report.total.tokens_in as f64;
    assert_eq!(sum("brevity_resent_text_est_tokens_total", &[("at", "in")]), again);
    let rewritten = |r: &Record| r.report.rewritten.values().map(|sum| sum.parts).sum();
    assert_eq!(sum("brevity_parts_rewritten_total", &[]), all(rewritten));
    assert_eq!(sum("brevity_bodies_passed_total", &[("reason", "no-dialect")]), 1.0);
    // An answer is billed by each that says what it used.
    let models = [("gen_ai_request_model", "m"), ("kind", "cache_read")];
    assert_eq!(sum("brevity_provider_tokens_total", &models), 4.0 * 2_000.0);
    let prompt = [("gen_ai_token_type", "input"), ("gen_ai_provider_name", "anthropic")];
    assert_eq!(sum("gen_ai_client_token_usage_sum", &prompt), 4.0 * 2_035.0);
    assert_eq!(sum("gen_ai_client_operation_duration_seconds_count", &[]), 4.0);
    assert_eq!(sum("brevity_request_duration_seconds_count", &[]), 6.0);
    assert_eq!(sum("brevity_stage_seconds_count", &[("stage", "engine")]), 5.0);
    assert_eq!(sum("brevity_checked_bodies_total", &[]), 5.0);
    assert_eq!(sum("brevity_checked_bodies_total", &[("result", "unclear")]), 0.0);
    assert_eq!(sum("brevity_altered_bytes_total", &[]), 0.0);
    assert_eq!(sum("brevity_requests_in_flight", &[]), 0.0);
    assert_eq!(sum("brevity_ready", &[]), 1.0);
}

#[tokio::test]
async fn stats_count_each_block_once() {
    let mut proxy = Proxy::before(billing().await).await;
    let (client, mut new) = (http1(), (0, 0));
    for turns in 0..5 {
        let record = send(&client, &mut proxy, "/v1/messages", turn(1, turns).to_string()).await;
        new = (new.0 + record.new.total().tokens_in, new.1 + record.new.total().tokens_out);
    }
    let stats = read_json(&client, proxy.admin("/stats")).await;
    // Where agents talk to it, it says the same, but for the time and the connections of this client.
    let same = read_json(&client, proxy.url("/stats")).await;
    assert_eq!(stats["once"], same["once"]);
    let [(_, table), (_, units), (_, route), (_, model)] =
        [("by_codec", "table"), ("by_tool", "units"), ("by_route", "anthropic"), ("by_model", "m")]
            .map(|(by, name)| (name, stats["once"][by][name].clone()));
    for sum in [&table, &units, &route["new"], &model["new"], &stats["new"]] {
        assert_eq!(sum["parts"], 4, "{sum}");
        assert_eq!(sum["est_o200k_tokens_in"], new.0);
        assert_eq!(sum["est_o200k_tokens_out"], new.1);
    }
    assert_eq!(stats["resent"]["parts"], 1 + 2 + 3);
    assert_eq!(stats["rewritten"]["table"]["parts"], 1 + 2 + 3 + 4);
    assert_eq!((&route["requests"], &model["requests"]), (&json!(5), &json!(5)));
    assert_eq!(model["usage"]["cache_read"], 10_000);
    assert_eq!(stats["apis"]["anthropic"]["statuses"]["2xx"], 5);
    assert_eq!(stats["seconds_by_stage"]["read"]["count"], 5);
}

#[tokio::test]
async fn names_that_requests_bring_are_bounded() {
    let mut proxy = Proxy::before(billing().await).await;
    let client = http1();
    for n in 0..70 {
        let mut body = turn(1, 1);
        body["model"] = json!(format!("model \"{n}\\\n"));
        body["messages"][1]["content"][0]["name"] = json!(format!("tool-{n}"));
        if n == 69 {
            body["model"] = json!("m".repeat(200));
        }
        if n < 68 {
            body["model"] = json!(format!("model \"{n}\\"));
        }
        send(&client, &mut proxy, "/v1/messages", body.to_string()).await;
    }
    let metrics = scrape(&client, &proxy).await;
    for (name, label) in [
        ("brevity_tool_est_tokens_total", "tool"),
        ("brevity_model_est_tokens_total", "gen_ai_request_model"),
        ("gen_ai_client_token_usage_count", "gen_ai_request_model"),
    ] {
        let values = metrics.values(name, label);
        assert_eq!(values.len(), 65, "{name}: {values:?}");
        assert!(values.contains("other") && values.iter().all(|value| value.len() < 100));
    }
    assert!(
        metrics
            .values("brevity_model_est_tokens_total", "gen_ai_request_model")
            .contains("model \"7\\")
    );
    let other = [("gen_ai_request_model", "other"), ("gen_ai_token_type", "output")];
    assert_eq!(metrics.sum("gen_ai_client_token_usage_count", &other), 6.0);
    assert_eq!(metrics.sum("gen_ai_client_token_usage_count", &other[1..]), 70.0);
}

#[tokio::test]
async fn it_answers_those_who_name_it_by_its_address() {
    let proxy = Proxy::before(telling().await.0).await;
    let client = http1();
    for (host, status) in [("localhost", 200), ("127.0.0.1:1", 200), ("example.com", 421)] {
        let request = Request::get(proxy.admin("/readyz")).header("host", host);
        let answer = client.request(request.body(full("")).unwrap()).await.unwrap();
        assert_eq!(answer.status(), status, "{host}");
    }
    let answer = client.request(post(proxy.admin("/metrics"), full(""))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    let answer = client.request(get(proxy.admin("/v1/models"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let off = Proxy::with(billing().await, |config| config.admin = AdminAddress::Off).await;
    assert_eq!(off.admin, None);
}

#[tokio::test]
async fn an_address_that_was_asked_for_must_be_free() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = Config::default();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin = AdminAddress::At(taken.local_addr().unwrap());
    match Server::bind(config, Arc::new(LogRecorder)).await {
        Err(ServeError::Admin(error)) => assert!(error.to_string().contains("--admin"), "{error}"),
        _ => panic!("it must not start"),
    }
}
