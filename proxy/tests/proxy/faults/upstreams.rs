//! Upstreams that speak HTTP/2 and do not what they should.

use super::{
    frames::{CANCEL, DATA, END_HEADERS, END_STREAM, Framed, GOAWAY, HEADERS, RESET, frame, reset},
    wire::{NEVER, Scene, is_own, passes, post, status, until},
};
use crate::tls::Identity;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// A bound that is hit when the clock is turned on by it.
const IDLE: Duration = Duration::from_secs(100);

const WIDE: u32 = 1 << 20;

/// `:status 200`, out of the table that everybody has.
const FOUND: &[u8] = &[0x88];

type Upstream = Framed<TlsStream<TcpStream>>;

/// A proxy, and the identity of its upstream.
async fn scene(name: &str) -> (Scene, Identity) {
    let identity = Identity::new(name, "localhost");
    let file = identity.file.clone();
    let change = |config: &mut brevity_proxy::Config| {
        config.upstream_ca = Some(file);
        config.timeouts.idle = IDLE;
        config.timeouts.head = NEVER;
    };
    (Scene::secure(change).await, identity)
}

/// The proxy's next connection, on which each stream has a window of `len`.
async fn upstream(scene: &Scene, identity: &Identity, len: u32) -> Upstream {
    let stream = scene.accept().await;
    Framed::upstream(identity.acceptor(&[b"h2"]).accept(stream).await.unwrap(), len).await
}

/// Reads a request of `{}` on `stream`.
async fn asked(upstream: &mut Upstream, stream: u32) {
    upstream.until(HEADERS, stream).await;
    assert_eq!(upstream.until(DATA, stream).await.payload, b"{}");
}

#[tokio::test]
async fn without_a_window_for_the_request_it_is_given_up() {
    for kind in ["application/json", "text/plain"] {
        let (scene, identity) = scene("h2-no-window").await;
        let mut client = scene.sends(post("{}").replace("application/json", kind)).await;
        let mut upstream = upstream(&scene, &identity, 0).await;
        upstream.until(HEADERS, 1).await;
        passes(IDLE).await;
        is_own(&client.message().await, 504);
        assert_eq!(upstream.until(RESET, 1).await.number(), CANCEL);
        let load = scene.proxy.load.clone();
        let counts = || (load.requests(), load.held());
        until(|| counts() == (0, 0), || format!("{:?} are left", counts())).await;
        drop((client, upstream));
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn a_client_that_leaves_resets_its_stream_alone() {
    let (scene, identity) = scene("h2-leaves").await;
    let left = scene.sends(post("{}")).await;
    let mut upstream = upstream(&scene, &identity, WIDE).await;
    asked(&mut upstream, 1).await;
    let mut stays = scene.sends(post("{}")).await;
    asked(&mut upstream, 3).await;
    drop(left);
    assert_eq!(upstream.until(RESET, 1).await.number(), CANCEL);
    upstream.send(frame(HEADERS, END_HEADERS | END_STREAM, 3, FOUND)).await;
    assert_eq!(status(&stays.message().await), 200);
    drop((stays, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_reset_before_the_head_is_a_bad_gateway_and_nothing_is_sent_twice() {
    let (scene, identity) = scene("h2-reset").await;
    let mut client = scene.sends(post("{}")).await;
    let mut upstream = upstream(&scene, &identity, WIDE).await;
    asked(&mut upstream, 1).await;
    upstream.send(reset(1, 2)).await;
    is_own(&client.message().await, 502);
    // The next frame of a request is that of the next request.
    client.send(post("{}")).await;
    asked(&mut upstream, 3).await;
    upstream.send(frame(HEADERS, END_HEADERS | END_STREAM, 3, FOUND)).await;
    assert_eq!(status(&client.message().await), 200);
    assert!(scene.was_left_alone());
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_reset_within_the_answer_does_not_look_whole() {
    let (mut scene, identity) = scene("h2-cut").await;
    let mut client = scene.sends(post("{}")).await;
    let mut upstream = upstream(&scene, &identity, WIDE).await;
    asked(&mut upstream, 1).await;
    upstream.send(frame(HEADERS, END_HEADERS, 1, FOUND)).await;
    upstream.send(frame(DATA, 0, 1, b"data: 1\n\n")).await;
    let came = client.until("data: 1\n\n").await;
    assert_eq!(status(&came), 200);
    upstream.send(reset(1, 2)).await;
    assert!(!client.rest().await.ends_with("0\r\n\r\n"));
    assert!(scene.proxy.record().await.error.unwrap().contains("broke off"));
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn one_that_says_goodbye_is_asked_no_more() {
    let (scene, identity) = scene("h2-goodbye").await;
    let mut client = scene.sends(post("{}")).await;
    let mut first = upstream(&scene, &identity, WIDE).await;
    asked(&mut first, 1).await;
    // The last stream that it takes, and no error.
    first.send(frame(GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 0])).await;
    first.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, FOUND)).await;
    assert_eq!(status(&client.message().await), 200);
    first.ends().await;
    client.send(post("{}")).await;
    let mut second = upstream(&scene, &identity, WIDE).await;
    asked(&mut second, 1).await;
    second.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, FOUND)).await;
    assert_eq!(status(&client.message().await), 200);
    drop((client, first, second));
    scene.ends_clean().await;
}
