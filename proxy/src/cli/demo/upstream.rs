//! A small upstream that speaks Anthropic's Messages API, as far as a replay needs it.

use super::answer;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{
    Request, Response,
    body::{Body, Frame, Incoming, SizeHint},
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};
use tokio::{net::TcpListener, sync::mpsc};

/// A request that has arrived, and its answer.
#[derive(Debug)]
pub(super) struct Arrived {
    /// The body as it came.
    pub(super) body: Bytes,
    /// How many bytes at its start equal those of the body before: what a prompt cache would hit.
    pub(super) shared: usize,
    /// The answer's body as it left.
    pub(super) answer: Vec<u8>,
}

/// The upstream, listening.
pub(super) struct Upstream {
    /// Where.
    pub(super) address: SocketAddr,
    /// What has arrived, in order.
    pub(super) arrived: mpsc::UnboundedReceiver<Arrived>,
}

impl Upstream {
    /// Starts on a free port of this machine, for as long as the runtime lives.
    pub(super) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (tell, arrived) = mpsc::unbounded_channel();
        tokio::spawn(accept(listener, Arc::new(Model { tell, before: Mutex::default() })));
        Ok(Self { address, arrived })
    }
}

async fn accept(listener: TcpListener, model: Arc<Model>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let model = model.clone();
        let service = service_fn(move |request| answer_to(request, model.clone()));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// What the upstream remembers.
struct Model {
    tell: mpsc::UnboundedSender<Arrived>,
    before: Mutex<Bytes>,
}

async fn answer_to(
    request: Request<Incoming>,
    model: Arc<Model>,
) -> Result<Response<Events>, hyper::Error> {
    let body = request.into_body().collect().await?.to_bytes();
    Ok(model.answer(body))
}

impl Model {
    fn answer(&self, body: Bytes) -> Response<Events> {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = before.iter().zip(&body).take_while(|(a, b)| a == b).count();
        *before = body.clone();
        drop(before);
        let (kind, events) = answer::write(&body, shared);
        // The receiver is gone when the replay has ended early; then nobody wants to know.
        let _ = self.tell.send(Arrived { body, shared, answer: events.concat().into() });
        let mut response = Response::new(Events(events.into()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        response
    }
}

/// A body that leaves one event at a time.
struct Events(VecDeque<String>);

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.pop_front();
        Poll::Ready(next.map(|event| Ok(Frame::data(event.into()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
