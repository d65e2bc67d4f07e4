//! Bodies that are still on their way.

use crate::world::{Proxy, any, frames, full, http1, http2, post, text, upstream};
use brevity::Settings;
use brevity_proxy::{Base, Config};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{Request, Response, body::Incoming};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
};

/// The next bytes of an answer that are there.
async fn next(body: &mut Incoming) -> Bytes {
    body.frame().await.expect("a frame").unwrap().into_data().expect("data")
}

#[tokio::test]
async fn events_arrive_one_by_one_while_the_answer_goes_on() {
    for client in [http1(), http2()] {
        let (send, body) = frames();
        let body = Mutex::new(Some(body));
        let base = upstream(move |_| {
            let body = body.lock().unwrap().take().unwrap();
            async {
                let head = Response::builder().header("content-type", "text/event-stream");
                head.body(any(body)).unwrap()
            }
        });
        let mut proxy = Proxy::before(base.await).await;
        let request = post(proxy.url("/v1/messages"), full("{}"));
        let mut answer = client.request(request).await.unwrap().into_body();
        for event in
            ["event: ping\ndata: {}\n\n", ": half an ev", "ent\r\n\r\n", "data: [DONE]\n\n"]
        {
            // The next is sent only when the last one is there.
            send.send(Bytes::from_static(event.as_bytes())).unwrap();
            assert_eq!(next(&mut answer).await, event);
        }
        drop(send);
        assert!(answer.collect().await.unwrap().to_bytes().is_empty());
        let record = proxy.record().await;
        assert_eq!((record.answer_bytes, record.error), (22 + 12 + 7 + 14, None));
    }
}

/// An upstream that sends a head and half a body at once, then closes.
async fn breaking() -> Base {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 64 * 1024];
            assert_ne!(stream.read(&mut request).await.unwrap(), 0);
            let answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nevent\r\n";
            stream.write_all(answer).await.unwrap();
        }
    });
    base
}

#[tokio::test]
async fn what_came_before_a_break_reaches_the_client() {
    for client in [http1(), http2()] {
        let mut proxy = Proxy::before(breaking().await).await;
        let request = post(proxy.url("/v1/messages"), full("{}"));
        let mut answer = client.request(request).await.unwrap().into_body();
        assert_eq!(next(&mut answer).await, "event");
        assert!(answer.frame().await.unwrap().is_err(), "the end must not look whole");
        assert!(proxy.record().await.error.unwrap().contains("broke off"));
    }
}

/// An upstream that sends one event and then waits; the sender sees when its answer is dropped.
async fn waiting() -> (Proxy, mpsc::UnboundedSender<Bytes>) {
    let (send, body) = frames();
    send.send(Bytes::from_static(b"data: {}\n\n")).unwrap();
    let body = Mutex::new(Some(body));
    let base = upstream(move |_| {
        let body = body.lock().unwrap().take().unwrap();
        async { Response::new(any(body)) }
    });
    (Proxy::before(base.await).await, send)
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_upstreams_answer() {
    for client in [http1(), http2()] {
        let (mut proxy, send) = waiting().await;
        let request = post(proxy.url("/v1/messages"), full("{}"));
        let mut answer = client.request(request).await.unwrap().into_body();
        next(&mut answer).await;
        drop((answer, client));
        send.closed().await;
        assert_eq!(proxy.record().await.answer_bytes, 10);
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_the_answer_ends_the_request() {
    struct Tell(Option<oneshot::Sender<()>>);
    impl Drop for Tell {
        fn drop(&mut self) {
            let _ = self.0.take().unwrap().send(());
        }
    }
    let (came, has_come) = oneshot::channel();
    let (gone, is_gone) = oneshot::channel();
    let ends = Mutex::new(Some((came, Tell(Some(gone)))));
    let base = upstream(move |_| {
        let (came, tell) = ends.lock().unwrap().take().unwrap();
        async move {
            let _tell = tell;
            came.send(()).unwrap();
            std::future::pending().await
        }
    });
    let proxy = Proxy::before(base.await).await;
    let request = tokio::spawn(http1().request(post(proxy.url("/v1/messages"), full("{}"))));
    has_come.await.unwrap();
    request.abort();
    is_gone.await.unwrap();
}

#[tokio::test]
async fn a_client_that_stops_in_the_middle_of_a_long_body_aborts_the_request() {
    let (came, mut has_come) = mpsc::unbounded_channel();
    let base = upstream(move |request: Request<Incoming>| {
        let came = came.clone();
        async move {
            let mut body = request.into_body();
            while let Some(frame) = body.frame().await {
                came.send(frame.map(drop).map_err(drop)).unwrap();
            }
            came.send(Ok(())).unwrap();
            Response::new(full(""))
        }
    });
    let mut proxy = Proxy::with(base.await, stream_requests).await;
    let (send, body) = frames();
    let request = tokio::spawn(http1().request(post(proxy.url("/v1/messages"), any(body))));
    send.send(Bytes::from_static(b"{\"messages\":[")).unwrap();
    has_come.recv().await.unwrap().unwrap();
    request.abort();
    assert_eq!(has_come.recv().await.unwrap(), Err(()), "the upstream must not see a whole body");
    let record = proxy.record().await;
    assert_eq!((record.status, record.bytes_out), (None, 13));
    assert!(record.error.unwrap().contains("the client stopped"));
}

fn stream_requests(config: &mut Config) {
    let mut settings = Settings::default();
    settings.policy.stream_requests = true;
    config.settings = Arc::new(settings);
}

/// An upstream that says how long the body was, and a sum over it.
async fn adding() -> Base {
    upstream(|request: Request<Incoming>| async move {
        let chunked = !request.headers().contains_key("content-length");
        let (mut body, mut sum) = (request.into_body(), Sum::default());
        while let Some(frame) = body.frame().await {
            sum.add(&frame.unwrap().into_data().unwrap());
        }
        Response::new(full(format!("{sum:?} {chunked}")))
    })
    .await
}

/// FNV-1a and a length: any change or reordering shows.
#[derive(Debug, Default, PartialEq)]
struct Sum(u64, u64);

impl Sum {
    fn add(&mut self, data: &[u8]) {
        self.0 += data.len() as u64;
        for byte in data {
            self.1 = (self.1 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_streams() {
    let limit = |config: &mut Config| {
        let mut settings = Settings::default();
        settings.limits.request = 64 * 1024;
        config.settings = Arc::new(settings);
    };
    let proxy = Proxy::with(adding().await, limit).await;
    let mut chunk = Vec::from(&b"{\"messages\":[],\"x\":\""[..]);
    chunk.extend((0..100_000_u32).map(|i| b'a' + (i % 23) as u8));
    let mut sum = Sum::default();
    let (send, body) = frames();
    for _ in 0..100 {
        sum.add(&chunk);
        send.send(Bytes::from(chunk.clone())).unwrap();
    }
    drop(send);
    let answer = http1().request(post(proxy.url("/v1/messages"), any(body))).await.unwrap();
    assert_eq!(text(answer).await, format!("{sum:?} true"));

    let known = Bytes::from(chunk.repeat(3));
    let mut sum = Sum::default();
    sum.add(&known);
    let answer = http1().request(post(proxy.url("/v1/messages"), full(known))).await.unwrap();
    assert_eq!(text(answer).await, format!("{sum:?} true"));
}

#[tokio::test]
async fn a_client_that_stops_in_the_middle_of_a_short_body_sends_nothing() {
    let base = upstream(|_| async { panic!("the upstream must not be asked") });
    let mut proxy = Proxy::before(base.await).await;
    let mut stream = TcpStream::connect(proxy.address).await.unwrap();
    let head = "POST /v1/messages HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n\
        Content-Length: 100\r\n\r\n{\"messages\":[";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let record = proxy.record().await;
    assert_eq!((record.status, record.bytes_in, record.bytes_out), (None, 13, 0));
    assert!(record.error.unwrap().contains("the client stopped"));
}
