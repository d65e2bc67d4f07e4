//! Writes that have to be taken within a time.

use std::{
    io::{self, ErrorKind},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep};

/// Watches the writes to one side of a connection. Time counts from the first that is not taken.
pub(crate) struct Stall {
    patience: Duration,
    /// Said where it has run out.
    why: &'static str,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Stall {
    pub(crate) fn new(patience: Duration, why: &'static str) -> Self {
        Self { patience, why, timer: None }
    }

    /// What a write gave, or the error that ends the connection where nothing was taken for too long.
    pub(crate) fn taken<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.timer = None;
            return written;
        }
        let patience = self.patience;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, self.why)))
    }
}
