//! One request up, one response down.

use crate::{
    admin,
    body::{
        Act, AnyBody, BoxError, Broken, Budget, ByModel, CameBody, Checker, Coding, CountBody,
        Fault, ObserveBody, Pool, Prepare, Tap, WatchBody, any,
    },
    config::Config,
    control::{self, Control, ControlError},
    guard::{Guard, Session},
    headers::{drop_hop_by_hop, drop_where},
    mcp::Gateway,
    record::{Break, Entry},
    route::{Plan, Skip, ToolWay, Way},
    socket::{Handshake, Sockets},
    table,
    upstream::{Client, chain, is_timeout},
};
use brevity::Dialect;
use bytes::Bytes;
use hyper::{
    Method, Request, Response, StatusCode, Uri, Version,
    body::{Body as _, Incoming},
    header::{self, HeaderValue},
    http::{request::Parts, response, uri::Authority},
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
    checker: Checker,
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
        checker: Checker,
        budget: Budget,
    ) -> Self {
        let pool = Pool::new();
        let gateways = config.mcp.iter().map(|_| Gateway::new()).collect();
        let sockets = Sockets::new(config.clone(), pool.clone(), ordinals);
        Self { config, client, http1, sockets, pool, checker, budget, guard, gateways }
    }

    /// Sends `request` to a model and returns the answer, or the proxy's own error.
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
        warn(&way.control);
        let body = match self.body(&mut head, body, &way, &entry).await {
            Ok(body) => self.watch(&head, body, &way, &entry),
            Err(broken) => return not_come(&entry, way.dialect, broken),
        };
        // Only what is posted makes a model answer.
        let posted = head.method == Method::POST;
        let uri = self.destination(&head.uri, &way, &entry);
        address(&mut head, uri);
        let mut client = &self.client;
        if let Some(handshake) = &handshake {
            handshake.ask(&mut head.headers);
            client = &self.http1;
        }
        let request = Request::from_parts(head, body);
        let answer = match self.ask(client, request, way.dialect, &entry).await? {
            Answer::Upstream(answer) => answer,
            Answer::Own(answer) => return Ok(answer),
        };
        Ok(match handshake {
            Some(handshake) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => {
                self.sockets.accept(handshake, answer, entry)
            }
            _ => self.answer(answer, posted, &way, &entry),
        })
    }

    /// The same for a tool server, whose answer is shortened.
    ///
    /// # Errors
    ///
    /// When the client is gone.
    pub(crate) async fn visit(
        &self,
        request: Request<Incoming>,
        way: ToolWay,
        entry: Arc<Entry>,
    ) -> Result<Response<AnyBody>, Fault> {
        let (mut head, body) = request.into_parts();
        warn(&way.control);
        let (act, skip) = match way.skip {
            Some(skip) => (Act::Pass, Some(skip)),
            None if self.config.dry_run => (Act::Count, Some(Skip::DryRun)),
            None => (Act::Rewrite, None),
        };
        entry.write(|record| record.skip = skip);
        // Both are in the order of the configuration.
        let visit = self.gateways[way.server].visit(&head, way.settings, act);
        let body = match self.come(body) {
            Ok(body) => CountBody::new(body, entry.clone()),
            Err(broken) => return not_come(&entry, None, broken),
        };
        let body = visit.ask(&head.headers, body);
        address(&mut head, way.uri);
        let request = Request::from_parts(head, body);
        let answer = match self.ask(&self.client, request, None, &entry).await? {
            Answer::Upstream(answer) => answer,
            Answer::Own(answer) => return Ok(answer),
        };
        let (mut head, body) = accepted(answer, &entry);
        let idle = visit.idle(self.config.timeouts.idle);
        let body = ObserveBody::new(body, None, entry.clone(), idle);
        let body = visit.answer(&mut head, body, self.pool.clone(), &entry);
        Ok(Response::from_parts(head, body))
    }

    /// Sends a request up.
    async fn ask(
        &self,
        client: &Client,
        request: Request<AnyBody>,
        dialect: Option<Dialect>,
        entry: &Entry,
    ) -> Result<Answer, Fault> {
        let upstream = request.uri().authority().cloned();
        let host = || upstream.as_ref().map_or("", Authority::as_str);
        let answer = client.request(request);
        entry.moved();
        tokio::select! {
            biased;
            answer = answer => match answer {
                Ok(answer) => Ok(Answer::Upstream(answer)),
                Err(error) if entry.broken().is_some() => {
                    given_up(entry, dialect, error.into()).map(Answer::Own)
                }
                Err(error) => Ok(Answer::Own(unreachable(host(), &error, dialect, entry))),
            },
            () = entry.silence(self.config.timeouts.idle) => {
                Ok(Answer::Own(silent(host(), dialect, entry)))
            }
        }
    }

    /// Where the request goes, its model known by now if it is to be asked.
    fn destination(&self, came: &Uri, way: &Way, entry: &Entry) -> Uri {
        let elsewhere = || {
            let model = entry.read(|record| record.model.clone())?;
            let rule = table::by_model(&self.config.routes, &model)?;
            entry.write(|record| record.route = rule.name().to_owned().into());
            let target = came.path_and_query().map_or(came.path(), |target| target.as_str());
            rule.base().join(target).ok()
        };
        let elsewhere = if way.by_model { elsewhere() } else { None };
        elsewhere.unwrap_or_else(|| way.uri.clone())
    }

    /// A client's body, within its bounds.
    fn come(&self, body: Incoming) -> Result<CameBody<Incoming>, Broken> {
        CameBody::new(body, self.config.caps.body, self.config.timeouts.body)
    }

    /// The body as it leaves, and what its head says of it.
    async fn body(
        &self,
        head: &mut Parts,
        body: Incoming,
        way: &Way,
        entry: &Arc<Entry>,
    ) -> Result<AnyBody, Broken> {
        let body = self.come(body)?;
        let Some(prepare) = self.preparation(head, way, entry) else {
            return Ok(any(CountBody::new(body, entry.clone())));
        };
        let prepared = prepare.prepare(body).await?;
        // The length may have changed.
        match prepared.body.size_hint().exact() {
            Some(len) if head.headers.contains_key(header::CONTENT_LENGTH) => {
                head.headers.insert(header::CONTENT_LENGTH, len.into());
            }
            _ => drop_where(&mut head.headers, |name| name == header::CONTENT_LENGTH),
        }
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
            by_model: way.by_model.then(|| ByModel {
                config: self.config.clone(),
                may_set_level: way.control.as_ref().is_ok_and(|control| !control.sets_level()),
            }),
            holdout: self.config.holdout,
            pool: self.pool.clone(),
            checker: self.checker.clone(),
            entry: entry.clone(),
            budget: self.budget.clone(),
        })
    }

    /// Shows what leaves to the cache guard. Nothing that leaves depends on it.
    fn watch(&self, head: &Parts, body: AnyBody, way: &Way, entry: &Arc<Entry>) -> AnyBody {
        let Some(dialect) = way.dialect.filter(|_| way.is_turn()) else { return body };
        // Whoever asks for a bypass is promised that nobody reads the body.
        let is_unread = self.config.settings.policy.stream_requests
            || way.plan == Plan::Pass(Skip::Bypassed)
            || Coding::of(&head.headers) != Ok(None);
        if is_unread {
            return body;
        }
        let session = Session::of(&head.headers);
        let (guard, pool, entry) = (self.guard.clone(), self.pool.clone(), entry.clone());
        let show = move |chunks: Vec<Bytes>| {
            tokio::spawn(async move {
                let len = chunks.iter().map(Bytes::len).sum();
                let watch = move || guard.watch(dialect, session, &chunks);
                let busts = pool.weigh(len, watch).await.unwrap_or_default();
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
        entry: &Arc<Entry>,
    ) -> Response<AnyBody> {
        let (mut head, body) = accepted(answer, entry);
        let limits = &self.config.settings.limits;
        let tap = metered.then(|| Tap::open(&head.headers, limits, entry.clone())).flatten();
        if way.control.as_ref().is_ok_and(Control::asks_saved) {
            head.headers.insert(control::SAVED, saved(entry));
        }
        let idle = self.config.timeouts.idle;
        Response::from_parts(head, any(ObserveBody::new(body, tap, entry.clone(), idle)))
    }
}

/// Who answers.
enum Answer {
    Upstream(Response<Incoming>),
    Own(Response<AnyBody>),
}

fn warn(control: &Result<Control, ControlError>) {
    if let Err(misread) = control {
        tracing::warn!("{misread}");
    }
}

/// An answer that has come, its head as the client gets it.
fn accepted(answer: Response<Incoming>, entry: &Entry) -> (response::Parts, Incoming) {
    let (mut head, body) = answer.into_parts();
    entry.answered(head.status);
    entry.moved();
    head.version = Version::HTTP_11;
    drop_hop_by_hop(&mut head.headers, &[]);
    (head, body)
}

/// What was saved in this request, as a dictionary of RFC 9651.
fn saved(entry: &Entry) -> HeaderValue {
    let (bytes, tokens) = entry.read(|record| {
        let total = &record.report.total;
        let bytes = record.bytes_in.saturating_sub(record.bytes_out);
        (bytes, total.tokens_in.saturating_sub(total.tokens_out))
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

/// What ends a request whose body did not come, for this reason.
fn not_come(
    entry: &Entry,
    dialect: Option<Dialect>,
    broken: Broken,
) -> Result<Response<AnyBody>, Fault> {
    entry.broke(&broken);
    given_up(entry, dialect, broken.into())
}

/// The same, its reason known.
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
    if matches!(status, StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT) {
        entry.upstream_failed();
    }
    entry.answered(status);
    admin::error(status, dialect, message)
}
