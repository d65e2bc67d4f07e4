//! Opens connections towards upstreams: straight, or through an HTTP proxy of the network.

use super::tunnel::{self, Refusal};
use crate::{
    body::BoxError,
    proxies::{Proxies, ProxyWay, Via},
};
use hyper::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use rustls::ClientConfig;
use std::{
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};
use thiserror::Error;
use tokio::net::TcpStream;
use tower_service::Service;

/// Where the proxy itself listens, once it does.
pub(crate) type OwnAddress = Arc<OnceLock<SocketAddr>>;

/// A connection; the TLS in it is that of an HTTP proxy that is spoken to by https.
pub(super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

type Opening<S> = Pin<Box<dyn Future<Output = Result<S, BoxError>> + Send>>;

/// Opens connections on which an upstream listens, TLS with it not included.
#[derive(Clone)]
pub(crate) struct Outward {
    straight: Straight,
    to_proxy: HttpsConnector<Straight>,
    pub(super) proxies: Proxies,
}

/// Opens connections, but none that leads back to the proxy: each request would make another one,
/// until there are no more files to open.
#[derive(Clone)]
struct Straight {
    tcp: HttpConnector,
    own: OwnAddress,
}

/// The other end is the proxy itself, by whatever name.
#[derive(Debug, Error)]
#[error("it leads back to this proxy: name the API's own address")]
struct Loop;

/// The HTTP proxy did not lead to the upstream.
#[derive(Debug, Error)]
#[error("the HTTP proxy {via} {source}")]
pub(super) struct ProxyError {
    via: Via,
    pub(super) source: Refusal,
}

impl Outward {
    /// HTTP proxies that are spoken to by https have to be known to `tls`.
    pub(super) fn new(own: OwnAddress, proxies: Proxies, tls: ClientConfig) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(Duration::from_secs(60)));
        let straight = Straight { tcp, own };
        let to_proxy = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(straight.clone());
        Self { straight, to_proxy, proxies }
    }

    /// Through `via`, which is told only the upstream's host and port.
    fn tunnel(&mut self, via: &Via, to: Uri) -> Opening<Stream> {
        let connection = self.to_proxy.call(via.url.uri().clone());
        let via = via.clone();
        Box::pin(async move {
            let tunnel = async {
                let stream = connection.await.map_err(unreached)?;
                tunnel::open(stream, &to, via.url.authorization()).await
            };
            tunnel.await.map_err(|source| ProxyError { via, source }.into())
        })
    }
}

fn unreached(error: BoxError) -> Refusal {
    if error.is::<Loop>() { Refusal::Own } else { Refusal::Unreached(error) }
}

impl Service<Uri> for Outward {
    type Response = Stream;
    type Error = BoxError;
    type Future = Opening<Stream>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.straight.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let proxies = self.proxies.clone();
        match proxies.way(&uri) {
            ProxyWay::Through(via) => self.tunnel(via, uri),
            ProxyWay::Faulty(fault) => Box::pin(std::future::ready(Err(fault.clone().into()))),
            ProxyWay::Direct | ProxyWay::Here | ProxyWay::Excepted => {
                let connection = self.straight.call(uri);
                Box::pin(async { connection.await.map(MaybeHttpsStream::Http) })
            }
        }
    }
}

impl Service<Uri> for Straight {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Opening<TokioIo<TcpStream>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connection, own) = (self.tcp.call(uri), self.own.clone());
        Box::pin(async move {
            let stream = connection.await?;
            let is_own = own.get().is_some_and(|own| leads_to(stream.inner(), *own));
            if is_own { Err(Loop.into()) } else { Ok(stream) }
        })
    }
}

/// Whether the other end of `stream` is a listener at `own`, on this machine.
fn leads_to(stream: &TcpStream, own: SocketAddr) -> bool {
    let (Ok(here), Ok(there)) = (stream.local_addr(), stream.peer_addr()) else { return false };
    let is_here = there.ip() == here.ip() || there.ip().is_loopback();
    let is_heard = own.ip().is_unspecified() || own.ip() == there.ip();
    there.port() == own.port() && is_here && is_heard
}
