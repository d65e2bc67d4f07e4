//! What is on its way, and how much of it there may be.

use super::refusal::Refusal;
use crate::{body::Budget, config::Caps};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use thiserror::Error;

/// What a running proxy has on its way. It stays readable while the proxy drains.
#[derive(Debug)]
pub struct Load {
    caps: Caps,
    draining: AtomicBool,
    connections: AtomicUsize,
    requests: AtomicUsize,
    clients: Mutex<HashMap<IpAddr, usize>>,
    budget: Budget,
}

/// Why no further request is taken.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Full {
    #[error("{0} requests are on their way already; try again")]
    Proxy(usize),
    #[error("{0} requests of this client are on their way already; try again when one has ended")]
    Client(usize),
}

/// An open connection. It counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Connected(Arc<Load>);

/// A request on its way. It counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    load: Arc<Load>,
    client: IpAddr,
}

impl Load {
    pub(crate) fn new(caps: Caps, budget: Budget) -> Self {
        Self {
            caps,
            draining: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            clients: Mutex::default(),
            budget,
        }
    }

    /// Whether the proxy takes new connections: until it is told to stop.
    pub fn is_ready(&self) -> bool {
        !self.draining.load(Ordering::Acquire)
    }

    /// The connections of clients that are open.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// The requests and WebSockets that are on their way.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// What held bodies take, in bytes.
    pub fn held(&self) -> usize {
        self.budget.held()
    }

    /// The proxy is told to stop.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    pub(crate) fn connected(self: &Arc<Self>) -> Connected {
        self.connections.fetch_add(1, Ordering::Relaxed);
        Connected(self.clone())
    }

    /// Takes another request of `client`.
    ///
    /// # Errors
    ///
    /// When there are too many.
    pub(crate) fn admit(self: &Arc<Self>, client: IpAddr) -> Result<Slot, Refusal> {
        let mut clients = self.clients();
        let Caps { requests, requests_per_client, .. } = self.caps;
        if self.requests() >= requests {
            return Err(Full::Proxy(requests).into());
        }
        let count = clients.entry(client).or_default();
        if *count >= requests_per_client {
            return Err(Full::Client(requests_per_client).into());
        }
        *count += 1;
        self.requests.fetch_add(1, Ordering::Relaxed);
        Ok(Slot { load: self.clone(), client })
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut clients = self.load.clients();
        self.load.requests.fetch_sub(1, Ordering::Relaxed);
        if let Some(count) = clients.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                clients.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::Ipv4Addr, time::Duration};

    #[test]
    fn requests_count_in_all_and_for_each_client() {
        let caps = Caps { requests: 3, requests_per_client: 2, ..Caps::default() };
        let load = Arc::new(Load::new(caps, Budget::new(1, Duration::ZERO)));
        let [a, b] = [1, 2].map(|last| IpAddr::from(Ipv4Addr::new(127, 0, 0, last)));
        let slots = [load.admit(a), load.admit(a)].map(Result::unwrap);
        assert_eq!(load.admit(a).unwrap_err(), Full::Client(2).into());
        let other = load.admit(b).unwrap();
        assert_eq!(load.admit(b).unwrap_err(), Full::Proxy(3).into());
        drop((slots, other));
        assert_eq!((load.requests(), load.clients().len()), (0, 0));
    }
}
