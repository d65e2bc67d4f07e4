//! Clients of HTTP/2 that leave: one stream, or the whole connection.

use super::{
    frames::{CANCEL, DATA, END_HEADERS, END_STREAM, Framed, HEADERS, frame, post, posting, reset},
    wire::{OK, Scene, until},
};

const EVENT: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                     transfer-encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n";

const WIDE: u32 = 1 << 20;

#[tokio::test]
async fn a_stream_that_is_reset_cancels_its_request_alone() {
    for begun in [false, true] {
        let scene = Scene::new().await;
        let mut client = Framed::client(&scene, WIDE).await;
        client.send(post(1)).await;
        let (mut left, _) = scene.asked().await;
        client.send(post(3)).await;
        let (mut stays, _) = scene.asked().await;
        if begun {
            left.send(EVENT).await;
            assert_eq!(client.until(DATA, 1).await.payload, b"data: 1\n\n");
        }
        client.send(reset(1, CANCEL)).await;
        assert_eq!(left.rest().await, "", "its connection ends at once");
        stays.send(OK).await;
        assert_eq!(client.until(DATA, 3).await.payload, b"{}");
        assert!(scene.was_left_alone());
        drop((client, left, stays));
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_within_its_body_reaches_nobody_or_breaks_off() {
    let scene = Scene::new().await;
    let mut client = Framed::client(&scene, WIDE).await;
    // This one is held until it is whole.
    client.send(posting(END_HEADERS, 1, "application/json")).await;
    client.send(frame(DATA, 0, 1, b"{\"messages\":[")).await;
    let load = scene.proxy.load.clone();
    until(|| load.held() == 13, || format!("{} held", load.held())).await;
    client.send(reset(1, CANCEL)).await;
    until(|| (load.held(), load.requests()) == (0, 0), || "bytes are held".into()).await;
    assert!(scene.was_left_alone());
    // This one passes as it comes.
    client.send(posting(END_HEADERS, 3, "text/plain")).await;
    client.send(frame(DATA, 0, 3, b"begun")).await;
    let mut upstream = scene.upstream().await;
    upstream.until("begun\r\n").await;
    client.send(reset(3, CANCEL)).await;
    assert_eq!(upstream.rest().await, "", "it does not look whole");
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_connection_that_ends_cancels_all_that_is_on_it() {
    for is_reset in [false, true] {
        let scene = Scene::new().await;
        let mut client = Framed::client(&scene, WIDE).await;
        client.send(post(1)).await;
        let (mut first, _) = scene.asked().await;
        client.send(post(3)).await;
        let (mut second, _) = scene.asked().await;
        second.send(EVENT).await;
        client.until(HEADERS, 3).await;
        match is_reset {
            true => client.abort(),
            false => drop(client),
        }
        assert_eq!((first.rest().await, second.rest().await), (String::new(), String::new()));
        drop((first, second));
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn a_client_that_closes_its_half_has_left() {
    let scene = Scene::new().await;
    let mut client = Framed::client(&scene, WIDE).await;
    client.send(post(1)).await;
    let (mut upstream, _) = scene.asked().await;
    client.half_close().await;
    assert_eq!(upstream.rest().await, "");
    client.ends().await;
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstream_that_breaks_off_resets_the_stream() {
    let scene = Scene::new().await;
    let mut client = Framed::client(&scene, WIDE).await;
    client.send(post(1)).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send(EVENT).await;
    let piece = client.until(DATA, 1).await;
    assert_eq!((piece.flags & END_STREAM, &piece.payload[..]), (0, &b"data: 1\n\n"[..]));
    upstream.reset();
    let end = client.until(super::frames::RESET, 1).await;
    assert_ne!(end.number(), 0, "it does not look whole");
    drop(client);
    scene.ends_clean().await;
}
