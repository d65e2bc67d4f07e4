//! Connections that end where they should not.

use super::wire::{OK, SOON, Scene, is_own, post, status};

const EVENTS: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                      transfer-encoding: chunked\r\n\r\n";

#[tokio::test]
async fn an_upstream_that_resets_before_its_head_is_a_bad_gateway() {
    for part in ["", "HTTP/1.1 200 OK\r\ncontent-le"] {
        let scene = Scene::new().await;
        let mut client = scene.sends(post("{}")).await;
        let (mut upstream, _) = scene.asked().await;
        upstream.send(part).await;
        upstream.reset();
        is_own(&client.message().await, 502);
        assert!(scene.was_left_alone(), "it was sent once and stays so");
        client.send(post("{}")).await;
        let (mut upstream, _) = scene.asked().await;
        upstream.send(OK).await;
        assert_eq!(status(&client.message().await), 200, "the client goes on");
        drop((client, upstream));
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_does_not_look_whole() {
    for (head, body) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", "12345"),
        (EVENTS, "5\r\n12345\r\n"),
        (EVENTS, "5\r\n123"),
    ] {
        for is_reset in [false, true] {
            let mut scene = Scene::new().await;
            let mut client = scene.sends(post("{}")).await;
            let (mut upstream, _) = scene.asked().await;
            upstream.send(format!("{head}{body}")).await;
            let came = client.until("123").await;
            match is_reset {
                true => upstream.reset(),
                false => drop(upstream),
            }
            let answer = came + &client.rest().await;
            assert!(answer.contains("123") && !answer.ends_with("0\r\n\r\n"), "{answer}");
            assert!(scene.proxy.record().await.error.unwrap().contains("broke off"));
            drop(client);
            scene.ends_clean().await;
        }
    }
}

#[tokio::test]
async fn a_stream_that_never_ends_is_given_up_when_it_is_silent() {
    let mut scene = Scene::with(|config| config.timeouts.idle = SOON).await;
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send(format!("{EVENTS}9\r\ndata: 1\n\n\r\n")).await;
    let answer = client.rest().await;
    assert!(answer.contains("data: 1\n\n") && !answer.ends_with("0\r\n\r\n"), "{answer}");
    assert_eq!(upstream.rest().await, "", "the upstream's end is closed, too");
    assert!(scene.proxy.record().await.error.unwrap().contains("sent nothing"));
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn a_client_that_leaves_cancels_what_it_asked_for() {
    for is_reset in [false, true] {
        for begun in [false, true] {
            let scene = Scene::new().await;
            let mut client = scene.sends(post("{}")).await;
            let (mut upstream, _) = scene.asked().await;
            if begun {
                upstream.send(format!("{EVENTS}9\r\ndata: 1\n\n\r\n")).await;
                client.until("data: 1\n\n").await;
            }
            match is_reset {
                true => client.reset(),
                false => drop(client),
            }
            assert_eq!(upstream.rest().await, "", "its connection ends at once");
            drop(upstream);
            scene.ends_clean().await;
        }
    }
}

#[tokio::test]
async fn a_client_that_sent_more_than_its_request_still_cancels_when_it_leaves() {
    for behind in ["\r\n", "GET /v1/models HTTP/1.1\r\nhost: h\r\n\r\n", "GET /v1"] {
        let scene = Scene::new().await;
        let client = scene.sends(format!("{}{behind}", post("{}"))).await;
        let (mut upstream, _) = scene.asked().await;
        drop(client);
        assert_eq!(upstream.rest().await, "", "{behind:?}");
        assert!(scene.was_left_alone());
        drop(upstream);
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn a_client_that_closes_its_half_has_left() {
    let scene = Scene::new().await;
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    client.half_close().await;
    assert_eq!(upstream.rest().await, "");
    assert_eq!(client.rest().await, "");
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstream_that_closes_its_half_after_its_answer_is_whole() {
    let scene = Scene::new().await;
    let mut client = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send(OK).await;
    upstream.half_close().await;
    assert_eq!(status(&client.message().await), 200);
    assert_eq!(upstream.rest().await, "", "the proxy closes the other half");
    drop((client, upstream));
    scene.ends_clean().await;
}

#[tokio::test]
async fn an_upstream_that_closes_its_half_too_early_has_broken_off() {
    for (part, seen) in [
        ("".to_owned(), None),
        ("HTTP/1.1 200 OK\r\ncontent-le".to_owned(), None),
        (format!("{EVENTS}5\r\n12345\r\n"), Some("12345")),
        ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345".to_owned(), Some("12345")),
    ] {
        let scene = Scene::new().await;
        let mut client = scene.sends(post("{}")).await;
        let (mut upstream, _) = scene.asked().await;
        upstream.send(part).await;
        upstream.half_close().await;
        match seen {
            None => is_own(&client.message().await, 502),
            Some(seen) => {
                let answer = client.rest().await;
                assert!(answer.contains(seen) && !answer.ends_with("0\r\n\r\n"), "{answer}");
            }
        }
        assert_eq!(upstream.rest().await, "", "the proxy closes the other half");
        assert!(scene.was_left_alone(), "it was sent once and stays so");
        drop((client, upstream));
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn a_client_that_leaves_within_its_body_reaches_nobody() {
    for is_reset in [false, true] {
        let mut scene = Scene::new().await;
        let request = post("{\"messages\":[]}");
        let client = scene.sends(&request[..request.len() - 3]).await;
        match is_reset {
            true => client.reset(),
            false => drop(client),
        }
        let record = scene.proxy.record().await;
        assert_eq!((record.status, record.bytes_out), (None, 0));
        assert!(scene.was_left_alone());
        scene.ends_clean().await;
    }
}

#[tokio::test]
async fn an_answer_before_the_body_has_left_passes() {
    let scene = Scene::new().await;
    let body = "x".repeat(4 << 20);
    let head = "POST /v1/messages HTTP/1.1\r\nhost: h\r\ncontent-type: text/plain\r\n";
    let mut client = scene.sends(format!("{head}content-length: {}\r\n\r\n", body.len())).await;
    let mut upstream = scene.upstream().await;
    upstream.until("\r\n\r\n").await;
    upstream
        .send("HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}")
        .await;
    let answer = client.message().await;
    assert_eq!(status(&answer), 413, "{answer}");
    client.try_send(body).await;
    drop((client, upstream));
    scene.ends_clean().await;
}
