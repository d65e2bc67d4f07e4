//! One request up, one response down.

use crate::{
    admin,
    body::{
        AnyBody, BoxError, CompressBody, CountBody, Engine, Fault, ObserveBody, Pool, Prepared,
        Rewrite, Tap, any, prepare,
    },
    config::Config,
    headers::drop_hop_by_hop,
    record::Entry,
    route::{Plan, Way},
    socket::{Handshake, Sockets},
    upstream::{Client, chain, is_timeout},
};
use brevity::{Dialect, Settings};
use hyper::{
    Method, Request, Response, StatusCode, Version,
    body::{Body as _, Incoming},
    header,
    http::request::Parts,
};
use std::sync::{Arc, atomic::AtomicU64};

/// What forwarding needs, shared by all requests.
pub(crate) struct Forwarder {
    config: Arc<Config>,
    client: Client,
    /// For upgrades.
    http1: Client,
    pub(crate) sockets: Sockets,
    pool: Pool,
    /// The configured settings, for a body that is known not to be held whole.
    streamed: Arc<Settings>,
}

impl Forwarder {
    /// With a client for requests, and one over HTTP/1.1 for upgrades; `ordinals` number what
    /// WebSockets ask for.
    pub(crate) fn new(
        config: Arc<Config>,
        client: Client,
        http1: Client,
        ordinals: Arc<AtomicU64>,
    ) -> Self {
        let mut streamed = (*config.settings).clone();
        streamed.policy.stream_requests = true;
        let pool = Pool::new();
        let sockets = Sockets::new(config.clone(), pool.clone(), ordinals);
        Self { config, client, http1, sockets, pool, streamed: Arc::new(streamed) }
    }

    /// Sends `request` on its way and returns the answer, or the proxy's own error.
    ///
    /// # Errors
    ///
    /// When the client is gone, so that nobody is left to answer.
    pub(crate) async fn forward(
        &self,
        mut request: Request<Incoming>,
        way: Way,
        entry: Arc<Entry>,
    ) -> Result<Response<AnyBody>, Fault> {
        let handshake = Handshake::of(&mut request, &self.config);
        let (mut head, body) = request.into_parts();
        let body = match self.body(&mut head, body, way.plan, &entry).await {
            Ok(body) => body,
            Err(error) => return Err(fail(&entry, error)),
        };
        let Way { uri, dialect, .. } = way;
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        // Only what is posted makes a model answer.
        let posted = head.method == Method::POST;
        address(&mut head, uri);
        let mut client = &self.client;
        if let Some(handshake) = &handshake {
            handshake.ask(&mut head.headers);
            client = &self.http1;
        }
        let answer = client.request(Request::from_parts(head, body));
        let idle = self.config.timeouts.idle;
        entry.moved();
        tokio::select! {
            biased;
            answer = answer => match answer {
                Ok(answer) => Ok(match handshake {
                    Some(handshake) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => {
                        self.sockets.accept(handshake, answer, entry.clone())
                    }
                    _ => self.answer(answer, posted, &entry),
                }),
                Err(error) if entry.has_left() => Err(Fault(error.into())),
                Err(error) => Ok(unreachable(&host, &error, dialect, &entry)),
            },
            () = entry.silence(idle) => Ok(silent(&host, dialect, &entry)),
        }
    }

    /// The body as it leaves, and what its head says of it.
    async fn body(
        &self,
        head: &mut Parts,
        body: Incoming,
        plan: Plan,
        entry: &Arc<Entry>,
    ) -> Result<AnyBody, BoxError> {
        let dialect = match plan {
            Plan::Rewrite(dialect) => dialect,
            Plan::Pass(skip) => {
                entry.write(|record| record.skip = Some(skip));
                return Ok(any(CountBody::new(body, entry.clone())));
            }
        };
        // The length may change. The client's connection writes the one that is true.
        head.headers.remove(header::CONTENT_LENGTH);
        Ok(match self.rewrite(dialect, body, entry.clone()).await? {
            Prepared::Whole(body) => any(body),
            Prepared::Streamed(body) => any(*body),
        })
    }

    async fn rewrite(
        &self,
        dialect: Dialect,
        body: Incoming,
        entry: Arc<Entry>,
    ) -> Result<Prepared<Incoming>, BoxError> {
        let settings = &self.config.settings;
        let limit = settings.limits.request as u64;
        let pool = self.pool.clone();
        if settings.policy.stream_requests || body.size_hint().lower() > limit {
            let engine = Engine::new(dialect, self.streamed.clone());
            let body = CompressBody::new(body, engine, pool, entry);
            return Ok(Prepared::Streamed(Box::new(body)));
        }
        let engine = Engine::new(dialect, settings.clone());
        let idle = self.config.timeouts.idle;
        Ok(prepare(body, Rewrite { engine, pool, entry, limit, idle }).await?)
    }

    fn answer(
        &self,
        answer: Response<Incoming>,
        metered: bool,
        entry: &Arc<Entry>,
    ) -> Response<AnyBody> {
        let (mut head, body) = answer.into_parts();
        entry.answered(head.status);
        entry.moved();
        let limits = &self.config.settings.limits;
        let tap = metered.then(|| Tap::open(&head.headers, limits, entry.clone())).flatten();
        head.version = Version::HTTP_11;
        drop_hop_by_hop(&mut head.headers, &[]);
        let idle = self.config.timeouts.idle;
        Response::from_parts(head, any(ObserveBody::new(body, tap, entry.clone(), idle)))
    }
}

/// The head as the upstream gets it. `host` follows from the address; `expect` was answered by our
/// own server.
fn address(head: &mut Parts, uri: hyper::Uri) {
    head.uri = uri;
    head.version = Version::HTTP_11;
    drop_hop_by_hop(&mut head.headers, &[header::HOST, header::EXPECT]);
}

fn fail(entry: &Entry, error: BoxError) -> Fault {
    entry.failed(&error);
    Fault(error)
}

fn unreachable(
    host: &str,
    error: &hyper_util::client::legacy::Error,
    dialect: Option<Dialect>,
    entry: &Entry,
) -> Response<AnyBody> {
    let cause = chain(error);
    let (status, what) = match error.is_connect() {
        true if is_timeout(error) => (StatusCode::GATEWAY_TIMEOUT, "did not accept a connection"),
        true => (StatusCode::BAD_GATEWAY, "cannot be reached"),
        false => (StatusCode::BAD_GATEWAY, "closed the connection without an answer"),
    };
    let advice = "check the network and --upstream, or ask /healthz/upstream";
    own(status, dialect, entry, &format!("the upstream {host} {what} ({cause}); {advice}"))
}

fn silent(host: &str, dialect: Option<Dialect>, entry: &Entry) -> Response<AnyBody> {
    let message = format!("the upstream {host} sent nothing for too long; try again");
    own(StatusCode::GATEWAY_TIMEOUT, dialect, entry, &message)
}

fn own(
    status: StatusCode,
    dialect: Option<Dialect>,
    entry: &Entry,
    message: &str,
) -> Response<AnyBody> {
    entry.failed(&message);
    entry.answered(status);
    admin::error(status, dialect, message)
}
