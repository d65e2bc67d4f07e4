//! In front of a tool server that speaks MCP over HTTP.

use crate::world::{AnyBody, Proxy, any, frames, full, get, http1, http2, post, telling, upstream};
use brevity::{Codec, Reason};
use brevity_proxy::{Attestation, Base, Config, Skip};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{
    HeaderMap, Method, Request, Response,
    body::{Body as _, Incoming},
};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::mpsc::UnboundedSender,
};

fn call(id: u32, tool: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}"}}}}"#)
}

fn answer(id: u32) -> String {
    let row = |n| format!(r#"{{\"name\":\"row {n}\",\"open\":true}}"#);
    let rows: Vec<_> = (0..90).map(row).collect();
    let item = format!(r#"{{"type":"text","text":"[{}]"}}"#, rows.join(","));
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[{item}]}}}}"#)
}

/// In front of a tool server at `base`, below `/tools`.
async fn before(base: Base) -> Proxy {
    let route = format!("/tools={base}/mcp").parse().unwrap();
    Proxy::with(base, |config: &mut Config| config.mcp.push(route)).await
}

/// A tool server that answers every request with this body.
async fn answering(headers: &'static [(&str, &str)], body: String) -> Proxy {
    let base = upstream(move |request: Request<Incoming>| {
        let mut answer = Response::builder();
        for (name, value) in headers {
            answer = answer.header(*name, *value);
        }
        let answer = answer.body(full(body.clone())).unwrap();
        async {
            request.into_body().collect().await.unwrap();
            answer
        }
    });
    before(base.await).await
}

/// A tool server whose next answer is an event stream that the sender sends.
async fn streaming() -> (Proxy, Arc<Mutex<Option<UnboundedSender<Bytes>>>>) {
    let sender = Arc::new(Mutex::new(None));
    let put = sender.clone();
    let base = upstream(move |request: Request<Incoming>| {
        let (send, body) = frames();
        *put.lock().unwrap() = Some(send);
        async {
            request.into_body().collect().await.unwrap();
            let head = Response::builder().header("content-type", "text/event-stream");
            head.body(any(body)).unwrap()
        }
    });
    (before(base.await).await, sender)
}

async fn bytes(answer: Response<Incoming>) -> Bytes {
    answer.into_body().collect().await.unwrap().to_bytes()
}

fn with(mut request: Request<AnyBody>, name: &'static str, value: &str) -> Request<AnyBody> {
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

#[tokio::test]
async fn a_body_of_json_is_shortened() {
    for client in [http1(), http2()] {
        let mut proxy = answering(JSON, answer(1)).await;
        let request = post(proxy.url("/tools"), full(call(1, "list")));
        let came = client.request(request).await.unwrap();
        assert!(came.body().size_hint().exact().is_none_or(|len| len < 1_000));
        let came = bytes(came).await;
        assert!(came.len() < answer(1).len() / 2);
        assert_eq!(brevity::expand(&came), answer(1).as_bytes());
        let record = proxy.record().await;
        assert_eq!(record.report.rewritten[&Codec::Table].parts, 1);
        assert_eq!(record.answer_bytes, answer(1).len() as u64);
        assert_eq!(record.answer_bytes_out, Some(came.len() as u64));
        assert_eq!((record.dialect, record.skip, record.error), (None, None, None));
    }
}

#[tokio::test]
async fn a_batch_in_chunks_is_read_along() {
    let body = format!("[{},{}]", answer(1), answer(2));
    let proxy = answering(JSON, body.clone()).await;
    let (send, asked) = frames();
    let batch = format!("[{}, {}]", call(1, "list"), call(2, "read_file"));
    batch.as_bytes().chunks(9).for_each(|c| send.send(Bytes::copy_from_slice(c)).unwrap());
    drop(send);
    let came = http1().request(post(proxy.url("/tools"), any(asked))).await.unwrap();
    let came = bytes(came).await;
    assert_eq!(brevity::expand(&came), body.as_bytes());
    assert!(came.len() < body.len() && came.ends_with(format!(",{}]", answer(2)).as_bytes()));
}

/// What may not or need not be looked at leaves as it came, with its length.
#[tokio::test]
async fn other_answers_pass() {
    const ENCODED: &[(&str, &str)] = &[JSON[0], ("content-encoding", "zstd")];
    const SUMMED: &[(&str, &str)] = &[JSON[0], ("content-digest", "sha-256=:AA==:")];
    const PLAIN: &[(&str, &str)] = &[("content-type", "text/plain")];
    let summed = Skip::Attested(Attestation::Checksum);
    for (headers, skip) in [(ENCODED, Some(Skip::Encoded)), (SUMMED, Some(summed)), (PLAIN, None)] {
        let mut proxy = answering(headers, answer(1)).await;
        let request = post(proxy.url("/tools"), full(call(1, "list")));
        let came = http1().request(request).await.unwrap();
        assert_eq!(came.headers()["content-length"], answer(1).len().to_string());
        assert_eq!(bytes(came).await, answer(1));
        let record = proxy.record().await;
        assert_eq!(record.skip, skip);
        assert_eq!(record.to_string().contains("left alone"), skip.is_some(), "{record}");
        assert_eq!(record.report.total.parts, 0);
    }
}

#[tokio::test]
async fn what_is_not_known_may_show_a_file() {
    for (tool, id) in [("read_file", 1), ("list", 2)] {
        let mut proxy = answering(JSON, answer(id)).await;
        let request = post(proxy.url("/tools"), full(call(1, tool)));
        assert_eq!(bytes(http1().request(request).await.unwrap()).await, answer(id));
        assert_eq!(proxy.record().await.report.kept[&Reason::FileRead].parts, 1);
    }
}

#[tokio::test]
async fn a_request_says_how_its_tools_are_treated() {
    let mut proxy = answering(JSON, answer(1)).await;
    for (tool, setting, shortened) in [
        ("list", "li*=off", false),
        ("read_file", "read_*=lossless", true),
        ("list", "other=off", true),
    ] {
        let request = post(proxy.url("/tools"), full(call(1, tool)));
        let request = with(request, "x-brevity-tools", setting);
        let came = bytes(http1().request(request).await.unwrap()).await;
        assert_eq!(came.len() < answer(1).len(), shortened, "{setting}");
        proxy.record().await;
    }
}

/// Two clients without a session count alike: neither's calls are the other's.
#[tokio::test]
async fn calls_of_other_requests_do_not_count() {
    let mut proxy = answering(JSON, answer(1)).await;
    for (tool, shortened) in [("list", true), ("read_file", false), ("list", true)] {
        let request = post(proxy.url("/tools"), full(call(1, tool)));
        let came = bytes(http1().request(request).await.unwrap()).await;
        assert_eq!(came.len() < answer(1).len(), shortened);
        proxy.record().await;
    }
    let came = http1().request(get(proxy.url("/tools"))).await.unwrap();
    assert_eq!(bytes(came).await, answer(1));
}

/// The answer comes on the standing stream, or on one that is resumed.
#[tokio::test]
async fn a_session_knows_its_calls_on_every_stream() {
    let proxy = answering(
        &[("content-type", "text/event-stream"), ("mcp-session-id", "a")],
        format!("id: 5\ndata: {}\n\n", answer(1)),
    );
    let proxy = proxy.await;
    let session = |request, id| with(request, "mcp-session-id", id);
    let request = session(post(proxy.url("/tools"), full(call(1, "list"))), "a");
    let first = bytes(http1().request(request).await.unwrap()).await;
    assert!(first.len() < answer(1).len() / 2);
    let again = with(session(get(proxy.url("/tools")), "a"), "last-event-id", "4");
    let again = http1().request(again).await.unwrap();
    assert_eq!(again.headers()["mcp-session-id"], "a");
    assert_eq!(bytes(again).await, first);
    let other = http1().request(session(get(proxy.url("/tools")), "b")).await.unwrap();
    assert_eq!(bytes(other).await, format!("id: 5\ndata: {}\n\n", answer(1)));
}

#[tokio::test]
async fn an_event_leaves_before_the_next_has_come() {
    for client in [http1(), http2()] {
        let (proxy, sender) = streaming().await;
        let request = post(proxy.url("/tools"), full(call(1, "list")));
        let mut body = client.request(request).await.unwrap().into_body();
        let send = sender.lock().unwrap().take().unwrap();
        let long = format!("id: 7\r\nevent: message\r\ndata: {}\r\n\r\n", answer(1));
        let (half, rest) = long.split_at(500);
        for (sent, expected) in [
            (": ping\n\n", ": ping\n\n".to_owned()),
            ("id: 6\nretry: 9\ndata:\n\n", "id: 6\nretry: 9\ndata:\n\n".to_owned()),
            (&format!("data: {{}}\n\n{half}"), "data: {}\n\n".to_owned()),
            (rest, long.clone()),
        ] {
            send.send(Bytes::copy_from_slice(sent.as_bytes())).unwrap();
            let mut came = Vec::new();
            while brevity::expand(&came).len() < expected.len() {
                let frame = body.frame().await.expect("a frame").unwrap();
                came.extend_from_slice(&frame.into_data().expect("data"));
            }
            assert_eq!(String::from_utf8_lossy(&brevity::expand(&came)), expected);
            assert!(came.starts_with(&expected.as_bytes()[..8]) && came.len() < 1_500);
        }
        // An event that breaks off leaves as it came.
        send.send(Bytes::from_static(b"data: {\"half")).unwrap();
        drop(send);
        assert_eq!(body.collect().await.unwrap().to_bytes(), "data: {\"half");
    }
}

#[tokio::test]
async fn requests_pass_below_the_servers_url() {
    let (base, mut told) = telling().await;
    let mut proxy = before(base).await;
    let headers = [
        ("mcp-session-id", "s-1"),
        ("last-event-id", "e-1"),
        ("mcp-protocol-version", "2025-06-18"),
        ("authorization", "Bearer sk-ant-oat01-x"),
        ("accept", "application/json, text/event-stream"),
    ];
    let spaced = call(1, "list").replace(',', " ,\n");
    for (method, target, path, body) in [
        (Method::POST, "/tools", "/mcp", &*spaced),
        (Method::GET, "/tools?x=%20", "/mcp?x=%20", ""),
        (Method::DELETE, "/tools/", "/mcp/", ""),
        (Method::POST, "/tools/v1/messages", "/mcp/v1/messages", "{\"messages\":[]}"),
        (Method::POST, "/toolsx/v1/messages", "/toolsx/v1/messages", "{}"),
    ] {
        let mut request = post(proxy.url(target), full(body.to_owned()));
        *request.method_mut() = method.clone();
        for (name, value) in headers {
            request = with(request, name, value);
        }
        http1().request(request).await.unwrap();
        let got = told.recv().await.unwrap();
        assert_eq!((&got.head.method, got.head.uri.to_string()), (&method, path.to_owned()));
        assert_eq!(got.body, body);
        let came: HeaderMap = got.head.headers;
        for (name, value) in headers {
            assert_eq!(came[name], value);
        }
        proxy.record().await;
    }
}

#[tokio::test]
async fn a_break_after_events_is_told_after_them() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 64 * 1024]).await.unwrap() > 0);
        let answer = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
            transfer-encoding: chunked\r\n\r\n16\r\ndata: {}\n\ndata: {\"half\r\n";
        stream.write_all(answer).await.unwrap();
    });
    let mut proxy = before(base).await;
    let request = post(proxy.url("/tools"), full(call(1, "list")));
    let mut body = http1().request(request).await.unwrap().into_body();
    let mut came = Vec::new();
    while let Ok(frame) = body.frame().await.expect("the end must not look whole") {
        came.extend_from_slice(&frame.into_data().unwrap());
    }
    assert_eq!(String::from_utf8_lossy(&came), "data: {}\n\ndata: {\"half");
    assert!(proxy.record().await.error.unwrap().contains("broke off"));
}

#[tokio::test]
async fn what_a_request_asks_for_and_a_dry_run_hold_for_answers() {
    let cases = [
        (Some(("x-brevity-bypass", "true")), false, Some(Skip::Bypassed)),
        (Some(("x-brevity-bypas", "true")), false, Some(Skip::Control)),
        (Some(("x-brevity-level", "off")), false, Some(Skip::Off)),
        (Some(("x-brevity-tools", "li*=off")), false, None),
        (None, true, Some(Skip::DryRun)),
    ];
    for (asks, dry, skip) in cases {
        let base = upstream(|request: Request<Incoming>| async {
            assert!(request.headers().keys().all(|name| !name.as_str().starts_with("x-brevity")));
            request.into_body().collect().await.unwrap();
            let head = Response::builder().header("content-type", "application/json");
            head.body(full(answer(1))).unwrap()
        });
        let base = base.await;
        let route = format!("/tools={base}/mcp").parse().unwrap();
        let mut proxy = Proxy::with(base, |config: &mut Config| {
            config.mcp.push(route);
            config.dry_run = dry;
        })
        .await;
        let mut request = post(proxy.url("/tools"), full(call(1, "list")));
        if let Some((name, value)) = asks {
            request = with(request, name, value);
        }
        let came = bytes(http1().request(request).await.unwrap()).await;
        assert_eq!(came, answer(1), "{asks:?}");
        let record = proxy.record().await;
        assert_eq!(record.skip, skip, "{asks:?}");
        assert_eq!(record.report.rewritten.is_empty(), !dry, "{asks:?}");
    }
}
