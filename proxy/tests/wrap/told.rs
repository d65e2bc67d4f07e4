//! What agents are told, and where their requests go.

use crate::world::{Session, World, address, messages, post, stderr, stdout, upstream};

#[test]
fn an_agents_requests_go_through_to_the_users_own_gateway() {
    let world = World::new()
        .with("claude", "echo $ANTHROPIC_BASE_URL; echo $ENABLE_TOOL_SEARCH; read word; exit 7");
    let before = world.files();
    let (gateway, told) = upstream();
    let base = format!("{gateway}/gate/v1");
    let mut session = Session::start(world.wrap(&[("ANTHROPIC_BASE_URL", &base)], &["claude"]));
    let proxy = session.line();
    assert!(proxy != base && session.line() == "true", "{proxy}");

    let body = messages();
    assert_eq!(post(&proxy, "/v1/messages?beta=true", &body), r#"{"own":true}"#);
    let (path, short) = told.recv().expect("a request");
    assert_eq!(path, "/gate/v1/messages?beta=true");
    assert!(short.len() < body.len() / 2 && short.contains("[brevity 1 "), "{}", short.len());

    let (code, said) = session.end();
    assert_eq!(code, Some(7));
    let start =
        format!("brevity: claude goes through Brevity to {base} and https://api.openai.com/v1\n");
    let end = "brevity: 1 request, tool results est. (o200k) ";
    assert!(said.starts_with(&start) && said[start.len()..].starts_with(end), "{said}");
    assert_eq!(said.lines().count(), 2);
    assert!(std::net::TcpStream::connect(address(&proxy)).is_err());
    assert_eq!(world.files(), before);
}

#[test]
fn a_gateway_without_a_version_is_asked_without_one() {
    let world = World::new()
        .with("agent", "echo $OPENAI_BASE_URL; echo $OPENAI_API_BASE; read word; exit 0");
    for (prefix, version) in [("/openai", ""), ("/paas/v4", "/v4"), ("/v1", "/v1")] {
        let (gateway, told) = upstream();
        let base = format!("{gateway}{prefix}");
        let mut session =
            Session::start(world.wrap(&[("OPENAI_BASE_URL", &base)], &["--", "agent"]));
        let (proxy, older) = (session.line(), session.line());
        assert!(proxy == older && proxy.ends_with(version), "{proxy}");
        post(&proxy, "/chat/completions", r#"{"model":"m"}"#);
        assert_eq!(told.recv().expect("a request").0, format!("{prefix}/chat/completions"));
        assert_eq!(session.end().0, Some(0));
    }
}

/// Its requests to this machine must not go through the network's proxy, nor must Brevity's to a
/// gateway on this machine.
#[test]
fn the_networks_proxy_is_not_in_between() {
    let says = "echo $ANTHROPIC_BASE_URL; echo $NO_PROXY; echo $no_proxy; read word; exit 0";
    let world = World::new().with("claude", says);
    // Nobody listens there.
    let network = "http://me:secret@127.0.0.1:9";
    for name in ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"] {
        let (gateway, told) = upstream();
        let env = [("ANTHROPIC_BASE_URL", &*gateway), (name, network), ("NO_PROXY", "a .corp")];
        let mut session = Session::start(world.wrap(&env, &["claude"]));
        let proxy = session.line();
        let expected = "a .corp,127.0.0.1,localhost";
        assert_eq!((session.line(), session.line()), (expected.into(), expected.into()));
        post(&proxy, "/v1/messages", r#"{"model":"m"}"#);
        assert_eq!(told.recv().expect("a request").0, "/v1/messages");
        let (code, said) = session.end();
        assert!(code == Some(0) && !said.contains("secret"), "{said}");
    }
}

#[test]
fn an_upstream_can_be_named() {
    let world = World::new().with("codex", r#"echo "$2"; read word; exit 0"#);
    let (gateway, told) = upstream();
    let mut session = Session::start(world.wrap(&[], &["--upstream", &gateway, "codex"]));
    let argument = session.line();
    let proxy = argument.strip_prefix("openai_base_url=\"").and_then(|rest| rest.strip_suffix('"'));
    post(proxy.expect("a setting"), "/responses", r#"{"model":"m"}"#);
    assert_eq!(told.recv().expect("a request").0, "/v1/responses");
    assert_eq!(session.end().0, Some(0));
}

#[test]
fn a_login_of_codex_is_given_the_bare_address() {
    let world = World::new().with("codex", r#"echo "$2"; read word; exit 0"#);
    let (gateway, told) = upstream();
    let upstream = format!("{gateway}/backend-api/codex");
    let options = ["--upstream", &upstream, "codex-chatgpt"];
    let mut session = Session::start(world.wrap(&[], &options));
    let argument = session.line();
    let proxy = argument.strip_prefix("openai_base_url=\"").and_then(|rest| rest.strip_suffix('"'));
    let proxy = proxy.expect("a setting");
    assert_eq!(proxy, format!("http://{}", address(proxy)));
    post(proxy, "/responses", r#"{"model":"m"}"#);
    assert_eq!(told.recv().expect("a request").0, "/backend-api/codex/responses");
    assert_eq!(session.end().0, Some(0));
}

#[test]
fn all_that_follows_the_name_is_the_agents() {
    let world = World::new()
        .with("claude", r#"for word; do echo "<$word>"; done"#)
        .with("my", r#"echo "$@""#);
    let said = |words: &[&str]| stdout(&world.run(&[], words));
    assert_eq!(
        said(&["claude", "-p", "a b", "--print", "--", "x"]),
        "<-p>\n<a b>\n<--print>\n<-->\n<x>\n"
    );
    assert_eq!(said(&["claude", "--", "--help"]), "<--help>\n");
    assert_eq!(said(&["--quiet", "claude", "--quiet"]), "<--quiet>\n");
    assert_eq!(said(&["--", "my", "--list", "-q"]), "--list -q\n");
    let quiet = world.run(&[], &["-q", "claude"]);
    assert_eq!(stderr(&quiet), "");
}

#[test]
fn the_line_for_a_shell_is_exact_and_starts_nothing() {
    let world = World::new();
    let said = |env: &[(&str, &str)], words: &[&str]| {
        let output = world.run(env, words);
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    assert_eq!(
        said(&[], &["--print", "claude", "-p", "it's 1"]),
        "ANTHROPIC_BASE_URL=http://127.0.0.1:2738 ENABLE_TOOL_SEARCH=true claude -p 'it'\\''s 1'\n"
    );
    assert_eq!(
        said(
            &[("ENABLE_TOOL_SEARCH", "false")],
            &["--print", "--proxy=http://127.0.0.1:9/v1/", "claude"]
        ),
        "ANTHROPIC_BASE_URL=http://127.0.0.1:9 claude\n"
    );
    assert_eq!(
        said(&[], &["--print", "codex", "exec"]),
        "codex -c 'openai_base_url=\"http://127.0.0.1:2738/v1\"' exec\n"
    );
    assert_eq!(
        said(&[], &["--print", "--", "my agent"]),
        "ANTHROPIC_BASE_URL=http://127.0.0.1:2738 OPENAI_BASE_URL=http://127.0.0.1:2738/v1 \
         OPENAI_API_BASE=http://127.0.0.1:2738/v1 'my agent'\n"
    );
}

/// With the proxy that standard error names, the line leads where `wrap` itself would.
#[test]
fn the_proxy_for_the_line_is_named() {
    let world = World::new();
    let said = |env: &[(&str, &str)], words: &[&str]| {
        let output = world.run(env, &[&["--print"], words].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let text = stderr(&output);
        let rest = text.strip_prefix("brevity: the line needs ").map(str::trim_end);
        rest.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    let proxy = |options: &str| format!("this to run before: brevity proxy{options}");
    let anthropic = ("ANTHROPIC_BASE_URL", "https://a.example/v1");
    let openai = ("OPENAI_BASE_URL", "https://o.example/x");
    let same = ("OPENAI_BASE_URL", "https://a.example/v1");
    let root = "/v1/messages=https://a.example/v1/messages";
    for (env, words, expected) in [
        (&[][..], &["claude"][..], proxy("")),
        (&[], &["codex-chatgpt"], proxy("")),
        (&[anthropic], &["claude"], proxy(" --upstream https://a.example/v1")),
        (&[openai], &["qwen"], proxy(" --upstream https://o.example/x")),
        (&[anthropic, same], &["opencode"], proxy(" --upstream https://a.example/v1")),
        (&[anthropic], &["opencode"], proxy(&format!(" --route {root}"))),
        (
            &[openai],
            &["--", "agent"],
            proxy(
                " --upstream https://o.example/x \
                 --route /v1/messages=https://api.anthropic.com/v1/messages",
            ),
        ),
        (
            &[anthropic, openai],
            &["--log", "my log", "aider"],
            proxy(&format!(" --upstream https://o.example/x --route {root} 2>> 'my log'")),
        ),
        (&[anthropic], &["--upstream", "http://u", "claude"], proxy(" --upstream http://u")),
        (&[anthropic], &["--proxy=http://h", "claude"], "the Brevity at http://h".to_owned()),
    ] {
        assert_eq!(said(env, words), expected, "{words:?}");
    }
}

#[test]
fn the_printed_line_does_what_it_says() {
    let world = World::new().with("opencode", r#"printf '%s|' "$OPENCODE_CONFIG_CONTENT" "$@""#);
    let line = stdout(&world.run(&[], &["--print", "opencode", "run", "a 'b'"]));
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &line]).env("PATH", format!("{}:/usr/bin:/bin", world.path("bin").display()));
    let text = stdout(&shell.output().expect("a shell"));
    let (json, words) = text.split_once('|').expect("words");
    let json: serde_json::Value = serde_json::from_str(json).expect("a configuration");
    let base = |provider: &str| json["provider"][provider]["options"]["baseURL"].clone();
    assert_eq!(
        (base("anthropic"), base("openai")),
        (base("openai"), "http://127.0.0.1:2738/v1".into())
    );
    assert_eq!(words, "run|a 'b'|");
}

#[test]
fn the_agents_are_listed() {
    let output = World::new().run(&[], &["--list"]);
    let text = stdout(&output);
    for name in
        ["claude", "codex", "codex-chatgpt", "aider", "opencode", "goose", "qwen", "-- COMMAND"]
    {
        assert!(text.lines().any(|line| line.starts_with(&format!("{name} "))), "{name}: {text}");
    }
}
