//! Requests through the engine, each proved: on as many threads as there are cores, told in order.

use super::turn::Turn;
use brevity::{Outcome, Request, Settings, Sink, Steps};
use bytes::Bytes;
use std::{
    collections::VecDeque,
    num::NonZero,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, SyncSender},
    },
    thread,
};

/// What came of one request.
pub(super) struct Proved {
    pub(super) turn: Turn,
    /// The body that would have left.
    pub(super) short: Vec<u8>,
    /// What happened to each part of it.
    pub(super) outcomes: Vec<Outcome>,
    /// Whether `short` expands to the request, or to what that stands for itself.
    pub(super) is_exact: bool,
}

impl Sink for Proved {
    fn keep(&mut self, bytes: Bytes) {
        self.short.extend_from_slice(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.short.extend_from_slice(bytes);
    }

    fn note(&mut self, outcome: &Outcome) {
        self.outcomes.push(outcome.clone());
    }
}

/// A request, and where what came of it goes.
type Job = (Turn, SyncSender<Proved>);

/// Proves all that `feed` gives, and hands it to `take` in the same order. Twice as many requests
/// as there are cores are on their way at most.
pub(super) fn all(feed: impl FnOnce(&mut dyn FnMut(Turn)), mut take: impl FnMut(Proved)) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let settings = Arc::new(Settings::default());
    thread::scope(|scope| {
        let (give, jobs) = mpsc::sync_channel::<Job>(0);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..cores {
            let (jobs, settings) = (Arc::clone(&jobs), Arc::clone(&settings));
            scope.spawn(move || work(&jobs, &settings));
        }
        drop(jobs);
        let mut waiting = VecDeque::new();
        feed(&mut |turn| {
            if waiting.len() == 2 * cores {
                next(&mut waiting, &mut take);
            }
            let (tell, told) = mpsc::sync_channel(1);
            waiting.push_back(told);
            let _ = give.send((turn, tell));
        });
        drop(give);
        while !waiting.is_empty() {
            next(&mut waiting, &mut take);
        }
    });
}

/// A thread that panicked tells nothing; its panic goes on when all threads have ended.
fn next(waiting: &mut VecDeque<Receiver<Proved>>, take: &mut impl FnMut(Proved)) {
    if let Some(Ok(proved)) = waiting.pop_front().map(|told| told.recv()) {
        take(proved);
    }
}

fn work(jobs: &Mutex<Receiver<Job>>, settings: &Arc<Settings>) {
    let job = || jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok((turn, tell)) = job() {
        let _ = tell.send(prove(turn, settings));
    }
}

fn prove(turn: Turn, settings: &Arc<Settings>) -> Proved {
    let (body, dialect) = (turn.draft.body.clone(), turn.draft.dialect);
    let short = Vec::with_capacity(body.len());
    let mut proved = Proved { turn, short, outcomes: Vec::new(), is_exact: false };
    let mut steps = Steps::new();
    let mut request = Request::new(dialect, Arc::clone(settings));
    request.write(body.clone(), &mut steps);
    request.finish(&mut steps);
    steps.run_into(&mut proved);
    proved.is_exact = crate::cli::stands_for(&proved.short, &body);
    proved
}
