//! `brevity exec` around commands that end well, badly, early, late or not at all.
#![cfg(unix)]

mod scratch;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use scratch::Scratch;
use std::{
    ffi::OsStr,
    fs::File,
    io::{ErrorKind, Read, Write as _},
    os::unix::ffi::OsStrExt as _,
    process::{Command, Output, Stdio},
};

fn exec<S: AsRef<OsStr>>(words: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
    command.args(["exec", "--"]).args(words);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run<S: AsRef<OsStr>>(words: &[S]) -> Output {
    exec(words).output().expect("the binary ends")
}

fn sh(script: &str) -> Output {
    run(&["sh", "-c", script])
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether `short` was shortened, and becomes `whole` again.
fn assert_shortened(short: &[u8], whole: &[u8]) {
    assert!(short.len() < whole.len() && short.starts_with(b"[brevity 1 "), "{}", short.len());
    assert!(brevity::expand(short) == whole);
}

fn rows(count: usize) -> Vec<u8> {
    let row = |i| format!(r#"{{"identifier":{i},"state":"running","owner":"team-{}"}}"#, i % 7);
    format!("[{}]\n", (0..count).map(row).collect::<Vec<_>>().join(",")).into_bytes()
}

/// Lines of both streams in turn, and what writes them.
fn turns() -> (&'static str, String, String) {
    let script = "i=0; while [ $i -lt 20000 ]; do echo \"INFO step $i was done in 7 ms\"; \
                  echo \"WARN step $i was slow: 12 ms\" >&2; i=$((i+1)); done";
    let lines = |line: &dyn Fn(u32) -> String| (0..20_000).map(line).collect::<String>();
    let output = lines(&|i| format!("INFO step {i} was done in 7 ms\n"));
    let error = lines(&|i| format!("WARN step {i} was slow: 12 ms\n"));
    (script, output, error)
}

#[test]
fn the_exit_code_is_the_commands() {
    for code in [0, 1, 3, 126, 127, 255] {
        let output = sh(&format!("echo out; echo err >&2; exit {code}"));
        assert_eq!(output.status.code(), Some(code));
        assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
    }
}

#[test]
fn death_by_a_signal_is_told_as_shells_do() {
    let signals = [("TERM", 15), ("KILL", 9), ("INT", 2), ("SEGV", 11)];
    for (name, number) in signals.into_iter().filter(|(_, number)| !is_ignored(*number)) {
        let output = sh(&format!("ulimit -c 0; echo before; kill -{name} $$"));
        assert_eq!(output.status.code(), Some(128 + number), "{name}");
        assert_eq!(output.stdout, b"before\n");
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn a_command_that_cannot_be_run_is_named() {
    let output = run(&["no-such-command", "-x"]);
    assert_eq!(output.status.code(), Some(127));
    let text = stderr(&output);
    assert!(text.starts_with("brevity: cannot run no-such-command: No such file"), "{text}");
    assert_eq!(text.lines().count(), 1);

    let plain = Scratch::file("plain", b"text\n");
    // The second would be run in our place.
    for words in [vec![plain.text()], vec!["."], vec![plain.text(), "x"]] {
        let output = run(&words);
        assert_eq!(output.status.code(), Some(126), "{words:?}");
        let text = stderr(&output);
        assert!(text.starts_with(&format!("brevity: cannot run {}: ", words[0])), "{text}");
        assert!(output.stdout.is_empty() && text.lines().count() == 1);
    }
}

#[test]
fn a_command_is_needed() {
    let output = exec::<&str>(&[]).output().expect("the binary ends");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("COMMAND"), "{}", stderr(&output));
}

#[test]
fn each_stream_is_shortened_by_itself() {
    let (script, out, err) = turns();
    let output = sh(script);
    assert!(output.status.success());
    assert_shortened(&output.stdout, out.as_bytes());
    assert_shortened(&output.stderr, err.as_bytes());
}

#[test]
fn streams_to_one_place_stay_in_order() {
    let (script, out, err) = turns();
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = exec(&["sh", "-c", script]);
    command.stdout(writer.try_clone().expect("its double")).stderr(writer);
    let mut child = command.spawn().expect("the binary starts");
    drop(command);
    let mut short = Vec::new();
    reader.read_to_end(&mut short).expect("all of it");
    assert!(child.wait().expect("the binary ends").success());
    let both: String = out.lines().zip(err.lines()).map(|(o, e)| format!("{o}\n{e}\n")).collect();
    assert_shortened(&short, both.as_bytes());
}

#[test]
fn how_the_output_was_cut_changes_nothing() {
    let file = Scratch::file("rows.json", &rows(3_000));
    let copied = |size: &str| {
        let output = run(&["dd", &format!("if={}", file.text()), &format!("bs={size}")]);
        assert!(output.status.success());
        output.stdout
    };
    let at_once = copied("1048576");
    assert_shortened(&at_once, &rows(3_000));
    assert!(copied("7") == at_once);
}

#[test]
fn much_output_comes_back() {
    let line = b"same words here\n";
    let count = (64 << 20) / line.len();
    let output = sh(&format!("yes 'same words here' | head -n {count}"));
    assert!(output.status.success());
    assert_shortened(&output.stdout, &line.repeat(count));
}

#[test]
fn binary_output_passes() {
    let bytes: Vec<u8> = (0..300_000u32).flat_map(|i| i.wrapping_mul(i).to_le_bytes()).collect();
    let file = Scratch::file("binary", &bytes);
    let output = run(&["dd", &format!("if={}", file.text()), "bs=65536"]);
    assert!(output.status.success());
    assert!(output.stdout == bytes);
}

#[test]
fn standard_input_is_the_commands() {
    let mut child = exec(&["tr", "a-z", "A-Z"]).stdin(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"quiet words\n").expect("the command reads");
    drop(stdin);
    assert_eq!(child.wait_with_output().expect("the binary ends").stdout, b"QUIET WORDS\n");
}

#[test]
fn what_shows_a_file_is_left_as_it_is() {
    let file = Scratch::file("shown.json", &rows(300));
    assert!(run(&["cat", file.text()]).stdout == rows(300));
    let output = sh(&format!("cat {}; exit 4", file.text()));
    assert!(output.stdout == rows(300));
    assert_eq!(output.status.code(), Some(4));

    let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
    let output = command.args(["exec", "--stats", "cat", file.text()]).output().expect("it ends");
    assert!(output.stdout == rows(300));
    assert!(stderr(&output).contains("kept: file-read"), "{}", stderr(&output));
}

#[test]
fn statistics_are_of_both_streams() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
    let script = "yes 'the same words' | head -n 900; echo 'a word' >&2; exit 3";
    command.args(["exec", "--stats=json", "--", "sh", "-c", script]);
    let output = command.output().expect("the binary ends");
    assert_eq!(output.status.code(), Some(3));
    let text = stderr(&output);
    let (after, bytes_in) = (output.stdout.len() + 7, 900 * 15 + 7);
    let start = format!("a word\n{{\"bytes_in\":{bytes_in},\"bytes_out\":{after},");
    assert!(text.starts_with(&start) && text.contains("\"total\":{\"parts\":2,"), "{text}");
}

#[test]
fn a_terminal_gets_everything_as_it_is() {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("its other end");
    let name = ptsname(&master, Vec::new()).expect("its name");
    let end = File::options().read(true).write(true).open(OsStr::from_bytes(name.as_bytes()));
    let mut command = exec(&["sh", "-c", "test -t 1 && yes 'the same words' | head -n 900"]);
    command.stdout(end.expect("it opens"));
    let mut child = command.spawn().expect("the binary starts");
    drop(command);
    assert_eq!(read_terminal(File::from(master)), b"the same words\r\n".repeat(900));
    assert!(child.wait().expect("the binary ends").success());
}

/// What is written to a terminal. Where all its writers have left, some systems say so by an error.
fn read_terminal(mut master: File) -> Vec<u8> {
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match master.read(&mut buffer) {
            Ok(0) => return text,
            Ok(len) => text.extend_from_slice(&buffer[..len]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return text,
        }
    }
}

#[test]
fn a_reader_that_leaves_closes_the_commands_pipe() {
    let mut child = exec(&["yes", "some words"]).spawn().expect("the binary starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0]).expect("one byte");
    drop(stdout);
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!(output.status.code(), Some(128 + 13));
    assert_eq!(stderr(&output), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let full = || File::options().write(true).open("/dev/full").expect("the device");
    for (script, code) in [("echo text", 1), ("echo text; exit 3", 3)] {
        let output = exec(&["sh", "-c", script]).stdout(full()).output().expect("it ends");
        assert_eq!(output.status.code(), Some(code));
        assert!(stderr(&output).starts_with("brevity: cannot write: "), "{}", stderr(&output));
    }
}

/// Runs a script that never sees the end of its input.
fn sh_with_open_input(script: &str) -> Output {
    let mut command = exec(&["sh", "-c", script]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the binary starts");
    let stdin = child.stdin.take();
    let output = child.wait_with_output().expect("the binary ends");
    drop(stdin);
    output
}

#[test]
fn signals_are_passed_on() {
    // The command sends them to us, its parent, and reads on.
    let signals = [("TERM", 15), ("INT", 2), ("HUP", 1), ("QUIT", 3)];
    for (name, number) in signals.into_iter().filter(|(_, number)| !is_ignored(*number)) {
        let output =
            sh_with_open_input(&format!("ulimit -c 0; echo up; kill -{name} $PPID; read word"));
        assert_eq!(output.status.code(), Some(128 + number), "{name}");
        assert_eq!(output.stdout, b"up\n");
    }
    let polite = "trap 'echo bye; exit 7' TERM; kill -TERM $PPID; while :; do :; done";
    let output = sh_with_open_input(polite);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(7), &b"bye\n"[..]));
}

/// Whether whoever started the tests has this signal ignored, as `nohup` has, and a shell for what it
/// runs in the background: it stays ignored then. `false` where that cannot be told.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[test]
fn a_command_that_was_told_to_end_is_not_outwaited() {
    // `sort` holds the command's pipe for as long as its input is open.
    let script = "trap 'echo bye; exit 7' TERM; exec 3<&0; sort <&3 & kill -TERM $PPID; \
                  while :; do :; done";
    let output = sh_with_open_input(script);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(7), &b"bye\n"[..]));
}

#[test]
fn what_the_command_leaves_behind_is_waited_for() {
    // What stays behind speaks once the command is gone.
    let script = "exec 3<&0; echo early; \
                  (read word; while kill -0 $$; do :; done; echo late $word) <&3 2>&- & exit 5";
    let mut command = exec(&["sh", "-c", script]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"word\n").expect("the command reads");
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(output.stdout, b"early\nlate word\n");
}

#[cfg(target_os = "linux")]
#[test]
fn an_ignored_signal_stays_ignored() {
    let mut command = Command::new("sh");
    let script = "trap '' HUP; exec \"$0\" exec -- sh -c 'kill -HUP $PPID; kill -HUP $$; echo on'";
    command.args(["-c", script, env!("CARGO_BIN_EXE_brevity")]);
    let output = command.output().expect("the binary ends");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"on\n"[..]));
}
