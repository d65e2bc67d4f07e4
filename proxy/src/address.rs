//! Where the proxy can be looked at.

use crate::{config::PORT, listen::Listen};
use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs as _},
    str::FromStr,
};
use thiserror::Error;

/// Where `/metrics`, `/stats`, `/healthz` and `/readyz` are answered, apart from what agents talk to.
///
/// ```
/// use brevity_proxy::AdminAddress;
///
/// assert_eq!("off".parse::<AdminAddress>()?, AdminAddress::Off);
/// assert_eq!("127.0.0.1:9090".parse::<AdminAddress>()?.to_string(), "127.0.0.1:9090");
/// # Ok::<_, brevity_proxy::AdminAddressError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdminAddress {
    /// On this machine alone, one port above the proxy's own; on any free port if the proxy takes one
    /// itself; beside the usual port if it has none. Where that is taken, nowhere, with a warning.
    #[default]
    Beside,
    /// There.
    At(SocketAddr),
    /// Nowhere.
    Off,
}

/// Why a text is no such address.
#[derive(Debug, Error)]
#[error(
    "`{text}` is no admin address: {why}; write a host and a port, like 127.0.0.1:2739, or `off`"
)]
pub struct AdminAddressError {
    text: String,
    why: io::Error,
}

impl FromStr for AdminAddress {
    type Err = AdminAddressError;

    fn from_str(text: &str) -> Result<Self, AdminAddressError> {
        match text {
            "off" => return Ok(Self::Off),
            "beside" => return Ok(Self::Beside),
            _ => {}
        }
        let error = |why| AdminAddressError { text: text.to_owned(), why };
        let mut found = text.to_socket_addrs().map_err(error)?;
        let none = || error(io::ErrorKind::AddrNotAvailable.into());
        found.next().map(Self::At).ok_or_else(none)
    }
}

impl fmt::Display for AdminAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beside => f.write_str("beside"),
            Self::At(address) => address.fmt(f),
            Self::Off => f.write_str("off"),
        }
    }
}

impl AdminAddress {
    /// The address, for a proxy that is told to listen on `main`.
    pub(crate) fn beside(self, main: &Listen) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::At(address) => Some(address),
            Self::Beside => Some(beside(main)),
        }
    }
}

/// The port above, on this machine: what listens for others does not show itself to them unasked.
fn beside(main: &Listen) -> SocketAddr {
    let main = main.address().unwrap_or_else(|| (Ipv4Addr::LOCALHOST, PORT).into());
    let ip = main.ip();
    let local = if ip.is_loopback() { ip } else { IpAddr::from(Ipv4Addr::LOCALHOST) };
    let port = if main.port() == 0 { 0 } else { main.port().checked_add(1).unwrap_or(0) };
    SocketAddr::new(local, port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_beside_the_proxy_and_local() {
        let beside = |main: &str| beside(&main.parse().unwrap()).to_string();
        assert_eq!(beside("127.0.0.1:2738"), "127.0.0.1:2739");
        assert_eq!(beside("[::1]:4000"), "[::1]:4001");
        assert_eq!(beside("0.0.0.0:2738"), "127.0.0.1:2739");
        assert_eq!(beside("10.0.0.1:65535"), "127.0.0.1:0");
        assert_eq!(beside("127.0.0.1:0"), "127.0.0.1:0");
        if cfg!(unix) {
            assert_eq!(beside("unix:/run/brevity.sock"), "127.0.0.1:2739");
        }
    }

    #[test]
    fn addresses_are_checked() {
        for text in ["", "on", "2739", "127.0.0.1", "127.0.0.1:99999"] {
            let error = text.parse::<AdminAddress>().unwrap_err().to_string();
            assert!(error.contains("like 127.0.0.1:2739"), "{error}");
        }
    }
}
