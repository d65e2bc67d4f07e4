//! Streams of HTTP/2 on which no window is granted.

use super::{
    frames::{
        CANCEL, DATA, END_HEADERS, END_STREAM, Framed, HEADERS, RESET, WINDOW, frame, health, post,
    },
    wire::{NEVER, Scene, Wire, passes, until},
};
use std::time::Duration;
use tokio::{net::TcpStream, task::yield_now};

/// A bound that is hit when the clock is turned on by it.
const IDLE: Duration = Duration::from_secs(10);

const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// A proxy on which nothing but an answer that waits is given up.
async fn scene() -> Scene {
    let change = |config: &mut brevity_proxy::Config| {
        config.timeouts.idle = IDLE;
        config.timeouts.head = NEVER;
    };
    Scene::with(change).await
}

/// Asks on `stream`; an answer has begun.
async fn begun(scene: &Scene, client: &mut Framed<TcpStream>, stream: u32) -> Wire {
    client.send(post(stream)).await;
    let (mut upstream, request) = scene.asked().await;
    assert!(request.ends_with("\r\n\r\n{}"), "{request}");
    upstream.send(format!("{HEAD}5\r\nfirst\r\n")).await;
    assert_eq!(client.until(HEADERS, stream).await.payload[0], 0x88, "200");
    settle().await;
    upstream
}

/// So much time passes, while `client` answers pings.
async fn lives(client: &mut Framed<TcpStream>, time: Duration) {
    for _ in 0..time.as_secs().div_ceil(15) {
        passes(Duration::from_secs(15)).await;
        let reads = async { while client.next().await.is_some() {} };
        tokio::select! {
            biased;
            () = reads => return,
            () = settle() => {}
        }
    }
}

/// Lets all go on that can.
async fn settle() {
    for _ in 0..100 {
        yield_now().await;
    }
}

#[tokio::test]
async fn an_answer_that_is_not_taken_is_given_up_and_its_upstream_freed() {
    let scene = scene().await;
    let mut client = Framed::client(&scene, 0).await;
    let mut upstreams = Vec::new();
    for stream in [1, 3, 5, 7] {
        upstreams.push((stream, begun(&scene, &mut client, stream).await));
    }
    assert_eq!(scene.proxy.load.requests(), 4);
    passes(IDLE).await;
    for (stream, mut upstream) in upstreams {
        assert_eq!(client.until(RESET, stream).await.number(), CANCEL);
        assert_eq!(upstream.rest().await, "", "its connection ends");
    }
    let load = scene.proxy.load.clone();
    until(|| load.requests() == 0, || format!("{} requests", load.requests())).await;
    // The connection itself goes on.
    client.send(health(END_HEADERS | END_STREAM, 9)).await;
    client.until(HEADERS, 9).await;
    assert_eq!(load.connections(), 1);
    drop(client);
    scene.ends_clean().await;
}

#[tokio::test]
async fn others_on_the_same_connection_go_on() {
    let scene = scene().await;
    let mut client = Framed::client(&scene, 0).await;
    let mut stuck = begun(&scene, &mut client, 1).await;
    let mut other = begun(&scene, &mut client, 3).await;
    client.send(frame(WINDOW, 0, 3, &100_u32.to_be_bytes())).await;
    assert_eq!(client.until(DATA, 3).await.payload, b"first");
    passes(IDLE / 2).await;
    other.send("4\r\nnext\r\n").await;
    assert_eq!(client.until(DATA, 3).await.payload, b"next");
    passes(IDLE / 2).await;
    assert_eq!(client.until(RESET, 1).await.number(), CANCEL);
    assert_eq!(stuck.rest().await, "");
    other.send("4\r\nlast\r\n0\r\n\r\n").await;
    assert_eq!(client.until(DATA, 3).await.payload, b"last");
    let end = client.until(DATA, 3).await;
    assert_eq!((end.flags, end.payload.len()), (END_STREAM, 0));
    drop((client, stuck, other));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_answer_that_is_taken_slowly_comes_whole() {
    let scene = scene().await;
    let mut client = Framed::client(&scene, 0).await;
    let mut upstream = begun(&scene, &mut client, 1).await;
    upstream.send("6\r\nsecond\r\n0\r\n\r\n").await;
    for (grant, piece) in [(5_u32, "first"), (6, "second")] {
        passes(IDLE - Duration::from_secs(1)).await;
        client.send(frame(WINDOW, 0, 1, &grant.to_be_bytes())).await;
        assert_eq!(client.until(DATA, 1).await.payload, piece.as_bytes());
        settle().await;
    }
    let end = client.until(DATA, 1).await;
    assert_eq!((end.flags, end.payload.len()), (END_STREAM, 0));
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_window_of_one_byte_is_bounded_too() {
    let scene = scene().await;
    let mut client = Framed::client(&scene, 1).await;
    let mut upstream = begun(&scene, &mut client, 1).await;
    assert_eq!(client.until(DATA, 1).await.payload, b"f");
    // The rest of it is written, so another one is asked for; that one waits.
    upstream.send("6\r\nsecond\r\n").await;
    settle().await;
    passes(IDLE).await;
    assert_eq!(upstream.rest().await, "");
    let load = scene.proxy.load.clone();
    until(|| load.requests() == 0, || format!("{} requests", load.requests())).await;
    // What is left of the first is dropped with it.
    assert_eq!(client.until(RESET, 1).await.number(), CANCEL);
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn more_streams_than_allowed_are_refused_and_those_that_wait_end() {
    let scene = scene().await;
    let mut client = Framed::client(&scene, 0).await;
    let streams = || (1..).step_by(2).take(300);
    client
        .send(streams().flat_map(|it| health(END_HEADERS | END_STREAM, it)).collect::<Vec<_>>())
        .await;
    let (mut answered, mut refused) = (0, 0);
    while answered + refused < 300 {
        let frame = client.next().await.expect("a connection");
        match frame.kind {
            HEADERS => answered += 1,
            RESET if frame.number() == 7 => refused += 1,
            _ => {}
        }
    }
    assert_eq!((answered, refused), (256, 44));
    passes(IDLE).await;
    for _ in 0..256 {
        while client.next().await.expect("a connection").kind != RESET {}
    }
    // There is room again.
    client.send(post(1001)).await;
    let (upstream, _) = scene.asked().await;
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_connection_whose_answers_were_given_up_is_closed_like_any_unused_one() {
    let scene = Scene::with(|config| config.timeouts.idle = IDLE).await;
    let mut client = Framed::client(&scene, 0).await;
    let mut upstream = begun(&scene, &mut client, 1).await;
    passes(IDLE).await;
    assert_eq!(upstream.rest().await, "");
    client.until(RESET, 1).await;
    // Unused for this long, it is told to go, and then closed.
    passes(Duration::from_secs(60)).await;
    client.until(super::frames::GOAWAY, 0).await;
    passes(Duration::from_secs(60)).await;
    client.ends().await;
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn the_end_of_an_answer_waits_for_a_client_that_pauses() {
    let scene = Scene::with(|config| config.timeouts.idle = IDLE * 100).await;
    let mut client = Framed::client(&scene, 1).await;
    let mut upstream = begun(&scene, &mut client, 1).await;
    assert_eq!(client.until(DATA, 1).await.payload, b"f");
    upstream.send("0\r\n\r\n").await;
    let load = scene.proxy.load.clone();
    until(|| load.requests() == 0, || "the request has not ended".into()).await;
    // Longer than an unused connection is kept.
    lives(&mut client, Duration::from_secs(300)).await;
    client.send(frame(WINDOW, 0, 1, &100_u32.to_be_bytes())).await;
    assert_eq!(client.until(DATA, 1).await.payload, b"irst");
    assert_eq!(load.connections(), 1);
    // It is unused now.
    passes(Duration::from_secs(61)).await;
    client.until(super::frames::GOAWAY, 0).await;
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_end_that_is_never_taken_is_given_up_with_its_connection() {
    let scene = Scene::with(|config| config.timeouts.idle = IDLE * 100).await;
    let mut client = Framed::client(&scene, 1).await;
    let mut upstream = begun(&scene, &mut client, 1).await;
    client.until(DATA, 1).await;
    upstream.send("0\r\n\r\n").await;
    let load = scene.proxy.load.clone();
    until(|| load.requests() == 0, || "the request has not ended".into()).await;
    // Once until it is told to go, and once until it is closed.
    lives(&mut client, IDLE * 220).await;
    client.ends().await;
    drop((client, upstream));
    scene.ends_clean().await;
}
