//! The name by which a request asks.

use super::{said_at, status, status_of_http2};
use crate::world::{Proxy, get, http1, telling, text};
use brevity_proxy::{AdminAddress, Config};
use hyper::Request;

/// One that listens for other machines.
fn for_others(config: &mut Config) {
    config.listen = "0.0.0.0:0".parse().unwrap();
    config.hosts = ["proxy.example", "*.team.example"].map(|name| name.parse().unwrap()).into();
}

fn head(target: &str, host: Option<&str>, version: &str) -> String {
    let host = host.map(|host| format!("host: {host}\r\n")).unwrap_or_default();
    format!("GET {target} HTTP/{version}\r\n{host}connection: close\r\n\r\n")
}

#[tokio::test]
async fn over_http1_only_known_names_are_answered() {
    let (base, mut told) = telling().await;
    let mut proxy = Proxy::with(base, for_others).await;
    let at = ([127, 0, 0, 1], proxy.address.port()).into();
    for host in [
        "127.0.0.1",
        "10.0.0.9:2738",
        "[::1]:2738",
        "localhost",
        "a.LocalHost:80",
        "Proxy.Example.",
        "x.team.example:443",
    ] {
        assert_eq!(
            status(&said_at(at, &head("/v1/models", Some(host), "1.1")).await),
            200,
            "{host}"
        );
        told.recv().await.unwrap();
        proxy.record().await;
    }
    for host in ["evil.example", "evil.example:80", "", "a.b.team.example", "x@localhost", "::1"] {
        let answer = said_at(at, &head("/v1/models", Some(host), "1.1")).await;
        assert_eq!(status(&answer), 421, "{host}");
        assert!(answer.contains(r#"{"error":{"message":"brevity: "#), "{answer}");
        assert!(answer.contains("add hosts = [") && answer.contains("invalid_request_error"));
    }
    assert!(told.try_recv().is_err() && proxy.records.try_recv().is_err());
}

#[tokio::test]
async fn a_request_that_names_nobody_comes_from_no_browser() {
    let (base, mut told) = telling().await;
    let proxy = Proxy::with(base, for_others).await;
    let at = ([127, 0, 0, 1], proxy.address.port()).into();
    for version in ["1.0", "1.1"] {
        assert_eq!(status(&said_at(at, &head("/v1/models", None, version)).await), 200);
        told.recv().await.unwrap();
    }
    assert_eq!(status(&said_at(at, &head("/healthz", Some("evil.example"), "1.0")).await), 421);
}

#[tokio::test]
async fn a_target_with_a_name_is_held_against_both() {
    let (base, mut told) = telling().await;
    let proxy = Proxy::with(base, for_others).await;
    let at = ([127, 0, 0, 1], proxy.address.port()).into();
    for (target, host, expected) in [
        ("http://proxy.example/v1/models", "proxy.example", 200),
        ("http://evil.example/v1/models", "proxy.example", 421),
        ("http://proxy.example/v1/models", "evil.example", 421),
    ] {
        let answer = said_at(at, &head(target, Some(host), "1.1")).await;
        assert_eq!(status(&answer), expected, "{target} {host}");
    }
    assert!(told.recv().await.is_some() && told.try_recv().is_err());
}

#[tokio::test]
async fn over_http2_the_authority_counts() {
    let (base, mut told) = telling().await;
    let proxy = Proxy::with(base, for_others).await;
    let at = ([127, 0, 0, 1], proxy.address.port()).into();
    let get = |authority: &str| Request::get(format!("http://{authority}/v1/models"));
    for authority in ["localhost:1", "127.0.0.1", "[::1]:80", "proxy.example", "a.team.example"] {
        assert_eq!(status_of_http2(at, get(authority)).await, 200, "{authority}");
        told.recv().await.unwrap();
    }
    assert_eq!(status_of_http2(at, get("evil.example")).await, 421);
    let both = get("proxy.example").header("host", "evil.example");
    assert_eq!(status_of_http2(at, both).await, 421);
    assert!(told.try_recv().is_err());
}

#[tokio::test]
async fn the_shape_is_the_clients() {
    let proxy = Proxy::with(telling().await.0, for_others).await;
    let at = ([127, 0, 0, 1], proxy.address.port()).into();
    let answer = said_at(at, &head("/v1/messages", Some("evil.example"), "1.1")).await;
    let start = r#"{"type":"error","error":{"type":"invalid_request_error","message":"brevity: "#;
    assert!(answer.contains(start), "{answer}");
    assert!(answer.contains(r#"hosts = [\"evil.example\"]"#), "{answer}");
}

#[tokio::test]
async fn on_loopback_names_count_where_there_are_any() {
    for (hosts, expected) in [(vec![], 200), (vec!["proxy.example".parse().unwrap()], 421)] {
        let (base, _told) = telling().await;
        let proxy = Proxy::with(base, |config| config.hosts = hosts).await;
        let head = head("/v1/models", Some("evil.example"), "1.1");
        assert_eq!(status(&said_at(proxy.address, &head).await), expected);
    }
}

/// A probe asks by the address of a machine.
#[tokio::test]
async fn health_is_asked_for_by_an_address() {
    let proxy = Proxy::with(telling().await.0, for_others).await;
    let at = ([127, 0, 0, 1], proxy.address.port()).into();
    let answer = said_at(at, &head("/healthz", Some("10.244.0.7:2738"), "1.1")).await;
    assert_eq!(status(&answer), 200);
}

#[tokio::test]
async fn the_admin_listener_has_the_same_names() {
    let proxy = Proxy::with(telling().await.0, |config| {
        for_others(config);
        config.admin = AdminAddress::At("127.0.0.1:0".parse().unwrap());
    });
    let proxy = proxy.await;
    let at = proxy.admin.unwrap();
    for (host, expected) in [("proxy.example", 200), ("127.0.0.1", 200), ("evil.example", 421)] {
        let answer = said_at(at, &head("/stats", Some(host), "1.1")).await;
        assert_eq!(status(&answer), expected, "{host}");
    }
    said_at(([127, 0, 0, 1], proxy.address.port()).into(), &head("/", Some("evil"), "1.1")).await;
    let metrics = text(http1().request(get(proxy.admin("/metrics"))).await.unwrap()).await;
    assert!(metrics.contains("brevity_refused_requests_total{status=\"421\"} 1\n"), "{metrics}");
}
