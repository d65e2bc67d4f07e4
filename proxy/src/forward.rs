//! One request up, one response down.

use crate::{
    admin,
    body::{
        AnyBody, BoxError, CompressBody, CountBody, Engine, Fault, ObserveBody, Pool, Prepared,
        Rewrite, Tap, any, prepare,
    },
    config::Config,
    headers::drop_hop_by_hop,
    mcp::{Gateway, Visit},
    record::Entry,
    route::{Plan, Way},
    upstream::{Client, chain, is_timeout},
};
use brevity::{Dialect, Settings};
use hyper::{
    Method, Request, Response, StatusCode, Version,
    body::{Body as _, Incoming},
    header,
    http::request::Parts,
};
use std::sync::Arc;

/// What forwarding needs, shared by all requests.
pub(crate) struct Forwarder {
    config: Arc<Config>,
    client: Client,
    pool: Pool,
    /// The tool servers, in the order of their routes.
    gateways: Vec<Gateway>,
    /// The configured settings, for a body that is known not to be held whole.
    streamed: Arc<Settings>,
}

impl Forwarder {
    pub(crate) fn new(config: Arc<Config>, client: Client) -> Self {
        let mut streamed = (*config.settings).clone();
        streamed.policy.stream_requests = true;
        let gateway = |_: &_| Gateway::new(Arc::clone(&config.settings));
        let gateways = config.mcp.iter().map(gateway).collect();
        Self { config, client, pool: Pool::new(), gateways, streamed: Arc::new(streamed) }
    }

    /// Sends `request` on its way and returns the answer, or the proxy's own error.
    ///
    /// # Errors
    ///
    /// When the client is gone, so that nobody is left to answer.
    pub(crate) async fn forward(
        &self,
        request: Request<Incoming>,
        way: Way,
        entry: Arc<Entry>,
    ) -> Result<Response<AnyBody>, Fault> {
        let (mut head, body) = request.into_parts();
        let visit = match way.plan {
            Plan::Mcp(server) => {
                let settings = &self.config.settings;
                self.gateways.get(server).map(|gateway| gateway.visit(&head, settings))
            }
            Plan::Rewrite(_) | Plan::Pass(_) => None,
        };
        let body = match &visit {
            Some(visit) => Ok(visit.ask(&head.headers, CountBody::new(body, entry.clone()))),
            None => self.body(&mut head, body, way.plan, &entry).await,
        };
        let body = match body {
            Ok(body) => body,
            Err(error) => return Err(fail(&entry, error)),
        };
        let Way { uri, dialect, .. } = way;
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        // Only what is posted makes a model answer.
        let posted = head.method == Method::POST;
        address(&mut head, uri);
        let answer = self.client.request(Request::from_parts(head, body));
        let idle = self.config.timeouts.idle;
        entry.moved();
        tokio::select! {
            biased;
            answer = answer => match answer {
                Ok(answer) => Ok(self.answer(answer, posted, visit, &entry)),
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
            Plan::Mcp(_) => return Ok(any(CountBody::new(body, entry.clone()))),
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
        visit: Option<Visit>,
        entry: &Arc<Entry>,
    ) -> Response<AnyBody> {
        let (mut head, body) = answer.into_parts();
        entry.answered(head.status);
        entry.moved();
        let limits = &self.config.settings.limits;
        let metered = metered && visit.is_none();
        let tap = metered.then(|| Tap::open(&head.headers, limits, entry.clone())).flatten();
        head.version = Version::HTTP_11;
        drop_hop_by_hop(&mut head.headers, &[]);
        let idle = self.config.timeouts.idle;
        let idle = visit.as_ref().map_or(idle, |visit| visit.idle(idle));
        let body = ObserveBody::new(body, tap, entry.clone(), idle);
        let body = match visit {
            Some(visit) => visit.answer(&mut head, body, self.pool.clone(), entry),
            None => any(body),
        };
        Response::from_parts(head, body)
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
