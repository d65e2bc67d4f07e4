//! Requests that leave shorter, and can be put back.

use crate::world::{Proxy, full, http1, post, telling};
use brevity::{Codec, Settings};
use serde_json::{Value, json};
use std::{fmt::Write as _, sync::Arc};

/// What a tool printed: rows of JSON with equal keys.
fn rows() -> String {
    let mut rows = String::from("[");
    for row in 0..400 {
        let comma = if row == 0 { "" } else { ",\n " };
        write!(rows, r#"{comma}{{"id": {row}, "name": "unit {row}", "active": true}}"#).unwrap();
    }
    rows + "]"
}

/// A conversation of two turns: the first result was sent before, the second is new.
fn anthropic() -> Value {
    let call = |id| json!([{"type": "tool_use", "id": id, "name": "units", "input": {}}]);
    let result = |id| json!([{"type": "tool_result", "tool_use_id": id, "content": rows()}]);
    json!({"model": "m", "max_tokens": 5, "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": call("a")},
        {"role": "user", "content": result("a")},
        {"role": "assistant", "content": call("b")},
        {"role": "user", "content": result("b")},
    ]})
}

fn openai() -> Value {
    let call =
        json!([{"id": "a", "type": "function", "function": {"name": "units", "arguments": "{}"}}]);
    json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": null, "tool_calls": call},
        {"role": "tool", "tool_call_id": "a", "content": rows()},
    ]})
}

fn responses() -> Value {
    let call =
        |id| json!({"type": "function_call", "call_id": id, "name": "units", "arguments": "{}"});
    let result = |id| json!({"type": "function_call_output", "call_id": id, "output": rows()});
    json!({"model": "m", "store": false, "input": [
        {"role": "user", "content": "go"}, call("a"), result("a"), call("b"), result("b"),
    ]})
}

fn expanded(text: &Value) -> String {
    String::from_utf8(brevity::expand(text.as_str().unwrap().as_bytes())).unwrap()
}

#[tokio::test]
async fn tool_results_leave_shorter_and_expand_to_what_they_were() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let request = anthropic().to_string();
    let len = request.len() as u64;
    http1().request(post(proxy.url("/v1/messages"), full(request))).await.unwrap();
    let got = told.recv().await.unwrap();
    assert_eq!(got.header("content-length"), Some(got.body.len().to_string().as_str()));
    let sent: Value = serde_json::from_slice(&got.body).unwrap();
    let content = |message: usize| sent["messages"][message]["content"][0]["content"].as_str();
    assert!(content(2).unwrap().len() < rows().len() / 2);
    assert!(content(4).unwrap().starts_with("[same as tool result 1, line"));
    assert_eq!(brevity::expand(&got.body), anthropic().to_string().as_bytes());

    let record = proxy.record().await;
    assert_eq!((record.bytes_in, record.bytes_out), (len, got.body.len() as u64));
    assert_eq!(record.report.rewritten[&Codec::Table].parts, 1);
    assert_eq!(record.report.rewritten[&Codec::Repeat].parts, 1);
    assert_eq!((record.new.total().parts, record.resent.parts), (1, 1));
    assert!(record.new.total().tokens_out < record.new.total().tokens_in / 2);
    assert_eq!(record.outcomes.len(), 2);
    assert_eq!(record.model.as_deref(), Some("m"));
    assert!(record.to_string().contains("rewritten: table 1, repeat 1"), "{record}");
}

#[tokio::test]
async fn results_of_openai_leave_shorter_too() {
    let (base, mut told) = telling().await;
    let proxy = Proxy::before(base).await;
    let request = openai().to_string();
    http1().request(post(proxy.url("/chat/completions"), full(request))).await.unwrap();
    let mut sent: Value = serde_json::from_slice(&told.recv().await.unwrap().body).unwrap();
    let content = &mut sent["messages"][2]["content"];
    assert!(content.as_str().unwrap().len() < rows().len() / 2);
    *content = expanded(content).into();
    assert_eq!(sent, openai());
}

#[tokio::test]
async fn outputs_of_responses_leave_shorter_too() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let request = responses().to_string();
    http1().request(post(proxy.url("/v1/responses"), full(request.clone()))).await.unwrap();
    let sent = told.recv().await.unwrap().body;
    assert_eq!(brevity::expand(&sent), request.as_bytes());
    let sent: Value = serde_json::from_slice(&sent).unwrap();
    let output = |item: usize| sent["input"][item]["output"].as_str().unwrap();
    assert!(output(2).len() < rows().len() / 2);
    assert!(output(4).starts_with("[same as tool output 1, line"));
    let record = proxy.record().await;
    assert_eq!((record.new.total().parts, record.resent.parts), (1, 1));
    assert_eq!(record.outcomes.len(), 2);

    let compact = post(proxy.url("/v1/responses/compact"), full(request.clone()));
    http1().request(compact).await.unwrap();
    assert_eq!(told.recv().await.unwrap().body, request.as_bytes());
}

#[tokio::test]
async fn a_streamed_request_leaves_shorter_without_its_length() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::with(base, |config| {
        let mut settings = Settings::default();
        settings.policy.stream_requests = true;
        config.settings = Arc::new(settings);
    })
    .await;
    let request = anthropic().to_string();
    http1().request(post(proxy.url("/v1/messages"), full(request.clone()))).await.unwrap();
    let got = told.recv().await.unwrap();
    assert_eq!(got.header("transfer-encoding"), Some("chunked"));
    assert!(got.body.len() < request.len() / 2);
    let record = proxy.record().await;
    assert_eq!((record.new.total().parts, record.resent.parts), (1, 1));
    assert_eq!(record.bytes_out, got.body.len() as u64);
}
