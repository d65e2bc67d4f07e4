//! How agents end, and that nothing stays behind.

#[cfg(target_os = "linux")]
use crate::ways::Running;
use crate::world::{Session, World, address, stderr, stdout};
use std::net::TcpStream;

#[test]
fn the_exit_code_is_the_agents() {
    let world = World::new().with("agent", "exit $1");
    for code in [0, 1, 3, 126, 127, 255] {
        let output = world.run(&[], &["--", "agent", &code.to_string()]);
        assert_eq!(output.status.code(), Some(code));
    }
}

#[test]
fn death_by_a_signal_is_told_as_shells_do() {
    let world = World::new().with("agent", "ulimit -c 0; kill -$1 $$");
    for (name, number) in [("TERM", 15), ("KILL", 9), ("SEGV", 11)] {
        let output = world.run(&[], &["--", "agent", name]);
        assert_eq!(output.status.code(), Some(128 + number), "{name}");
    }
}

#[test]
fn signals_are_passed_on() {
    // The agent sends them to `wrap`, its parent, and waits for them.
    let polite = "trap 'echo bye; exit 7' TERM INT HUP; kill -$1 $PPID; while :; do :; done";
    let world = World::new().with("agent", polite);
    for name in ["TERM", "INT", "HUP"] {
        let output = world.run(&[], &["--", "agent", name]);
        assert_eq!((output.status.code(), &*stdout(&output)), (Some(7), "bye\n"), "{name}");
    }
}

#[test]
fn an_agent_that_cannot_be_run_is_named() {
    let world = World::new();
    let output = world.run(&[], &["-q", "claude"]);
    assert_eq!(output.status.code(), Some(127));
    let expected = "brevity: claude was not found on PATH; install it, ";
    assert!(stderr(&output).starts_with(expected), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1);
    // Nothing is promised before.
    assert_eq!(stderr(&world.run(&[], &["claude"])), stderr(&output));
    let output = world.run(&[], &["--", "./no-such-file"]);
    assert_eq!(output.status.code(), Some(127));
    assert_eq!(stderr(&output), "brevity: there is no file ./no-such-file\n");
    let home = world.path("home").display().to_string();
    assert_eq!(world.run(&[], &["--", &home]).status.code(), Some(126));
}

#[test]
fn a_typo_names_the_agent_that_was_meant() {
    let world = World::new().with("cluade", "echo ran");
    let output = world.run(&[], &["cluade", "-p"]);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(
        text.contains("`cluade` is no agent that Brevity knows (did you mean claude?)"),
        "{text}"
    );
    assert!(text.ends_with("brevity wrap -- cluade\n") && output.stdout.is_empty());
    assert_eq!(world.run(&[], &[]).status.code(), Some(2));
    let text = stderr(&world.run(&[], &[""]));
    assert!(text.starts_with("brevity: `` is no agent"), "{text}");
    assert!(text.ends_with("brevity wrap -- COMMAND\n"), "{text}");
}

#[test]
fn what_makes_no_sense_starts_nothing() {
    let world = World::new().with("opencode", "echo ran").with("claude", "echo ran");
    let refused = |env: &[(&str, &str)], words: &[&str], expected: &str| {
        let output = world.run(env, words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        assert!(output.stdout.is_empty());
    };
    let content = [("OPENCODE_CONFIG_CONTENT", "{}")];
    refused(&content, &["opencode"], "OPENCODE_CONFIG_CONTENT is set");
    let gateway = [("ANTHROPIC_BASE_URL", "gateway")];
    refused(&gateway, &["claude"], "ANTHROPIC_BASE_URL: `gateway` must");
    refused(&[], &["--upstream", "x", "claude"], "--upstream: `x` must start");
    refused(&[], &["--proxy=x", "claude"], "--proxy: `x` must start");
    refused(&[], &["--proxy=http://h", "--token-file", "none", "claude"], "cannot read the token");
    refused(
        &[],
        &["--proxy=http://h", "--token-file", "x", "codex"],
        "has no variable for a header",
    );
    refused(&[], &["--token-file", "x", "claude"], "--proxy");
    refused(&[], &["--proxy", "--upstream", "http://h", "claude"], "cannot be used with");
}

#[test]
fn a_killed_wrap_leaves_an_agent_that_fails_at_once() {
    let world = World::new().with("agent", "echo $ANTHROPIC_BASE_URL; read word; echo on");
    let before = world.files();
    let mut session = Session::start(world.wrap(&[], &["--", "agent"]));
    let proxy = address(&session.line());
    TcpStream::connect(proxy).expect("the proxy listens");
    session.child.kill().expect("it runs");
    session.child.wait().expect("it ends");
    let error = TcpStream::connect(proxy).expect_err("nobody listens");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    // The agent is still there, and ends when it wants to.
    drop(session.stdin.take());
    assert_eq!(session.line(), "on");
    assert_eq!(world.files(), before);
}

#[test]
fn what_the_agent_leaves_behind_does_not_keep_the_port() {
    // A process in the background that outlives the agent, until its input ends.
    let script = "echo $ANTHROPIC_BASE_URL; exec 3<&0; (read word <&3) >&- 2>&- & exit 4";
    let world = World::new().with("agent", script);
    let mut session = Session::start(world.wrap(&[], &["--", "agent"]));
    let proxy = address(&session.line());
    assert_eq!(session.child.wait().expect("it ends").code(), Some(4));
    assert!(TcpStream::connect(proxy).is_err());
}

/// With so few open files the proxy that runs is found, and then there are none left for signals.
#[cfg(target_os = "linux")]
#[test]
fn a_fault_of_ours_is_not_the_agents() {
    let world = World::new().with("agent", "echo ran");
    let running = Running::before("http://127.0.0.1:9");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -n 4; exec \"$0\" wrap -q \"--proxy=$1\" -- agent"]);
    shell.args([env!("CARGO_BIN_EXE_brevity"), &running.1]);
    shell.env("PATH", format!("{}:/usr/bin:/bin", world.path("bin").display()));
    let output = shell.output().expect("a shell");
    assert_eq!((output.status.code(), &*stdout(&output)), (Some(1), ""), "{}", stderr(&output));
    assert!(
        stderr(&output).starts_with("brevity: cannot attend to agent: "),
        "{}",
        stderr(&output)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn the_agent_is_in_the_terminals_group() {
    let script =
        "group() { read -r _ _ _ _ group _ </proc/$1/stat; echo $group; }; group $$; group $PPID";
    let world = World::new().with("agent", script);
    let text = stdout(&world.run(&[], &["--", "agent"]));
    let groups: Vec<&str> = text.lines().collect();
    assert!(groups.len() == 2 && groups[0] == groups[1], "{text}");
}
