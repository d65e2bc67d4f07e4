//! Bodies that something vouches for.

use crate::world::{Proxy, full, http1, post, telling};
use brevity_proxy::{Attestation, Skip};

const BODY: &str = "{\"messages\": [ ] }";

#[tokio::test]
async fn logins_signatures_and_checksums_pass_untouched() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let cases = [
        ("authorization", "Bearer sk-ant-oat01-secret", Attestation::Login),
        ("anthropic-beta", "x,oauth-2025-04-20", Attestation::Login),
        ("authorization", "AWS4-HMAC-SHA256 Credential=secret", Attestation::Signature),
        ("content-digest", "sha-256=:x:", Attestation::Checksum),
    ];
    for (name, value, attestation) in cases {
        let mut request = post(proxy.url("/v1/messages"), full(BODY));
        request.headers_mut().insert(name, value.parse().unwrap());
        http1().request(request).await.unwrap();
        let got = told.recv().await.unwrap();
        assert_eq!((got.body.as_ref(), got.header(name)), (BODY.as_bytes(), Some(value)));
        let record = proxy.record().await;
        assert_eq!(record.skip, Some(Skip::Attested(attestation)));
        assert_eq!(record.bytes_out, BODY.len() as u64);
        assert!(record.to_string().contains("left alone: attested"), "{record}");
        assert!(!format!("{record:?}").contains("secret"), "{record:?}");
    }
}

#[tokio::test]
async fn keys_are_rewritten_and_never_recorded() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    for (name, value) in [("x-api-key", "sk-ant-api-secret"), ("authorization", "Bearer sk-secret")]
    {
        let mut request = post(proxy.url("/v1/messages?key=secret"), full(BODY));
        request.headers_mut().insert(name, value.parse().unwrap());
        http1().request(request).await.unwrap();
        assert_eq!(told.recv().await.unwrap().header(name), Some(value));
        let record = proxy.record().await;
        assert_eq!(record.skip, None);
        assert!(!format!("{record} {record:?}").contains("secret"), "{record:?}");
    }
}

#[tokio::test]
async fn compressed_bodies_pass_untouched() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::before(base).await;
    let body = &b"\x28\xb5\x2f\xfd not really"[..];
    let mut request = post(proxy.url("/v1/chat/completions"), full(body));
    request.headers_mut().insert("content-encoding", "zstd".parse().unwrap());
    http1().request(request).await.unwrap();
    let got = told.recv().await.unwrap();
    assert_eq!((got.body.as_ref(), got.header("content-encoding")), (body, Some("zstd")));
    assert_eq!(proxy.record().await.skip, Some(Skip::Encoded));
}
