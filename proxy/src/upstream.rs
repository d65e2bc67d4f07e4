//! The client towards upstreams: TLS, pools, timeouts.

mod outward;
mod patient;
mod tunnel;

pub(crate) use outward::OwnAddress;

use crate::{
    base::Base,
    body::{AnyBody, BoxError},
    config::Config,
    proxies::{Proxies, ProxyWay},
};
use hyper::Uri;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioTimer},
};
use outward::{Outward, ProxyError};
use patient::Patient;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem, pem::PemObject as _},
};
use std::{
    io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use thiserror::Error;
use tower_service::Service;

/// The client that carries requests to upstreams.
pub(crate) type Client = legacy::Client<Connector, AnyBody>;

/// The clients for all requests.
pub(crate) struct Clients {
    pub(crate) requests: Client,
    /// Over HTTP/1.1 alone, the only version whose connections can be upgraded.
    pub(crate) upgrades: Client,
}

/// How long an idle connection stays in the pool: shorter than servers keep theirs, so that a
/// request rarely meets one that is just being closed.
const POOL_IDLE: Duration = Duration::from_secs(50);

/// How often an HTTP/2 connection is asked whether it still lives, while requests wait on it.
const PING: Duration = Duration::from_secs(30);

/// Why no client towards the upstream can be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The file of certificates cannot be read as such.
    #[error("cannot read certificates from {path}: {source}; name a file in PEM format")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: pem::Error,
    },
    /// The file holds no usable certificate.
    #[error("{0} holds no certificate; name a file in PEM format")]
    Empty(PathBuf),
    /// The library refuses its own defaults.
    #[error("cannot set up TLS: {0}")]
    Setup(#[from] rustls::Error),
}

/// Connects, TLS included, within a time.
#[derive(Clone)]
pub(crate) struct Connector {
    inner: HttpsConnector<Outward>,
    proxies: Proxies,
    within: Duration,
    patience: Duration,
}

/// No connection in time.
#[derive(Debug, Error)]
#[error("no connection within {} s{through}", within.as_secs_f64())]
pub(crate) struct ConnectTimeout {
    within: Duration,
    /// The HTTP proxy on the way, as the end of the sentence.
    through: String,
}

impl Clients {
    /// The clients that `config` describes, and the connector that requests go over. `own` is where the
    /// proxy listens.
    ///
    /// # Errors
    ///
    /// When there are no certificates to trust.
    pub(crate) fn new(config: &Config, own: &OwnAddress) -> Result<(Self, Connector), TlsError> {
        let connector = Connector::new(config, own.clone(), true)?;
        let requests = client(connector.clone());
        let upgrades = client(Connector::new(config, own.clone(), false)?);
        Ok((Self { requests, upgrades }, connector))
    }
}

impl Connector {
    /// `own` is where the proxy listens, and is never connected to. Without `http2`, what is connected
    /// speaks HTTP/1.1.
    fn new(config: &Config, own: OwnAddress, http2: bool) -> Result<Self, TlsError> {
        let tls = tls(config.upstream_ca.as_deref())?;
        let proxies = config.upstream_proxy.clone();
        let out = Outward::new(own, proxies.clone(), tls.clone());
        let inner = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let inner = match http2 {
            true => inner.enable_all_versions().wrap_connector(out),
            false => inner.enable_http1().wrap_connector(out),
        };
        let (within, patience) = (config.timeouts.connect, config.timeouts.idle);
        Ok(Self { inner, proxies, within, patience })
    }

    /// Opens a connection to `base` and closes it again.
    pub(crate) async fn probe(&self, base: &Base) -> Result<(), BoxError> {
        self.clone().call(base.join("/")?).await.map(drop)
    }
}

impl Service<Uri> for Connector {
    type Response = Patient<<HttpsConnector<Outward> as Service<Uri>>::Response>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (within, patience, proxies) = (self.within, self.patience, self.proxies.clone());
        let connection = self.inner.call(uri.clone());
        Box::pin(async move {
            match tokio::time::timeout(within, connection).await {
                Ok(result) => result.map(|stream| Patient::new(stream, patience)),
                Err(_) => {
                    let through = match proxies.way(&uri) {
                        ProxyWay::Through(via) => format!(" through the HTTP proxy {via}"),
                        _ => String::new(),
                    };
                    Err(ConnectTimeout { within, through }.into())
                }
            }
        })
    }
}

/// A client over `connector`. Header names keep their letter case where both sides speak HTTP/1.1.
fn client(connector: Connector) -> Client {
    legacy::Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(POOL_IDLE)
        // Tried again only where nothing of the request was taken off its queue: not one byte has left.
        .retry_canceled_requests(true)
        .http1_preserve_header_case(true)
        .http2_keep_alive_interval(PING)
        .build(connector)
}

/// Whether `error`, or what it came from, is a wait that took too long.
pub(crate) fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| {
        let io = error.downcast_ref::<io::Error>();
        let proxy = error.downcast_ref::<ProxyError>();
        error.is::<ConnectTimeout>()
            || io.is_some_and(|io| io.kind() == io::ErrorKind::TimedOut)
            || proxy.is_some_and(|proxy| proxy.source.is_timeout())
    })
}

/// `error` and what it came from, in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut lines: Vec<String> = causes.map(ToString::to_string).collect();
    lines.dedup_by(|later, earlier| earlier.contains(later.as_str()));
    lines.join(": ")
}

/// Without a file: the platform's roots, and where there are none the bundled ones.
fn tls(ca: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = || {
        ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()
    };
    if let Some(path) = ca {
        return Ok(builder()?.with_root_certificates(roots(path)?).with_no_client_auth());
    }
    Ok(match builder()?.with_native_roots() {
        Ok(builder) => builder,
        Err(_) => builder()?.with_webpki_roots(),
    }
    .with_no_client_auth())
}

fn roots(path: &Path) -> Result<RootCertStore, TlsError> {
    let error = |source| TlsError::File { path: path.to_owned(), source };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(error)? {
        roots.add(certificate.map_err(error)?)?;
    }
    if roots.is_empty() { Err(TlsError::Empty(path.to_owned())) } else { Ok(roots) }
}
