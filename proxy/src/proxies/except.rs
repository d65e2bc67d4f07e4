//! `NO_PROXY`: the hosts that are reached directly.

use crate::base::port_of;
use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use std::{fmt, net::IpAddr};

/// The entries of a list, as curl and agents read it: split at commas and white space. A name stands
/// for itself and all below it, with a dot or `*.` before it or without; an address for itself; a
/// network (`10.0.0.0/8`) for its addresses; `*` for all. An entry with a port counts there only.
#[derive(Default)]
pub(super) struct Exceptions {
    list: String,
    /// Whether a star names all, addresses too.
    is_all: bool,
    matchers: Vec<(Option<u16>, Matcher)>,
}

impl Exceptions {
    pub(super) fn new(list: &str) -> Self {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace());
        let is_all = entries.clone().any(|entry| entry == "*");
        let (mut everywhere, mut matchers) = (Vec::new(), Vec::new());
        for (host, port) in entries.filter(|entry| !entry.is_empty()).map(entry) {
            match port {
                None => everywhere.push(host),
                port => matchers.push((port, matcher(host))),
            }
        }
        if !everywhere.is_empty() {
            matchers.push((None, matcher(&everywhere.join(","))));
        }
        Self { list: list.to_owned(), is_all, matchers }
    }

    /// Whether `uri`, one with a host, is reached directly.
    pub(super) fn contain(&self, uri: &Uri) -> bool {
        let port = port_of(uri);
        let mut here = self.matchers.iter().filter(|(at, _)| at.is_none_or(|at| at == port));
        self.is_all || here.any(|(_, matcher)| matcher.intercept(uri).is_none())
    }
}

/// One that intercepts all that `list` does not name.
fn matcher(list: &str) -> Matcher {
    Matcher::builder().all("http://proxy").no(list).build()
}

/// The host of an entry, and its port if it has one.
fn entry(text: &str) -> (&str, Option<u16>) {
    let is_address = text.parse::<IpAddr>().is_ok() || text.contains('/');
    let port = |(host, port): (_, &str)| Some((host, Some(port.parse().ok()?)));
    let split = if is_address { None } else { text.rsplit_once(':').and_then(port) };
    let (host, port) = split.unwrap_or((text, None));
    let host = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
    (host.trim_matches(['[', ']']).trim_end_matches('.'), port)
}

impl fmt::Debug for Exceptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.list)
    }
}
