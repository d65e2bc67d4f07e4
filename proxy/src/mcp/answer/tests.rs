use super::super::{Gateway, Visit};
use super::*;
use crate::{
    body::Act,
    record::{LogRecorder, Record},
};
use brevity::{Codec, McpCarrier, Settings};
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, Response, header::CONTENT_LENGTH, http::response};
use std::{sync::mpsc, task::Waker, thread::available_parallelism};

fn entry() -> Arc<Entry> {
    Entry::new(Record::new(1, Method::POST, "/".into()), Arc::new(LogRecorder), ())
}

fn full(text: &str) -> impl Body<Data = Bytes, Error = BoxError> + Send + Unpin + use<> {
    Full::new(Bytes::copy_from_slice(text.as_bytes())).map_err(|never| match never {})
}

fn call() -> String {
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list"}}"#.to_owned()
}

fn answer() -> String {
    let row = |n| format!(r#"{{\"name\":\"row {n}\",\"open\":true}}"#);
    let rows: Vec<_> = (0..90).map(row).collect();
    let item = format!(r#"{{"type":"text","text":"[{}]"}}"#, rows.join(","));
    format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{"content":[{item}]}}}}"#)
}

/// Takes all threads of `pool` until what it gives is dropped.
async fn taken(pool: &Pool) -> Vec<mpsc::Sender<()>> {
    let (start, mut started) = tokio::sync::mpsc::unbounded_channel();
    let mut held = Vec::new();
    for _ in 0..available_parallelism().unwrap().get() {
        let (hold, end) = mpsc::channel::<()>();
        held.push(hold);
        let (pool, start) = (pool.clone(), start.clone());
        tokio::spawn(async move {
            let work = move || {
                start.send(()).unwrap();
                let _ = end.recv();
            };
            pool.spawn(work).await.unwrap();
        });
        started.recv().await.unwrap();
    }
    held
}

/// The runtime's threads belong to all streams.
#[tokio::test]
async fn a_long_message_is_read_on_the_pool() {
    let pool = Pool::new();
    let held = taken(&pool).await;
    let body = |text: &str| {
        let answers = McpAnswers::new(McpCarrier::Whole, "", Arc::default());
        let reader = Reader { answers, calls: Arc::default(), is_dry: false };
        AnswerBody::new(full(text), reader, pool.clone(), entry())
    };
    let mut cx = Context::from_waker(Waker::noop());
    let short = r#"{"method":"x"}"#;
    assert!(Pin::new(&mut body(short)).poll_frame(&mut cx).is_ready());
    let long = format!(r#"{{"method":"{}"}}"#, "x".repeat(HERE));
    let mut body = body(&long);
    assert!(Pin::new(&mut body).poll_frame(&mut cx).is_pending());
    drop(held);
    assert_eq!(body.collect().await.unwrap().to_bytes(), long);
}

/// A visit that has called `list`, and the head of its answer.
async fn visited(act: Act) -> (Visit, response::Parts) {
    let settings: Arc<Settings> = Arc::default();
    let (head, ()) = Request::post("/")
        .header("content-type", "application/json")
        .body(())
        .unwrap()
        .into_parts();
    let visit = Gateway::new().visit(&head, settings, act);
    let asked = visit.ask(&head.headers, full(&call()));
    assert_eq!(asked.collect().await.unwrap().to_bytes(), call());
    let answered = Response::builder()
        .header("content-type", "application/result+json")
        .header(CONTENT_LENGTH, answer().len());
    (visit, answered.body(()).unwrap().into_parts().0)
}

#[tokio::test]
async fn an_act_says_what_leaves_and_what_counts() {
    for (act, shortened, counted) in
        [(Act::Rewrite, true, true), (Act::Count, false, true), (Act::Pass, false, false)]
    {
        let (visit, mut head) = visited(act).await;
        let entry = entry();
        let body = visit.answer(&mut head, full(&answer()), Pool::new(), &entry);
        let came = body.collect().await.unwrap().to_bytes();
        assert_eq!(came.len() < answer().len(), shortened, "{act:?}");
        assert_eq!(brevity::expand(&came), answer().as_bytes());
        assert_eq!(head.headers.contains_key(CONTENT_LENGTH), !shortened);
        entry.write(|record| {
            let tally = record.report.rewritten.get(&Codec::Table).copied().unwrap_or_default();
            assert_eq!(tally.bytes_out < tally.bytes_in, counted, "{act:?}");
        });
    }
}

/// hyper asks for no more than the length that the head says.
#[tokio::test]
async fn a_dry_answer_is_counted_before_its_last_byte_leaves() {
    let (visit, mut head) = visited(Act::Count).await;
    let entry = entry();
    let mut body = visit.answer(&mut head, full(&answer()), Pool::new(), &entry);
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), answer());
    entry.write(|record| assert_eq!(record.report.total.parts, 1));
}
