//! Nothing that the proxy says of itself holds what clients and models entrust to it.
#![cfg(unix)]

use super::read_json;
use crate::{
    arms::turn,
    network::Relay,
    scratch::Scratch,
    world::{Http, full, get, http1, text, upstream},
};
use brevity_proxy::Base;
use hyper::{Request, Response};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
};

/// Every one of these is sent, and none may be shown.
const SECRETS: [&str; 13] = [
    "sk-ant-key-5731",
    "Bearer-token-5732",
    "cookie-5733",
    "query-5734",
    "prompt-5735",
    "result-5736",
    "answer-5737",
    "set-cookie-5738",
    // For the network's proxy, as they are written and as they travel.
    "user-5739",
    "pass-5740",
    "dXNlci01NzM5OnBhc3MtNTc0MA==",
    "the-door-token-5741",
    "no-door-token-5742",
];

/// The program, running.
struct Program {
    child: Child,
    url: String,
    admin: String,
}

impl Program {
    fn start(upstream: &Base, relay: &Relay, format: &str, token: &Scratch) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_brevity"))
            .args(["proxy", "--listen", "127.0.0.1:0", "--check-one-in", "1"])
            .args(["--log-format", format, "--upstream", &upstream.to_string()])
            .args(["--route", "/hidden=http://upstream.test:1"])
            .args(["--token-file", token.text()])
            .env("BREVITY_LOG", "debug")
            .env("http_proxy", format!("http://{}:{}@{}", SECRETS[8], SECRETS[9], relay.address))
            .env_remove("no_proxy")
            .env_remove("NO_PROXY")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut url = || {
            let line = lines.next().unwrap().unwrap();
            let start = line.find("http://").unwrap();
            let end = line[start + 7..].find(['/', ' ']).unwrap();
            line[start..start + 7 + end].to_owned()
        };
        let (url, admin) = (url(), url());
        Self { child, url, admin }
    }

    /// Ends the program; what it wrote to its log.
    fn log(mut self) -> String {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        self.child.wait().unwrap();
        log
    }
}

/// A request with a secret wherever there is room for one.
fn request(url: &str, path: &str, body: String) -> Request<crate::world::AnyBody> {
    let [key, token, cookie, query, ..] = SECRETS;
    Request::post(format!("{url}{path}?key={query}"))
        .header("content-type", "application/json")
        .header("x-api-key", key)
        .header("authorization", format!("Bearer {token}"))
        .header("cookie", cookie)
        .header("x-brevity-token", SECRETS[11])
        .header("x-request-id", "req-1")
        .header("x-brevity-level", format!("no level {token}"))
        .header("traceparent", format!("00-{token}-{key}-01"))
        .body(full(body))
        .unwrap()
}

async fn talk(client: &Http, program: &Program) -> String {
    let mut body = turn(1, 3);
    body["system"] = SECRETS[4].into();
    body["messages"][2]["content"][0]["content"] = SECRETS[5].repeat(300).into();
    let plain = Request::post(format!("{}/v1/messages?key={}", program.url, SECRETS[3]))
        .header("content-type", "application/json")
        .header("x-api-key", SECRETS[0])
        .header("proxy-authorization", format!("Bearer {}", SECRETS[11]))
        .body(full(body.to_string()))
        .unwrap();
    text(client.request(plain).await.unwrap()).await;
    body["system"] = format!("another {}", SECRETS[4]).into();
    let mut own = String::new();
    let mut stranger = request(&program.url, "/v1/messages", body.to_string());
    stranger.headers_mut().insert("x-brevity-token", SECRETS[12].parse().unwrap());
    let refused = client.request(stranger).await.unwrap();
    assert_eq!(refused.status(), 401);
    own += &text(refused).await;
    let paths = ["/v1/messages", "/v1/chat/completions", "/broken", "/v1/messages", "/hidden/x"];
    for path in paths {
        let answer = client.request(request(&program.url, path, body.to_string())).await.unwrap();
        let is_own = answer.status().is_server_error();
        let said = text(answer).await;
        own += if is_own { &said } else { "" };
    }
    own
}

async fn seen(client: &Http, program: &Program) -> String {
    let mut seen = String::new();
    for path in ["/metrics", "/stats", "/healthz", "/readyz", "/healthz/upstream"] {
        let url = format!("{}{path}", program.admin);
        seen += &text(client.request(get(url)).await.unwrap()).await;
    }
    seen
}

#[tokio::test]
async fn no_secret_is_shown_anywhere() {
    let base = upstream(|request| async move {
        let head = Response::builder()
            .header("content-type", "application/json")
            .header("set-cookie", SECRETS[7]);
        let text = format!(r#"{{"type":"message","content":"{}"}}"#, SECRETS[6]);
        match request.uri().path() {
            // An answer that breaks off before its head.
            "/broken" => panic!("on purpose: the connection ends"),
            _ => head.body(full(text)).unwrap(),
        }
    });
    let base = base.await;
    for format in ["text", "json"] {
        let mut relay = Relay::answering("HTTP/1.1 407 Who are you\r\n\r\n").await;
        let token = Scratch::file("token", SECRETS[11].as_bytes());
        let program = Program::start(&base, &relay, format, &token);
        let client = http1();
        let own = talk(&client, &program).await;
        let seen = seen(&client, &program).await;
        // A request counts when all that looks at it has let go.
        while read_json(&client, format!("{}/stats", program.admin)).await["requests"] != 6 {}
        let log = program.log();
        assert!(own.contains("brevity: "), "{own}");
        assert!(relay.heads.recv().await.unwrap().contains(SECRETS[10]), "it has been told");
        for text in [&own, &seen, &log] {
            assert!(text.contains("(http_proxy) answered 407"), "{text}");
        }
        assert!(log.contains("req-1") && log.contains("/v1/chat/completions"), "{log}");
        for (name, text) in [("errors", &own), ("answers", &seen), ("log", &log)] {
            for secret in SECRETS {
                assert!(!text.contains(secret), "{secret} in the {name}:\n{text}");
            }
        }
        if format == "json" {
            check(&log);
        }
    }
}

/// Each line is an object, and those of requests have their fields.
fn check(log: &str) {
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(lines.iter().all(|line| line["time"].is_string() && line["level"].is_string()));
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), 6);
    let first = requests.iter().find(|line| line["request"] == 1).unwrap();
    assert_eq!((&first["status"], &first["api"]), (&200.into(), &"anthropic".into()));
    assert!(first["est_o200k_tokens"]["new"]["in"].as_u64() > Some(0), "{first}");
    assert!(first["ms"]["engine"].is_number() && first["trace"].is_null(), "{first}");
    assert!(requests.iter().any(|line| line["error"].is_string() && line["level"] == "warn"));
}
