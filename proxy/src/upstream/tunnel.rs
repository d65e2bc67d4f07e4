//! CONNECT: an HTTP proxy is asked to lead to a host and a port (RFC 9110, 9.3.6).
//!
//! Every upstream is reached in this way, one by http, too: the bytes stay those that Brevity wrote,
//! and the proxy's credentials cannot travel on with a request.
//!
//! hyper-util has a tunnel as well. It keeps the status of a refusal to itself, which is what a user
//! has to know.

use crate::{base::port_of, body::BoxError};
use hyper::{
    Uri,
    header::HeaderValue,
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use std::io;
use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The longest head of an answer that is read, in bytes.
const LONGEST: usize = 16 << 10;

/// What every answer begins with.
const BEGINNING: &[u8] = b"HTTP/1.";

/// Why an HTTP proxy did not lead to an upstream, as the end of a sentence about it.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error("cannot be reached")]
    Unreached(#[source] BoxError),
    #[error("is this proxy itself; name the network's")]
    Own,
    #[error("answered {status} to CONNECT {to}{}", advice(*status, to))]
    Status { status: u16, to: String },
    #[error("answered with something that is not HTTP/1")]
    NotHttp,
    #[error("answered with a head of more than {LONGEST} bytes")]
    Long,
    #[error("closed the connection before its answer was complete")]
    Ended,
    #[error("sent bytes behind its answer, before anything was asked of the upstream")]
    Early,
    #[error("broke off")]
    Io(#[from] io::Error),
}

impl Refusal {
    /// Whether the proxy itself waited too long for the upstream.
    pub(super) fn is_timeout(&self) -> bool {
        matches!(self, Self::Status { status: 504, .. })
    }
}

/// What a user can do about a status, where the proxy was asked for `to`.
fn advice(status: u16, to: &str) -> &'static str {
    match status {
        // Some answer so where the password is wrong.
        401 | 407 => {
            ": it wants a user and a password that it knows; write them into the variable that names it, \
             like HTTPS_PROXY=http://user:password@host:port, since upstream_proxy takes none"
        }
        403 | 405 if to.ends_with(":443") => ": it does not lead there; ask who runs it",
        403 | 405 => {
            ": it does not lead there, and many lead to port 443 only; what can be reached directly, \
             name in NO_PROXY"
        }
        _ => "",
    }
}

/// Asks the proxy at the other end of `stream` to lead to the host of `to`.
pub(super) async fn open<S: Read + Write + Unpin>(
    stream: S,
    to: &Uri,
    authorization: Option<&HeaderValue>,
) -> Result<S, Refusal> {
    let to = host_and_port(to);
    let mut stream = TokioIo::new(stream);
    stream.write_all(&request(&to, authorization)).await?;
    stream.flush().await?;
    let mut head = vec![0; LONGEST];
    let (status, is_all) = answer(&mut stream, &mut head).await?;
    match status {
        200..=299 if is_all => Ok(stream.into_inner()),
        // Neither TLS nor HTTP lets a server begin: an upstream cannot have sent this.
        200..=299 => Err(Refusal::Early),
        status => Err(Refusal::Status { status, to }),
    }
}

fn host_and_port(to: &Uri) -> String {
    format!("{}:{}", to.host().unwrap_or_default(), port_of(to))
}

fn request(to: &str, authorization: Option<&HeaderValue>) -> Vec<u8> {
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n").into_bytes();
    if let Some(authorization) = authorization {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(authorization.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// Reads the head of the answer: its status, and whether nothing came behind it.
async fn answer<S>(stream: &mut TokioIo<S>, head: &mut [u8]) -> Result<(u16, bool), Refusal>
where
    S: Read + Unpin,
{
    let mut len = 0;
    while len < head.len() {
        let read = stream.read(&mut head[len..]).await?;
        // An end may have begun in what was there before.
        let from = len.saturating_sub(2);
        len += read;
        let came = &head[..len];
        if !came.iter().zip(BEGINNING).all(|(came, expected)| came == expected) {
            return Err(Refusal::NotHttp);
        }
        if read == 0 {
            return Err(Refusal::Ended);
        }
        if let Some(end) = end(came, from) {
            return Ok((status(came).ok_or(Refusal::NotHttp)?, end == len));
        }
    }
    Err(Refusal::Long)
}

/// Where the empty line ends that begins at `from` or later.
fn end(head: &[u8], from: usize) -> Option<usize> {
    let ends = |at: usize| {
        let mut ends = [b"\n\n".as_slice(), b"\n\r\n"].into_iter();
        ends.find(|end| head[at..].starts_with(end)).map(|end| at + end.len())
    };
    (from..head.len()).find_map(ends)
}

/// The number in `HTTP/1.1 200 OK`.
fn status(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(BEGINNING)?.strip_prefix(b"0 ");
    let rest = rest.or_else(|| head.strip_prefix(b"HTTP/1.1 "))?;
    let (digits, behind) = rest.split_at_checked(3)?;
    let is_number = digits.iter().all(u8::is_ascii_digit);
    let ends = behind.first().is_some_and(u8::is_ascii_whitespace);
    std::str::from_utf8(digits).ok().filter(|_| is_number && ends)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a proxy that answers with `chunks`, one by one, is taken for; and what it was asked.
    async fn open(to: &'static str, chunks: &[&[u8]]) -> (Result<(), String>, String) {
        let (near, mut far) = tokio::io::duplex(1 << 20);
        let authorization = HeaderValue::from_static("Basic eDp5");
        let to = Uri::from_static(to);
        let asked = async {
            for chunk in chunks {
                far.write_all(chunk).await.unwrap();
                tokio::task::yield_now().await;
            }
            far.shutdown().await.unwrap();
            let mut asked = String::new();
            far.read_to_string(&mut asked).await.unwrap();
            asked
        };
        let opened = async {
            let opened = super::open(TokioIo::new(near), &to, Some(&authorization)).await;
            opened.map(drop).map_err(|error| error.to_string())
        };
        tokio::join!(opened, asked)
    }

    #[tokio::test]
    async fn the_request_names_host_and_port() {
        for (to, name) in [
            ("https://api.example/v1?x", "api.example:443"),
            ("http://api.example", "api.example:80"),
            ("https://[fd00::1]:8443", "[fd00::1]:8443"),
        ] {
            let (_, asked) = open(to, &[b"HTTP/1.1 200\r\n\r\n"]).await;
            let rest = "Proxy-Authorization: Basic eDp5\r\n\r\n";
            assert_eq!(asked, format!("CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n{rest}"));
        }
    }

    #[tokio::test]
    async fn an_answer_is_taken_whatever_its_cuts() {
        for answer in [
            "HTTP/1.1 200 Connection established\r\n\r\n",
            "HTTP/1.0 200 OK\r\nVia: x\r\n\r\n",
            "HTTP/1.1 204\r\n\r\n",
            "HTTP/1.1 200 OK\n\n",
        ] {
            let bytes: Vec<&[u8]> = answer.as_bytes().chunks(1).collect();
            assert_eq!(open("https://h", &bytes).await.0, Ok(()), "{answer}");
            assert_eq!(open("https://h", &[answer.as_bytes()]).await.0, Ok(()), "{answer}");
        }
    }

    #[tokio::test]
    async fn what_is_no_tunnel_is_told() {
        let long = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'x'; LONGEST]].concat();
        for (answer, expected) in [
            (b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>".as_slice(), "answered 502 to CONNECT h:443"),
            (b"HTTP/1.1 407 Who\r\n\r\n", "answered 407 to CONNECT h:443: it wants a user and"),
            (b"HTTP/1.1 401 Who\r\n\r\n", "answered 401 to CONNECT h:443: it wants a user and"),
            (b"HTTP/1.1 403 No\r\n\r\n", "answered 403 to CONNECT h:443: it does not lead there"),
            (b"HTTP/1.1 200 OK\r\n\r\nearly", "sent bytes behind its answer"),
            (b"SSH-2.0-x\r\n", "answered with something that is not HTTP/1"),
            (b"HTTP/2 200\r\n\r\n", "answered with something that is not HTTP/1"),
            (b"HTTP/1.1 2000 OK\r\n\r\n", "answered with something that is not HTTP/1"),
            (b"HTTP/1.1 +20 OK\r\n\r\n", "answered with something that is not HTTP/1"),
            (b"HTTP/1.7 200 OK\r\n\r\n", "answered with something that is not HTTP/1"),
            (b"HTTP/1.1 200 OK\r\n", "closed the connection before its answer"),
            (b"", "closed the connection before its answer"),
            (&long, "answered with a head of more than 16384 bytes"),
        ] {
            let error = open("https://h", &[answer]).await.0.unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
