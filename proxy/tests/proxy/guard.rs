//! The cache guard on what leaves.

use crate::{
    arms::{stats, turn},
    world::{Proxy, full, http1, post, telling, text},
};
use serde_json::{Value, json};

/// Sends a turn in a session; what the guard says of it.
async fn busts(proxy: &mut Proxy, body: &Value, headers: &[(&'static str, &str)]) -> Vec<String> {
    let mut request = post(proxy.url("/v1/messages"), full(body.to_string()));
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    text(http1().request(request).await.unwrap()).await;
    proxy.record().await.busts
}

#[tokio::test]
async fn a_turn_that_changes_what_was_sent_is_named_in_the_log_and_counted() {
    let (base, _told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    for turns in 1..6 {
        assert_eq!(busts(&mut proxy, &turn(1, turns), &[]).await, [""; 0]);
    }
    let mut edited = turn(1, 6);
    edited["messages"][4]["content"][0]["content"] = json!("cut");
    let said = busts(&mut proxy, &edited, &[]).await;
    assert_eq!(said, ["message 4 of 13 is not what was sent before: the cache misses from there"]);
    let mut system = edited.clone();
    system["system"] = json!("Be brief. It is 10 o'clock.");
    let said = busts(&mut proxy, &system, &[]).await;
    assert_eq!(
        said,
        ["the system prompt is not what was sent before: the cache misses from there"]
    );
    assert_eq!(busts(&mut proxy, &system, &[]).await, [""; 0], "it is said once");
    let stats = stats(&http1(), &proxy).await;
    assert_eq!(
        (&stats["guard"]["busts"]["message"], &stats["guard"]["requests"]),
        (&json!(1), &json!(8))
    );
    assert_eq!(stats["guard"]["busts"]["system"], 1);
}

/// It watches what passes untouched, too, but for bodies that ask what a prompt would cost.
#[tokio::test]
async fn bodies_that_pass_are_watched() {
    let (base, _told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let oauth = [("authorization", "Bearer sk-ant-oat01-x"), ("x-claude-code-session-id", "s")];
    let mut edited = turn(1, 3);
    edited["messages"][2]["content"][0]["content"] = json!("cut");
    assert_eq!(busts(&mut proxy, &turn(1, 2), &oauth).await, [""; 0]);
    assert_eq!(busts(&mut proxy, &edited, &oauth).await.len(), 1);
    let count = post(proxy.url("/v1/messages/count_tokens"), full(turn(1, 2).to_string()));
    text(http1().request(count).await.unwrap()).await;
    proxy.record().await;
    assert_eq!(stats(&http1(), &proxy).await["guard"]["requests"], 2);
}
