//! Whose turn it is on a connection of HTTP/1: one request is answered at a time.
//!
//! hyper sees that a client leaves only while it has nothing else of it to read. So a request that is
//! sent before the last one is answered waits outside, where its bytes hide nothing.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
};

/// The turn of one connection.
#[derive(Debug, Default)]
pub(super) struct Turn(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    is_taken: bool,
    waiting: Option<Waker>,
}

impl Turn {
    /// A request begins.
    pub(super) fn take(&self) {
        self.lock().is_taken = true;
    }

    /// Whether the next request may begin. Whoever asks is woken when it may.
    pub(super) fn is_free(&self, cx: &Context<'_>) -> bool {
        let mut state = self.lock();
        if state.is_taken && !state.waiting.as_ref().is_some_and(|it| it.will_wake(cx.waker())) {
            state.waiting = Some(cx.waker().clone());
        }
        !state.is_taken
    }

    /// The request has been answered.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.is_taken = false;
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
