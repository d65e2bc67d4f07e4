//! What is on its way, and how much of it there may be.

use super::refusal::Refusal;
use crate::{
    body::Budget,
    config::Caps,
    vitals::{Opened, Vitals},
};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use thiserror::Error;

/// What a running proxy has on its way. It stays readable while the proxy drains.
#[derive(Debug)]
pub struct Load {
    caps: Caps,
    vitals: Arc<Vitals>,
    clients: Mutex<HashMap<Client, usize>>,
    budget: Budget,
}

/// Whose request it is, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    /// Somebody's on the machine with this address.
    Machine(IpAddr),
    /// This user's, of this machine.
    #[cfg(unix)]
    User(u32),
}

/// Why no further request is taken.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Full {
    #[error("{0} requests are on their way already; try again")]
    Proxy(usize),
    #[error("{0} requests of this client are on their way already; try again when one has ended")]
    Client(usize),
}

/// A request on its way. It counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    load: Arc<Load>,
    client: Client,
    open: Option<Opened>,
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

    /// Takes another request of `client`.
    ///
    /// # Errors
    ///
    /// When there are too many.
    pub(crate) fn admit(self: &Arc<Self>, client: Client) -> Result<Slot, Refusal> {
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
        let open = Some(self.vitals.requests.open());
        Ok(Slot { load: self.clone(), client, open })
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<Client, usize>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // Both counts change under one lock.
        let mut clients = self.load.clients();
        self.open = None;
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
        let load = Arc::new(Load::new(caps, Arc::default(), Budget::new(1, Duration::ZERO)));
        let [a, b] = [1, 2].map(|last| Client::Machine(Ipv4Addr::new(127, 0, 0, last).into()));
        let slots = [load.admit(a), load.admit(a)].map(Result::unwrap);
        assert_eq!(load.admit(a).unwrap_err(), Full::Client(2).into());
        let other = load.admit(b).unwrap();
        assert_eq!(load.admit(b).unwrap_err(), Full::Proxy(3).into());
        drop((slots, other));
        assert_eq!((load.requests(), load.clients().len()), (0, 0));
    }
}
