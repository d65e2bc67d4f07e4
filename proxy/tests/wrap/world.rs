//! A home, a path with stand-ins, and an upstream that tells what it got.

use crate::scratch::Scratch;
use std::{
    collections::BTreeSet,
    fs::Permissions,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
};

/// A place of its own for one test, gone when dropped: `bin` is the whole path besides the system's,
/// `home` and `tmp` are what an agent could write to.
pub(crate) struct World(Scratch);

impl World {
    pub(crate) fn new() -> Self {
        let place = Scratch::folder();
        for part in ["bin", "home", "tmp"] {
            std::fs::create_dir_all(place.path().join(part))
                .expect("the target directory takes folders");
        }
        Self(place)
    }

    /// Puts a stand-in on the path: a shell script.
    pub(crate) fn with(self, name: &str, script: &str) -> Self {
        let path = self.path("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
        std::fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("its mode");
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `brevity wrap` with nothing in the environment but the path, the home and `env`.
    pub(crate) fn wrap(&self, env: &[(&str, &str)], words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        command.arg("wrap").args(words).env_clear().env("PATH", path);
        command.env("HOME", self.path("home")).env("TMPDIR", self.path("tmp"));
        command.envs(env.iter().copied()).current_dir(self.path("home"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, env: &[(&str, &str)], words: &[&str]) -> Output {
        self.wrap(env, words).output().expect("the binary ends")
    }

    /// Every file there is.
    pub(crate) fn files(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path.clone());
                }
                found.insert(path);
            }
        }
        found
    }
}

/// A wrapped stand-in that has said its first line and waits on standard input.
pub(crate) struct Session {
    pub(crate) child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Session {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the binary starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { stdin: child.stdin.take(), stdout, child }
    }

    /// The next line that the stand-in says.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    /// Ends the stand-in's input. Gives the exit code of `wrap` and what it said.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        drop(self.stdin.take());
        let output = self.child.wait_with_output().expect("the binary ends");
        (output.status.code(), stderr(&output))
    }
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The address in a URL of this machine.
pub(crate) fn address(url: &str) -> SocketAddr {
    let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("no URL: {url}"));
    rest.split('/').next().unwrap_or_default().parse().unwrap_or_else(|_| panic!("no URL: {url}"))
}

/// Posts JSON to `path`, as a client that was told `base` does. Gives the answer's body.
pub(crate) fn post(base: &str, path: &str, body: &str) -> String {
    let address = address(base);
    let prefix = base.split_once(&address.to_string()).map_or("", |(_, prefix)| prefix);
    let mut stream = TcpStream::connect(address).expect("the proxy listens");
    let length = body.len();
    write!(
        stream,
        "POST {prefix}{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .expect("the proxy reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned())
}

/// A request body of Anthropic's API with a tool result that repeats itself.
pub(crate) fn messages() -> String {
    let row = |i| format!(r#"{{\"identifier\":{i},\"state\":\"running\",\"owner\":\"team\"}}"#);
    let rows = (0..200).map(row).collect::<Vec<_>>().join(",");
    format!(
        r#"{{"model":"m","messages":[{{"role":"assistant","content":[{{"type":"tool_use","id":"t","name":"list","input":{{}}}}]}},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"t","content":"[{rows}]"}}]}}]}}"#
    )
}

/// What an upstream got: the path and the body.
pub(crate) type Got = (String, String);

/// An upstream of this machine that answers `{"own":true}` to everything, one request after another.
pub(crate) fn upstream() -> (String, Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let got = answer(stream.expect("a connection"));
            if tell.send(got).is_err() {
                return;
            }
        }
    });
    (url, told)
}

fn answer(stream: TcpStream) -> Got {
    let mut reader = BufReader::new(stream);
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a head");
        match line.trim_end().split_once(' ') {
            None => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length:") => {
                length = value.parse().expect("a length");
            }
            Some(("POST" | "GET", rest)) => {
                path = rest.split(' ').next().unwrap_or_default().to_owned();
            }
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
                  content-length: 12\r\n\r\n{\"own\":true}";
    reader.get_mut().write_all(answer.as_bytes()).expect("the proxy reads");
    (path, String::from_utf8(body).expect("text"))
}
