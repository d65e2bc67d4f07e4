//! `brevity mcp-wrap` around tool servers that are a few lines of shell.
#![cfg(unix)]

mod scratch;

use scratch::Scratch;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
};

/// Answers each line with the file that the name in it says, by whole lines.
const SERVER: &str = "while read -r line; do case $line in \
    *first*) cat \"$0/first\";; *read_file*) cat \"$0/file\";; *slow*) cat \"$0/half\"; \
    echo waiting >&2; read -r word; cat \"$0/rest\";; *) printf '%s\\n' \"$line\";; esac; done; \
    echo bye >&2";

fn wrap(options: &[&str], words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
    command.arg("mcp-wrap").args(options).arg("--").args(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A client that speaks with a wrapped server.
struct Client {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Client {
    fn start(options: &[&str], folder: &Scratch) -> Self {
        let mut child =
            wrap(options, &["sh", "-c", SERVER, folder.text()]).spawn().expect("starts");
        let stdin = child.stdin.take().expect("a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, stdin, stdout }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").expect("the server reads");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("text");
        line
    }

    fn end(self) -> Output {
        drop((self.stdin, self.stdout));
        self.child.wait_with_output().expect("the binary ends")
    }
}

fn call(id: u32, tool: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{tool}"}}}}"#)
}

fn answer(id: u32) -> String {
    let row = |n| format!(r#"{{\"name\":\"row {n}\",\"open\":true}}"#);
    let rows: Vec<_> = (0..90).map(row).collect();
    let item = format!(r#"{{"type":"text","text":"[{}]"}}"#, rows.join(","));
    format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"content\":[{item}]}}}}\n")
}

#[test]
fn answers_are_shortened_one_by_one_as_they_come() {
    let (first, file, slow) = (answer(1), answer(2), answer(3));
    let (half, rest) = slow.split_at(900);
    let files = [("first", &*first), ("file", &*file), ("half", half), ("rest", rest)];
    let folder = Scratch::of(&files);
    let mut client = Client::start(&["--stats=json"], &folder);
    // Each is sent only when the answer to the one before has come.
    client.say(&call(1, "first"));
    let line = client.line();
    assert!(line.len() < first.len() / 2 && line.ends_with("}\n"), "{line}");
    assert_eq!(brevity::expand(line.as_bytes()), first.as_bytes());
    client.say(&call(2, "read_file"));
    assert_eq!(client.line(), file);
    for other in [r#"{"method":"notifications/x","params":{}}"#, "no JSON \\ at all", ""] {
        client.say(other);
        assert_eq!(client.line(), format!("{other}\n"));
    }
    client.say(&call(3, "slow"));
    client.say("go");
    let line = client.line();
    assert!(line.len() < slow.len() / 2);
    assert_eq!(brevity::expand(line.as_bytes()), slow.as_bytes());
    let output = client.end();
    assert!(output.status.success());
    let text = stderr(&output);
    assert!(text.starts_with("waiting\nbye\n{\"bytes_in\":"), "{text}");
    for word in ["\"table\":{\"parts\":2,", "\"file-read\":{\"parts\":1,", "\"malformed\":"] {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[test]
fn tools_can_be_left_alone() {
    let folder = Scratch::of(&[("first", &answer(1)), ("file", &answer(2))]);
    let tools = ["--tool", "first*=off", "--tool", "read_*=lossless"];
    let mut client = Client::start(&tools, &folder);
    client.say(&call(1, "first_tool"));
    assert_eq!(client.line(), answer(1));
    client.say(&call(2, "read_file"));
    assert!(client.line().len() < answer(2).len() / 2);
    assert!(client.end().status.success());
    let refused = wrap(&["--tool", "first"], &["cat"]).output().expect("the binary ends");
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn what_the_client_says_passes_byte_for_byte() {
    let mut child = wrap(&[], &["cat"]).spawn().expect("the binary starts");
    let mut said: Vec<u8> = (0..300_000_u32).map(|n| (n.wrapping_mul(n) >> 3) as u8).collect();
    said.extend(format!("\n{}\r\n[\n half a line", call(1, "x")).bytes());
    let (mut stdin, bytes) = (child.stdin.take().expect("a pipe"), said.clone());
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the writer ends").expect("all is read");
    assert!(output.stdout == said);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

#[test]
fn a_line_beyond_the_limit_passes() {
    let script = "read -r line; head -c 40000000 /dev/zero | tr '\\0' x; echo; cat \"$0/first\"";
    let folder = Scratch::of(&[("first", &answer(1))]);
    let words = ["sh", "-c", script, folder.text()];
    let mut child = wrap(&["--stats=json"], &words).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "{}", call(1, "list")).expect("the server reads");
    let output = child.wait_with_output().expect("the binary ends");
    let lines: Vec<_> = output.stdout.split(|byte| *byte == b'\n').collect();
    assert!(lines[0].len() == 40_000_000 && lines[0].iter().all(|byte| *byte == b'x'));
    assert!(lines[1].len() < answer(1).len() / 2);
    assert!(stderr(&output).contains("\"limit\":{\"parts\":1,\"bytes_in\":40000001,"));
}

#[test]
fn the_exit_code_is_the_servers() {
    // The client's end stays open: the server ends by itself.
    for (script, code) in [("exit 0", 0), ("echo x; exit 3", 3), ("kill -KILL $$", 137)] {
        let mut child = wrap(&[], &["sh", "-c", script]).spawn().expect("the binary starts");
        let stdin = child.stdin.take();
        let output = child.wait_with_output().expect("the binary ends");
        drop(stdin);
        assert_eq!(output.status.code(), Some(code), "{script}");
    }
    for (word, code) in [("no-such-command", 127), (".", 126)] {
        let output = wrap(&[], &[word]).output().expect("the binary ends");
        assert_eq!(output.status.code(), Some(code));
        assert!(stderr(&output).starts_with(&format!("brevity: cannot run {word}: ")));
    }
    // With so few open files there is no pipe to be had.
    if cfg!(target_os = "linux") {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n 4; exec \"$0\" mcp-wrap -- true"]);
        let output = shell.arg(env!("CARGO_BIN_EXE_brevity")).output().expect("a shell");
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.starts_with("brevity: cannot attend to true: "), "{text}");
    }
    assert_eq!(wrap(&[], &[]).output().expect("the binary ends").status.code(), Some(2));
}

#[test]
fn signals_are_passed_on() {
    let script = "trap 'echo bye; exit 7' TERM; kill -TERM $PPID; while :; do :; done";
    let mut child = wrap(&[], &["sh", "-c", script]).spawn().expect("the binary starts");
    let stdin = child.stdin.take();
    let output = child.wait_with_output().expect("the binary ends");
    drop(stdin);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(7), &b"bye\n"[..]));
}

#[test]
fn a_client_that_leaves_ends_the_server() {
    let mut child = wrap(&[], &["sh", "-c", "while echo line; do :; done; exit 9"]);
    let mut child = child.spawn().expect("the binary starts");
    let stdin = child.stdin.take();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut line).expect("text");
    drop(stdout);
    let output = child.wait_with_output().expect("the binary ends");
    drop(stdin);
    // By SIGPIPE, or by an error of `echo` where that is ignored.
    assert!(matches!(output.status.code(), Some(141 | 9)), "{output:?}");
}

#[test]
fn a_record_of_both_sides_is_shortened_by_the_filters() {
    let record: String = [("list", 1), ("read_file", 2), ("list", 1), ("read_file", 1)]
        .map(|(tool, id)| format!("{}\n{}", call(id, tool), answer(id)))
        .concat();
    let folder = Scratch::of(&[("lines", &record)]);
    let path = folder.path().join("lines");
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
        command.args(words).arg(&path).output().expect("the binary ends")
    };
    let short = run(&["compress", "--api", "mcp"]).stdout;
    assert_eq!(brevity::expand(&short), record.as_bytes());
    let lines: Vec<_> = short.split_inclusive(|byte| *byte == b'\n').collect();
    let is_short = [1, 3, 5, 7].map(|at: usize| lines[at].len() < answer(1).len() / 2);
    assert_eq!(is_short, [true, false, true, false]);
    let table = String::from_utf8(run(&["inspect", "--api", "mcp"]).stdout).expect("text");
    assert!(table.contains("read_file") && table.contains("file-read"), "{table}");
}
