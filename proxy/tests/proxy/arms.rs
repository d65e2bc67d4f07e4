//! A share of conversations that is held out, and the sums of both arms.

use crate::world::{AnyBody, Got, Http, Proxy, full, get, http1, post, text, upstream};
use brevity_proxy::{Arm, Skip};
use http_body_util::BodyExt as _;
use hyper::Response;
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// The turns of one conversation: each sends the last one again, and a new result.
pub(crate) fn turn(conversation: usize, turns: usize) -> Value {
    let row =
        |id: usize, row: usize| json!({"id": row, "name": format!("unit {id}-{row}"), "on": true});
    let rows = |id| json!((0..100).map(|n| row(id, n)).collect::<Vec<_>>()).to_string();
    let mut messages = vec![json!({"role": "user", "content": format!("task {conversation}")})];
    for id in 0..turns {
        messages.push(json!({"role": "assistant", "content": [
            {"type": "tool_use", "id": format!("{id}"), "name": "units", "input": {}}]}));
        messages.push(json!({"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": format!("{id}"),
             "content": rows(id)}]}));
    }
    json!({"model": "m", "system": "Be brief.", "messages": messages})
}

/// Answers with the length of the body for the input that was billed.
async fn billing() -> (brevity_proxy::Base, mpsc::UnboundedReceiver<Got>) {
    let (tell, told) = mpsc::unbounded_channel();
    let base = upstream(move |request| {
        let tell = tell.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let usage = json!({"type": "message", "usage": {
                "input_tokens": body.len(), "cache_read_input_tokens": 0, "output_tokens": 2}});
            let _ = tell.send(Got { head, body, trailers: None });
            answer(&usage)
        }
    });
    (base.await, told)
}

fn answer(body: &Value) -> Response<AnyBody> {
    Response::builder()
        .header("content-type", "application/json")
        .body(full(body.to_string()))
        .unwrap()
}

pub(crate) async fn stats(client: &Http, proxy: &Proxy) -> Value {
    let answer = client.request(get(proxy.url("/stats"))).await.unwrap();
    serde_json::from_str(&text(answer).await).unwrap()
}

#[tokio::test]
async fn conversations_keep_their_side_and_the_sums_tell_them_apart() {
    let (base, mut told) = billing().await;
    let mut proxy = Proxy::with(base, |config| config.holdout = Some("0.5".parse().unwrap())).await;
    let client = http1();
    let (mut arms, mut billed) = ([0_u64; 2], [0_usize; 2]);
    for conversation in 0..24 {
        let mut sides = Vec::new();
        for turns in 0..3 {
            let mut body = turn(conversation, turns).to_string();
            if turns == 2 {
                // A mark that moves changes no side.
                let task = format!(r#""task {conversation}""#);
                let marked = format!(
                    r#"[{{"type":"text","text":{task},"cache_control":{{"type":"ephemeral"}}}}]"#
                );
                body = body.replacen(&task, &marked, 1);
                assert!(body.contains("ephemeral"));
            }
            let request = post(proxy.url("/v1/messages"), full(body.clone()));
            text(client.request(request).await.unwrap()).await;
            let (got, record) = (told.recv().await.unwrap(), proxy.record().await);
            let (_, arm) = record.conversation.unwrap();
            assert_eq!(record.skip, (arm == Arm::HeldOut).then_some(Skip::HeldOut));
            assert_eq!(got.body == body, arm == Arm::HeldOut || turns == 0);
            sides.push(arm);
            billed[usize::from(arm == Arm::HeldOut)] += got.body.len();
        }
        assert!(sides.iter().all(|side| *side == sides[0]), "{sides:?}");
        arms[usize::from(sides[0] == Arm::HeldOut)] += 1;
    }
    assert!(arms.iter().all(|arm| *arm > 4), "{arms:?}");

    let holdout = &stats(&client, &proxy).await["holdout"];
    for (side, name) in ["rewritten", "held_out"].iter().enumerate() {
        assert_eq!(holdout[name]["conversations"], arms[side]);
        assert_eq!(holdout[name]["requests"], 3 * arms[side]);
        assert_eq!(holdout[name]["input"], billed[side]);
        assert_eq!(holdout[name]["output"], 6 * arms[side]);
    }
    let difference = &holdout["difference_per_request"]["input"];
    let mean = |side: usize| billed[side] as f64 / (3 * arms[side]) as f64;
    let expected = mean(0) - mean(1);
    assert!(expected < -1_000.0);
    assert!((difference["tokens"].as_f64().unwrap() - expected).abs() < 0.1);
    let interval = difference["interval_95"].as_array().unwrap();
    assert!(interval[0].as_f64() <= Some(expected) && interval[1].as_f64() >= Some(expected));
    assert!((difference["share"].as_f64().unwrap() - expected / mean(1)).abs() < 1e-3);
}

#[tokio::test]
async fn sums_are_those_of_the_records() {
    let (base, _told) = billing().await;
    let mut proxy = Proxy::before(base).await;
    let client = http1();
    assert_eq!(stats(&client, &proxy).await["requests"], 0);
    let (mut bytes, mut new, mut input) = (0, 0, 0);
    for turns in 1..4 {
        let body = turn(1, turns).to_string();
        text(client.request(post(proxy.url("/v1/messages"), full(body))).await.unwrap()).await;
        let record = proxy.record().await;
        bytes += record.bytes_out;
        new += record.new.total().tokens_in;
        input += record.usage.unwrap().input.unwrap();
    }
    let stats = stats(&client, &proxy).await;
    assert_eq!(stats["requests"], 3);
    assert_eq!(stats["bytes"]["out"], bytes);
    assert_eq!(stats["new"]["est_o200k_tokens_in"], new);
    assert_eq!(stats["usage"]["input"], input);
    assert_eq!(stats["usage"]["output"], 6);
    assert_eq!(stats["rewritten"]["table"]["parts"], 1 + 2 + 3);
    assert_eq!(stats["guard"]["requests"], 3);
    assert_eq!(stats["holdout"], Value::Null);
}

#[tokio::test]
async fn answers_that_tell_no_usage_count_in_no_arm() {
    let base = upstream(|_| async { answer(&json!({"type": "error", "error": {"type": "x"}})) });
    let mut proxy =
        Proxy::with(base.await, |config| config.holdout = Some("0.5".parse().unwrap())).await;
    let client = http1();
    for conversation in 0..8 {
        let request = post(proxy.url("/v1/messages"), full(turn(conversation, 1).to_string()));
        text(client.request(request).await.unwrap()).await;
        assert!(proxy.record().await.conversation.is_some());
    }
    let stats = stats(&client, &proxy).await;
    assert_eq!((&stats["requests"], &stats["usage"]["requests"]), (&json!(8), &json!(0)));
    assert_eq!(stats["holdout"]["rewritten"]["requests"], 0);
    assert_eq!(stats["holdout"]["held_out"]["requests"], 0);
}
