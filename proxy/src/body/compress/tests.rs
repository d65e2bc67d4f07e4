use super::*;
use crate::record::{Record, Recorder};
use brevity::Dialect;
use hyper::{Method, header::HeaderValue};
use std::sync::Mutex;

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

fn rewrite(entry: Arc<Entry>, limit: u64) -> Rewrite {
    let engine = Engine::new(Dialect::Anthropic, Arc::default());
    Rewrite { engine, pool: Pool::new(), entry, limit, idle: Duration::from_secs(60) }
}

fn body(chunks: &[&'static str], trailers: Option<HeaderMap>) -> Chunks {
    Chunks::new(chunks.iter().map(|chunk| Bytes::from_static(chunk.as_bytes())), trailers)
}

fn trailers() -> HeaderMap {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-sum", HeaderValue::from_static("1"));
    trailers
}

#[tokio::test]
async fn up_to_the_limit_a_body_leaves_whole_and_beyond_it_streams() {
    for (limit, held) in [(5, false), (6, true), (7, true)] {
        let records = Arc::new(Records::default());
        let rewrite = rewrite(records.entry(), limit);
        let sent = match prepare(body(&["ab", "cd", "ef"], None), rewrite).await.unwrap() {
            Prepared::Whole(body) => {
                assert!(held);
                assert_eq!(body.size_hint().exact(), Some(6));
                body.collect().await.unwrap().to_bytes()
            }
            Prepared::Streamed(body) => {
                assert!(!held);
                assert_eq!(body.size_hint().exact(), None);
                body.collect().await.unwrap().to_bytes()
            }
        };
        assert_eq!(sent, "abcdef");
        let record = records.only();
        assert_eq!((record.bytes_in, record.bytes_out), (6, 6));
    }
}

#[tokio::test]
async fn trailers_pass() {
    for limit in [0, 100] {
        let records = Arc::new(Records::default());
        let body = body(&["ab", "cd"], Some(trailers()));
        let all = match prepare(body, rewrite(records.entry(), limit)).await.unwrap() {
            Prepared::Whole(body) => body.collect().await.unwrap(),
            Prepared::Streamed(body) => body.collect().await.unwrap(),
        };
        assert_eq!(all.trailers(), Some(&trailers()));
        assert_eq!(all.to_bytes(), "abcd");
    }
}

#[tokio::test]
async fn when_the_engine_failed_the_body_leaves_as_it_came() {
    let records = Arc::new(Records::default());
    let entry = records.entry();
    assert!(finish(None, &Pool::new(), &entry).await.is_err());
    let came = vec![Bytes::from_static(b"ab"), Bytes::from_static(b"cd")];
    let rest = body(&["ef"], Some(trailers()));
    let all = CompressBody::passing(rest, came, Pool::new(), entry).collect().await.unwrap();
    assert_eq!(all.trailers(), Some(&trailers()));
    assert_eq!(all.to_bytes(), "abcdef");
}
