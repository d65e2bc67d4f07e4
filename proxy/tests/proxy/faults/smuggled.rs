//! Requests that can be read in two ways.

use super::wire::{OK, Scene, is_own, post, status};

/// What no reader may take in another way than the next one.
const HEADS: [&str; 15] = [
    "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n",
    "content-length: 4\r\ncontent-length: 5\r\n\r\nabcde",
    "content-length: 4, 5\r\n\r\nabcde",
    "content-length: -4\r\n\r\nabcd",
    "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    "x-a: b\r\n content-length: 4\r\n\r\nabcd",
    "content-length : 4\r\n\r\nabcd",
    "content-length: 4\n\r\nabcd",
    "x-a: b\rcontent-length: 4\r\n\r\nabcd",
    "x-a: b\r\n\ncontent-length: 4\r\n\r\nabcd",
    "x-a: b\r\n\tfolded\r\n\r\n",
    "x-a: b\0c\r\n\r\n",
    "content-length: 4\r\r\n\r\nabcd",
];

/// Chunked bodies of the same kind.
const CHUNKS: [&str; 14] = [
    "zz\r\nabcd\r\n0\r\n\r\n",
    "2\r\nabcd\r\n0\r\n\r\n",
    "4\nabcd\r\n0\r\n\r\n",
    "4 \r\nabcd\r\n0\r\n\r\n",
    "-4\r\nabcd\r\n0\r\n\r\n",
    "+4\r\nabcd\r\n0\r\n\r\n",
    "0x4\r\nabcd\r\n0\r\n\r\n",
    "10000000000000004\r\nabcd\r\n0\r\n\r\n",
    "4;a=\rb\r\nabcd\r\n0\r\n\r\n",
    "4\r\nabcd\n0\r\n\r\n",
    "4\r\nabcd\r\n0\n\r\n",
    "4\r\nabcd\r\n0\r\nx-a: b\n\r\n",
    "4\r\nabcd\r\n0\r\nx-a: b\r\n folded: c\r\n\r\n",
    "4\r\nabcd\r\n0\r\ncontent-length: 9\r\n\r\n",
];

#[tokio::test]
async fn they_are_refused_closed_and_never_forwarded() {
    for head in HEADS {
        let scene = Scene::new().await;
        let smuggled = "GET /smuggled HTTP/1.1\r\nhost: h\r\n\r\n";
        let request = format!("POST /v1/messages HTTP/1.1\r\nhost: h\r\n{head}{smuggled}");
        let mut client = scene.sends(request).await;
        let answers = client.rest().await;
        is_own(&answers, 400);
        assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{head:?}: {answers}");
        assert!(answers.contains("connection: close"), "{answers}");
        assert!(scene.was_left_alone(), "{head:?}");
        drop(client);
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn bad_chunks_are_refused_and_nothing_of_them_is_forwarded() {
    for chunks in CHUNKS {
        let scene = Scene::new().await;
        let head = "POST /v1/messages HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n\
                    transfer-encoding: chunked\r\n\r\n";
        let smuggled = "GET /smuggled HTTP/1.1\r\nhost: h\r\n\r\n";
        let mut client = scene.sends(format!("{head}{chunks}{smuggled}")).await;
        let answers = client.rest().await;
        is_own(&answers, 400);
        assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{chunks:?}: {answers}");
        assert!(scene.was_left_alone(), "{chunks:?}");
        drop(client);
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn what_stands_before_is_answered_first() {
    let scene = Scene::new().await;
    let bad = "POST /v1/messages HTTP/1.1\r\ncontent-length: x\r\n\r\n";
    let mut client = scene.sends(format!("{}{bad}", post("{}"))).await;
    let (mut upstream, request) = scene.asked().await;
    assert!(request.ends_with("\r\n\r\n{}"), "{request}");
    upstream.send(OK).await;
    assert_eq!(status(&client.message().await), 200);
    is_own(&client.rest().await, 400);
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_answer_that_can_be_read_in_two_ways_is_not_passed_on_as_one() {
    let scene = Scene::new().await;
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 40\r\ntransfer-encoding: chunked\r\n\r\n";
    upstream.send(format!("{head}2\r\n{{}}\r\n0\r\n\r\n")).await;
    let answer = client.message().await;
    assert!(!answer.contains("content-length"), "{answer}");
    assert!(answer.ends_with("2\r\n{}\r\n0\r\n\r\n"), "{answer}");
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn answers_that_are_no_http_are_a_bad_gateway() {
    for answer in [
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nx-a: b\r\n folded: c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx a: b\r\n\r\n",
    ] {
        let scene = Scene::new().await;
        let mut client = scene.sends(post("{}")).await;
        let (mut upstream, _) = scene.asked().await;
        upstream.send(answer).await;
        is_own(&client.message().await, 502);
        drop((client, upstream));
        scene.ends_clean().await;
    }
}
