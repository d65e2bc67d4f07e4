//! What HTTP can do with bodies besides sending one.

use super::wire::{OK, Scene, is_own, post, status};

const HEAD: &str = "POST /v1/messages HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n";

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_continue() {
    let scene = Scene::new().await;
    let head = format!("{HEAD}content-length: 2\r\nexpect: 100-continue\r\n\r\n");
    let mut client = scene.sends(head).await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("{}").await;
    let (mut upstream, request) = scene.asked().await;
    assert!(!request.contains("expect"), "{request}");
    assert!(request.ends_with("{}"));
    upstream.send(OK).await;
    assert_eq!(status(&client.message().await), 200);
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_no() {
    let scene = Scene::with(|config| config.caps.body = Some(1)).await;
    let head = format!("{HEAD}content-length: 2\r\nexpect: 100-continue\r\n\r\n");
    let mut client = scene.sends(head).await;
    is_own(&client.rest().await, 413);
    assert!(scene.was_left_alone());
    drop(client);
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstream_that_refuses_before_the_body_is_heard() {
    let scene = Scene::new().await;
    let head = HEAD.replace("json", "octet-stream");
    let head = format!("{head}content-length: 6\r\nexpect: 100-continue\r\n\r\n");
    let mut client = scene.sends(head).await;
    let mut upstream = scene.upstream().await;
    let asked = upstream.until("\r\n\r\n").await;
    assert!(!asked.contains("expect"), "{asked}");
    let refusal = "HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno";
    upstream.send(refusal).await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    let answer = client.message().await;
    assert!(status(&answer) == 401 && answer.ends_with("no"), "{answer}");
    drop(upstream);
    // The client was told to send its body, so it does. What comes behind is another request.
    client.send(format!("abcdef{}", post("{}"))).await;
    let (mut upstream, asked) = scene.asked().await;
    assert!(asked.starts_with("POST /v1/messages ") && asked.ends_with("\r\n\r\n{}"), "{asked}");
    upstream.send(OK).await;
    assert_eq!(status(&client.message().await), 200);
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstreams_own_100_is_not_the_answer() {
    let scene = Scene::new().await;
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream
        .send(format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n{OK}"))
        .await;
    assert_eq!(status(&client.message().await), 200);
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn trailers_pass_both_ways() {
    let scene = Scene::new().await;
    let head =
        format!("{HEAD}te: trailers\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n");
    let mut client = scene.sends(format!("{head}2\r\n{{}}\r\n0\r\nx-sum: 1\r\n\r\n")).await;
    let mut upstream = scene.upstream().await;
    upstream.until("0\r\nx-sum: 1\r\n\r\n").await;
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-end\r\n\r\n";
    upstream.send(format!("{head}2\r\n{{}}\r\n0\r\nx-end: 2\r\n\r\n")).await;
    let answer = client.until("x-end: 2\r\n\r\n").await;
    assert!(answer.contains("2\r\n{}\r\n0\r\n"), "{answer}");
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_retry_never_sends_a_body_twice() {
    // The connection was used before; it closes while the request is on its way.
    let scene = Scene::new().await;
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send(OK).await;
    assert_eq!(status(&client.message().await), 200);
    client.send(post("{\"second\":1}")).await;
    assert!(upstream.message().await.ends_with("{\"second\":1}"));
    drop(upstream);
    is_own(&client.message().await, 502);
    assert!(scene.was_left_alone(), "it came once, so it is not sent again");
    drop(client);
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_costs_nothing() {
    let scene = Scene::new().await;
    let mut client = scene.sends(post("{}")).await;
    for _ in 0..3 {
        let (mut upstream, request) = scene.asked().await;
        assert!(request.ends_with("{}"));
        upstream.send(OK).await;
        assert_eq!(status(&client.message().await), 200);
        // Whether the proxy has seen the end already or not: the next request gets through.
        drop(upstream);
        client.send(post("{}")).await;
    }
    let (mut upstream, _) = scene.asked().await;
    upstream.send(OK).await;
    assert_eq!(status(&client.message().await), 200);
    assert!(scene.was_left_alone());
    drop((client, upstream));
    scene.ends_clean().await;
}
