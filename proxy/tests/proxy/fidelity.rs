//! What passes is what came.

use crate::world::{Proxy, any, frames, full, get, http1, http2, post, telling, text, upstream};
use bytes::Bytes;
use hyper::{Method, Request, Response, StatusCode};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Nothing in it is eligible, and much of it would not survive being parsed and printed.
const AWKWARD: &str = "\u{feff}{ \"model\" : \"m\",\"n\":[1.0,12345678901234567,1e400,\
    123456789012345678901234567890], \"n\":\"\\/ \\u00e9 \\ud800 \\u0000 🦀\" ,\t\"messages\":[\
    {\"role\":\"user\",\"content\":\"hello\"}] }\r\n";

#[tokio::test]
async fn a_body_with_nothing_eligible_arrives_as_it_came() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    for client in [http1(), http2()] {
        let request = post(proxy.url("/v1/messages"), full(AWKWARD));
        assert_eq!(text(client.request(request).await.unwrap()).await, "{}");
        let got = told.recv().await.unwrap();
        assert_eq!(got.body, AWKWARD);
        assert_eq!(got.header("content-length"), Some(AWKWARD.len().to_string().as_str()));
        let record = proxy.record().await;
        let len = AWKWARD.len() as u64;
        assert_eq!((record.bytes_in, record.bytes_out, record.answer_bytes), (len, len, 2));
        assert_eq!((record.skip, record.status), (None, Some(StatusCode::OK)));
        assert_eq!(record.error, None);
    }
}

#[tokio::test]
async fn headers_arrive_as_they_came_but_for_those_of_the_connection() {
    let (base, mut told) = telling().await;
    let proxy = Proxy::before(base.clone()).await;
    let mut stream = TcpStream::connect(proxy.address).await.unwrap();
    let head = "POST /v1/messages?beta=true HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Api-Key: k\r\n\
        Anthropic-Beta: a,b\r\nX-Stainless-OS: Linux\r\nanthropic-beta: c\r\n\
        Connection: close, x-mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n\
        Accept-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n{}"),
        "{answer}"
    );

    let got = told.recv().await.unwrap();
    assert_eq!(got.head.uri, "/v1/messages?beta=true");
    let host = base.to_string().replace("http://", "");
    let mut headers: Vec<(&str, &str)> = got
        .head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    headers.retain(|(name, _)| !["host", "content-length"].contains(name));
    assert_eq!(
        headers,
        [
            ("x-api-key", "k"),
            ("anthropic-beta", "a,b"),
            ("anthropic-beta", "c"),
            ("x-stainless-os", "Linux"),
            ("accept-encoding", "gzip"),
            ("content-type", "application/json"),
        ]
    );
    assert_eq!(got.header("host"), Some(host.as_str()));
    assert_eq!(got.header("content-length"), Some("2"));
}

#[tokio::test]
async fn letter_case_of_headers_stays() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let proxy = Proxy::before(base).await;
    let mut client = TcpStream::connect(proxy.address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: h\r\nX-AbC: 1\r\n\r\n").await.unwrap();
    let (mut server, _) = listener.accept().await.unwrap();
    let mut head = vec![0; 4096];
    let len = server.read(&mut head).await.unwrap();
    assert!(String::from_utf8_lossy(&head[..len]).contains("\r\nX-AbC: 1\r\n"));
    server.write_all(b"HTTP/1.1 204 No Content\r\nX-dEf: 2\r\n\r\n").await.unwrap();
    let len = client.read(&mut head).await.unwrap();
    assert!(String::from_utf8_lossy(&head[..len]).contains("\r\nX-dEf: 2\r\n"));
}

#[tokio::test]
async fn paths_and_queries_arrive_as_they_came() {
    let (base, mut told) = telling().await;
    let proxy = Proxy::before(base).await;
    for target in
        ["/a/%2e%2e/b", "/a//b/./c?x=%20&x&y=a+b", "/v1/models?limit=1000", "/?", "/v1/x'(1)"]
    {
        http1().request(get(proxy.url(target))).await.unwrap();
        assert_eq!(told.recv().await.unwrap().head.uri.to_string(), target);
    }
}

#[tokio::test]
async fn trailers_of_a_chunked_request_arrive() {
    let (base, mut told) = telling().await;
    let proxy = Proxy::before(base).await;
    for path in ["/v1/messages", "/v1/files"] {
        let mut stream = TcpStream::connect(proxy.address).await.unwrap();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n\
             Transfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n\
             1\r\n[\r\n4;x=y\r\n1.0]\r\n0\r\nX-Sum: 7\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let got = told.recv().await.unwrap();
        assert_eq!(got.body, "[1.0]");
        assert_eq!(got.trailers.expect(path)["x-sum"], "7");
    }
}

#[tokio::test]
async fn a_chunked_body_that_is_short_leaves_with_its_length() {
    let (base, mut told) = telling().await;
    let proxy = Proxy::before(base).await;
    let (send, body) = frames();
    for chunk in AWKWARD.as_bytes().chunks(9) {
        send.send(Bytes::copy_from_slice(chunk)).unwrap();
    }
    drop(send);
    http1().request(post(proxy.url("/v1/messages"), any(body))).await.unwrap();
    let got = told.recv().await.unwrap();
    assert_eq!(got.body, AWKWARD);
    assert_eq!(got.header("content-length"), Some(AWKWARD.len().to_string().as_str()));
    assert_eq!(got.header("transfer-encoding"), None);
}

#[tokio::test]
async fn a_client_that_expects_to_continue_is_told_to() {
    let (base, mut told) = telling().await;
    let proxy = Proxy::before(base).await;
    let mut stream = TcpStream::connect(proxy.address).await.unwrap();
    let head = "POST /v1/messages HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\
        Connection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut told_to = [0; 25];
    stream.read_exact(&mut told_to).await.unwrap();
    assert_eq!(&told_to, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{}").await.unwrap();
    let got = told.recv().await.unwrap();
    assert_eq!((got.body.as_ref(), got.header("expect")), (&b"{}"[..], None));
}

#[tokio::test]
async fn an_answer_to_head_has_its_length_and_no_body() {
    let base = upstream(|request| async move {
        assert_eq!(request.method(), Method::HEAD);
        let head = Response::builder().header("content-length", "1234").header("x-a", "1");
        head.body(full("")).unwrap()
    });
    let mut proxy = Proxy::before(base.await).await;
    let request = Request::head(proxy.url("/v1/models")).body(full("")).unwrap();
    let answer = http1().request(request).await.unwrap();
    assert_eq!(answer.headers()["content-length"], "1234");
    assert_eq!(answer.headers()["x-a"], "1");
    assert_eq!(text(answer).await, "");
    assert_eq!(proxy.record().await.error, None);
}

#[tokio::test]
async fn error_answers_pass_unmodified() {
    let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"é"}}"#;
    let base = upstream(move |_| async move {
        let head = Response::builder().status(529).header("retry-after", "3");
        head.header("content-type", "application/json").body(full(error)).unwrap()
    });
    let mut proxy = Proxy::before(base.await).await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert_eq!(answer.status().as_u16(), 529);
    assert_eq!(answer.headers()["retry-after"], "3");
    assert_eq!(answer.headers()["content-length"], error.len().to_string().as_str());
    assert_eq!(text(answer).await, error);
    assert_eq!(proxy.record().await.status.unwrap().as_u16(), 529);
}
