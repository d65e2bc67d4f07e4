//! HTTPS upstreams, which speak HTTP/2 where they can.

use crate::world::{Proxy, full, get, http1, http2, post, serve, text};
use brevity_proxy::Base;
use http_body_util::BodyExt as _;
use hyper::{Request, Response, StatusCode, body::Incoming};
use std::{path::PathBuf, sync::Arc};
use tokio::net::TcpListener;
use tokio_rustls::{TlsAcceptor, rustls};

/// A certificate that vouches for itself.
pub(crate) struct Identity {
    made: rcgen::CertifiedKey<rcgen::KeyPair>,
    /// Where it stands, without its key.
    pub(crate) file: PathBuf,
}

impl Identity {
    /// For `host`. No two have the same `name`.
    pub(crate) fn new(name: &str, host: &str) -> Self {
        let made = rcgen::generate_simple_self_signed([host.to_owned()]).unwrap();
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pem"));
        std::fs::write(&file, made.cert.pem()).unwrap();
        Self { made, file }
    }

    pub(crate) fn acceptor(&self, protocols: &[&[u8]]) -> TlsAcceptor {
        acceptor(&self.made, protocols)
    }
}

/// A server that is `identity` and speaks `protocols`. It answers with the request's version,
/// authority and body.
pub(crate) async fn secure(identity: &Identity, protocols: &[&[u8]]) -> Base {
    let acceptor = identity.acceptor(protocols);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let answer = Arc::new(|request: Request<Incoming>| async move {
        let version = request.version();
        let host = request.headers().get("host").map(|host| host.to_str().unwrap().to_owned());
        let authority = request.uri().authority().map(ToString::to_string).or(host);
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Response::new(full(format!("{version:?} {} {body}", authority.unwrap())))
    });
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(serve(stream, answer.clone()));
            }
        }
    });
    base.parse().unwrap()
}

fn acceptor(made: &rcgen::CertifiedKey<rcgen::KeyPair>, protocols: &[&[u8]]) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

#[tokio::test]
async fn both_versions_of_http_work_on_both_sides() {
    let cases: [(&str, &[&[u8]], &str); 2] =
        [("http2", &[b"h2", b"http/1.1"], "HTTP/2.0"), ("http1", &[b"http/1.1"], "HTTP/1.1")];
    for (name, protocols, version) in cases {
        let identity = Identity::new(name, "localhost");
        let (base, file) = (secure(&identity, protocols).await, identity.file);
        let authority = base.to_string().replace("https://", "");
        let proxy = Proxy::with(base, |config| config.upstream_ca = Some(file)).await;
        for client in [http1(), http2()] {
            let request = post(proxy.url("/v1/messages"), full("{}"));
            let answer = client.request(request).await.unwrap();
            assert_eq!(text(answer).await, format!("{version} {authority} {{}}"));
        }
        let mut upgrade = get(proxy.url("/v1/responses"));
        upgrade.headers_mut().insert("connection", "upgrade".parse().unwrap());
        upgrade.headers_mut().insert("upgrade", "websocket".parse().unwrap());
        let answer = http1().request(upgrade).await.unwrap();
        assert!(text(answer).await.starts_with("HTTP/1.1"), "no other version can be upgraded");
        let answer = http1().request(get(proxy.url("/healthz/upstream"))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let base = secure(&Identity::new("unknown", "localhost"), &[b"http/1.1"]).await;
    let proxy = Proxy::before(base).await;
    let answer = http1().request(post(proxy.url("/v1/messages"), full("{}"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert!(text(answer).await.contains("certificate"));
}
