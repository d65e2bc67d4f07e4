//! The engine at work: it walks here, its jobs run on a bounded pool.

use brevity::{Dialect, Facts, Outcome, Request, Settings, Sink, Step, Steps};
use bytes::{Bytes, BytesMut};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::available_parallelism,
};
use thiserror::Error;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Runs below this length are joined, so that many small ones do not cost a write each.
const JOIN: usize = 1024;

/// The engine panicked, which is a fault of ours.
#[derive(Clone, Copy, Debug, Error)]
#[error("the engine failed on this body; please report it with `brevity inspect`")]
pub(crate) struct Panicked;

/// Threads for jobs, as many as there are cores, so that one client's large request does not
/// stall the streams of others.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    permits: Arc<Semaphore>,
}

impl Pool {
    pub(crate) fn new() -> Self {
        let cores = available_parallelism().map_or(1, |cores| cores.get());
        Self { permits: Arc::new(Semaphore::new(cores)) }
    }

    /// Runs steps in order: here if no job is among them, else on the pool.
    pub(crate) async fn run(&self, steps: Vec<Step>) -> Result<Gathered, Panicked> {
        if steps.iter().any(|step| matches!(step, Step::Job(_))) {
            self.spawn(move || Gathered::of(steps)).await
        } else {
            Ok(Gathered::of(steps))
        }
    }

    /// Ends a body that is there whole, and runs all its steps.
    pub(crate) async fn end(&self, mut engine: Engine) -> Result<(Gathered, Facts), Panicked> {
        self.spawn(move || {
            engine.request.finish(&mut engine.steps);
            (Gathered::of(engine.take()), engine.request.facts().clone())
        })
        .await
    }

    async fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| Panicked)?;
        let work = move || {
            let done = work();
            drop(permit);
            done
        };
        spawn_blocking(work).await.map_err(|_| Panicked)
    }
}

/// One request in the engine.
#[derive(Debug)]
pub(crate) struct Engine {
    request: Request,
    steps: Steps,
}

impl Engine {
    pub(crate) fn new(dialect: Dialect, settings: Arc<Settings>) -> Self {
        Self { request: Request::new(dialect, settings), steps: Steps::new() }
    }

    pub(crate) fn write(&mut self, chunk: Bytes) -> Result<(), Panicked> {
        self.guarded(|request, steps| request.write(chunk, steps))
    }

    pub(crate) fn finish(&mut self) -> Result<(), Panicked> {
        self.guarded(Request::finish)
    }

    /// The steps that were made since the last call.
    pub(crate) fn take(&mut self) -> Vec<Step> {
        std::iter::from_fn(|| self.steps.pop()).collect()
    }

    pub(crate) fn facts(&self) -> &Facts {
        self.request.facts()
    }

    /// After a panic the engine is not used again.
    fn guarded(&mut self, act: impl FnOnce(&mut Request, &mut Steps)) -> Result<(), Panicked> {
        let act = AssertUnwindSafe(|| act(&mut self.request, &mut self.steps));
        catch_unwind(act).map_err(|_| Panicked)
    }
}

/// What steps gave.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) outcomes: Vec<Outcome>,
    tail: BytesMut,
}

impl Gathered {
    fn of(steps: Vec<Step>) -> Self {
        let mut gathered = Self::default();
        steps.into_iter().for_each(|step| step.run().send(&mut gathered));
        gathered.seal();
        gathered
    }

    fn seal(&mut self) {
        if !self.tail.is_empty() {
            self.chunks.push(self.tail.split().freeze());
        }
    }
}

impl Sink for Gathered {
    fn keep(&mut self, bytes: Bytes) {
        if bytes.len() < JOIN {
            self.put(&bytes);
        } else {
            self.seal();
            self.chunks.push(bytes);
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.tail.extend_from_slice(bytes);
    }

    fn note(&mut self, outcome: &Outcome) {
        self.outcomes.push(outcome.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_runs_join_and_large_ones_are_not_copied() {
        let large = Bytes::from(vec![b'x'; JOIN]);
        let mut gathered = Gathered::default();
        gathered.keep(Bytes::from_static(b"a"));
        gathered.put(b"b");
        gathered.keep(large.clone());
        gathered.put(b"c");
        gathered.seal();
        let [first, second, third] = gathered.chunks.as_slice() else { panic!("three chunks") };
        assert_eq!((first.as_ref(), third.as_ref()), (&b"ab"[..], &b"c"[..]));
        assert_eq!(second.as_ptr(), large.as_ptr());
    }

    #[tokio::test]
    async fn a_panic_on_the_pool_is_an_error() {
        let pool = Pool::new();
        let outcome = pool.spawn(|| panic!("a job that panics, on purpose")).await;
        assert!(matches!(outcome, Err::<(), _>(Panicked)));
        assert_eq!(pool.spawn(|| 1).await.unwrap(), 1, "the permit came back");
    }

    #[test]
    fn a_panic_while_walking_is_an_error() {
        let mut engine = Engine::new(Dialect::Anthropic, Arc::default());
        assert!(engine.guarded(|_, _| panic!("a walk that panics, on purpose")).is_err());
    }
}
