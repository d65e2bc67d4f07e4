//! The admin listener: it answers those who look at the proxy, apart from agents and their load.

use super::{health, json, metrics, stats};
use crate::{
    address::AdminAddress,
    body::{AnyBody, any},
    config::Config,
    stats::Stats,
    upstream::Connector,
};
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HOST, HeaderMap, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::sleep,
};

/// How many connections it serves at once. More wait.
const CONNECTIONS: usize = 32;

/// How long a connection may be without a request, and how long a head may take.
const HEAD: Duration = Duration::from_secs(75);

/// How long to wait after a failure to accept.
const PAUSE: Duration = Duration::from_millis(100);

/// Bound, and ready to answer.
pub(crate) struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

/// What there is to be seen.
pub(crate) struct Seen {
    pub(crate) config: Arc<Config>,
    pub(crate) connector: Connector,
    pub(crate) stats: Arc<Stats>,
}

/// An open listener. It closes when this is dropped.
pub(crate) struct Opened {
    /// Dropped, it ends them.
    _tasks: JoinSet<()>,
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

impl Listener {
    /// Binds where `config` says, if anywhere.
    ///
    /// # Errors
    ///
    /// When an address that was asked for cannot be had. The one beside the proxy need not be.
    pub(crate) async fn bind(config: &Config) -> Result<Option<Self>, AdminError> {
        let Some(address) = config.admin.beside(config.listen) else { return Ok(None) };
        let bound = TcpListener::bind(address).await;
        let own = |listener: TcpListener| Ok(Self { address: listener.local_addr()?, listener });
        match bound.and_then(own).map_err(|why| AdminError { address, why }) {
            Err(error) if config.admin == AdminAddress::Beside => {
                tracing::warn!("{error}");
                Ok(None)
            }
            bound => bound.map(Some),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers what is asked.
    pub(crate) fn open(self, seen: Seen) -> Opened {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.run(Arc::new(seen)));
        Opened { _tasks: tasks }
    }

    async fn run(self, seen: Arc<Seen>) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let is_local = self.address.ip().is_loopback();
        let mut connections = JoinSet::new();
        // The places are never closed.
        while let Ok(place) = places.clone().acquire_owned().await {
            while connections.try_join_next().is_some() {}
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let seen = seen.clone();
                    connections.spawn(async move {
                        serve(stream, &seen, is_local).await;
                        drop(place);
                    });
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }
}

async fn serve(stream: TcpStream, seen: &Seen, is_local: bool) {
    let service =
        service_fn(
            |request| async move { Ok::<_, Infallible>(answer(&request, seen, is_local).await) },
        );
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: &Request<Incoming>, seen: &Seen, is_local: bool) -> Response<AnyBody> {
    if is_local && !is_own_name(request.headers()) {
        return text(StatusCode::FORBIDDEN, "ask for it by its address, or as localhost\n");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return text(StatusCode::METHOD_NOT_ALLOWED, "there is only GET and HEAD\n");
    }
    match request.uri().path() {
        "/metrics" => metrics::answer(&seen.stats),
        "/stats" => stats(&seen.stats),
        "/healthz" => health::report(&seen.stats),
        "/healthz/upstream" => health::upstreams(&seen.config, &seen.connector).await,
        "/readyz" => health::ready(&seen.stats),
        _ => text(
            StatusCode::NOT_FOUND,
            "there is /metrics, /stats, /healthz, /healthz/upstream and /readyz\n",
        ),
    }
}

/// Whether a request names this machine as nobody else's name can: a page that a browser shows could
/// else have its own name lead here, and read what is answered.
fn is_own_name(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST) else { return true };
    let Ok(authority) = host.to_str().unwrap_or_default().parse::<hyper::http::uri::Authority>()
    else {
        return false;
    };
    let name = authority.host().trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok()
}

fn text(status: StatusCode, text: &'static str) -> Response<AnyBody> {
    let mut response = json(status, String::new());
    *response.body_mut() = any(Full::from(text));
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_asked_for_must_be_had_and_what_was_not_need_not() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let mut config = Config { admin: AdminAddress::At(address), ..Config::default() };
        let error = Listener::bind(&config).await.map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("--admin"), "{error}");
        config.admin = AdminAddress::Beside;
        config.listen = SocketAddr::new(address.ip(), address.port() - 1);
        assert!(Listener::bind(&config).await.unwrap().is_none());
        config.admin = AdminAddress::Off;
        assert!(Listener::bind(&config).await.unwrap().is_none());
    }

    #[test]
    fn names_that_anybody_can_have_are_refused() {
        let own = |host: &str| {
            let headers = [(HOST, host.parse().unwrap())].into_iter().collect();
            is_own_name(&headers)
        };
        for host in ["127.0.0.1:2739", "localhost", "LOCALHOST:1", "[::1]:2739", "10.0.0.1"] {
            assert!(own(host), "{host}");
        }
        for host in ["example.com", "localhost.example.com:2739", "", "127.0.0.1.example"] {
            assert!(!own(host), "{host}");
        }
        assert!(is_own_name(&HeaderMap::new()));
    }
}
