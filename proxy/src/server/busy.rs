//! How many requests a connection has on their way.

use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::sleep};

/// Counts the requests of one connection.
#[derive(Clone, Debug)]
pub(crate) struct Busy {
    count: Arc<watch::Sender<usize>>,
}

/// One request on its way.
#[derive(Debug)]
pub(crate) struct Guard(Busy);

impl Default for Busy {
    fn default() -> Self {
        Self { count: Arc::new(watch::Sender::new(0)) }
    }
}

impl Busy {
    /// Another request has come. It counts until the guard is dropped.
    pub(crate) fn start(&self) -> Guard {
        self.count.send_modify(|count| *count += 1);
        Guard(self.clone())
    }

    /// Waits until there was no request for `idle`.
    pub(crate) async fn idle_for(&self, idle: Duration) {
        let mut count = self.count.subscribe();
        loop {
            // The sender lives as long as `self`, so waiting does not fail.
            let _ = count.wait_for(|count| *count == 0).await;
            tokio::select! {
                () = sleep(idle) => return,
                _ = count.changed() => {}
            }
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.count.send_modify(|count| *count -= 1);
    }
}
