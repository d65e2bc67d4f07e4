//! TLS with the upstream through a tunnel, and TLS with the network's proxy itself.

use super::{Answer, CREDENTIALS, Proxy, Relay, connect, head, hidden};
use crate::{
    tls::{Identity, secure},
    world::{full, get, http1, post, text},
};
use brevity_proxy::Proxies;
use hyper::StatusCode;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

#[tokio::test]
async fn tls_is_with_the_upstream() {
    let cases: [(&str, &[&[u8]], &str); 2] =
        [("tunnel2", &[b"h2", b"http/1.1"], "HTTP/2.0"), ("tunnel1", &[b"http/1.1"], "HTTP/1.1")];
    for (name, protocols, version) in cases {
        let identity = Identity::new(name, "upstream.test");
        let base = hidden(&secure(&identity, protocols).await);
        let mut relay = Relay::new(Answer::Tunnel).await;
        let lead = relay.leads("");
        let proxy = Proxy::with(base.clone(), |config| {
            lead(config);
            config.upstream_ca = Some(identity.file.clone());
        })
        .await;
        let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
        let authority = base.to_string().replace("https://", "");
        assert_eq!(text(answer).await, format!("{version} {authority} {{}}"));
        assert_eq!(relay.heads.recv().await.unwrap(), connect(&base));
        let answer = http1().request(get(proxy.url("/healthz/upstream"))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

/// Whoever runs the proxy is not the upstream: its certificate has to be for the upstream's name.
#[tokio::test]
async fn a_tunnel_to_somebody_else_is_refused() {
    let identity = Identity::new("somebody", "else.test");
    let base = hidden(&secure(&identity, &[b"http/1.1"]).await);
    let relay = Relay::new(Answer::Tunnel).await;
    let lead = relay.leads("");
    let proxy = Proxy::with(base, |config| {
        lead(config);
        config.upstream_ca = Some(identity.file.clone());
    })
    .await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert!(text(answer).await.contains("certificate"));
}

#[tokio::test]
async fn a_websocket_over_tls_goes_through_it() {
    let identity = Identity::new("websocket", "upstream.test");
    let (listener, acceptor) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), identity.acceptor(&[b"http/1.1"]));
    let port = listener.local_addr().unwrap().port();
    let mut relay = Relay::new(Answer::Tunnel).await;
    let lead = relay.leads("");
    let proxy = Proxy::with(format!("https://upstream.test:{port}").parse().unwrap(), |config| {
        lead(config);
        config.upstream_ca = Some(identity.file.clone());
    })
    .await;
    let mut client = TcpStream::connect(proxy.address).await.unwrap();
    let asks =
        b"GET /v1/other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    client.write_all(asks).await.unwrap();
    let mut upstream = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
    assert!(head(&mut upstream).await.starts_with("GET /v1/other HTTP/1.1\r\n"));
    assert!(relay.heads.recv().await.unwrap().contains(CREDENTIALS.1));
    let agrees = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
        Upgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    upstream.write_all(agrees).await.unwrap();
    upstream.flush().await.unwrap();
    assert!(head(&mut client).await.starts_with("HTTP/1.1 101 "));
    let (up, down) = (b"\x82\x83\x01\x02\x03\x04abc", b"\x82\x03xyz");
    client.write_all(up).await.unwrap();
    let mut came = [0; 9];
    upstream.read_exact(&mut came).await.unwrap();
    assert_eq!(&came, up);
    upstream.write_all(down).await.unwrap();
    upstream.flush().await.unwrap();
    let mut came = [0; 5];
    client.read_exact(&mut came).await.unwrap();
    assert_eq!(&came, down);
}

/// TLS in TLS: with the proxy, and through it with the upstream.
#[tokio::test]
async fn the_proxy_itself_may_be_spoken_to_by_https() {
    let (to_proxy, to_upstream) =
        (Identity::new("relay", "localhost"), Identity::new("behind", "upstream.test"));
    let both = [&to_proxy, &to_upstream].map(|identity| std::fs::read(&identity.file).unwrap());
    std::fs::write(&to_upstream.file, both.concat()).unwrap();
    let base = hidden(&secure(&to_upstream, &[b"h2"]).await);
    let (listener, acceptor) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), to_proxy.acceptor(&[]));
    let port = listener.local_addr().unwrap().port();
    let (tell, mut heads) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let stream = acceptor.accept(stream).await.unwrap();
            tokio::spawn(super::serve(stream, Answer::Tunnel, tell.clone()));
        }
    });
    let proxies = format!("https://{}@localhost:{port}", CREDENTIALS.0);
    let proxies = Proxies::all(proxies.parse().unwrap(), "");
    let proxy = Proxy::with(base.clone(), |config| {
        config.upstream_proxy = proxies;
        config.upstream_ca = Some(to_upstream.file.clone());
    })
    .await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert!(text(answer).await.starts_with("HTTP/2.0 upstream.test:"));
    assert_eq!(heads.recv().await.unwrap(), connect(&base));
}
