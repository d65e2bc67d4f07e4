//! What is on its way, and how much of it there may be.

use super::refusal::Refusal;
use crate::{
    body::Budget,
    config::Caps,
    vitals::{Opened, Vitals},
};
use std::{
    collections::HashMap,
    fmt,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
};
use thiserror::Error;

/// What a running proxy has on its way. It stays readable while the proxy drains.
#[derive(Debug)]
pub struct Load {
    caps: Caps,
    vitals: Arc<Vitals>,
    /// Those that have a connection or a request.
    clients: Mutex<HashMap<Peer, Weak<Quota>>>,
    budget: Budget,
}

/// Whose request it is, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Peer {
    /// Somebody's on the machine with this address.
    Machine(IpAddr),
    /// This user's, of this machine.
    #[cfg(unix)]
    User(u32),
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(address) => address.fmt(f),
            #[cfg(unix)]
            Self::User(id) => write!(f, "user {id}"),
        }
    }
}

/// Why no further request is taken.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Full {
    #[error("{0} requests are on their way already; try again")]
    Proxy(usize),
    #[error("{0} requests of this client are on their way already; try again when one has ended")]
    Client(usize),
}

/// What one client has on its way. All of its connections hold the same one, so that a request looks
/// nothing up.
#[derive(Debug)]
pub(crate) struct Quota {
    load: Arc<Load>,
    peer: Peer,
    requests: AtomicUsize,
}

/// A request on its way. It counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    quota: Arc<Quota>,
    _open: Opened,
}

impl Load {
    pub(crate) fn new(caps: Caps, vitals: Arc<Vitals>, budget: Budget) -> Self {
        Self { caps, vitals, clients: Mutex::default(), budget }
    }

    /// Whether the proxy takes new connections: until it is told to stop.
    pub fn is_ready(&self) -> bool {
        self.vitals.draining().is_none()
    }

    /// The connections of clients that are open.
    pub fn connections(&self) -> usize {
        self.vitals.connections.now() as usize
    }

    /// The requests and WebSockets that are on their way.
    pub fn requests(&self) -> usize {
        self.vitals.requests.now() as usize
    }

    /// What held bodies take, in bytes.
    pub fn held(&self) -> usize {
        self.budget.held()
    }

    /// What `peer` has on its way, for a connection of it.
    pub(crate) fn quota(self: &Arc<Self>, peer: Peer) -> Arc<Quota> {
        let mut clients = self.clients();
        if let Some(quota) = clients.get(&peer).and_then(Weak::upgrade) {
            return quota;
        }
        let quota = Arc::new(Quota { load: self.clone(), peer, requests: AtomicUsize::new(0) });
        clients.insert(peer, Arc::downgrade(&quota));
        quota
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<Peer, Weak<Quota>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Quota {
    /// Whose it is.
    pub(crate) fn peer(&self) -> Peer {
        self.peer
    }

    /// Takes another request.
    ///
    /// # Errors
    ///
    /// When there are too many.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Slot, Refusal> {
        let Caps { requests, requests_per_client, .. } = self.load.caps;
        let open = self.load.vitals.requests.open_below(requests as u64);
        let open = open.ok_or(Full::Proxy(requests))?;
        // Counted by the slot from here on, whatever comes of it.
        let before = self.requests.fetch_add(1, Ordering::Relaxed);
        let slot = Slot { quota: self.clone(), _open: open };
        match before < requests_per_client {
            true => Ok(slot),
            false => Err(Full::Client(requests_per_client).into()),
        }
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        let mut clients = self.load.clients();
        // Another one may have taken its place by now.
        if clients.get(&self.peer).is_some_and(|quota| quota.strong_count() == 0) {
            clients.remove(&self.peer);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.quota.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::Ipv4Addr, time::Duration};

    #[test]
    fn requests_count_in_all_and_for_each_client() {
        let caps = Caps { requests: 3, requests_per_client: 2, ..Caps::default() };
        let load = Arc::new(Load::new(caps, Arc::default(), Budget::new(1, Duration::ZERO)));
        let [a, b] = [1, 2].map(|last| Peer::Machine(Ipv4Addr::new(127, 0, 0, last).into()));
        let (first, second) = (load.quota(a), load.quota(a));
        let slots = [first.admit(), second.admit()].map(Result::unwrap);
        assert_eq!(first.admit().unwrap_err(), Full::Client(2).into(), "over all connections");
        let other = load.quota(b).admit().unwrap();
        assert_eq!(load.quota(b).admit().unwrap_err(), Full::Proxy(3).into());
        assert_eq!((load.requests(), load.clients().len()), (3, 2));
        drop((slots, other));
        assert_eq!((load.requests(), load.clients().len()), (0, 1), "a connection is still open");
        first.admit().unwrap();
        drop((first, second));
        assert_eq!((load.requests(), load.clients().len()), (0, 0));
    }
}
