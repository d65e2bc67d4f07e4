//! Accepts connections, serves them, and drains them at the end.

mod busy;

use crate::{
    admin,
    body::{AnyBody, Checker, Fault},
    config::{Config, ConfigError},
    forward::Forwarder,
    guard::{Bounds, Guard},
    record::{ClientId, Entry, Record, Recorder, trace_id},
    route::{Route, route},
    stats::Stats,
    upstream::{self, Connector, TlsError},
    vitals::Vitals,
};
use brevity::Dialect;
use busy::Busy;
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::{self, UpgradeableConnection},
};
use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

/// How long to wait after a failure to accept, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a connection without requests may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// How often an HTTP/2 client is asked whether it still lives.
const PING: Duration = Duration::from_secs(30);

/// A proxy that is bound to its port, ready to run.
pub struct Server {
    listener: TcpListener,
    admin: Option<admin::Listener>,
    shared: Arc<Shared>,
}

/// Why the proxy cannot start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Somebody else listens there.
    #[error(
        "{0} is in use, perhaps by another Brevity; stop that one, or choose a port with --listen"
    )]
    PortInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another address with --listen")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The configuration makes no sense as a whole.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The upstream is the proxy itself.
    #[error("the upstream {0} is where this proxy listens; name the API's own address")]
    Loop(String),
    /// Nobody can look at it.
    #[error(transparent)]
    Admin(#[from] admin::AdminError),
    /// No client towards the upstream can be made.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

struct Shared {
    config: Arc<Config>,
    connector: Connector,
    forwarder: Forwarder,
    stats: Arc<Stats>,
    requests: Arc<AtomicU64>,
}

impl Server {
    /// Checks `config` and binds its port. Each request's record goes to `recorder`.
    ///
    /// # Errors
    ///
    /// When the configuration makes no sense, or the port cannot be had.
    pub async fn bind(config: Config, recorder: Arc<dyn Recorder>) -> Result<Self, ServeError> {
        config.check()?;
        let address = config.listen;
        let is_own =
            |base: &&crate::base::Base| address.port() != 0 && base.is_local_port(address.port());
        if let Some(base) = config.bases().into_iter().find(is_own) {
            return Err(ServeError::Loop(base.to_string()));
        }
        let own = upstream::Own::default();
        let connector = Connector::new(&config, own.clone())?;
        let config = Arc::new(config);
        let requests = Arc::new(AtomicU64::new(0));
        let guard = Arc::new(Guard::new(Bounds::default(), config.settings.limits.json_depth));
        let client = upstream::client(connector.clone());
        let http1 = upstream::client(Connector::http1(&config, own.clone())?);
        let vitals = Arc::new(Vitals::default());
        let checker = Checker::new(config.check_one_in, vitals.clone());
        let forwarder =
            Forwarder::new(config.clone(), client, http1, guard.clone(), requests.clone(), checker);
        let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => ServeError::PortInUse(address),
            _ => ServeError::Bind { address, source },
        })?;
        let _ = own.set(listener.local_addr().unwrap_or(address));
        let admin = admin::Listener::bind(&config).await?;
        let stats = Arc::new(Stats::new(&config, guard, vitals, recorder));
        let shared = Arc::new(Shared { config, connector, forwarder, stats, requests });
        Ok(Self { listener, admin, shared })
    }

    /// Where the proxy listens.
    ///
    /// # Errors
    ///
    /// When the system does not know.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where it can be looked at, if it can.
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(admin::Listener::address)
    }

    /// Serves until `shutdown` is ready, then lets requests that are on their way finish, within
    /// [`Timeouts::drain`](crate::Timeouts). Connections without requests close at once.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { listener, admin, shared } = self;
        // It answers until the last request is over.
        let _admin = admin.map(|admin| shared.open(admin));
        let (drain, draining) = watch::channel(());
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => {}
                stream = accept(&listener) => {
                    connections.spawn(serve(stream, shared.clone(), draining.clone()));
                }
            }
        }
        shared.stats.vitals().drain();
        drop(listener);
        let _ = drain.send(());
        let sockets = &shared.forwarder.sockets;
        sockets.close();
        let all = async {
            while connections.join_next().await.is_some() {}
            sockets.ended().await;
        };
        if timeout(shared.config.timeouts.drain, all).await.is_err() {
            tracing::warn!("requests were cut off: they did not finish in time");
        }
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::warn!("cannot accept a connection: {error}");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves one connection to its end.
async fn serve(stream: TcpStream, shared: Arc<Shared>, draining: watch::Receiver<()>) {
    // Without it, small frames wait for the client's acknowledgements.
    let _ = stream.set_nodelay(true);
    let _open = shared.stats.vitals().connections.open();
    let head = shared.config.timeouts.head;
    let busy = Busy::default();
    let service = service_fn(|request| {
        let (shared, guard) = (shared.clone(), busy.start());
        async move { shared.serve(request, guard).await }
    });
    let builder = builder(head);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    watch_over(connection, &busy, head, draining).await;
}

fn builder(head: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).preserve_header_case(true);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(PING).adaptive_window(true);
    builder
}

/// Runs a connection until it ends, is without requests for `idle`, or the proxy stops.
async fn watch_over<S>(
    connection: UpgradeableConnection<'_, TokioIo<TcpStream>, S, TokioExecutor>,
    busy: &Busy,
    idle: Duration,
    mut draining: watch::Receiver<()>,
) where
    S: Service<Request<Incoming>, Response = Response<AnyBody>, Error = Fault>,
    S::Future: Send + 'static,
{
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = busy.idle_for(idle) => {}
        _ = draining.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = connection => {}
        () = busy.idle_for(GOODBYE) => {}
    }
}

/// What a request is counted as.
struct Named {
    route: String,
    dialect: Option<Dialect>,
    /// Whether it is a turn of a conversation.
    turn: bool,
}

/// An answer that carries the client's own name for its request.
fn answered(id: Option<ClientId>, mut answer: Response<AnyBody>) -> Response<AnyBody> {
    if let Some(id) = id {
        id.answer(&mut answer);
    }
    answer
}

impl Shared {
    async fn serve(
        &self,
        request: Request<Incoming>,
        guard: busy::Guard,
    ) -> Result<Response<AnyBody>, Fault> {
        let (mut head, body) = request.into_parts();
        let route = route(&mut head, &self.config);
        let request = Request::from_parts(head, body);
        Ok(match route {
            Route::Health => admin::health(),
            Route::Upstreams => admin::upstreams(&self.config, &self.connector).await,
            Route::Stats => admin::stats(&self.stats),
            Route::Refused(why) => admin::error(StatusCode::BAD_REQUEST, None, why),
            Route::Model(way) => {
                let named =
                    Named { route: way.name.clone(), dialect: way.dialect, turn: way.is_turn() };
                let (entry, id) = self.entry(&request, named, guard);
                answered(id, self.forwarder.forward(request, way, entry).await?)
            }
            Route::Tool(way) => {
                let named = Named { route: way.name.clone(), dialect: None, turn: false };
                let (entry, id) = self.entry(&request, named, guard);
                answered(id, self.forwarder.visit(request, way, entry).await?)
            }
        })
    }

    /// The record of a request that goes on, named as its client does, or else so that no other one
    /// has the name.
    fn entry(
        &self,
        request: &Request<Incoming>,
        named: Named,
        guard: busy::Guard,
    ) -> (Arc<Entry>, Option<ClientId>) {
        let ordinal = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let path = request.uri().path().to_owned();
        let mut record = Record::new(ordinal, request.method().clone(), path);
        (record.dialect, record.route, record.turn) = (named.dialect, named.route, named.turn);
        let id = ClientId::of(request.headers());
        let own = || format!("{:08x}-{ordinal}", self.stats.vitals().run);
        record.id = id.as_ref().map_or_else(own, ClientId::text);
        record.trace = trace_id(request.headers());
        let busy = (guard, self.stats.vitals().requests.open());
        (Entry::new(record, self.stats.clone(), busy), id)
    }

    /// Lets `admin` be asked until what this gives is dropped.
    fn open(&self, admin: admin::Listener) -> admin::Opened {
        let (config, connector) = (self.config.clone(), self.connector.clone());
        admin.open(admin::Seen { config, connector, stats: self.stats.clone() })
    }
}
