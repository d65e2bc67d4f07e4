//! Ends that do not take what they are sent.

use super::wire::{NEVER, SOON, Scene, is_own, post, status};

/// More than the buffers of both ends of a connection take.
const MUCH: usize = 64 << 20;

#[tokio::test]
async fn a_client_that_takes_nothing_is_given_up_and_its_answer_cancelled() {
    let mut scene = Scene::with(|config| config.timeouts.idle = SOON).await;
    let client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send(format!("HTTP/1.1 200 OK\r\ncontent-length: {MUCH}\r\n\r\n")).await;
    let chunk = vec![b'x'; 1 << 20];
    while upstream.try_send(&chunk).await {}
    scene.proxy.record().await;
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstream_that_takes_nothing_is_a_504() {
    let mut scene = Scene::with(|config| config.timeouts.idle = SOON).await;
    let head = "POST /v1/messages HTTP/1.1\r\nhost: h\r\ncontent-type: text/plain\r\n";
    let mut client = scene.sends(format!("{head}content-length: {MUCH}\r\n\r\n")).await;
    let mut upstream = scene.upstream().await;
    upstream.until("\r\n\r\n").await;
    let chunk = vec![b'x'; 1 << 20];
    client.floods(&chunk).await;
    is_own(&client.message().await, 504);
    drop(client);
    scene.proxy.record().await;
    drop(upstream);
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_every_byte_once() {
    let scene = Scene::with(|config| config.timeouts.idle = NEVER).await;
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    let body: String = (0..400_000).map(|line| format!("{line}\n")).collect();
    let sends = async {
        upstream.send(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len())).await;
        upstream.send(&body).await;
    };
    // The client begins to read only when the upstream cannot send any more, or has sent all.
    let reads = async {
        let answer = client.message().await;
        assert_eq!(status(&answer), 200);
        assert!(answer.ends_with(&body), "{} bytes came", answer.len());
    };
    tokio::join!(sends, reads);
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_client_that_sends_byte_by_byte_is_understood() {
    let scene = Scene::new().await;
    let mut client = scene.client().await;
    let request = post("{\"messages\":[]}");
    for byte in request.as_bytes() {
        client.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    let (mut upstream, asked) = scene.asked().await;
    assert!(asked.ends_with("{\"messages\":[]}"), "{asked}");
    upstream.send(super::wire::OK).await;
    assert_eq!(status(&client.message().await), 200);
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstream_that_sends_byte_by_byte_is_understood() {
    let scene = Scene::new().await;
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
    let answer = format!("{head}content-length: 18\r\n\r\ndata: 1\n\ndata: 2\n\n");
    for byte in answer.as_bytes() {
        upstream.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    let answer = client.message().await;
    assert!(answer.ends_with("\r\n\r\ndata: 1\n\ndata: 2\n\n"), "{answer}");
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstream_that_reads_slowly_gets_every_byte_once() {
    for kind in ["application/json", "text/plain"] {
        let scene = Scene::with(|config| config.timeouts.idle = NEVER).await;
        let mut client = scene.client().await;
        let lines: String = (0..400_000).map(|line| format!("{line},")).collect();
        let request = post(&format!("[{lines}0]")).replace("application/json", kind);
        let sends = async { client.send(&request).await };
        // It begins to read only when the client cannot send any more, or has sent all.
        let reads = async {
            let (upstream, asked) = scene.asked().await;
            assert!(asked.ends_with(&format!("\r\n\r\n[{lines}0]")), "{} bytes", asked.len());
            upstream
        };
        let ((), mut upstream) = tokio::join!(sends, reads);
        upstream.send(super::wire::OK).await;
        assert_eq!(status(&client.message().await), 200);
        drop((client, upstream));
        scene.ends_clean().await;
    }
}
