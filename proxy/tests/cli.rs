//! The binary as a shell sees it: bytes, standard error, exit codes.

mod scratch;

use scratch::Scratch;
use std::{
    io::{Read as _, Write as _},
    process::{Child, Command, Output, Stdio},
};

fn brevity(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs with `input` on standard input. A program that stops reading is no fault of the test.
fn run(args: &[&str], input: &[u8]) -> Output {
    let mut child = brevity(args).spawn().expect("the binary starts");
    let writer = feed(&mut child, input.to_vec());
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the writer ends");
    output
}

fn feed(child: &mut Child, input: Vec<u8>) -> std::thread::JoinHandle<()> {
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::spawn(move || drop(stdin.write_all(&input)))
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn rows(count: usize) -> Vec<u8> {
    let row = |i| format!(r#"{{"identifier":{i},"state":"running","owner":"team-{}"}}"#, i % 7);
    format!("[{}]", (0..count).map(row).collect::<Vec<_>>().join(",")).into_bytes()
}

fn awkward() -> Vec<(&'static str, Vec<u8>)> {
    let half = rows(200);
    vec![
        ("nothing", Vec::new()),
        ("one byte", b"{".to_vec()),
        ("invalid UTF-8", [&b"[\"\xff\xfe\x80\", "[..], &vec![0xc3; 5_000]].concat()),
        ("NUL", vec![0; 3_000]),
        ("half a document", half[..half.len() / 2].to_vec()),
        ("two documents and a half", [&half[..], b"\n", &half, b"\n{\"a\":"].concat()),
        ("CRLF", b"a\r\nb\r".repeat(500)),
    ]
}

#[test]
fn every_input_comes_back() {
    let large = ("rows over several chunks", rows(20_000));
    for (name, input) in awkward().into_iter().chain([large]) {
        let short = run(&["compress"], &input);
        assert!(short.status.success() && short.stderr.is_empty(), "{name}: {}", stderr(&short));
        let back = run(&["expand"], &short.stdout);
        assert!(back.status.success() && back.stderr.is_empty(), "{name}: {}", stderr(&back));
        assert!(back.stdout == input, "{name}");
    }
}

#[test]
fn a_broken_request_passes_as_it_came() {
    for api in ["anthropic", "openai-chat", "openai-responses"] {
        for (name, input) in awkward() {
            for extra in [&[][..], &["--stream"]] {
                let args = [&["compress", "--api", api], extra].concat();
                let output = run(&args, &input);
                assert!(output.status.success(), "{name}: {}", stderr(&output));
                assert!(output.stdout == input, "{name} {args:?}");
            }
        }
    }
}

#[test]
fn a_file_and_standard_input_give_the_same() {
    let input = rows(300);
    let file = Scratch::file("rows.json", &input);
    for command in ["compress", "expand"] {
        let from_file = run(&[command, file.text()], b"");
        let from_pipe = run(&[command], &input);
        let from_dash = run(&[command, "-"], &input);
        assert!(from_file.status.success());
        assert_eq!(from_file.stdout, from_pipe.stdout);
        assert_eq!(from_file.stdout, from_dash.stdout);
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    for command in ["compress", "expand", "inspect"] {
        let output = run(&[command, "no/such/file"], b"");
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty() || command == "inspect");
        let text = stderr(&output);
        assert!(text.starts_with("brevity: cannot read no/such/file: No such file"), "{text}");
        assert_eq!(text.lines().count(), 1);

        let output = run(&[command, "."], b"");
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).starts_with("brevity: cannot read .: "), "{}", stderr(&output));
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    for command in ["compress", "expand", "inspect"] {
        let mut child = brevity(&[command]).spawn().expect("the binary starts");
        let mut stdout = child.stdout.take().expect("a pipe");
        // Far more than pipes and buffers hold, so that a write must meet the closed end.
        let writer = feed(&mut child, b"some text of one line\n".repeat(400_000));
        stdout.read_exact(&mut [0]).expect("one byte");
        drop(stdout);
        let output = child.wait_with_output().expect("the binary ends");
        writer.join().expect("the writer ends");
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert_eq!(stderr(&output), "", "{command}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    for command in ["compress", "expand", "inspect"] {
        let mut child = brevity(&[command]).stdout(full()).spawn().expect("the binary starts");
        let writer = feed(&mut child, b"text\n".repeat(100));
        let output = child.wait_with_output().expect("the binary ends");
        writer.join().expect("the writer ends");
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).starts_with("brevity: cannot write: "), "{}", stderr(&output));
    }
}

#[test]
fn a_mistyped_word_gets_a_suggestion() {
    for (args, tip) in [
        (&["compres"][..], "'compress'"),
        (&["compress", "--stat"], "'--stats'"),
        (&["compress", "--api", "antropic"], "'anthropic'"),
        (&["compress", "--kind", "jsn"], "'json'"),
    ] {
        let output = run(args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let text = stderr(&output);
        assert!(text.contains("similar") && text.contains(tip), "{text}");
    }
}

#[test]
fn statistics_go_to_standard_error() {
    let input = rows(300);
    let plain = run(&["compress"], &input);
    let table = run(&["compress", "--stats"], &input);
    let line = run(&["compress", "--stats=json"], &input);
    assert_eq!(plain.stdout, table.stdout);
    assert_eq!(plain.stdout, line.stdout);
    assert!(stderr(&table).contains("all parts"), "{}", stderr(&table));
    let start = format!("{{\"bytes_in\":{},\"bytes_out\":{},", input.len(), plain.stdout.len());
    assert!(stderr(&line).starts_with(&start), "{}", stderr(&line));
    assert_eq!(stderr(&line).lines().count(), 1);
    let back = run(&["expand", "--stats=json"], &plain.stdout);
    assert!(back.stdout == input);
    let (before, after) = (plain.stdout.len(), input.len());
    let expected = format!("{{\"bytes_in\":{before},\"bytes_out\":{after},\"parts\":1}}\n");
    assert_eq!(stderr(&back), expected);
}

#[test]
fn rows_become_shorter() {
    let input = rows(300);
    let short = run(&["compress"], &input).stdout;
    assert!(short.len() * 2 < input.len(), "{} of {}", short.len(), input.len());
    let body = |text: &str| {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        format!(
            r#"{{"messages":[{{"role":"assistant","content":[{{"type":"tool_use","id":"t","name":"list","input":{{}}}}]}},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"t","content":"{text}"}}]}}]}}"#
        )
        .into_bytes()
    };
    let request = body(&String::from_utf8(input).expect("UTF-8"));
    let shorter = run(&["compress", "--api", "anthropic"], &request).stdout;
    assert_eq!(shorter, body(&String::from_utf8(short).expect("UTF-8")));
    assert!(run(&["expand"], &shorter).stdout == request);
}

#[test]
fn inspect_gives_a_reason_and_its_meaning() {
    let output = run(&["inspect"], b"two words\n");
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("kept: ") && text.contains("Why parts were kept:"), "{text}");
    let output = run(&["inspect", "--json"], b"two words\n");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with('{') && text.contains("\"kept\":\""), "{text}");
}

#[test]
fn the_demo_keeps_its_word() {
    let output = run(&["demo"], b"");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", stderr(&output));
    assert!(text.contains("table mcp__tracker__list_issues: "), "{text}");
    assert!(!text.contains("BROKEN") && !text.contains("WRONG"), "{text}");
}

#[test]
fn the_demo_replays_a_request() {
    let body = br#"{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":9}"#;
    let file = Scratch::file("request.json", body);
    let output = run(&["demo", "--request", file.text()], b"");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", stderr(&output));
    assert!(text.contains("1 of 1 answers came back byte for byte"), "{text}");

    let file = Scratch::file("no-request.json", b"[1]");
    let output = run(&["demo", "--request", file.text()], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("brevity: this is no request"), "{}", stderr(&output));
}

#[test]
fn what_is_not_json_is_told_where_json_was_asked_for() {
    let json = [
        rows(300),
        rows(20_000),
        [rows(100), b"\n".to_vec(), rows(100), b"\n".to_vec()].concat(),
        b" [1]\n\n".to_vec(),
        b"-1.5e3".to_vec(),
    ];
    for input in json {
        let output = run(&["compress", "--kind", "json"], &input);
        assert!(output.status.success() && output.stderr.is_empty(), "{}", stderr(&output));
        assert_eq!(output.stdout, run(&["compress"], &input).stdout);
    }
    let half = rows(300);
    for (input, fault) in [
        (Vec::new(), "incomplete document at byte 0".to_owned()),
        (b"two words\n".to_vec(), "unexpected byte at byte 1".to_owned()),
        (
            [&rows(300)[..], b"\nlog"].concat(),
            format!("unexpected byte at byte {}", half.len() + 1),
        ),
        (
            half[..half.len() - 1].to_vec(),
            format!("incomplete document at byte {}", half.len() - 1),
        ),
    ] {
        let output = run(&["compress", "--kind", "json"], &input);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(output.stdout, run(&["compress"], &input).stdout);
        let start = format!("brevity: standard input is not all JSON: {fault};");
        assert!(stderr(&output).starts_with(&start), "{}", stderr(&output));
    }
}

#[test]
fn messages_of_a_tool_server_are_not_streamed() {
    let output = run(&["compress", "--api", "mcp", "--stream"], b"{}");
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
    assert!(stderr(&output).contains("--stream is for request bodies"), "{}", stderr(&output));
}
