//! The memory that held bodies share: a request beyond it waits or is refused, and what leaves never
//! depends on others.

use super::wire::{NEVER, OK, SOON, Scene, Wire, is_own, post, status, until};

/// A body of so many bytes that is held, all but its last one.
async fn holding(scene: &Scene, len: usize) -> Wire {
    let request = post(&" ".repeat(len));
    let client = scene.sends(&request[..request.len() - 1]).await;
    let load = scene.proxy.load.clone();
    let held = load.held();
    until(|| load.held() >= held.max(len - 1), || format!("{} held", load.held())).await;
    client
}

#[tokio::test]
async fn what_is_held_is_counted_and_given_back() {
    let scene = Scene::new().await;
    let mut client = holding(&scene, 100_000).await;
    assert_eq!(scene.proxy.load.held(), 99_999);
    client.send(" ").await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send(OK).await;
    assert_eq!(status(&client.message().await), 200);
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn without_memory_a_request_waits_and_then_leaves_as_it_would_have_alone() {
    let body = format!("{{\"messages\":[{}]}}", " ".repeat(50_000));
    let mut seen = Vec::new();
    for is_busy in [false, true] {
        let scene = Scene::with(|config| {
            config.caps.memory = 10_000;
            config.timeouts.memory = NEVER;
        });
        let scene = scene.await;
        // The first takes what is there, and goes beyond; the next one has to wait for it.
        let first = match is_busy {
            true => Some(holding(&scene, 60_000).await),
            false => None,
        };
        let mut client = scene.sends(post(&body)).await;
        if let Some(first) = first {
            assert!(scene.was_left_alone());
            drop(first);
        }
        let (mut upstream, asked) = scene.asked().await;
        seen.push(asked.split_once("\r\n\r\n").unwrap().1.to_owned());
        upstream.send(OK).await;
        assert_eq!(status(&client.message().await), 200);
        drop((client, upstream));
        scene.ends_clean().await;
    }
    assert_eq!(seen, [body.clone(), body]);
}

#[tokio::test]
async fn where_no_memory_comes_in_time_a_request_is_refused() {
    let scene = Scene::with(|config| {
        config.caps.memory = 10_000;
        config.timeouts.memory = SOON;
    });
    let scene = scene.await;
    let first = holding(&scene, 60_000).await;
    let mut second = scene.sends(post(&" ".repeat(60_000))).await;
    let answer = second.rest().await;
    is_own(&answer, 503);
    assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
    assert!(scene.was_left_alone());
    assert_eq!(scene.proxy.load.held(), 59_999, "the first still has its own");
    // What passes unread is held by nobody, so it needs no memory.
    let mut passing = scene.sends(post("{}").replace("json", "plain")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send(OK).await;
    assert_eq!(status(&passing.message().await), 200);
    drop((first, second, passing, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn tiny_chunks_take_no_more_than_their_bytes() {
    let scene = Scene::new().await;
    let head = "POST /v1/messages HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let mut client = scene.sends(format!("{head}{}", "1\r\n \r\n".repeat(50_000))).await;
    let load = scene.proxy.load.clone();
    until(|| load.held() == 50_000, || format!("{} held", load.held())).await;
    client.send("0\r\n\r\n").await;
    let (mut upstream, asked) = scene.asked().await;
    assert!(asked.ends_with(&" ".repeat(50_000)));
    upstream.send(OK).await;
    assert_eq!(status(&client.message().await), 200);
    drop((client, upstream));
    scene.ends_clean().await;
}
