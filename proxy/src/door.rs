//! Who is let in: by the name that a request asks for, and by a token that it brings.
//!
//! A page that a browser shows can have its own name lead to an address of this network (DNS
//! rebinding), and so speak to the proxy in its reader's place. It cannot choose what the browser
//! writes into `host`: that is the page's own name. So only names that are this machine's count.
//!
//! Both are decided by the head alone. What is turned away has reached nothing, and its body is not
//! read.

mod host;
mod token;

pub use host::{HostName, HostNameError};
pub(crate) use token::Token;
pub use token::{TokenError, read_token};

use crate::{
    config::Config,
    listen::{Listen, is_loopback},
};
use host::{Hosts, named};
use hyper::{
    Method, StatusCode,
    header::{HOST, HeaderValue},
    http::request::Parts,
};
use std::net::SocketAddr;
use thiserror::Error;

/// What a request has to bring to be let in.
pub(crate) struct Door {
    token: Option<Token>,
    hosts: Option<Hosts>,
    /// The paths that need no token.
    open: &'static [&'static str],
}

/// Why a request is turned away.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum Shut {
    /// It has no token, or another.
    #[error(
        "this proxy asks for a token, and the request has none, or a wrong one; send the header \
         x-brevity-token: TOKEN, or authorization: Bearer TOKEN"
    )]
    Token,
    /// It asks for a name that is not known.
    #[error(
        "this proxy is not known as {0}; if that is its name, add hosts = [\"{0}\"] to its configuration"
    )]
    Name(String),
    /// It asks for something that is no name.
    #[error(
        "the host of the request is no name; ask for the proxy by its address, or add \
         hosts = [\"the name\"] to its configuration"
    )]
    NoName,
}

impl Door {
    /// The door of the proxy itself; none where everybody is let in.
    pub(crate) fn of_proxy(config: &Config, token: Option<&Token>) -> Option<Self> {
        let is_socket = matches!(config.listen, Listen::Unix(_));
        let asks = !config.listen.is_local() || !(config.hosts.is_empty() || is_socket);
        let hosts = asks.then(|| Hosts::new(&config.hosts));
        let token = token.copied();
        (token.is_some() || hosts.is_some()).then_some(Self { token, hosts, open: &["/healthz"] })
    }

    /// The door of the admin listener at `address`. It asks for a token only where others reach it.
    pub(crate) fn of_admin(config: &Config, address: SocketAddr, token: Option<&Token>) -> Self {
        Self {
            token: token.filter(|_| !is_loopback(address)).copied(),
            hosts: Some(Hosts::new(&config.hosts)),
            open: &["/healthz", "/readyz"],
        }
    }

    /// Lets the request in, its token taken away.
    ///
    /// # Errors
    ///
    /// When it is turned away.
    pub(crate) fn admit(&self, head: &mut Parts) -> Result<(), Shut> {
        if let Some(hosts) = &self.hosts {
            hosts.admit(head)?;
        }
        let Some(token) = &self.token else { return Ok(()) };
        match token.take(&mut head.headers) || self.is_open(head) {
            true => Ok(()),
            false => Err(Shut::Token),
        }
    }

    fn is_open(&self, head: &Parts) -> bool {
        matches!(head.method, Method::GET | Method::HEAD) && self.open.contains(&head.uri.path())
    }
}

impl Hosts {
    /// A request without any name is let in: a browser always sends one, so no page sent it. Of two
    /// names, that of the target and that of `host`, both have to be known.
    fn admit(&self, head: &Parts) -> Result<(), Shut> {
        let target = head.uri.authority().map(|authority| authority.as_str().as_bytes());
        let fields = head.headers.get_all(HOST).into_iter().map(HeaderValue::as_bytes);
        match fields.chain(target).find(|host| !self.knows(host)) {
            None => Ok(()),
            Some(host) => Err(named(host).map_or(Shut::NoName, |name| Shut::Name(name.into()))),
        }
    }
}

impl Shut {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Token => StatusCode::UNAUTHORIZED,
            Self::Name(_) | Self::NoName => StatusCode::MISDIRECTED_REQUEST,
        }
    }
}

#[cfg(test)]
mod tests;
