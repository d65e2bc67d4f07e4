//! One request up, one response down.

use crate::{
    admin,
    body::{
        Act, AnyBody, BoxError, Broken, Budget, CameBody, Coding, CountBody, Fault, ObserveBody,
        Pool, Prepare, Tap, WatchBody, any,
    },
    config::Config,
    control,
    guard::{Guard, Session},
    headers::{drop_hop_by_hop, drop_where},
    mcp::{Gateway, Visit},
    record::{Break, Entry},
    route::{Plan, Way},
    socket::{Handshake, Sockets},
    table,
    upstream::{Client, chain, is_timeout},
};
use brevity::{Dialect, Level};
use hyper::{
    Method, Request, Response, StatusCode, Uri, Version,
    body::Incoming,
    header::{self, HeaderValue},
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
    budget: Budget,
    guard: Arc<Guard>,
    /// The tool servers, in the order of their routes.
    gateways: Vec<Gateway>,
}

impl Forwarder {
    /// With a client for requests, and one over HTTP/1.1 for upgrades; `ordinals` number what
    /// WebSockets ask for.
    pub(crate) fn new(
        config: Arc<Config>,
        client: Client,
        http1: Client,
        guard: Arc<Guard>,
        ordinals: Arc<AtomicU64>,
        budget: Budget,
    ) -> Self {
        let pool = Pool::new();
        let gateway = |_: &_| Gateway::new(Arc::clone(&config.settings));
        let gateways = config.mcp.iter().map(gateway).collect();
        let sockets = Sockets::new(config.clone(), pool.clone(), ordinals);
        Self { config, client, http1, sockets, pool, budget, guard, gateways }
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
        let handshake = Handshake::of(&mut request, &way, &self.config);
        let (mut head, body) = request.into_parts();
        if let Err(misread) = &way.control {
            tracing::warn!("{misread}");
        }
        let visit = self.visit(&head, &way);
        let body = match self.body(&mut head, body, &way, &entry).await {
            Ok(body) => match &visit {
                Some(visit) => visit.ask(&head.headers, body),
                None => self.watch(&head, body, &way, &entry),
            },
            Err(broken) => {
                entry.broke(&broken);
                return given_up(&entry, way.dialect, broken.into());
            }
        };
        let (uri, dialect) = (self.destination(&way, &entry), way.dialect);
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
                    _ => self.answer(answer, posted, &way, visit, &entry),
                }),
                Err(error) if entry.broken().is_some() => given_up(&entry, dialect, error.into()),
                Err(error) => Ok(unreachable(&host, &error, dialect, &entry)),
            },
            () = entry.silence(idle) => Ok(silent(&host, dialect, &entry)),
        }
    }

    /// What a tool server is asked. Where nothing may be rewritten, its answer is read all the same,
    /// and counted.
    fn visit(&self, head: &Parts, way: &Way) -> Option<Visit> {
        let Plan::Mcp(server) = way.plan else { return None };
        let mut settings = way.settings.clone();
        if self.config.dry_run || way.control.as_ref().map_or(true, |control| control.bypass) {
            Arc::make_mut(&mut settings).policy.level = Level::Off;
        }
        Some(self.gateways.get(server)?.visit(head, &settings))
    }

    /// Where the request goes, its model known by now if it is to be asked.
    fn destination(&self, way: &Way, entry: &Entry) -> Uri {
        let mut model = None;
        if way.by_model {
            entry.write(|record| model.clone_from(&record.model));
        }
        let rule = model.and_then(|model| table::by_model(&self.config.routes, &model));
        let elsewhere = rule.and_then(|rule| rule.base().join(&way.target).ok());
        elsewhere.unwrap_or_else(|| way.uri.clone())
    }

    /// The body as it leaves, and what its head says of it.
    async fn body(
        &self,
        head: &mut Parts,
        body: Incoming,
        way: &Way,
        entry: &Arc<Entry>,
    ) -> Result<AnyBody, Broken> {
        let body = CameBody::new(body, self.config.caps.body, self.config.timeouts.body)?;
        let Some(prepare) = self.preparation(head, way, entry) else {
            return Ok(any(CountBody::new(body, entry.clone())));
        };
        // The length may change. The client's connection writes the one that is true.
        head.headers.remove(header::CONTENT_LENGTH);
        let prepared = prepare.prepare(body).await?;
        if prepared.decoded {
            drop_where(&mut head.headers, |name| name == header::CONTENT_ENCODING);
        }
        Ok(prepared.body)
    }

    /// What is to be done with the body, unless it just passes.
    fn preparation(&self, head: &Parts, way: &Way, entry: &Arc<Entry>) -> Option<Prepare> {
        let (act, coding) = match way.plan {
            Plan::Rewrite(coding) if self.config.dry_run => (Act::Count, coding),
            Plan::Rewrite(coding) => (Act::Rewrite, coding),
            Plan::Mcp(_) => return None,
            Plan::Pass(skip) => {
                entry.write(|record| record.skip = Some(skip));
                (Act::Pass, Coding::of(&head.headers).ok().filter(|_| way.by_model)?)
            }
        };
        Some(Prepare {
            dialect: way.dialect?,
            coding,
            settings: way.settings.clone(),
            act,
            learns_model: way.by_model,
            holdout: self.config.holdout,
            pool: self.pool.clone(),
            entry: entry.clone(),
            budget: self.budget.clone(),
        })
    }

    /// Shows what leaves to the cache guard. Nothing that leaves depends on it.
    fn watch(&self, head: &Parts, body: AnyBody, way: &Way, entry: &Arc<Entry>) -> AnyBody {
        let Some(dialect) = way.dialect.filter(|_| way.is_turn()) else { return body };
        if self.config.settings.policy.stream_requests || Coding::of(&head.headers) != Ok(None) {
            return body;
        }
        let session = Session::of(&head.headers);
        let (guard, pool, entry) = (self.guard.clone(), self.pool.clone(), entry.clone());
        let show = move |chunks: Vec<_>| {
            tokio::spawn(async move {
                let watch = move || guard.watch(dialect, session, &chunks);
                let busts = pool.spawn(watch).await.unwrap_or_default();
                entry
                    .write(|record| record.busts = busts.iter().map(ToString::to_string).collect());
            });
        };
        let limit = self.config.settings.limits.request;
        any(WatchBody::new(body, limit, self.budget.clone(), Box::new(show)))
    }

    fn answer(
        &self,
        answer: Response<Incoming>,
        metered: bool,
        way: &Way,
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
        if way.control.as_ref().is_ok_and(|control| control.saved) {
            head.headers.insert(control::SAVED, saved(entry));
        }
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

/// What was saved in this request, as a dictionary of RFC 9651.
fn saved(entry: &Entry) -> HeaderValue {
    let (mut bytes, mut tokens) = (0, 0);
    entry.write(|record| {
        bytes = record.bytes_in.saturating_sub(record.bytes_out);
        let total = &record.report.total;
        tokens = total.tokens_in.saturating_sub(total.tokens_out);
    });
    HeaderValue::try_from(format!("bytes={bytes}, tokens={tokens}"))
        .unwrap_or(HeaderValue::from_static(""))
}

/// The head as the upstream gets it. `host` follows from the address; `expect` was answered by our
/// own server.
fn address(head: &mut Parts, uri: hyper::Uri) {
    head.uri = uri;
    head.version = Version::HTTP_11;
    drop_hop_by_hop(&mut head.headers, &[header::HOST, header::EXPECT]);
}

/// What ends a request whose body did not come.
fn given_up(
    entry: &Entry,
    dialect: Option<Dialect>,
    error: BoxError,
) -> Result<Response<AnyBody>, Fault> {
    match entry.broken() {
        Some(Break::Refused(status, why)) => Ok(own(status, dialect, entry, &why)),
        _ => Err(Fault(error)),
    }
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
        false if is_timeout(error) => (StatusCode::GATEWAY_TIMEOUT, "took nothing for too long"),
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
