//! One request up, one response down: here to a model, in [`visit`] to a tool server.

mod own;
mod up;
mod visit;

use crate::{
    body::{
        Act, AnyBody, Broken, ByModel, Coding, CountBody, Fault, Means, ObserveBody, Prepare, Tap,
        WatchBody, any,
    },
    config::Config,
    control::{self, Control},
    guard::{Guard, Session},
    headers::drop_where,
    mcp::Gateway,
    record::Entry,
    route::{Plan, Skip, Way},
    socket::{Handshake, Sockets},
    table,
    upstream::Clients,
};
use bytes::Bytes;
use hyper::{
    Method, Request, Response, StatusCode, Uri,
    body::{Body as _, Incoming},
    header::{self, HeaderValue},
    http::request::Parts,
};
use own::Asker;
use std::sync::{Arc, atomic::AtomicU64};
use up::{Answer, accepted, address, warn};

/// What forwarding needs, shared by all requests.
pub(crate) struct Forwarder {
    config: Arc<Config>,
    clients: Clients,
    means: Means,
    pub(crate) sockets: Sockets,
    guard: Arc<Guard>,
    /// The tool servers, in the order of their routes.
    gateways: Vec<Gateway>,
}

impl Forwarder {
    /// `ordinals` number what WebSockets ask for, and `guard` is shown what leaves.
    pub(crate) fn new(
        config: Arc<Config>,
        clients: Clients,
        means: Means,
        guard: Arc<Guard>,
        ordinals: Arc<AtomicU64>,
    ) -> Self {
        let gateways = config.mcp.iter().map(|_| Gateway::new()).collect();
        let sockets = Sockets::new(config.clone(), means.pool.clone(), ordinals);
        Self { config, clients, means, sockets, guard, gateways }
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
        let asker = Asker { entry: &entry, dialect: way.dialect };
        warn(&way.control);
        let body = match self.body(&mut head, body, &way, &entry).await {
            Ok(body) => self.watch(&head, body, &way, &entry),
            Err(broken) => return asker.not_come(broken),
        };
        // Only what is posted makes a model answer.
        let posted = head.method == Method::POST;
        let uri = self.destination(&head.uri, &way, &entry);
        address(&mut head, uri);
        let mut client = &self.clients.requests;
        if let Some(handshake) = &handshake {
            handshake.ask(&mut head.headers);
            client = &self.clients.upgrades;
        }
        let request = Request::from_parts(head, body);
        let answer = match self.ask(client, request, asker).await? {
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
            by_model: ByModel::of(way, &self.config),
            holdout: self.config.holdout,
            means: self.means.clone(),
            entry: entry.clone(),
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
        let (guard, pool, entry) = (self.guard.clone(), self.means.pool.clone(), entry.clone());
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
        any(WatchBody::new(body, limit, self.means.budget.clone(), Box::new(show)))
    }

    /// The answer as the client gets it.
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
