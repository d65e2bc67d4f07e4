//! Whose turn it is on a connection of HTTP/1: one request is answered at a time.
//!
//! hyper sees that a client leaves only while it has nothing else of it to read. So a request that is
//! sent before the last one is answered waits outside, where its bytes hide nothing.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
};

/// The turn of one connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Turn(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    is_taken: bool,
    waiting: Option<Waker>,
}

/// The end of a turn, when it is dropped.
#[derive(Debug)]
pub(super) struct End(Turn);

impl Turn {
    /// A request begins.
    pub(super) fn take(&self) {
        self.lock().is_taken = true;
    }

    /// Whether the next request may begin. Whoever asks is woken when it may.
    pub(super) fn is_free(&self, cx: &Context<'_>) -> bool {
        let mut state = self.lock();
        state.waiting = state.is_taken.then(|| cx.waker().clone());
        !state.is_taken
    }

    pub(super) fn end(&self) -> End {
        End(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.is_taken = false;
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }
}
