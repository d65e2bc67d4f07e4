//! Requests, streams, tools and looks at the upstream, through the network's proxy and past it.

use super::{Answer, Proxy, Relay, connect, hidden, telling};
use crate::world::{any, frames, full, get, http1, post, text, upstream};
use brevity_proxy::McpRoute;
use http_body_util::BodyExt as _;
use hyper::{Response, StatusCode};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn requests_go_through_it_and_its_credentials_end_there() {
    let (base, mut told) = telling().await;
    let base = hidden(&base);
    let mut relay = Relay::new(Answer::Tunnel).await;
    let proxy = Proxy::with(base.clone(), relay.leads("")).await;
    for _ in 0..2 {
        let mut request = post(proxy.url("/v1/messages"), full("{}"));
        request.headers_mut().insert("proxy-authorization", "Basic Y2xpZW50".parse().unwrap());
        let answer = http1().request(request).await.unwrap();
        assert_eq!((answer.status(), text(answer).await), (StatusCode::OK, "{}".into()));
        let got = told.recv().await.unwrap();
        assert_eq!((got.head.method.as_str(), &got.body[..]), ("POST", &b"{}"[..]));
        assert_eq!(got.head.uri, "/v1/messages", "in the form of an origin");
        assert!(got.header("proxy-authorization").is_none());
        assert!(base.to_string().ends_with(got.header("host").unwrap()));
    }
    assert_eq!(relay.heads.recv().await.unwrap(), connect(&base));
    assert_eq!(relay.unseen(), 0, "both requests share one tunnel");
}

#[tokio::test]
async fn an_answer_streams_through_it() {
    let (send, body) = frames();
    let body = Arc::new(Mutex::new(Some(body)));
    let base = upstream(move |_| {
        let body = body.lock().unwrap().take().unwrap();
        async {
            let head = Response::builder().header("content-type", "text/event-stream");
            head.body(any(body)).unwrap()
        }
    });
    let base = hidden(&base.await);
    let relay = Relay::new(Answer::Tunnel).await;
    let proxy = Proxy::with(base, relay.leads("")).await;
    let request = post(proxy.url("/v1/messages"), full("{}"));
    let mut answer = http1().request(request).await.unwrap().into_body();
    for event in ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"] {
        // The next is sent when this one has come.
        send.send(event.into()).unwrap();
        let frame = answer.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), event);
    }
    drop(send);
    assert!(answer.frame().await.is_none());
}

#[tokio::test]
async fn tools_and_looks_at_the_upstream_go_through_it() {
    let (base, mut told) = telling().await;
    let base = hidden(&base);
    let mut relay = Relay::new(Answer::Tunnel).await;
    let lead = relay.leads("");
    let server: McpRoute = format!("/mcp/x={base}").parse().unwrap();
    let proxy = Proxy::with(base.clone(), |config| {
        lead(config);
        config.mcp.push(server);
    });
    let proxy = proxy.await;
    let answer = http1().request(post(proxy.url("/mcp/x"), full("{}"))).await.unwrap();
    assert_eq!(text(answer).await, "{}");
    assert_eq!(told.recv().await.unwrap().head.method, "POST");
    assert_eq!(relay.heads.recv().await.unwrap(), connect(&base));
    let answer = http1().request(get(proxy.url("/healthz/upstream"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(relay.heads.recv().await.unwrap(), connect(&base));
}

/// `127.1` is this machine by a name that does not say so.
#[tokio::test]
async fn what_is_excepted_or_on_this_machine_goes_past_it() {
    let (base, mut told) = telling().await;
    let named = base.to_string().replace("127.0.0.1", "127.1").parse().unwrap();
    for (base, except) in [(base, ""), (named, "10.0.0.0/8, 127.1")] {
        let mut relay = Relay::answering("HTTP/1.1 500 No\r\n\r\n").await;
        let proxy = Proxy::with(base, relay.leads(except)).await;
        let request = post(proxy.url("/v1/messages"), full("{}"));
        assert_eq!(http1().request(request).await.unwrap().status(), StatusCode::OK);
        told.recv().await.unwrap();
        assert_eq!(relay.unseen(), 0);
    }
}
