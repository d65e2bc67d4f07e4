//! WebSockets: the handshake first with the upstream, then bytes both ways. On the path of
//! OpenAI's Responses, what a client asks for is rewritten like a body.
//!
//! ```text
//! client ─► frames ─► messages ─► rewrite ───► upstream     tunnel: both ways, and when they end
//! client ◄──────────────────────────────────── upstream
//!                 connection ◄─ events ◄─┘                  connection: who waits, and the records
//! ```

mod connection;
mod events;
mod frames;
mod inflate;
mod messages;
mod rewrite;
mod tunnel;

use crate::{
    body::{AnyBody, ByModel, Chunks, Pool, any},
    config::Config,
    headers::drop_hop_by_hop,
    record::Entry,
    route::{Skip, Way, off, skip},
};
use brevity::{Dialect, Settings};
use connection::Connection;
use events::Listener;
use hyper::{
    HeaderMap, Method, Request, Response, Version,
    body::Incoming,
    header::{self, HeaderName, HeaderValue},
    http::response::Parts,
    upgrade::{OnUpgrade, on},
};
use inflate::{Deflate, Inflater};
use messages::Messages;
use rewrite::Rewriter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64};
use tokio::{sync::watch, task::JoinSet};
use tunnel::{Reading, carry};

/// The name of the protocol.
const WEBSOCKET: &str = "websocket";

/// A client that asks for a WebSocket.
pub(crate) struct Handshake {
    client: OnUpgrade,
    upgrade: HeaderValue,
    path: String,
    /// Whether it is the path of Responses, and why its requests pass if they do.
    requests: Option<Requests>,
}

/// What may be done with the requests on a connection.
#[derive(Clone, Debug)]
struct Requests {
    /// Why none may be rewritten, if none may.
    skip: Option<Skip>,
    settings: Arc<Settings>,
    /// Their models may say how far to go. Where they go is settled by then.
    by_model: Option<ByModel>,
}

/// The WebSockets that are open.
pub(crate) struct Sockets {
    config: Arc<Config>,
    pool: Pool,
    ordinals: Arc<AtomicU64>,
    open: Mutex<JoinSet<()>>,
    closing: watch::Sender<bool>,
}

impl Handshake {
    /// The handshake that a request is (RFC 6455, 4.1), if it is one. Others than WebSocket, and
    /// those over HTTP/2, are not.
    pub(crate) fn of(
        request: &mut Request<Incoming>,
        way: &Way,
        config: &Arc<Config>,
    ) -> Option<Self> {
        let headers = request.headers();
        if request.method() != Method::GET
            || request.version() != Version::HTTP_11
            || !lists(headers, &header::CONNECTION, "upgrade")
            || !lists(headers, &header::UPGRADE, WEBSOCKET)
        {
            return None;
        }
        let upgrade = headers.get(header::UPGRADE)?.clone();
        let path = request.uri().path().to_owned();
        let requests = way.is_responses.then(|| Requests::of(request, way, config));
        Some(Self { client: on(request), upgrade, path, requests })
    }

    /// Puts back what asks the upstream to upgrade.
    pub(crate) fn ask(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, self.upgrade.clone());
    }
}

impl Requests {
    /// A head cannot say that messages are JSON, so only what the client asks for, and what vouches
    /// for them, counts.
    fn of(request: &Request<Incoming>, way: &Way, config: &Arc<Config>) -> Self {
        let skip = skip(&way.control, request.uri(), request.headers(), config);
        // A rule about the model of a request may still say otherwise.
        let skip = skip.or_else(|| off(&way.settings).filter(|_| !way.by_model));
        Self { skip, settings: way.settings.clone(), by_model: ByModel::of(way, config) }
    }
}

impl Sockets {
    /// WebSockets whose records are numbered by `ordinals`.
    pub(crate) fn new(config: Arc<Config>, pool: Pool, ordinals: Arc<AtomicU64>) -> Self {
        let (open, closing) = (Mutex::default(), watch::Sender::new(false));
        Self { config, pool, ordinals, open, closing }
    }

    /// The upstream has agreed: so does the proxy, and the bytes begin to move.
    pub(crate) fn accept(
        &self,
        handshake: Handshake,
        mut answer: Response<Incoming>,
        entry: Arc<Entry>,
    ) -> Response<AnyBody> {
        entry.answered(answer.status());
        entry.moved();
        let upstream = on(&mut answer);
        let (mut head, _) = answer.into_parts();
        let Handshake { client, path, requests, .. } = handshake;
        let connection = self.connection(&entry, path);
        let reading =
            requests.and_then(|requests| self.reading(requests, &head.headers, &connection));
        let (idle, closing) = (self.config.timeouts.idle, self.closing.subscribe());
        let work = async move {
            match tokio::try_join!(client, upstream) {
                Ok((client, upstream)) => {
                    carry(client, upstream, connection, reading, idle, closing).await;
                }
                Err(error) => entry.failed(&format_args!("the upgrade failed: {error}")),
            }
        };
        let mut open = self.open();
        while open.try_join_next().is_some() {}
        open.spawn(work);
        agree(&mut head);
        Response::from_parts(head, any(Chunks::default()))
    }

    /// Those on which nothing is awaited say goodbye.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Waits until all have ended. Given up, it cuts them off.
    pub(crate) async fn ended(&self) {
        let mut open = std::mem::take(&mut *self.open());
        while open.join_next().await.is_some() {}
    }

    fn connection(&self, entry: &Arc<Entry>, path: String) -> Arc<Connection> {
        let limits = self.config.settings.limits.clone();
        Arc::new(Connection::new(entry.clone(), path, self.ordinals.clone(), limits))
    }

    /// What reads along; nothing where the upstream speaks another protocol, or with extensions
    /// that the reader of frames does not know.
    fn reading(
        &self,
        requests: Requests,
        answer: &HeaderMap,
        connection: &Arc<Connection>,
    ) -> Option<Reading> {
        let deflate = Deflate::agreed(items(answer, &header::SEC_WEBSOCKET_EXTENSIONS));
        let dialect = Some(Dialect::OpenAiResponses);
        connection.entry.write(|record| (record.dialect, record.skip) = (dialect, None));
        let Some(deflate) = deflate.ok().filter(|_| lists(answer, &header::UPGRADE, WEBSOCKET))
        else {
            connection.lose_sight(Skip::Encoded);
            return None;
        };
        let settings = requests.settings;
        let limits = &settings.limits;
        let inflater = |looks_back: fn(Deflate) -> bool| deflate.map(looks_back).map(Inflater::new);
        Some(Reading {
            messages: Messages::new(inflater(|deflate| deflate.client_looks_back), limits.request),
            listener: Listener::new(
                inflater(|deflate| deflate.server_looks_back),
                limits.sse_event,
            ),
            rewriter: Rewriter {
                pool: self.pool.clone(),
                settings: settings.clone(),
                skip: requests.skip,
                by_model: requests.by_model,
                dry: self.config.dry_run,
                connection: connection.clone(),
            },
        })
    }

    fn open(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the head of the upstream's answer one of our own, which agrees to the same protocol.
fn agree(head: &mut Parts) {
    let agreed = head.headers.get(header::UPGRADE).cloned();
    head.version = Version::HTTP_11;
    drop_hop_by_hop(&mut head.headers, &[]);
    head.headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Some(agreed) = agreed {
        head.headers.insert(header::UPGRADE, agreed);
    }
}

/// Whether a header with a list of names holds `name`, in any letter case.
fn lists(headers: &HeaderMap, header: &HeaderName, name: &str) -> bool {
    items(headers, header).any(|item| item.eq_ignore_ascii_case(name))
}

fn items<'h>(headers: &'h HeaderMap, header: &HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(header).into_iter();
    values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim)
}
