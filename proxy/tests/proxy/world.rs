//! An upstream, a proxy in front of it and clients, all over real sockets of this machine.

use brevity_proxy::{Base, Config, Load, Record, Recorder, Server, Upstreams};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use hyper::{
    Request, Response,
    body::{Body, Frame, Incoming},
    http::request::Parts,
    service::service_fn,
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

pub(crate) type AnyBody = UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

pub(crate) fn any<B>(body: B) -> AnyBody
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    body.map_err(Into::into).boxed_unsync()
}

pub(crate) fn full(bytes: impl Into<Bytes>) -> AnyBody {
    any(Full::new(bytes.into()))
}

/// A body whose chunks are sent while it is on its way. The sender sees it dropped.
pub(crate) fn frames() -> (mpsc::UnboundedSender<Bytes>, Frames) {
    let (send, receive) = mpsc::unbounded_channel();
    (send, Frames(receive))
}

pub(crate) struct Frames(mpsc::UnboundedReceiver<Bytes>);

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|chunk| chunk.map(Frame::data).map(Ok))
    }
}

/// Serves what `answer` says on a free port, for as long as the test runs.
pub(crate) async fn upstream<F>(
    answer: impl Fn(Request<Incoming>) -> F + Send + Sync + 'static,
) -> Base
where
    F: Future<Output = Response<AnyBody>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, answer.clone()));
        }
    });
    format!("http://{address}").parse().unwrap()
}

/// Serves one connection of an upstream.
pub(crate) async fn serve<F>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    answer: Arc<impl Fn(Request<Incoming>) -> F + Send + Sync + 'static>,
) where
    F: Future<Output = Response<AnyBody>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let answer = answer(request);
        async { Ok::<_, Infallible>(answer.await) }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().preserve_header_case(true);
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

/// What an upstream got.
pub(crate) struct Got {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
    pub(crate) trailers: Option<hyper::HeaderMap>,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// An upstream that tells what it got and answers `{}`.
pub(crate) async fn telling() -> (Base, mpsc::UnboundedReceiver<Got>) {
    let (tell, told) = mpsc::unbounded_channel();
    let base = upstream(move |request| {
        let tell = tell.clone();
        async move {
            let (head, body) = request.into_parts();
            let all = body.collect().await.unwrap();
            let trailers = all.trailers().cloned();
            let _ = tell.send(Got { head, body: all.to_bytes(), trailers });
            Response::builder().header("content-type", "application/json").body(full("{}")).unwrap()
        }
    });
    (base.await, told)
}

/// A running proxy.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    /// Where it can be looked at.
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) records: mpsc::UnboundedReceiver<Record>,
    pub(crate) load: Arc<Load>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

struct Tell(mpsc::UnboundedSender<Record>);

impl Recorder for Tell {
    fn record(&self, record: Record) {
        let _ = self.0.send(record);
    }
}

impl Proxy {
    /// In front of `base`, on a free port.
    pub(crate) async fn before(base: Base) -> Self {
        Self::with(base, |_| {}).await
    }

    /// In front of `base`, its configuration changed by `change`.
    pub(crate) async fn with(base: Base, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.upstreams = Upstreams::all(base);
        change(&mut config);
        let (tell, records) = mpsc::unbounded_channel();
        let server = Server::bind(config, Arc::new(Tell(tell))).await.unwrap();
        // A Unix socket has none.
        let address = server.local_addr().unwrap_or_else(|_| ([0, 0, 0, 0], 0).into());
        let admin = server.admin_addr();
        let load = server.load();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async { drop(stopped.await) }));
        Self { address, admin, records, load, stop, running }
    }

    pub(crate) fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.address)
    }

    /// The URL of `path` where it can be looked at.
    pub(crate) fn admin(&self, path: &str) -> String {
        format!("http://{}{path}", self.admin.expect("an admin listener"))
    }

    /// The record of the next request that is over.
    pub(crate) async fn record(&mut self) -> Record {
        self.records.recv().await.expect("a record")
    }

    /// Stops the proxy; ready when it has.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
    }
}

pub(crate) type Http = Client<HttpConnector, AnyBody>;

pub(crate) fn http1() -> Http {
    Client::builder(TokioExecutor::new()).build_http()
}

pub(crate) fn http2() -> Http {
    Client::builder(TokioExecutor::new()).http2_only(true).build_http()
}

/// A POST of JSON.
pub(crate) fn post(url: String, body: AnyBody) -> Request<AnyBody> {
    Request::post(url).header("content-type", "application/json").body(body).unwrap()
}

pub(crate) fn get(url: String) -> Request<AnyBody> {
    Request::get(url).body(full("")).unwrap()
}

/// The whole of an answer's body.
pub(crate) async fn text(answer: Response<Incoming>) -> String {
    String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().into()).unwrap()
}
