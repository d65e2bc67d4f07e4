use super::{
    super::{Budget, Checker, Pool},
    *,
};
use crate::record::{Record, Recorder};
use http_body_util::BodyExt as _;
use hyper::{HeaderMap, Method, body::Frame, header::HeaderValue};
use std::{
    convert::Infallible,
    pin::Pin,
    sync::Mutex,
    task::{Context, Poll},
};

#[derive(Default)]
struct Records(Mutex<Vec<Record>>);

impl Recorder for Records {
    fn record(&self, record: Record) {
        self.0.lock().unwrap().push(record);
    }
}

impl Records {
    fn entry(self: &Arc<Self>) -> Arc<Entry> {
        let record = Record::new(1, Method::POST, "/v1/messages".into());
        Entry::new(record, self.clone(), ())
    }

    fn only(&self) -> Record {
        let mut records = self.0.lock().unwrap();
        assert_eq!(records.len(), 1);
        records.pop().unwrap()
    }
}

fn prepare(entry: Arc<Entry>, limit: usize) -> Prepare {
    let mut settings = Settings::default();
    settings.limits.request = limit;
    Prepare {
        dialect: Dialect::Anthropic,
        coding: None,
        settings: Arc::new(settings),
        act: Act::Rewrite,
        by_model: None,
        holdout: None,
        means: Means {
            pool: Pool::new(),
            budget: Budget::new(1 << 20, std::time::Duration::from_secs(60)),
            checker: Checker::new(1, Arc::default()),
        },
        entry,
    }
}

/// A body that does not tell its length.
struct Unsized(Chunks);

impl Body for Unsized {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }
}

fn body(chunks: &[&'static str], trailers: Option<HeaderMap>) -> Unsized {
    let chunks = chunks.iter().map(|chunk| Bytes::from_static(chunk.as_bytes()));
    Unsized(Chunks::new(chunks, trailers))
}

fn trailers() -> HeaderMap {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-sum", HeaderValue::from_static("1"));
    trailers
}

#[tokio::test]
async fn up_to_the_limit_a_body_leaves_whole_and_beyond_it_streams() {
    for (limit, len) in [(5, None), (6, Some(6)), (7, Some(6))] {
        let records = Arc::new(Records::default());
        let prepare = prepare(records.entry(), limit);
        let prepared = prepare.prepare(body(&["ab", "cd", "ef"], None)).await.unwrap();
        assert_eq!(prepared.body.size_hint().exact(), len);
        assert_eq!(prepared.body.collect().await.unwrap().to_bytes(), "abcdef");
        let record = records.only();
        assert_eq!((record.bytes_in, record.bytes_out), (6, 6));
    }
}

#[tokio::test]
async fn trailers_pass() {
    for limit in [0, 100] {
        let records = Arc::new(Records::default());
        let body = body(&["ab", "cd"], Some(trailers()));
        let prepared = prepare(records.entry(), limit).prepare(body).await.unwrap();
        let all = prepared.body.collect().await.unwrap();
        assert_eq!(all.trailers(), Some(&trailers()));
        assert_eq!(all.to_bytes(), "abcd");
    }
}

#[tokio::test]
async fn a_body_that_does_not_decode_leaves_as_it_came() {
    for limit in [3, 100] {
        let records = Arc::new(Records::default());
        let mut prepare = prepare(records.entry(), limit);
        prepare.coding = Some(Coding::Zstd);
        let body = body(&["no", "t zstd"], Some(trailers()));
        let prepared = prepare.prepare(body).await.unwrap();
        assert!(!prepared.decoded);
        let all = prepared.body.collect().await.unwrap();
        assert_eq!(all.trailers(), Some(&trailers()));
        assert_eq!(all.to_bytes(), "not zstd");
        let record = records.only();
        assert_eq!(record.skip, Some(Skip::Encoded));
        assert_eq!((record.bytes_in, record.bytes_out), (8, 8));
    }
}

#[tokio::test]
async fn in_a_dry_run_a_body_leaves_as_it_came() {
    for limit in [3, 100] {
        let records = Arc::new(Records::default());
        let mut prepare = prepare(records.entry(), limit);
        prepare.act = Act::Count;
        let prepared = prepare.prepare(body(&["ab", "cd"], None)).await.unwrap();
        assert_eq!(prepared.body.collect().await.unwrap().to_bytes(), "abcd");
    }
}
