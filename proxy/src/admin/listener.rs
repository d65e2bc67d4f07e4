//! The admin listener: it answers those who look at the proxy, apart from agents and their load.

use super::{error::challenge, health, json, metrics, stats};
use crate::{
    address::AdminAddress,
    body::{AnyBody, any},
    config::Config,
    door::{Door, Shut, Token},
    stats::Stats,
    upstream::Connector,
};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue},
    http::request::Parts,
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
    door: Door,
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
    pub(crate) async fn bind(
        config: &Config,
        token: Option<&Token>,
    ) -> Result<Option<Self>, AdminError> {
        let Some(address) = config.admin.beside(&config.listen) else { return Ok(None) };
        let bound = TcpListener::bind(address).await;
        let own = |listener: TcpListener| {
            let address = listener.local_addr()?;
            Ok(Self { listener, address, door: Door::of_admin(config, address, token) })
        };
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
        let door = Arc::new(self.door);
        let mut connections = JoinSet::new();
        // The places are never closed.
        while let Ok(place) = places.clone().acquire_owned().await {
            while connections.try_join_next().is_some() {}
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let (seen, door) = (seen.clone(), door.clone());
                    connections.spawn(async move {
                        serve(stream, &seen, &door).await;
                        drop(place);
                    });
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }
}

async fn serve(stream: TcpStream, seen: &Seen, door: &Door) {
    let service = service_fn(|request: Request<Incoming>| async move {
        let mut head = request.into_parts().0;
        Ok::<_, Infallible>(match door.admit(&mut head) {
            Ok(()) => answer(&head, seen).await,
            Err(shut) => turned_away(&shut),
        })
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(head: &Parts, seen: &Seen) -> Response<AnyBody> {
    if !matches!(head.method, Method::GET | Method::HEAD) {
        return text(StatusCode::METHOD_NOT_ALLOWED, "there is only GET and HEAD\n");
    }
    match head.uri.path() {
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

fn turned_away(shut: &Shut) -> Response<AnyBody> {
    let mut response = text(shut.status(), format!("{shut}\n"));
    challenge(&mut response);
    response
}

fn text(status: StatusCode, text: impl Into<Bytes>) -> Response<AnyBody> {
    let mut response = json(status, String::new());
    *response.body_mut() = any(Full::new(text.into()));
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
        let error = Listener::bind(&config, None).await.map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("--admin"), "{error}");
        config.admin = AdminAddress::Beside;
        config.listen = SocketAddr::new(address.ip(), address.port() - 1).into();
        assert!(Listener::bind(&config, None).await.unwrap().is_none());
        config.admin = AdminAddress::Off;
        assert!(Listener::bind(&config, None).await.unwrap().is_none());
    }
}
