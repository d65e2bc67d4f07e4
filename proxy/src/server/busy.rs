//! How many requests a connection has on their way.
//!
//! A request costs two changes of a counter and wakes nobody: who waits for quiet looks when it could
//! be there at the earliest.
//!
//! The last pieces of an answer may still have to leave when its request has ended. A client that is
//! slow to take them has more time than one of whom nothing is known.

use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Counts the requests of one connection.
#[derive(Debug)]
pub(super) struct Busy {
    start: Instant,
    running: AtomicUsize,
    /// The pieces of answers that were not written yet.
    leaving: AtomicUsize,
    /// When a request ended or a piece left last, in milliseconds since `start`.
    ended: AtomicU64,
}

impl Default for Busy {
    fn default() -> Self {
        let (running, leaving) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { start: Instant::now(), running, leaving, ended: AtomicU64::new(0) }
    }
}

impl Busy {
    /// Another request has come.
    pub(super) fn start(&self) {
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    /// One has ended.
    pub(super) fn end(&self) {
        self.now();
        self.running.fetch_sub(1, Ordering::Release);
    }

    /// A piece of an answer is to leave.
    pub(super) fn leaves(&self) {
        self.leaving.fetch_add(1, Ordering::Relaxed);
    }

    /// One has left.
    pub(super) fn left(&self) {
        self.now();
        self.leaving.fetch_sub(1, Ordering::Release);
    }

    /// Something ends.
    fn now(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.ended.fetch_max(now, Ordering::Relaxed);
    }

    /// Waits until there was no request for `idle`, from now on; for `patience` where a piece of an
    /// answer has not left.
    pub(super) async fn idle_for(&self, idle: Duration, patience: Duration) {
        let asked = self.start.elapsed();
        loop {
            let quiet = self.quiet_since(asked);
            let needed = match self.leaving.load(Ordering::Acquire) {
                0 => idle,
                _ => idle.max(patience),
            };
            if quiet >= needed {
                return;
            }
            // What is to leave may have left by then.
            sleep((needed - quiet).min(idle)).await;
        }
    }

    /// How long there was no request, at most since `asked`.
    fn quiet_since(&self, asked: Duration) -> Duration {
        // In this order: a request that ends in between has set the time before.
        if self.running.load(Ordering::Acquire) > 0 {
            return Duration::ZERO;
        }
        let ended = Duration::from_millis(self.ended.load(Ordering::Relaxed));
        self.start.elapsed().saturating_sub(ended.max(asked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn quiet_counts_from_the_last_request_or_the_question() {
        let busy = std::sync::Arc::new(Busy::default());
        sleep(IDLE).await;
        let (asked, waiting) = (Instant::now(), busy.idle_for(IDLE, IDLE * 4));
        waiting.await;
        assert_eq!(asked.elapsed(), IDLE, "what was before does not count");

        busy.start();
        let waiting = tokio::spawn({
            let busy = busy.clone();
            async move { busy.idle_for(IDLE, IDLE * 4).await }
        });
        sleep(IDLE * 5 / 2).await;
        assert!(!waiting.is_finished(), "a request is on its way");
        let ended = Instant::now();
        busy.end();
        waiting.await.unwrap();
        assert_eq!(ended.elapsed(), IDLE);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_has_not_left_has_more_time() {
        let busy = Busy::default();
        busy.leaves();
        let asked = Instant::now();
        busy.idle_for(IDLE, IDLE * 4).await;
        assert_eq!(asked.elapsed(), IDLE * 4);
        busy.left();
        let asked = Instant::now();
        busy.idle_for(IDLE, IDLE * 4).await;
        assert_eq!(asked.elapsed(), IDLE);
    }
}
