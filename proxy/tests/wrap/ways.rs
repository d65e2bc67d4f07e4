//! Which proxy is used, and what it writes down.

use crate::world::{Session, World, address, messages, post, stderr, stdout, upstream};
use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

/// A proxy that runs by itself, until dropped.
pub(crate) struct Running(Child, pub(crate) String);

impl Running {
    pub(crate) fn before(upstream: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
        command.args(["proxy", "--listen", "127.0.0.1:0", "--upstream", upstream]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        Self(child, url.expect("an address").to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_running_brevity_is_used_where_it_is_named() {
    let (gateway, told) = upstream();
    let running = Running::before(&gateway);
    let world = World::new().with("claude", "echo $ANTHROPIC_BASE_URL; read word; exit 0");
    let option = format!("--proxy={}/v1", running.1);
    let mut session = Session::start(world.wrap(&[], &[&option, "claude"]));
    let proxy = session.line();
    assert_eq!(proxy, running.1);
    post(&proxy, "/v1/messages", &messages());
    assert!(told.recv().expect("a request").1.contains("[brevity 1 "));
    let (code, said) = session.end();
    assert_eq!(
        (code, said),
        (Some(0), format!("brevity: claude goes through the Brevity at {proxy}\n"))
    );
    std::net::TcpStream::connect(address(&proxy)).expect("it still runs");
}

#[test]
fn an_agent_is_told_the_token_of_a_running_brevity() {
    let (gateway, _told) = upstream();
    let running = Running::before(&gateway);
    let world = World::new().with("claude", "echo \"$ANTHROPIC_CUSTOM_HEADERS\"");
    let file = world.path("home").join("token");
    std::fs::write(&file, "0123456789abcdef\n").expect("a file");
    let (option, file) = (format!("--proxy={}", running.1), file.to_str().expect("UTF-8"));
    let told = "x-brevity-token: 0123456789abcdef\n";
    for (env, expected) in [
        (&[][..], told.to_owned()),
        (&[("ANTHROPIC_CUSTOM_HEADERS", "x-own: 1")], format!("x-own: 1\n{told}")),
    ] {
        let output = world.run(env, &[&option, "--token-file", file, "claude"]);
        assert_eq!(stdout(&output), expected, "{}", stderr(&output));
        assert!(!stderr(&output).contains("0123456789abcdef"));
    }
}

#[test]
fn what_is_not_brevity_is_not_used() {
    let world = World::new().with("claude", "echo ran");
    let (other, _told) = upstream();
    let output = world.run(&[], &[&format!("--proxy={other}"), "claude"]);
    assert_eq!((output.status.code(), &*stdout(&output)), (Some(1), ""));
    let expected = format!("brevity: no Brevity at {other}: what answers there is not Brevity; ");
    assert!(stderr(&output).starts_with(&expected), "{}", stderr(&output));

    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = format!("http://{}", free.local_addr().expect("its address"));
    drop(free);
    let output = world.run(&[], &[&format!("--proxy={nobody}"), "claude"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("onnection refused"), "{}", stderr(&output));
}

#[test]
fn the_log_goes_to_a_file_and_nowhere_else() {
    let world = World::new().with("claude", "echo $ANTHROPIC_BASE_URL; read word; exit 0");
    let (gateway, _told) = upstream();
    let log = world.path("requests.log").display().to_string();
    for count in [1, 2] {
        let env = [("ANTHROPIC_BASE_URL", gateway.as_str()), ("BREVITY_LOG", "debug")];
        let mut session = Session::start(world.wrap(&env, &["-q", "--log", &log, "claude"]));
        let proxy = session.line();
        post(&proxy, "/v1/messages", &messages());
        assert_eq!(session.end(), (Some(0), String::new()));
        let text = std::fs::read_to_string(&log).expect("a log");
        assert_eq!(text.matches("POST /v1/messages 200").count(), count, "{text}");
        assert!(!text.contains('\u{1b}'));
    }
    let nowhere = world.run(&[], &["--log", "no/such/folder", "claude"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(stderr(&nowhere).starts_with("brevity: cannot write the log to no/such/folder: "));
}

#[test]
fn an_option_counts_more_than_the_environment() {
    let world = World::new().with("claude", "exit 3");
    let env = [("ANTHROPIC_BASE_URL", "no URL at all")];
    let output = world.run(&env, &["--upstream", "http://127.0.0.1:9", "claude"]);
    assert_eq!(output.status.code(), Some(3));
    let expected = "brevity: claude goes through Brevity to http://127.0.0.1:9\n";
    assert!(stderr(&output).starts_with(expected), "{}", stderr(&output));
}

#[test]
fn the_file_is_read_but_not_for_where_to_listen() {
    let world = World::new().with("claude", "exit 3");
    let file = world.path("brevity.toml");
    let config = ("BREVITY_CONFIG", file.to_str().expect("UTF-8"));
    let text = "listen = \"192.0.2.1:1\"\nupstream = \"http://127.0.0.1:9\"\n";
    std::fs::write(&file, text).expect("a file");
    for (gateway, to) in [("", "http://127.0.0.1:9"), ("http://127.0.0.1:8", "http://127.0.0.1:8")]
    {
        let output = world.run(&[config, ("ANTHROPIC_BASE_URL", gateway)], &["claude"]);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let expected = format!("brevity: claude goes through Brevity to {to}");
        assert!(stderr(&output).starts_with(&expected), "{}", stderr(&output));
    }
    std::fs::write(&file, "lsten = 1").expect("a file");
    let output = world.run(&[config], &["claude"]);
    assert_eq!(output.status.code(), Some(78));
    let expected = format!("brevity: {}:1: `lsten` is no key; ", file.display());
    assert!(stderr(&output).starts_with(&expected), "{}", stderr(&output));
}

#[test]
fn an_agent_that_asks_nothing_is_told_of() {
    let world = World::new().with("claude", "exit 0");
    let said = stderr(&world.run(&[], &["claude"]));
    assert!(said.lines().last().is_some_and(|line| line.starts_with("brevity: no request came")));
}
