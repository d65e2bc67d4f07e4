//! The proxy is told to stop.

use super::wire::{NEVER, Scene, post, until};

#[tokio::test]
async fn readiness_is_false_from_then_on_and_a_stream_still_ends_whole() {
    let scene = Scene::with(|config| config.timeouts.drain = NEVER).await;
    let load = scene.proxy.load.clone();
    assert!(load.is_ready());
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n").await;
    client.until("1\r\na\r\n").await;
    let stopped = tokio::spawn(scene.proxy.stop());
    until(|| !load.is_ready(), || "it is still ready".into()).await;
    assert_eq!((load.connections(), load.requests()), (1, 1));
    upstream.send("1\r\nb\r\n0\r\n\r\n").await;
    assert_eq!(client.until("0\r\n\r\n").await, "1\r\nb\r\n0\r\n\r\n");
    assert_eq!(client.rest().await, "", "no further request is taken");
    stopped.await.unwrap();
    assert_eq!((load.connections(), load.requests()), (0, 0));
    // The cache guard may still look at the body.
    until(|| load.held() == 0, || "bytes are held".into()).await;
}

#[tokio::test]
async fn it_stops_at_once_when_nothing_is_on_its_way() {
    let scene = Scene::with(|config| config.timeouts.drain = NEVER).await;
    let load = scene.proxy.load.clone();
    let mut silent = scene.client().await;
    let mut used = scene.sends("GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n").await;
    used.message().await;
    until(|| load.connections() == 2, || "two connections".into()).await;
    scene.proxy.stop().await;
    assert_eq!((silent.rest().await, used.rest().await), (String::new(), String::new()));
}
