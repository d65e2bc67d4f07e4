//! Faults of our own end one request.

use super::wire::{OK, Scene, post, status};
use crate::world::{full, http1, post as world_post, telling, text};
use brevity_proxy::{Config, Record, Recorder, Server, Upstreams};
use std::sync::Arc;
use tokio::sync::oneshot;

struct Panics;

impl Recorder for Panics {
    fn record(&self, _: Record) {
        panic!("a recorder that panics, on purpose");
    }
}

#[tokio::test]
async fn a_recorder_that_panics_costs_no_answer() {
    let (base, _told) = telling().await;
    let mut config = Config::default();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.upstreams = Upstreams::all(base);
    let server = Server::bind(config, Arc::new(Panics)).await.unwrap();
    let url = format!("http://{}/v1/messages", server.local_addr().unwrap());
    let (load, (stop, stopped)) = (server.load(), oneshot::channel::<()>());
    let running = tokio::spawn(server.run(async { drop(stopped.await) }));
    let client = http1();
    for _ in 0..3 {
        let answer = client.request(world_post(url.clone(), full("{}"))).await.unwrap();
        assert_eq!(text(answer).await, "{}");
    }
    drop(client);
    drop(stop);
    running.await.unwrap();
    assert_eq!((load.connections(), load.requests()), (0, 0));
}

#[tokio::test]
async fn others_go_on_while_one_request_fails() {
    let scene = Scene::new().await;
    let mut stream = scene.sends(post("{}")).await;
    let (mut upstream, _) = scene.asked().await;
    upstream.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n").await;
    stream.until("1\r\na\r\n").await;
    let mut other = scene.sends(post("{}")).await;
    let (failing, _) = scene.asked().await;
    failing.reset();
    assert_eq!(status(&other.message().await), 502);
    upstream.send("1\r\nb\r\n0\r\n\r\n").await;
    stream.until("1\r\nb\r\n0\r\n\r\n").await;
    stream.send(post("{}")).await;
    upstream.message().await;
    upstream.send(OK).await;
    assert_eq!(status(&stream.message().await), 200);
    drop((stream, other, upstream));
    scene.ends_clean().await;
}
