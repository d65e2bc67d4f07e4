//! The token that a request has to bring.

use super::{said_at, status, status_of_http2};
use crate::{
    scratch::Scratch,
    world::{AnyBody, Got, Proxy, full, get, http1, http2, post, telling, text},
};
use brevity_proxy::{AdminAddress, Config, LogRecorder, ServeError, Server};
use hyper::{Request, StatusCode};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::mpsc::UnboundedReceiver,
};

const TOKEN: &str = "door-0123456789abcdef";

/// A proxy that asks for the token, with a tool server below `/mcp`, and what its upstream got.
struct Guarded {
    proxy: Proxy,
    told: UnboundedReceiver<Got>,
    _file: Scratch,
}

impl Guarded {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let file = Scratch::file("token", format!("{TOKEN}\n").as_bytes());
        let (base, told) = telling().await;
        let tools = format!("/mcp={base}/tools").parse().unwrap();
        let proxy = Proxy::with(base, |config| {
            config.token_file = Some(file.path().to_owned());
            config.mcp.push(tools);
            change(config);
        });
        Self { proxy: proxy.await, told, _file: file }
    }

    fn request(&self, path: &str, fields: &[(&str, &str)]) -> Request<AnyBody> {
        let mut request = post(self.proxy.url(path), full(r#"{"model":"m"}"#));
        for (name, value) in fields {
            let name: hyper::header::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        request
    }
}

#[tokio::test]
async fn without_it_nothing_is_answered_but_health() {
    let mut guarded = Guarded::new().await;
    for client in [http1(), http2()] {
        for path in ["/v1/messages", "/v1/chat/completions", "/mcp", "/x"] {
            let wrong = [("authorization", "Bearer sk-mine"), ("x-brevity-token", "door-0123")];
            for fields in [&wrong[..0], &wrong[..1], &wrong] {
                let answer = client.request(guarded.request(path, fields)).await.unwrap();
                assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
                assert_eq!(answer.headers()["www-authenticate"], "Bearer realm=\"brevity\"");
                let body = text(answer).await;
                assert!(
                    body.contains("x-brevity-token: TOKEN") && !body.contains("door-"),
                    "{body}"
                );
                let anthropic = r#"{"type":"error","error":{"type":"authentication_error","#;
                assert_eq!(body.starts_with(anthropic), path == "/v1/messages", "{body}");
            }
        }
        for path in ["/stats", "/healthz/upstream", "/healthz/"] {
            let answer = client.request(get(guarded.proxy.url(path))).await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        }
        let answer = client.request(get(guarded.proxy.url("/healthz"))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert!(guarded.told.try_recv().is_err(), "something came through");
    assert!(guarded.proxy.records.try_recv().is_err() && guarded.proxy.load.requests() == 0);
    let metrics = text(http1().request(get(guarded.proxy.admin("/metrics"))).await.unwrap()).await;
    assert!(metrics.contains("brevity_refused_requests_total{status=\"401\"} 30\n"), "{metrics}");
}

#[tokio::test]
async fn with_it_a_request_passes_and_the_token_stays_behind() {
    let mut guarded = Guarded::new().await;
    let bearer = format!("Bearer {TOKEN}");
    let ways: [&[(&str, &str)]; 5] = [
        &[("x-brevity-token", TOKEN)],
        &[("authorization", &bearer), ("x-api-key", "sk-mine")],
        &[("proxy-authorization", &bearer)],
        &[("x-brevity-token", TOKEN), ("authorization", "Bearer sk-mine")],
        &[("x-brevity-token", TOKEN), ("authorization", &bearer), ("proxy-authorization", &bearer)],
    ];
    for client in [http1(), http2()] {
        for path in ["/v1/messages", "/mcp", "/v1/models"] {
            for fields in ways {
                let answer = client.request(guarded.request(path, fields)).await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK, "{path} {fields:?}");
                let got = guarded.told.recv().await.unwrap();
                assert!(
                    !format!("{:?} {:?}", got.head, got.body).contains("door-"),
                    "{:?}",
                    got.head
                );
                let kept = fields.iter().filter(|(_, value)| value.contains("sk-mine"));
                for (name, value) in kept {
                    assert_eq!(got.header(name), Some(*value));
                }
            }
        }
        let request = Request::get(guarded.proxy.url("/stats")).header("x-brevity-token", TOKEN);
        let answer = client.request(request.body(full("")).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(!text(answer).await.contains("door-"));
    }
}

#[tokio::test]
async fn a_proxy_that_asks_for_none_drops_it() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let request = Request::post(proxy.url("/v1/messages"))
        .header("content-type", "application/json")
        .header("x-brevity-token", TOKEN)
        .header("authorization", format!("Bearer {TOKEN}"));
    http1().request(request.body(full("{}")).unwrap()).await.unwrap();
    let got = told.recv().await.unwrap();
    assert_eq!(got.header("x-brevity-token"), None);
    // It is the client's own here.
    assert_eq!(got.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(proxy.record().await.skip, None);
}

#[tokio::test]
async fn after_a_refusal_the_connection_is_sound() {
    let mut guarded = Guarded::new().await;
    let refused = "POST /v1/messages HTTP/1.1\r\nhost: h\r\ncontent-length: 11\r\n\r\nGET / HTTP/";
    let good = format!(
        "GET /v1/models HTTP/1.1\r\nhost: h\r\nx-brevity-token: {TOKEN}\r\nconnection: close\r\n\r\n"
    );
    let answers = said_at(guarded.proxy.address, &format!("{refused}{good}")).await;
    assert_eq!(status(&answers), 401);
    // The body is no request, and the one behind it is.
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 2, "{answers}");
    assert_eq!(guarded.told.recv().await.unwrap().head.uri.path(), "/v1/models");
    assert!(guarded.told.try_recv().is_err());
}

#[tokio::test]
async fn a_websocket_needs_it_too() {
    let handshake = |more: &str| {
        format!(
            "GET /v1/responses HTTP/1.1\r\nHost: proxy\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
        )
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let guarded = Guarded::with(|config| {
        config.upstreams = brevity_proxy::Upstreams::all(base);
    });
    let guarded = guarded.await;
    let without = handshake("Connection: close\r\n");
    assert_eq!(status(&said_at(guarded.proxy.address, &without).await), 401);
    let with = handshake(&format!("X-Brevity-Token: {TOKEN}\r\n"));
    let upstream = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let agreed = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                      Connection: Upgrade\r\n\r\nall that follows";
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(agreed.as_bytes()).await.unwrap();
        String::from_utf8(head).unwrap().to_lowercase()
    };
    let (answer, head) = tokio::join!(said_at(guarded.proxy.address, &with), upstream);
    assert_eq!(status(&answer), 101);
    assert!(answer.ends_with("all that follows"), "{answer}");
    assert!(head.contains("upgrade: websocket") && !head.contains("token"), "{head}");
}

#[tokio::test]
async fn the_admin_listener_asks_those_who_come_from_elsewhere() {
    let there = AdminAddress::At("0.0.0.0:0".parse().unwrap());
    let guarded = Guarded::with(|config| config.admin = there).await;
    let at = guarded.proxy.admin.unwrap();
    let head = |path: &str, more: &str| {
        format!("GET {path} HTTP/1.1\r\nhost: 10.0.0.1\r\n{more}connection: close\r\n\r\n")
    };
    for (path, expected) in
        [("/metrics", 401), ("/stats", 401), ("/healthz", 200), ("/readyz", 200)]
    {
        let answer = said_at(at, &head(path, "")).await;
        assert_eq!(status(&answer), expected, "{path}");
        assert_eq!(answer.contains("www-authenticate: Bearer"), expected == 401);
        let answer = said_at(at, &head(path, &format!("authorization: Bearer {TOKEN}\r\n"))).await;
        assert_eq!(status(&answer), 200, "{path}");
    }
}

#[tokio::test]
async fn both_are_asked_for_where_others_reach_it() {
    let guarded = Guarded::with(|config| config.listen = "0.0.0.0:0".parse().unwrap()).await;
    let at = ([127, 0, 0, 1], guarded.proxy.address.port()).into();
    for (authority, token, expected) in [
        ("localhost", TOKEN, 200),
        ("localhost", "", 401),
        ("evil.example", TOKEN, 421),
        ("evil.example", "", 421),
    ] {
        let head = Request::get(format!("http://{authority}/v1/models"));
        let head = head.header("x-brevity-token", token);
        assert_eq!(status_of_http2(at, head).await, expected, "{authority} {token}");
    }
}

#[tokio::test]
async fn a_file_without_a_token_is_no_start() {
    for text in
        ["", "short", "fifteen-bytes!!\n", "two words of some length", "a line\nand another one"]
    {
        let file = Scratch::file("token", text.as_bytes());
        let mut config = Config::default();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.token_file = Some(file.path().to_owned());
        match Server::bind(config, Arc::new(LogRecorder)).await {
            Err(ServeError::Token(error)) => {
                let said = error.to_string();
                assert!(text.is_empty() || !said.contains(text), "{said}");
                assert!(said.contains("16 to 4096") && said.contains(file.text()), "{said}");
            }
            _ => panic!("it must not start with {text:?}"),
        }
    }
}

#[tokio::test]
async fn no_trailer_carries_it_on() {
    let mut guarded = Guarded::new().await;
    let trailers = [
        ("x-brevity-token", TOKEN.to_owned()),
        ("authorization", format!("Bearer {TOKEN}")),
        ("x-brevity-level", "off".into()),
        ("x-sum", "1".into()),
    ];
    let fields: String =
        trailers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    for path in ["/v1/messages", "/v1/files", "/mcp"] {
        let names = trailers.each_ref().map(|(name, _)| *name).join(", ");
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nx-brevity-token: {TOKEN}\r\n\
             connection: close\r\ncontent-type: application/json\r\ntrailer: {names}\r\n\
             transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n{fields}\r\n"
        );
        assert_eq!(status(&said_at(guarded.proxy.address, &request).await), 200, "{path}");
        let trailers = guarded.told.recv().await.unwrap().trailers.unwrap();
        let left: Vec<_> = trailers.keys().map(hyper::header::HeaderName::as_str).collect();
        assert_eq!(left, ["x-sum"], "{path}");
    }
}
