use super::*;

fn variables(vars: &[(&str, &str)]) -> Proxies {
    let value = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, v)| v);
    Proxies::of_variables(|name| value(name).map(ToString::to_string))
}

fn way(proxies: &Proxies, url: &str) -> String {
    proxies.way(&url.parse().unwrap()).to_string()
}

const HERE: &str = "directly: it is on this machine";
const EXCEPTED: &str = "directly: NO_PROXY names it";

#[test]
fn each_scheme_has_its_variable() {
    let https = "through http://s:1 (HTTPS_PROXY)";
    let direct = "directly: no proxy is named for it";
    for (vars, to_https, to_http) in [
        (&[][..], direct, direct),
        (&[("HTTPS_PROXY", "http://s:1")], https, direct),
        (&[("https_proxy", "http://s:1")], "through http://s:1 (https_proxy)", direct),
        (
            &[("https_proxy", "http://t"), ("HTTPS_PROXY", "http://s:1")],
            "through http://t (https_proxy)",
            direct,
        ),
        (
            &[("HTTPS_PROXY", "http://s:1"), ("ALL_PROXY", "a:2")],
            https,
            "through http://a:2 (ALL_PROXY)",
        ),
        (
            &[("all_proxy", "a"), ("HTTP_PROXY", "https://p:3")],
            "through http://a (all_proxy)",
            "through https://p:3 (HTTP_PROXY)",
        ),
        (
            &[("HTTP_PROXY", "http://p:3")],
            "through http://p:3 (HTTP_PROXY)",
            "through http://p:3 (HTTP_PROXY)",
        ),
        (&[("HTTP_PROXY", "http://p:3"), ("REQUEST_METHOD", "GET")], direct, direct),
        (
            &[("http_proxy", "http://p:3"), ("REQUEST_METHOD", "GET")],
            "through http://p:3 (http_proxy)",
            "through http://p:3 (http_proxy)",
        ),
    ] {
        let proxies = variables(vars);
        assert_eq!(way(&proxies, "https://api.example/v1"), to_https, "{vars:?}");
        assert_eq!(way(&proxies, "http://api.example/v1"), to_http, "{vars:?}");
        assert_eq!(proxies.is_any(), !vars.is_empty() && (to_https, to_http) != (direct, direct));
    }
}

#[test]
fn this_machine_is_reached_directly() {
    let proxies = variables(&[("ALL_PROXY", "http://p:1")]);
    for host in [
        "localhost:8000",
        "LocalHost",
        "localhost.",
        "llm.localhost:1",
        "127.0.0.1:8000",
        "127.8.9.10",
        "[::1]:8000",
        "[::ffff:127.0.0.1]",
        "0.0.0.0:1",
        "[::]:1",
    ] {
        assert_eq!(way(&proxies, &format!("http://{host}/v1")), HERE, "{host}");
        assert_eq!(way(&proxies, &format!("https://{host}")), HERE, "{host}");
    }
    for host in ["localhost.example", "128.0.0.1", "[::2]", "mylocalhost"] {
        assert!(way(&proxies, &format!("http://{host}")).starts_with("through"), "{host}");
    }
}

#[test]
fn hosts_are_excepted_as_curl_and_agents_do() {
    let excepted = |list: &str, url: &str| {
        let proxies = variables(&[("ALL_PROXY", "http://p:1"), ("NO_PROXY", list)]);
        way(&proxies, url) == EXCEPTED
    };
    for (list, url, expected) in [
        ("example.com", "https://example.com", true),
        ("example.com", "https://API.Example.com:8443/v1", true),
        ("example.com", "https://notexample.com", false),
        ("example.com", "https://example.com.evil", false),
        (".example.com", "https://example.com", true),
        (".example.com", "https://a.b.example.com", true),
        ("*.example.com", "https://a.example.com", true),
        ("example.com.", "https://example.com", true),
        ("*", "https://anything", true),
        ("a, *", "http://10.1.1.1", true),
        ("a b\tc", "https://b", true),
        ("a,b , c", "https://c", true),
        ("", "https://a", false),
        (",", "https://a", false),
        ("10.1.2.3", "http://10.1.2.3:8000", true),
        ("10.1.2.3", "http://10.1.2.4", false),
        ("10.0.0.0/8", "http://10.200.1.1", true),
        ("10.0.0.0/8", "http://11.0.0.1", false),
        ("10.0.0.0/8", "http://host10.example", false),
        ("fd00::/8", "http://[fd12::1]:80", true),
        ("fd12::1", "http://[fd12::1]", true),
        ("[fd12::1]", "http://[fd12::1]", true),
        ("[fd12::1]:81", "http://[fd12::1]:81", true),
        ("[fd12::1]:81", "http://[fd12::1]:82", false),
        ("gpu:8000", "http://gpu:8000", true),
        ("gpu:8000", "http://gpu:8001", false),
        ("gpu:443", "https://gpu", true),
        ("10.0.0.0/99", "http://10.0.0.1", false),
    ] {
        assert_eq!(excepted(list, url), expected, "{list} {url}");
    }
    let small = variables(&[("all_proxy", "p"), ("no_proxy", "a"), ("NO_PROXY", "b")]);
    assert_eq!(way(&small, "http://a"), EXCEPTED);
    assert!(way(&small, "http://b").starts_with("through"), "small letters count more");
}

#[test]
fn one_for_all_has_its_exceptions() {
    let proxies = Proxies::all("proxy.example".parse().unwrap(), "inside.example");
    let through = "through http://proxy.example (upstream_proxy)";
    assert_eq!(way(&proxies, "https://api.example"), through);
    assert_eq!(way(&proxies, "http://api.example"), through);
    assert_eq!(way(&proxies, "http://x.inside.example"), EXCEPTED);
    assert_eq!(way(&proxies, "http://127.0.0.1:1"), HERE);
}

#[test]
fn a_fault_counts_where_it_would_be_used() {
    let vars = [("ALL_PROXY", "socks5://me:secret@s:1"), ("HTTPS_PROXY", "http://p:1")];
    let proxies = variables(&vars);
    assert!(way(&proxies, "https://a").starts_with("through http://p:1"));
    assert_eq!(way(&proxies, "http://127.0.0.1"), HERE);
    let said = way(&proxies, "http://a");
    assert!(said.starts_with("not at all: ALL_PROXY: SOCKS is not supported; "), "{said}");
    assert!(!format!("{said}{proxies:?}").contains("secret"));
}

#[test]
fn urls_of_proxies_are_read() {
    for (text, shown, authorization) in [
        ("http://proxy:3128", "http://proxy:3128", None),
        ("http://proxy:3128/", "http://proxy:3128", None),
        ("HTTPS://proxy", "https://proxy", None),
        ("proxy:3128", "http://proxy:3128", None),
        ("[fd00::1]:3128", "http://[fd00::1]:3128", None),
        ("http://me:se%40cret@proxy:1", "http://proxy:1", Some("Basic bWU6c2VAY3JldA==")),
        ("me:secret@proxy:1", "http://proxy:1", Some("Basic bWU6c2VjcmV0")),
        ("http://me@proxy", "http://proxy", Some("Basic bWU6")),
    ] {
        let url: ProxyUrl = text.parse().unwrap();
        assert_eq!(url.to_string(), shown);
        assert_eq!(url.authorization().map(|value| value.to_str().unwrap()), authorization);
        assert_eq!(url.has_credentials(), authorization.is_some());
        assert!(!format!("{url:?} {url}").contains("secret"), "{url:?}");
    }
}

#[test]
fn what_is_no_url_of_a_proxy_is_told_without_its_text() {
    use ProxyUrlError::{Scheme, Socks, Syntax};
    for (text, expected) in [
        ("foo://secret", Scheme),
        ("foo://", Scheme),
        ("socks5://secret:1", Socks),
        ("SOCKS5H://me:secret@s", Socks),
        ("http://", Syntax),
        ("://", Scheme),
        ("http://me:secret@", Syntax),
        ("http://me:sec/ret@proxy:1", Syntax),
        ("http://me:secret#@proxy:1", Syntax),
        ("http://me:sec@ret@proxy:1", Syntax),
        ("http://secret proxy", Syntax),
        ("http://secret:99999", Syntax),
        ("http://secret:0", Syntax),
        ("http://secret:", Syntax),
        ("http://secret/proxy.pac", Syntax),
        ("http://secret?x", Syntax),
        ("http://:3128", Syntax),
    ] {
        let error = text.parse::<ProxyUrl>().map(|url| url.to_string()).unwrap_err();
        assert_eq!(error, expected, "{text}");
        assert!(!error.to_string().contains("secret"));
    }
}
