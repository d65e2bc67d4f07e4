//! What the meter reads from answers that pass.

use crate::world::{Proxy, full, http1, post, text, upstream};
use flate2::{Compression, write::GzEncoder};
use http_body_util::BodyExt as _;
use hyper::Response;
use std::io::Write as _;

const EVENTS: &str = "\
event: message_start\n\
data: {\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":{\"input_tokens\":3,\
\"cache_read_input_tokens\":2048,\"cache_creation_input_tokens\":100,\"output_tokens\":1}}}\n\n\
event: message_delta\n\
data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\
\"usage\":{\"output_tokens\":42}}\n\n\
event: message_stop\n\
data: {\"type\":\"message_stop\"}\n\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

async fn answering(kind: &'static str, coding: Option<&'static str>, body: Vec<u8>) -> Proxy {
    let base = upstream(move |_| {
        let body = body.clone();
        async move {
            let mut head = Response::builder().header("content-type", kind);
            if let Some(coding) = coding {
                head = head.header("content-encoding", coding);
            }
            head.body(full(body)).unwrap()
        }
    });
    Proxy::before(base.await).await
}

#[tokio::test]
async fn an_event_streams_usage_is_recorded() {
    let mut proxy = answering("text/event-stream", None, EVENTS.into()).await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert_eq!(text(answer).await, EVENTS);
    let record = proxy.record().await;
    let line = record.to_string();
    let usage = record.usage.unwrap();
    assert_eq!((usage.input, usage.output), (Some(3), Some(42)));
    assert_eq!((usage.cache_read, usage.cache_write), (Some(2048), Some(100)));
    assert!(line.contains("usage input 3, cache read 2048, cache write 100, output 42"), "{line}");
    assert!(record.first_byte.unwrap() <= record.duration);
}

#[tokio::test]
async fn a_compressed_answer_passes_as_it_is_and_is_read_all_the_same() {
    let body = gzip(EVENTS);
    let mut proxy = answering("text/event-stream", Some("gzip"), body.clone()).await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), body);
    assert_eq!(proxy.record().await.usage.unwrap().cache_read, Some(2048));
}

#[tokio::test]
async fn answers_that_say_nothing_have_no_usage() {
    for (kind, body) in
        [("text/event-stream", "data: x\n\n"), ("text/plain", EVENTS), ("application/json", "{")]
    {
        let mut proxy = answering(kind, None, body.into()).await;
        let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
        assert_eq!(text(answer).await, body);
        assert_eq!(proxy.record().await.usage, None);
    }
}
