//! Limits, and the status of each.

use super::wire::{NEVER, OK, SOON, Scene, is_own, post, status};
use std::time::Duration;

#[tokio::test]
async fn a_head_that_is_too_long_or_has_too_many_fields_is_a_431() {
    for fields in [format!("x-a: {}\r\n", "a".repeat(70_000)), "x-a: b\r\n".repeat(200)] {
        let scene = Scene::new().await;
        let mut client = scene.sends(format!("POST /v1/messages HTTP/1.1\r\n{fields}\r\n")).await;
        is_own(&client.rest().await, 431);
        assert!(scene.was_left_alone());
        drop(client);
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn a_head_that_does_not_come_is_a_408() {
    for part in ["P", "POST /v1/messages HTTP/1.1\r\n", "POST /v1/messages HTTP/1.1\r\nhost: h\r\n"]
    {
        let scene = Scene::with(|config| config.timeouts.head = SOON).await;
        let mut client = scene.sends(part).await;
        let answer = client.rest().await;
        assert_eq!(status(&answer), 408, "{answer}");
        assert!(answer.contains("brevity: "));
        assert!(scene.was_left_alone());
        drop(client);
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn a_connection_on_which_nothing_comes_is_closed_without_a_word() {
    let scene = Scene::with(|config| config.timeouts.head = SOON).await;
    assert_eq!(scene.client().await.rest().await, "");
    let mut used = scene.sends("GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n").await;
    assert_eq!(status(&used.message().await), 200);
    assert_eq!(used.rest().await, "");
    drop(used);
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_a_408() {
    for body in ["", "{\"messages\":["] {
        let mut scene = Scene::with(|config| config.timeouts.body = SOON).await;
        let head = post(&"x".repeat(100));
        let head = &head[..head.len() - 100];
        let mut client = scene.sends(format!("{head}{body}")).await;
        is_own(&client.rest().await, 408);
        assert!(scene.proxy.record().await.error.unwrap().contains("stopped coming"));
        assert!(scene.was_left_alone(), "nothing was held whole, so nothing leaves");
        drop(client);
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn a_body_that_is_longer_than_configured_is_a_413() {
    let chunked = "POST /v1/messages HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n\
                   transfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n";
    for (request, reaches) in [
        (post("abcde"), false),
        (chunked.to_owned(), false),
        // It passes unread, so its beginning may be on its way already.
        (chunked.replace("json", "text"), true),
    ] {
        let scene = Scene::with(|config| config.caps.body = Some(4)).await;
        let mut client = scene.sends(request).await;
        is_own(&client.message().await, 413);
        assert!(reaches || scene.was_left_alone());
        drop(client);
        scene.ends_clean().await;
    }
    let scene = Scene::with(|config| config.caps.body = Some(4)).await;
    let mut client = scene.sends(post("abcd")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send(OK).await;
    assert_eq!(status(&client.message().await), 200);
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn requests_beyond_the_bound_are_refused_until_one_has_ended() {
    type Change = fn(&mut brevity_proxy::Config);
    let changes: [(Change, u16); 2] = [
        (|config| config.caps.requests = 1, 503),
        (|config| config.caps.requests_per_client = 1, 429),
    ];
    for (change, refused) in changes {
        let mut scene = Scene::with(change).await;
        let mut first = scene.sends(post("{}")).await;
        let (mut upstream, _) = scene.asked().await;
        assert_eq!(scene.proxy.load.requests(), 1);
        let mut second = scene.sends(post("{}")).await;
        let answer = second.message().await;
        is_own(&answer, refused);
        assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
        let mut health = scene.sends("GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n").await;
        assert_eq!(status(&health.message().await), 200, "the proxy still says how it is");
        upstream.send(OK).await;
        assert_eq!(status(&first.message().await), 200);
        scene.proxy.record().await;
        let mut third = scene.sends(post("{}")).await;
        upstream.message().await;
        upstream.send(OK).await;
        assert_eq!(status(&third.message().await), 200);
        drop((first, second, third, health, upstream));
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_for_a_seat() {
    let scene = Scene::with(|config| config.caps.connections = 1).await;
    let health = "GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n";
    let mut first = scene.sends(health).await;
    assert_eq!(status(&first.message().await), 200);
    let mut second = scene.sends(health).await;
    first.send(health).await;
    assert_eq!(status(&first.message().await), 200);
    assert_eq!(scene.proxy.load.connections(), 1);
    drop(first);
    assert_eq!(status(&second.message().await), 200);
    drop(second);
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstream_that_is_not_there_or_says_nothing() {
    let mut scene = Scene::with(|config| config.timeouts.idle = SOON).await;
    let mut client = scene.sends(post("{}")).await;
    let (upstream, _) = scene.asked().await;
    is_own(&client.message().await, 504);
    drop(upstream);
    assert_eq!(scene.proxy.record().await.status.unwrap(), 504);
    drop(client);
    scene.ends_clean().await;

    let nobody = "http://127.0.0.1:9".parse().unwrap();
    let scene = Scene::with(|config| {
        config.upstreams = brevity_proxy::Upstreams::all(nobody);
        config.timeouts.connect = Duration::from_secs(20);
    });
    let scene = scene.await;
    let mut client = scene.sends(post("{}")).await;
    is_own(&client.message().await, 502);
    drop(client);
    scene.ends_clean().await;
}

#[tokio::test]
async fn no_bound_ends_a_stream_that_moves() {
    let scene = Scene::with(|config| {
        config.timeouts.head = SOON;
        config.timeouts.body = SOON;
        config.timeouts.idle = NEVER;
    });
    let scene = scene.await;
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
    client.until("\r\n\r\n").await;
    // Another connection's time is up meanwhile: the bounds above have passed.
    assert_eq!(scene.client().await.rest().await, "");
    upstream.send("5\r\nevent\r\n0\r\n\r\n").await;
    assert_eq!(client.until("0\r\n\r\n").await, "5\r\nevent\r\n0\r\n\r\n");
    drop((client, upstream));
    scene.ends_clean().await;
}
