//! Answers without a body, and an older HTTP.

use super::wire::{OK, Scene, status};

/// What the client sees of `answer` to `request`.
async fn seen(request: &str, answer: &str, end: &str) -> String {
    let scene = Scene::new().await;
    let mut client = scene.sends(request).await;
    let mut upstream = scene.upstream().await;
    upstream.until("\r\n\r\n").await;
    upstream.send(answer).await;
    let first = client.until(end).await;
    // The connection is where it should be: what comes next is another answer.
    client.send("GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n").await;
    let second = client.message().await;
    assert_eq!(status(&second), 200, "{second}");
    drop((client, upstream));
    scene.ends_clean().await;
    first
}

#[tokio::test]
async fn head_has_a_length_and_no_body() {
    let request = "HEAD /v1/models HTTP/1.1\r\nhost: h\r\n\r\n";
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\nx-a: b\r\n\r\n";
    let seen = seen(request, answer, "\r\n\r\n").await;
    assert!(seen.contains("content-length: 1000\r\n") && seen.contains("x-a: b"), "{seen}");
}

#[tokio::test]
async fn answers_that_have_no_body_have_none() {
    let request = "GET /v1/models HTTP/1.1\r\nhost: h\r\n\r\n";
    for line in ["204 No Content", "304 Not Modified"] {
        let answer = format!("HTTP/1.1 {line}\r\netag: \"a\"\r\n\r\n");
        let seen = seen(request, &answer, "\r\n\r\n").await;
        assert!(seen.contains(line) && seen.contains("etag: \"a\""), "{seen}");
        assert!(!seen.contains("transfer-encoding"), "{seen}");
    }
    let answer = "HTTP/1.1 304 Not Modified\r\ncontent-length: 1000\r\n\r\n";
    assert_eq!(status(&seen(request, answer, "\r\n\r\n").await), 304);
}

#[tokio::test]
async fn a_length_says_nothing_where_there_is_no_body() {
    let request = "GET /v1/models HTTP/1.1\r\nhost: h\r\n\r\n";
    let answer = "HTTP/1.1 204 No Content\r\ncontent-length: 1000\r\n\r\n";
    assert_eq!(status(&seen(request, answer, "\r\n\r\n").await), 204);
}

#[tokio::test]
async fn a_body_where_there_is_none_is_nobodys_answer() {
    let poison = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison";
    for (method, line) in
        [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")]
    {
        for body in
            [format!("content-length: {}\r\n\r\n{poison}", poison.len()), format!("\r\n{poison}")]
        {
            let scene = Scene::new().await;
            let request = format!("{method} /v1/models HTTP/1.1\r\nhost: h\r\n\r\n");
            let mut client = scene.sends(request).await;
            let (mut upstream, _) = scene.asked().await;
            upstream.send(format!("HTTP/1.1 {line}\r\n{body}")).await;
            let answer = client.until("\r\n\r\n").await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {line}\r\n")), "{answer}");
            // What stands behind is not taken for the answer to the next request.
            assert_eq!(upstream.rest().await, "", "the connection is not used again");
            client.send("GET /v1/models HTTP/1.1\r\nhost: h\r\n\r\n").await;
            let (mut next, _) = scene.asked().await;
            next.send(OK).await;
            let answer = client.message().await;
            assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{}"), "{answer}");
            drop((client, upstream, next));
            scene.ends_clean().await;
        }
    }
}

#[tokio::test]
async fn a_client_of_http_1_0_is_answered_and_its_connection_closed() {
    let scene = Scene::new().await;
    let mut client = scene.sends("GET /v1/models HTTP/1.0\r\n\r\n").await;
    let (mut upstream, request) = scene.asked().await;
    assert!(request.starts_with("GET /v1/models HTTP/1.1\r\n"), "{request}");
    upstream
        .send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        .await;
    let answer = client.rest().await;
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    assert!(!answer.contains("chunked") && answer.ends_with("\r\n\r\n{}"), "{answer}");
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_client_of_http_1_0_may_keep_its_connection() {
    let scene = Scene::new().await;
    let request = "GET /v1/models HTTP/1.0\r\nconnection: keep-alive\r\n\r\n";
    let mut client = scene.sends(request).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send(OK).await;
    let answer = client.message().await;
    assert!(answer.contains("connection: keep-alive"), "{answer}");
    client.send(request).await;
    upstream.message().await;
    upstream.send(OK).await;
    assert!(client.message().await.ends_with("{}"));
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstream_of_http_1_0_ends_its_answer_by_closing() {
    let scene = Scene::new().await;
    let mut client = scene.sends("GET /v1/models HTTP/1.1\r\nhost: h\r\n\r\n").await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send("HTTP/1.0 200 OK\r\n\r\n{}").await;
    drop(upstream);
    let answer = client.message().await;
    assert!(answer.ends_with("2\r\n{}\r\n0\r\n\r\n"), "{answer}");
    drop(client);
    scene.ends_clean().await;
}

#[tokio::test]
async fn what_a_client_of_http_1_0_posts_arrives() {
    let scene = Scene::new().await;
    let head = "POST /v1/messages HTTP/1.0\r\ncontent-type: application/json\r\n";
    let mut client = scene.sends(format!("{head}content-length: 2\r\n\r\n{{}}")).await;
    let (mut upstream, request) = scene.asked().await;
    assert!(request.starts_with("POST /v1/messages HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{}"), "{request}");
    upstream.send(OK).await;
    assert!(client.rest().await.ends_with("\r\n\r\n{}"));
    drop((client, upstream));
    scene.ends_clean().await;
}
