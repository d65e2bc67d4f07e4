//! Whose turn it is on a connection of HTTP/1: one request is answered at a time.
//!
//! hyper sees that a client leaves only while it has nothing else of it to read. So a request that is
//! sent before the last one is answered waits outside, where its bytes hide nothing.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Waker},
};

/// The turn of one connection.
#[derive(Debug, Default)]
pub(super) struct Turn {
    is_taken: AtomicBool,
    waiting: Mutex<Option<Waker>>,
}

impl Turn {
    /// A request begins.
    pub(super) fn take(&self) {
        self.is_taken.store(true, Ordering::Relaxed);
    }

    /// Whether a request has begun and was not answered.
    pub(super) fn is_taken(&self) -> bool {
        self.is_taken.load(Ordering::Acquire)
    }

    /// Whether the next request may begin. Whoever asks is woken when it may.
    pub(super) fn is_free(&self, cx: &Context<'_>) -> bool {
        let mut waiting = self.waiting();
        // Looked at under the lock, which the end of a turn takes after it has said so.
        let is_free = !self.is_taken();
        *waiting = (!is_free).then(|| cx.waker().clone());
        is_free
    }

    /// The request has been answered.
    pub(super) fn end(&self) {
        self.is_taken.store(false, Ordering::Release);
        let waiting = self.waiting().take();
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
