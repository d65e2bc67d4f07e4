//! What requests are called: `x-request-id` and `traceparent`.

use crate::world::{Proxy, full, http1, post, telling, text, upstream};
use hyper::Response;

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::test]
async fn a_clients_name_goes_up_and_comes_back() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let mut request = post(proxy.url("/v1/messages"), full("{}"));
    request.headers_mut().insert("x-request-id", "req-7".parse().unwrap());
    request.headers_mut().insert("traceparent", TRACE.parse().unwrap());
    request.headers_mut().insert("tracestate", "v=1".parse().unwrap());
    let answer = http1().request(request).await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "req-7");
    text(answer).await;
    let got = told.recv().await.unwrap();
    for (name, value) in [("x-request-id", "req-7"), ("traceparent", TRACE), ("tracestate", "v=1")]
    {
        assert_eq!(got.header(name), Some(value));
    }
    let record = proxy.record().await;
    assert_eq!(record.id.as_ref().unwrap().to_string(), "req-7");
    assert_eq!(record.trace.as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
    assert!(record.to_string().ends_with(" | id req-7 | trace 4bf92f3577b34da6a3ce929d0e0e4736"));
}

#[tokio::test]
async fn who_brings_no_name_sees_none() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let mut ids = Vec::new();
    for header in [None, Some("\"no name\"")] {
        let mut request = post(proxy.url("/v1/messages"), full("{}"));
        if let Some(value) = header {
            request.headers_mut().insert("x-request-id", value.parse().unwrap());
        }
        let answer = http1().request(request).await.unwrap();
        assert!(!answer.headers().contains_key("x-request-id"));
        text(answer).await;
        assert_eq!(told.recv().await.unwrap().header("x-request-id"), header);
        ids.push(proxy.record().await.id.unwrap().to_string());
    }
    assert!(ids[0].ends_with("-1") && ids[1].ends_with("-2"), "{ids:?}");
}

#[tokio::test]
async fn the_upstreams_own_name_stays() {
    let base = upstream(|_| async {
        Response::builder().header("x-request-id", "upstream-1").body(full("{}")).unwrap()
    });
    let proxy = Proxy::before(base.await).await;
    let mut request = post(proxy.url("/v1/messages"), full("{}"));
    request.headers_mut().insert("x-request-id", "req-7".parse().unwrap());
    let answer = http1().request(request).await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "upstream-1");
}
