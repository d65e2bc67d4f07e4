//! Where the proxy can be looked at.

use super::Listener;
use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs as _},
    str::FromStr,
};
use thiserror::Error;
use tokio::net::TcpListener;

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
    /// itself. Where that is taken, nowhere, with a warning.
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

/// Why the proxy cannot be looked at.
#[derive(Debug, Error)]
#[error(
    "cannot listen on {address} for /metrics: {why}; choose another address with --admin, or `off`"
)]
pub struct AdminError {
    /// The address.
    pub address: SocketAddr,
    /// What the system says.
    #[source]
    pub why: io::Error,
}

impl FromStr for AdminAddress {
    type Err = AdminAddressError;

    fn from_str(text: &str) -> Result<Self, AdminAddressError> {
        if text == "off" {
            return Ok(Self::Off);
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
    /// Binds it, for a proxy that is told to listen on `main`.
    ///
    /// # Errors
    ///
    /// When an address that was asked for cannot be had.
    pub(crate) async fn bind(self, main: SocketAddr) -> Result<Option<Listener>, AdminError> {
        let address = match self {
            Self::Off => return Ok(None),
            Self::At(address) => address,
            Self::Beside => beside(main),
        };
        match TcpListener::bind(address).await.and_then(Listener::new) {
            Ok(listener) => Ok(Some(listener)),
            Err(why) if self == Self::Beside => {
                tracing::warn!("{}", AdminError { address, why });
                Ok(None)
            }
            Err(why) => Err(AdminError { address, why }),
        }
    }
}

/// The port above, on this machine: what listens for others does not show itself to them unasked.
fn beside(main: SocketAddr) -> SocketAddr {
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
        let beside = |main: &str| beside(main.parse().unwrap()).to_string();
        assert_eq!(beside("127.0.0.1:2738"), "127.0.0.1:2739");
        assert_eq!(beside("[::1]:4000"), "[::1]:4001");
        assert_eq!(beside("0.0.0.0:2738"), "127.0.0.1:2739");
        assert_eq!(beside("10.0.0.1:65535"), "127.0.0.1:0");
        assert_eq!(beside("127.0.0.1:0"), "127.0.0.1:0");
    }

    #[test]
    fn addresses_are_checked() {
        for text in ["", "on", "2739", "127.0.0.1", "127.0.0.1:99999"] {
            let error = text.parse::<AdminAddress>().unwrap_err().to_string();
            assert!(error.contains("like 127.0.0.1:2739"), "{error}");
        }
    }

    #[tokio::test]
    async fn what_was_asked_for_must_be_had_and_what_was_not_need_not() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let error = AdminAddress::At(address).bind(address).await.map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("--admin"), "{error}");
        let below = SocketAddr::new(address.ip(), address.port() - 1);
        assert!(AdminAddress::Beside.bind(below).await.unwrap().is_none());
        assert!(AdminAddress::Off.bind(address).await.unwrap().is_none());
    }
}
