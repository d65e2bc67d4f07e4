use super::*;

/// What passes of `text`, in pieces as they are let go, when it comes in chunks of `len` bytes.
fn pass(text: &[u8], len: usize) -> Result<Vec<u8>, Refusal> {
    let mut framing = Framing::new(Caps { head: 1_024, fields: 8, ..Caps::default() });
    let (mut waits, mut passed) = (Vec::new(), Vec::new());
    for chunk in text.chunks(len) {
        waits.extend_from_slice(chunk);
        loop {
            match framing.next(&waits)? {
                Next::Pass(len) => passed.extend(waits.drain(..len)),
                Next::Drop(len) => drop(waits.drain(..len)),
                Next::More => break,
            }
        }
    }
    Ok(passed)
}

/// The same for every length of chunks.
fn passes(text: &str) -> Result<String, Refusal> {
    let whole = pass(text.as_bytes(), text.len().max(1));
    for len in 1..text.len().min(100) {
        assert_eq!(pass(text.as_bytes(), len), whole, "in chunks of {len}");
    }
    whole.map(|passed| String::from_utf8(passed).unwrap())
}

#[test]
fn sound_requests_pass_as_they_are() {
    for text in [
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET /a?b HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nx-a: b\r\n\r\n",
        "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\n\r\n\n",
    ] {
        assert_eq!(passes(text).unwrap(), text);
    }
    assert_eq!(passes("\r\n\r\nGET / HTTP/1.1\r\n\r\n").unwrap(), "GET / HTTP/1.1\r\n\r\n");
}

#[test]
fn what_is_not_complete_does_not_pass() {
    assert_eq!(passes("GET / HTTP/1.1\r\nhost: a\r\n").unwrap(), "");
    assert_eq!(passes("PRI * HTTP/2.0").unwrap(), "");
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let post = "POST / HTTP/1.1\r\n";
    for head in [
        "content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n",
        "content-length: 3\r\ncontent-length: 4\r\n\r\n",
        "content-length: 3, 4\r\n\r\n",
        "content-length: +3\r\n\r\n",
        "content-length: 0x3\r\n\r\n",
        "content-length: \r\n\r\n",
        "content-length: 99999999999999999999\r\n\r\n",
        "content-length: 18446744073709551615\r\n\r\n",
        "transfer-encoding: chunked, gzip\r\n\r\n",
        "transfer-encoding: gzip, chunked\r\n\r\n",
        "transfer-encoding: identity\r\n\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
        "transfer-encoding: \u{b}chunked\r\n\r\n",
        "x-a: b\r\n folded\r\n\r\n",
        " x-a: b\r\n\r\n",
        "content-length : 3\r\n\r\n",
        ": b\r\n\r\n",
        "x-a\r\n\r\n",
        "x-a: b\n\r\n",
        "x-a: b\r\n\n",
        "x-a: b\rx-b: c\r\n\r\n",
        "x-a: b\0\r\n\r\n",
        "host: a\r\nhost: b\r\n\r\n",
    ] {
        let refusal = passes(&format!("{post}{head}")).unwrap_err();
        assert!(matches!(refusal, Malformed(_)), "{head:?}: {refusal}");
    }
    for line in
        ["GET  / HTTP/1.1", "GET / HTTP/1.2", "GET /", "G(T / HTTP/1.1", "GET /\u{7f} HTTP/1.1"]
    {
        assert!(passes(&format!("{line}\r\n\r\n")).is_err(), "{line}");
    }
    let old = "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n";
    assert!(passes(old).is_err());
}

#[test]
fn chunks_are_read_strictly() {
    for body in [
        "g\r\n",
        "\r\n",
        "-1\r\n",
        "0x1\r\n",
        "3 \r\nabc\r\n",
        "3\nabc\r\n",
        "3\r\nabcd\r\n",
        "3\r\nabc\n",
        "3;a\rb\r\nabc\r\n",
        "1111111111111111\r\n",
        "0\r\ncontent-length: 3\r\n\r\n",
        "0\r\nx-a : b\r\n\r\n",
    ] {
        let head = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
        assert!(passes(&format!("{head}{body}")).is_err(), "{body:?}");
    }
}

#[test]
fn heads_are_bounded() {
    let head = |fields: usize, len: usize| {
        let field = format!("x: {}\r\n", "a".repeat(len));
        passes(&format!("GET / HTTP/1.1\r\n{}\r\n", field.repeat(fields)))
    };
    assert!(head(8, 10).is_ok());
    assert_eq!(head(9, 10).unwrap_err(), Refusal::ManyFields(8));
    assert_eq!(head(1, 1_024).unwrap_err(), Refusal::LongHead(1_024));
    assert_eq!(passes(&"a".repeat(1_025)).unwrap_err(), Refusal::LongHead(1_024));
}

#[test]
fn the_shape_of_the_answer_follows_the_path() {
    let dialect = |line: &str| Framing::dialect(line.as_bytes());
    assert_eq!(dialect("POST /v1/messages HTTP/1.1\r\n"), Some(Dialect::Anthropic));
    assert_eq!(dialect("POST /v1/responses HTTP/1.1\r\n/v1/messages"), None);
    assert_eq!(dialect("nonsense"), None);
}
