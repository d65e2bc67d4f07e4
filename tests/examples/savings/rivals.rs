//! The same text, written by others.

use std::{
    io::Write,
    process::{Command, Stdio},
    thread,
};

/// Without the white space between tokens. All else keeps its bytes, so that no number is reprinted.
pub(crate) fn minified(text: &[u8]) -> Vec<u8> {
    let (mut in_string, mut escaped) = (false, false);
    let is_kept = |byte: &&u8| {
        let is_space = !in_string && matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        in_string ^= **byte == b'"' && !escaped;
        escaped = in_string && **byte == b'\\' && !escaped;
        !is_space
    };
    text.iter().filter(is_kept).copied().collect()
}

/// What `node SCRIPT` makes of JSON.
pub(crate) fn as_toon(text: &[u8], script: &str) -> Vec<u8> {
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let mut stdin = node.stdin.take().expect("a pipe");
    let output = thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(text).expect("node reads all"));
        node.wait_with_output().expect("node ends")
    });
    assert!(output.status.success(), "node failed");
    output.stdout
}

/// The bytes that `zstd -19` leaves.
pub(crate) fn zstd(text: &[u8]) -> usize {
    zstd::stream::encode_all(text, 19).expect("memory is written").len()
}
