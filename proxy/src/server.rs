//! Accepts connections, serves them, and drains them at the end.

mod answer;
mod busy;
mod entrance;
mod framing;
mod limits;
mod load;
mod refusal;
mod signs;
mod streams;
mod turn;
mod wire;

pub use load::Load;

use crate::{
    admin,
    body::{Budget, Checker, Fault, Means, Pool},
    config::{Config, ConfigError, Timeouts},
    door::{Door, Token, TokenError},
    forward::Forwarder,
    guard::{Bounds, Guard},
    listen::Listen,
    record::Recorder,
    stats::Stats,
    upstream::{self, Clients, Connector, TlsError},
    vitals::Vitals,
};
use entrance::{Entrance, Stream};
use hyper::{
    Request, Response,
    body::Incoming,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, server::conn::auto::UpgradeableConnection};
use load::Peer;
use signs::Signs;
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    pin::{Pin, pin},
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};
use streams::{Streams, TakenBody};
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use wire::Wire;

/// How long to wait after a failure to accept, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a connection without requests may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// A proxy that is bound to its port, ready to run.
pub struct Server {
    entrance: Entrance,
    admin: Option<admin::Listener>,
    shared: Arc<Shared>,
}

/// Why the proxy cannot start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Somebody else listens there.
    #[error(
        "{0} is in use, perhaps by another Brevity; stop that one, or choose another place with --listen"
    )]
    InUse(Listen),
    /// Another kind of file has the path of the socket.
    #[error("{0} is there, and no socket; remove it, or choose another path with --listen")]
    NoSocket(PathBuf),
    /// The address cannot be listened on.
    #[error("cannot listen on {listen}: {source}; choose another place with --listen")]
    Bind {
        /// The address, or the socket.
        listen: Listen,
        /// What the system says.
        source: io::Error,
    },
    /// There is no token.
    #[error(transparent)]
    Token(#[from] TokenError),
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
    /// None where everybody is let in.
    door: Option<Door>,
    config: Arc<Config>,
    connector: Connector,
    forwarder: Forwarder,
    stats: Arc<Stats>,
    requests: Arc<AtomicU64>,
    load: Arc<Load>,
}

impl Server {
    /// Checks `config` and binds its port. Each request's record goes to `recorder`.
    ///
    /// # Errors
    ///
    /// When the configuration makes no sense, or the port cannot be had.
    pub async fn bind(config: Config, recorder: Arc<dyn Recorder>) -> Result<Self, ServeError> {
        config.check()?;
        let token = config.token_file.as_deref().map(Token::read).transpose()?;
        leads_elsewhere(&config)?;
        let own = upstream::OwnAddress::default();
        let (clients, connector) = Clients::new(&config, &own)?;
        let config = Arc::new(config);
        let requests = Arc::new(AtomicU64::new(0));
        let guard = Arc::new(Guard::new(Bounds::default(), config.settings.limits.json_depth));
        let budget = Budget::new(config.caps.memory, config.timeouts.memory);
        let vitals = Arc::new(Vitals::default());
        let load = Arc::new(Load::new(config.caps, vitals.clone(), budget.clone()));
        let checker = Checker::new(config.check_one_in, vitals.clone());
        let means = Means { pool: Pool::new(), budget, checker };
        let forwarder =
            Forwarder::new(config.clone(), clients, means, guard.clone(), requests.clone());
        let entrance = Entrance::bind(&config.listen).await?;
        if let Some(address) = entrance.listen().unwrap_or(config.listen.clone()).address() {
            let _ = own.set(address);
        }
        let admin = admin::Listener::bind(&config, token.as_ref()).await?;
        let stats = Arc::new(Stats::new(&config, guard, vitals, recorder));
        let door = Door::of_proxy(&config, token.as_ref());
        let shared = Shared { door, config, connector, forwarder, stats, requests, load };
        Ok(Self { entrance, admin, shared: Arc::new(shared) })
    }

    /// Where the proxy listens: a port that was to be any free one is known now.
    ///
    /// # Errors
    ///
    /// When the system does not know.
    pub fn listen(&self) -> io::Result<Listen> {
        self.entrance.listen()
    }

    /// The address where the proxy listens.
    ///
    /// # Errors
    ///
    /// When it listens on a Unix socket, which has none.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listen()?.address().ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
    }

    /// Where it can be looked at, if it can.
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(admin::Listener::address)
    }

    /// What is on its way, and whether the proxy takes more; readable as long as anybody holds it.
    pub fn load(&self) -> Arc<Load> {
        self.shared.load.clone()
    }

    /// Serves one connection to its end, for the fuzz targets.
    pub(crate) async fn serve_one(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) {
        let (_drain, draining) = watch::channel(());
        let client = Peer::Machine(Ipv4Addr::LOCALHOST.into());
        serve(stream, client, self.shared.clone(), draining, ()).await;
    }

    /// Serves until `shutdown` is ready, then lets requests that are on their way finish, within
    /// [`Timeouts::drain`](crate::Timeouts). Connections without requests close at once.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { entrance, admin, shared } = self;
        // It answers until the last request is over.
        let _admin = admin.map(|admin| shared.open(admin));
        let (drain, draining) = watch::channel(());
        let mut connections = JoinSet::new();
        let seats = Arc::new(Semaphore::new(shared.config.caps.connections));
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => {}
                (stream, client, seat) = accept(&entrance, &seats) => {
                    let seat = (seat, shared.stats.vitals().connections.open());
                    let (shared, draining) = (shared.clone(), draining.clone());
                    connections.spawn(serve(stream, client, shared, draining, seat));
                }
            }
        }
        shared.stats.vitals().drain();
        drop(entrance);
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

/// Whether no upstream is the proxy itself, as far as addresses tell before it listens.
fn leads_elsewhere(config: &Config) -> Result<(), ServeError> {
    let Some(port) = config.listen.port() else { return Ok(()) };
    match config.bases().into_iter().find(|base| base.is_local_port(port)) {
        Some(base) => Err(ServeError::Loop(base.to_string())),
        None => Ok(()),
    }
}

/// The next connection, as soon as there is a seat for it. Until then it waits in the system's queue.
async fn accept(
    entrance: &Entrance,
    seats: &Arc<Semaphore>,
) -> (Stream, Peer, Option<OwnedSemaphorePermit>) {
    // Nobody closes the semaphore.
    let seat = seats.clone().acquire_owned().await.ok();
    loop {
        match entrance.accept().await {
            Ok((stream, client)) => return (stream, client, seat),
            Err(error) => {
                tracing::warn!("cannot accept a connection: {error}");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves one connection to its end, and gives up its seat. There are thousands of these futures: what is
/// large in them is pinned once, and not handed on.
async fn serve<S>(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    client: Peer,
    shared: Arc<Shared>,
    draining: watch::Receiver<()>,
    _seat: S,
) {
    let (timeouts, caps) = (shared.config.timeouts, shared.config.caps);
    let (signs, quota) = (Arc::new(Signs::default()), shared.load.quota(client));
    let service = service_fn(|request| {
        let on_its_way = signs.on_its_way();
        let (shared, signs, quota) = (shared.clone(), signs.clone(), quota.clone());
        async move {
            let answer = shared.answer(request, quota, signs.clone(), on_its_way).await?;
            Ok(answer.map(|body| TakenBody::new(body, signs)))
        }
    });
    let wire = TokioIo::new(Wire::new(stream, signs.clone(), caps, timeouts));
    let builder = limits::builder(&caps, Streams::new(timeouts.idle));
    let connection = pin!(builder.serve_connection_with_upgrades(wire, service));
    watch_over(connection, &signs.busy, timeouts, draining).await;
}

/// Runs a connection until it ends, is without requests for too long, or the proxy stops.
async fn watch_over<I, S>(
    mut connection: Pin<&mut UpgradeableConnection<'_, TokioIo<Wire<I>>, S, Streams>>,
    busy: &busy::Busy,
    Timeouts { head, idle, .. }: Timeouts,
    mut draining: watch::Receiver<()>,
) where
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    S: Service<Request<Incoming>, Response = Response<TakenBody>, Error = Fault>,
    S::Future: Send + 'static,
{
    tokio::select! {
        _ = connection.as_mut() => return,
        () = busy.idle_for(head, idle) => {}
        _ = draining.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = connection => {}
        () = busy.idle_for(GOODBYE, idle) => {}
    }
}

impl Shared {
    /// Lets `admin` be asked until what this gives is dropped.
    fn open(&self, admin: admin::Listener) -> admin::Opened {
        let (config, connector) = (self.config.clone(), self.connector.clone());
        admin.open(admin::Seen { config, connector, stats: self.stats.clone() })
    }
}
