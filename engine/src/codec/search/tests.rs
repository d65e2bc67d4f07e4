use super::{NEAR, decode, encode};
use crate::report::Reach;

/// The body for `text`, after a look whether the text comes back and nothing leans too far.
fn body(text: &[u8]) -> Option<Vec<u8>> {
    let coded = encode(text)?;
    let mut reach = Reach::default();
    let back = decode(&coded.body, text.len(), &mut reach);
    assert_eq!(back.as_deref(), Some(text), "{:?}", String::from_utf8_lossy(&coded.body));
    assert!(reach.up <= NEAR && reach.others <= 2, "{reach:?}");
    Some(coded.body)
}

#[track_caller]
fn is_written(text: &str, as_lines: &str) {
    let body = body(text.as_bytes()).map(|body| String::from_utf8(body).unwrap());
    assert_eq!(body.as_deref(), Some(as_lines));
}

#[track_caller]
fn stays(text: &str) {
    assert_eq!(body(text.as_bytes()), None, "{text}");
}

#[test]
fn a_path_stands_once_over_its_lines() {
    is_written(
        "src/pond.rs:3:fn fish() {\nsrc/pond.rs-4-    swim();\n--\nsrc/pond.rs-8-\nsrc/pond.rs:9:}\n\
         lib/one.rs:5:fn one()\nMakefile:1:all:\nMakefile:7:clean:\nBinary file x matches",
        "# src/pond.rs\n3:fn fish() {\n4-    swim();\n--\n8-\n9:}\n\
         lib/one.rs:5:fn one()\n# Makefile\n1:all:\n7:clean:\nBinary file x matches",
    );
}

#[test]
fn a_text_that_comes_again_has_several_numbers() {
    is_written(
        "t/a.rs:3:    #[test]\nt/a.rs:9:    #[test]\nt/a.rs:12:    #[test]\nt/a.rs:15:mod b;",
        "# t/a.rs\n3,9,12:    #[test]\n15:mod b;",
    );
}

#[test]
fn lines_without_numbers_keep_their_colon() {
    is_written("a/b.txt:one\na/b.txt:\na/b.txt:3 x", "# a/b.txt\n:one\n:\n:3 x");
}

#[test]
fn messages_of_compilers() {
    is_written(
        "src/a.c: In function 'f':\nsrc/a.c:12:5: error: no x\n   12 |     x();\nsrc/a.c:14:1: note: y",
        "# src/a.c\n: In function 'f':\n12:5: error: no x\n   12 |     x();\n14:1: note: y",
    );
    is_written(
        "ui/app.ts(3,4): error TS1: a\nui/app.ts(5,6): error TS2: b",
        "# ui/app.ts\n(3,4): error TS1: a\n(5,6): error TS2: b",
    );
}

#[test]
fn paths_of_windows_with_spaces_colons_and_dashes() {
    is_written(
        "C:\\my docs\\b.c:12:x\r\nC:\\my docs\\b.c:13:y\r",
        "# C:\\my docs\\b.c\n12:x\r\n13:y\r",
    );
    is_written("a:b/c d.rs:1:x\na:b/c d.rs:2:y", "# a:b/c d.rs\n1:x\n2:y");
    is_written(
        "2026-07-01-12-00.log-2-w\n2026-07-01-12-00.log:3:x\n2026-07-01-12-00.log-4-z:9:z",
        "# 2026-07-01-12-00.log\n2-w\n3:x\n4-z:9:z",
    );
}

#[test]
fn what_looks_like_notation_is_marked() {
    is_written(
        "12:before\na/b.c:1:x\na/b.c:2:y\n12:not a hit\n# title\n#tag\n\\n\n:\n3,4:z",
        "12:before\n# a/b.c\n1:x\n2:y\n\\12:not a hit\n\\# title\n#tag\n\\\\n\n\\:\n\\3,4:z",
    );
    is_written("a/b.c:1,2:x\na/b.c:3,4:x", "# a/b.c\n:1,2:x\n:3,4:x");
}

#[test]
fn times_hosts_and_headings_stay() {
    stays("2026-01-02 10:20:30 one\n2026-01-02 10:20:31 two");
    stays("2026-01-02T10:20:30.1 one\n2026-01-02T10:20:31.2 two");
    stays("Jan 12 10:11:12 sun a\nJan 12 10:11:12 sun b");
    stays(
        "api.log.1.2026-05-16_13:53:08 2026-05-16 one\napi.log.1.2026-05-16_13:53:08 2026-05-16 two",
    );
    stays("[10.30 16:49:06] fish.exe - a\n[10.30 16:49:07] fish.exe - b");
    stays("20261223-22:15:29:606|a|1\n20261223-22:15:30:607|a|1");
    stays("http://pond.example:8080: one\nhttp://pond.example:8080: two");
    stays("10.0.0.1:8080:x\n10.0.0.1:8080:y");
    stays("src/a.rs\n3:one\n4:two\n\nsrc/b.rs\n1:three");
    stays("");
    stays("\n\n");
}

#[test]
fn a_heading_is_said_again() {
    let lines: Vec<_> = (1..=250).map(|n| format!("src/long.rs:{n}:line {n}")).collect();
    let body = String::from_utf8(body(lines.join("\n").as_bytes()).unwrap()).unwrap();
    assert_eq!(body.matches("# src/long.rs").count(), 3);
    let equal: Vec<_> = (1..=9000).map(|n| format!("src/long.rs:{n}:fn")).collect();
    assert!(super::encode(equal.join("\n").as_bytes()).unwrap().body.len() < 60_000);
}

/// Pieces of what the notation and its sources are made of.
const PIECES: [&[u8]; 24] = [
    b"src/a.rs",
    b"src/a.rs-1-b",
    b"C:\\x y.c",
    b"Makefile",
    b":",
    b"-",
    b"12",
    b"3",
    b",",
    b"\n",
    b"\n",
    b"\n",
    b"# ",
    b"#",
    b"\\",
    b"--",
    b"(",
    b")",
    b" ",
    b"text",
    b"\r",
    b"\xff",
    b"src/a.rs:7:",
    b"src/a.rs-8-",
];

fn mix(state: &mut u64) -> Vec<u8> {
    let mut next = || {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) as usize
    };
    let count = next() % 40;
    (0..count).flat_map(|_| PIECES[next() % PIECES.len()].iter().copied()).collect()
}

#[test]
fn any_mix_comes_back() {
    let mut state = 1;
    let written = (0..40_000).filter(|_| body(&mix(&mut state)).is_some()).count();
    assert!(written > 1_000, "{written}");
}

#[test]
fn any_body_is_read_within_bounds() {
    let mut state = 2;
    for _ in 0..40_000 {
        let body = mix(&mut state);
        let text = decode(&body, 100, &mut Reach::default());
        assert!(text.is_none_or(|text| text.len() <= 100));
    }
    assert_eq!(decode(b"# only a heading", 100, &mut Reach::default()), None);
}

#[test]
fn one_long_line_and_many_short_ones() {
    assert_eq!(body(&vec![b':'; 1 << 20]), None);
    assert_eq!(body(&vec![b'\n'; 1 << 20]), None);
    body(&b"a/b:1:\n".repeat(1 << 16));
    body(&[b"a/b:1:".as_slice(), &[b'x'; 1 << 20], b"\na/b:2:"].concat()).unwrap();
}
