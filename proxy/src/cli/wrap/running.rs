//! A proxy that runs already: is it there, and is it Brevity?

use brevity_proxy::Base;
use hyper::Uri;
use std::{
    io::{Error, ErrorKind, Read as _, Result, Write as _},
    net::{TcpStream, ToSocketAddrs as _},
    time::Duration,
};

/// How long it may take to connect, and to say something.
const WITHIN: Duration = Duration::from_secs(5);

/// More than any health check says.
const MOST: u64 = 64 * 1024;

/// Asks for `/healthz` below `base`.
///
/// # Errors
///
/// When nothing answers there, or something that is not Brevity.
pub(super) fn check(base: &Base) -> Result<()> {
    let uri: Uri = format!("{base}/healthz").parse().map_err(Error::other)?;
    if uri.scheme_str() != Some("http") {
        return Err(Error::new(ErrorKind::InvalidInput, "write its address with http://"));
    }
    let answer = ask(&uri)?;
    match answer.starts_with("HTTP/1.1 200") && answer.contains(r#""status":"ok","version":""#) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::InvalidData, "what answers there is not Brevity")),
    }
}

fn ask(uri: &Uri) -> Result<String> {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let mut stream = connect(host, uri.port_u16().unwrap_or(80))?;
    stream.set_read_timeout(Some(WITHIN))?;
    stream.set_write_timeout(Some(WITHIN))?;
    let request =
        format!("GET {} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n", uri.path());
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn connect(host: &str, port: u16) -> Result<TcpStream> {
    let mut failure = Error::from(ErrorKind::AddrNotAvailable);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, WITHIN) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}
