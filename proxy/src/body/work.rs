//! The engine at work: it walks here, its jobs run on a bounded pool.

use brevity::{Dialect, Facts, Outcome, Request, Settings, Sink, Step, Steps};
use bytes::{Bytes, BytesMut};
#[cfg(target_os = "linux")]
use std::cell::Cell;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::available_parallelism,
};
use thiserror::Error;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Runs below this length are joined, so that many small ones do not cost a write each.
const JOIN: usize = 1024;

/// Into how many groups a core the jobs of one request are split. Groups queue in turn, so that a
/// small request waits for a group of a large one, not for all of it.
const GROUPS: usize = 4;

/// Work on so many bytes is done where it stands: some 100 µs at most, and a hop to another thread
/// and back costs more than most of it.
const HERE: usize = 4 * 1024;

/// How far jobs step back behind what carries bytes, in Unix's steps of niceness. On a machine whose
/// cores are all taken, an event of a stream then does not wait for a job's time slice to end. Work of
/// other programs has some three times a job's share.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

/// The engine panicked, which is a fault of ours.
#[derive(Clone, Copy, Debug, Error)]
#[error("the engine failed on this body; please report it with `brevity inspect`")]
pub(crate) struct Panicked;

/// Threads for jobs, as many as there are cores, so that one client's large request does not
/// stall the streams of others.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    permits: Arc<Semaphore>,
    cores: usize,
}

impl Pool {
    pub(crate) fn new() -> Self {
        let cores = available_parallelism().map_or(1, |cores| cores.get());
        Self { permits: Arc::new(Semaphore::new(cores)), cores }
    }

    /// Runs steps: here if no job is among them, else on the pool, some at once. What they give is in
    /// their order.
    pub(crate) async fn run(&self, steps: Vec<Step>) -> Result<Gathered, Panicked> {
        let jobs = steps.iter().filter(|step| is_job(step)).count();
        if jobs == 0 {
            return Ok(Gathered::of(steps));
        }
        let groups = groups(steps, jobs.div_ceil(self.cores * GROUPS), is_job);
        let work = groups.into_iter().map(|group| {
            let pool = self.clone();
            tokio::spawn(async move { pool.spawn(move || Gathered::of(group)).await })
        });
        let mut gathered = Gathered::default();
        for group in work.collect::<Vec<_>>() {
            gathered.append(group.await.map_err(|_| Panicked)??);
        }
        Ok(gathered)
    }

    /// Ends a body that is there whole, and runs all its steps.
    pub(crate) async fn end(&self, mut engine: Engine) -> Result<(Gathered, Facts), Panicked> {
        let (len, work) = (engine.len, move || {
            engine.request.finish(&mut engine.steps);
            (engine.take(), engine.request.facts().clone())
        });
        if len <= HERE {
            let (steps, facts) = here(work)?;
            return Ok((here(|| Gathered::of(steps))?, facts));
        }
        let (steps, facts) = self.spawn(work).await?;
        Ok((self.run(steps).await?, facts))
    }

    /// Runs `work` on so many bytes: on the pool, unless they are few.
    pub(crate) async fn weigh<T: Send + 'static>(
        &self,
        len: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        if len <= HERE { here(work) } else { self.spawn(work).await }
    }

    /// Runs `work` on the pool, when its turn comes.
    pub(crate) async fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| Panicked)?;
        let work = move || {
            step_back();
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
    /// The bytes that were written.
    len: usize,
}

impl Engine {
    pub(crate) fn new(dialect: Dialect, settings: Arc<Settings>) -> Self {
        Self { request: Request::new(dialect, settings), steps: Steps::new(), len: 0 }
    }

    pub(crate) fn write(&mut self, chunk: Bytes) -> Result<(), Panicked> {
        self.len += chunk.len();
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
        here(|| act(&mut self.request, &mut self.steps))
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

    fn append(&mut self, mut later: Self) {
        self.chunks.append(&mut later.chunks);
        self.outcomes.append(&mut later.outcomes);
    }

    fn seal(&mut self) {
        if !self.tail.is_empty() {
            self.chunks.push(self.tail.split().freeze());
        }
    }
}

/// Runs `work` where it stands.
fn here<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked)
}

/// Lowers this thread's priority, once. On Linux niceness is a thread's own; elsewhere it is the
/// process's, and stays.
fn step_back() {
    #[cfg(target_os = "linux")]
    {
        thread_local!(static IS_BACK: Cell<bool> = const { Cell::new(false) });
        if !IS_BACK.replace(true) {
            // Where it is not allowed, jobs run as all else.
            let _ = rustix::process::nice(NICE);
        }
    }
}

fn is_job(step: &Step) -> bool {
    matches!(step, Step::Job(_))
}

/// Splits `steps` after every so many `jobs`.
fn groups<T>(steps: Vec<T>, jobs: usize, is_job: impl Fn(&T) -> bool) -> Vec<Vec<T>> {
    let (mut groups, mut count) = (vec![Vec::new()], 0);
    for step in steps {
        count += usize::from(is_job(&step));
        if count > jobs {
            groups.push(Vec::new());
            count = 1;
        }
        if let Some(group) = groups.last_mut() {
            group.push(step);
        }
    }
    groups
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

    /// A block of text that leaves as it came, whose length tells it from others.
    fn job(len: usize) -> Vec<Step> {
        let (settings, place) = (Arc::default(), brevity::Place::default());
        let treatment = brevity::Treatment::Rewrite;
        let mut block = brevity::Block::new(settings, brevity::Wire::Text, treatment, place);
        let mut steps = Steps::new();
        block.write(Bytes::from(vec![b'j'; len]), &mut steps);
        block.finish(&mut steps);
        std::iter::from_fn(|| steps.pop()).collect()
    }

    #[tokio::test]
    async fn what_jobs_give_is_in_their_order() {
        let (mut steps, mut expected) = (Vec::new(), Vec::new());
        for index in 0..100_u8 {
            steps.push(Step::Keep(Bytes::from(vec![index])));
            steps.extend(job(usize::from(index) + 1));
            expected.push(index);
            expected.extend(vec![b'j'; usize::from(index) + 1]);
        }
        let gathered = Pool::new().run(steps).await.unwrap();
        assert_eq!(gathered.chunks.concat(), expected);
        let lengths: Vec<u64> = gathered.outcomes.iter().map(|outcome| outcome.bytes_in).collect();
        assert_eq!(lengths, (1..=100).collect::<Vec<u64>>());
    }

    #[test]
    fn groups_hold_so_many_jobs_and_keep_the_order() {
        let steps = || "jkjkjkjkjk".chars().collect();
        let groups = |jobs| groups(steps(), jobs, |step| *step == 'j');
        let sizes = |jobs| groups(jobs).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(1), [2; 5]);
        assert_eq!(sizes(2), [4, 4, 2]);
        assert_eq!(sizes(9), [10]);
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
