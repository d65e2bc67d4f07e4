//! What is let in, by heads alone.

use super::*;
use hyper::Request;

fn config(listen: &str, hosts: &[&str]) -> Config {
    let hosts = hosts.iter().map(|name| name.parse().unwrap()).collect();
    Config { listen: listen.parse().unwrap(), hosts, ..Config::default() }
}

fn head(target: &str, hosts: &[&str]) -> Parts {
    let mut request = Request::get(target).body(()).unwrap();
    for host in hosts {
        request.headers_mut().append(HOST, host.parse().unwrap());
    }
    request.into_parts().0
}

fn status(door: &Door, target: &str, hosts: &[&str]) -> u16 {
    door.admit(&mut head(target, hosts)).map_or_else(|shut| shut.status().as_u16(), |()| 200)
}

#[test]
fn there_is_a_door_where_others_come() {
    let is_there =
        |listen: &str, hosts: &[&str]| Door::of_proxy(&config(listen, hosts), None).is_some();
    for listen in ["127.0.0.1:0", "[::1]:0"] {
        assert!(!is_there(listen, &[]) && is_there(listen, &["a"]));
    }
    for listen in ["0.0.0.0:0", "[::]:0", "10.0.0.1:1"] {
        assert!(is_there(listen, &[]));
    }
    if cfg!(unix) {
        assert!(!is_there("unix:/x", &["a"]));
    }
}

#[test]
fn of_two_names_both_have_to_be_known() {
    let door = Door::of_proxy(&config("0.0.0.0:0", &["known.example"]), None).unwrap();
    for (target, hosts, expected) in [
        ("/", &["known.example"][..], 200),
        ("/", &["evil.example"], 421),
        ("/", &[], 200),
        ("/", &[""], 421),
        ("/", &["known.example", "evil.example"], 421),
        ("http://known.example/", &[], 200),
        ("http://evil.example/", &[], 421),
        ("http://known.example/", &["evil.example"], 421),
        ("http://evil.example/", &["known.example"], 421),
        ("http://user@known.example/", &[], 421),
        ("/healthz", &["evil.example"], 421),
        ("/healthz", &["10.2.0.7:2738"], 200),
    ] {
        assert_eq!(status(&door, target, hosts), expected, "{target} {hosts:?}");
    }
}

#[test]
fn what_is_to_be_added_is_said() {
    let door = Door::of_proxy(&config("0.0.0.0:0", &[]), None).unwrap();
    let said = |host| door.admit(&mut head("/", &[host])).unwrap_err().to_string();
    assert!(said("proxy.example:80").contains(r#"hosts = ["proxy.example"]"#));
    assert!(said("\"]<x>").contains(r#"hosts = ["the name"]"#));
}

#[test]
fn the_admin_listener_asks_those_for_the_token_who_come_from_elsewhere() {
    let path = std::env::temp_dir().join(format!("brevity-door-{}", std::process::id()));
    std::fs::write(&path, "0123456789abcdef").unwrap();
    let token = Token::read(&path);
    std::fs::remove_file(&path).unwrap();
    let token = token.unwrap();
    let door =
        |address: &str| Door::of_admin(&Config::default(), address.parse().unwrap(), Some(&token));
    assert_eq!(status(&door("127.0.0.1:1"), "/stats", &["localhost"]), 200);
    assert_eq!(status(&door("127.0.0.1:1"), "/stats", &["evil.example"]), 421);
    let door = door("0.0.0.0:1");
    for (path, expected) in
        [("/stats", 401), ("/metrics", 401), ("/healthz", 200), ("/readyz", 200)]
    {
        assert_eq!(status(&door, path, &["10.0.0.1"]), expected, "{path}");
    }
    let mut head = head("/stats", &[]);
    head.headers.insert("x-brevity-token", HeaderValue::from_static("0123456789abcdef"));
    assert_eq!(door.admit(&mut head), Ok(()));
    assert!(head.headers.is_empty());
}
