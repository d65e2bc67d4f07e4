//! The memory that held bodies share.
//!
//! A chunk that is held takes its length from the budget and gives it back when the last slice of it
//! is dropped, whoever holds that: the engine, the body that leaves, the cache guard. Where nothing is
//! left a body waits. It is never rewritten in another way because of others: what leaves would
//! depend on load, and a provider's cache would miss.
//!
//! Bodies that wait for each other would wait for ever, so one at a time may go beyond the budget,
//! by what one body may hold.

use bytes::Bytes;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use thiserror::Error;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// The memory of all held bodies.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    bytes: Arc<Semaphore>,
    /// The right to go beyond.
    beyond: Arc<Semaphore>,
    held: AtomicUsize,
    patience: Duration,
}

/// What one body takes of the budget.
#[derive(Debug)]
pub(crate) struct Account {
    budget: Budget,
    beyond: Option<Arc<OwnedSemaphorePermit>>,
}

/// A part of the budget, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Grant {
    budget: Budget,
    len: usize,
    bytes: Option<OwnedSemaphorePermit>,
    beyond: Option<Arc<OwnedSemaphorePermit>>,
}

/// There was no memory in time.
#[derive(Clone, Copy, Debug, Error)]
#[error("there is no memory to hold the body: other requests fill it; try again")]
pub(crate) struct NoMemory;

/// A chunk and what it has taken.
struct Charged {
    chunk: Bytes,
    _grant: Grant,
}

impl Budget {
    /// A budget of so many bytes. A body waits for `patience` where nothing is left.
    pub(crate) fn new(bytes: usize, patience: Duration) -> Self {
        let bytes = Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)));
        let (beyond, held) = (Arc::new(Semaphore::new(1)), AtomicUsize::new(0));
        Self(Arc::new(Shared { bytes, beyond, held, patience }))
    }

    /// The bytes that are held.
    pub(crate) fn held(&self) -> usize {
        self.0.held.load(Ordering::Relaxed)
    }

    /// What a body that is about to come takes.
    pub(crate) fn open(&self) -> Account {
        Account { budget: self.clone(), beyond: None }
    }

    /// So many bytes, if they are there now.
    pub(crate) fn try_take(&self, len: usize) -> Option<Grant> {
        let permits = u32::try_from(len).ok()?;
        let bytes = self.0.bytes.clone().try_acquire_many_owned(permits).ok()?;
        Some(self.grant(len, Some(bytes), None))
    }

    fn grant(
        &self,
        len: usize,
        bytes: Option<OwnedSemaphorePermit>,
        beyond: Option<Arc<OwnedSemaphorePermit>>,
    ) -> Grant {
        self.0.held.fetch_add(len, Ordering::Relaxed);
        Grant { budget: self.clone(), len, bytes, beyond }
    }
}

impl Account {
    /// So many bytes, as soon as they are there.
    ///
    /// # Errors
    ///
    /// When they were not there in time.
    pub(crate) async fn take(&mut self, len: usize) -> Result<Grant, NoMemory> {
        if let Some(beyond) = &self.beyond {
            return Ok(self.budget.grant(len, None, Some(beyond.clone())));
        }
        if let Some(grant) = self.budget.try_take(len) {
            return Ok(grant);
        }
        let patience = self.budget.0.patience;
        timeout(patience, self.wait(len)).await.map_err(|_| NoMemory)?
    }

    async fn wait(&mut self, len: usize) -> Result<Grant, NoMemory> {
        let Shared { bytes, beyond, .. } = &*self.budget.0;
        let permits = u32::try_from(len).map_err(|_| NoMemory)?;
        tokio::select! {
            biased;
            got = bytes.clone().acquire_many_owned(permits) => {
                Ok(self.budget.grant(len, Some(got.map_err(|_| NoMemory)?), None))
            }
            got = beyond.clone().acquire_owned() => {
                let beyond = Arc::new(got.map_err(|_| NoMemory)?);
                self.beyond = Some(beyond.clone());
                Ok(self.budget.grant(len, None, Some(beyond)))
            }
        }
    }
}

impl Grant {
    /// `chunk`, which keeps this grant for as long as a slice of it lives. Nothing is copied.
    pub(crate) fn pay_for(self, chunk: Bytes) -> Bytes {
        Bytes::from_owner(Charged { chunk, _grant: self })
    }

    /// Adds `other` to this grant.
    pub(crate) fn merge(&mut self, mut other: Self) {
        self.len += std::mem::take(&mut other.len);
        match (&mut self.bytes, other.bytes.take()) {
            (Some(bytes), Some(more)) => bytes.merge(more),
            (bytes @ None, more) => *bytes = more,
            (Some(_), None) => {}
        }
        self.beyond = self.beyond.take().or(other.beyond.take());
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        self.budget.0.held.fetch_sub(self.len, Ordering::Relaxed);
    }
}

impl AsRef<[u8]> for Charged {
    fn as_ref(&self) -> &[u8] {
        &self.chunk
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(1);

    #[tokio::test]
    async fn a_chunk_keeps_its_grant_as_long_as_a_slice_of_it_lives() {
        let budget = Budget::new(10, PATIENCE);
        let chunk = Bytes::from(vec![b'x'; 10]);
        let at = chunk.as_ptr();
        let held = budget.open().take(10).await.unwrap().pay_for(chunk);
        assert_eq!(held.as_ptr(), at, "nothing is copied");
        let slice = held.slice(3..4);
        drop(held);
        assert_eq!(budget.held(), 10);
        assert!(budget.try_take(1).is_none());
        drop(slice);
        assert_eq!(budget.held(), 0);
        assert!(budget.try_take(10).is_some());
    }

    #[tokio::test]
    async fn one_body_may_go_beyond_and_the_next_waits() {
        let budget = Budget::new(4, PATIENCE);
        let (mut first, mut second) = (budget.open(), budget.open());
        let common = first.take(4).await.unwrap();
        let beyond = [first.take(4).await.unwrap(), first.take(4).await.unwrap()];
        assert_eq!(budget.held(), 12);
        assert!(second.take(1).await.is_err());
        drop((first, beyond));
        drop(second.take(1).await.unwrap());
        drop((second, common));
        assert_eq!(budget.held(), 0);
    }

    #[tokio::test]
    async fn grants_that_are_merged_are_given_back_whole() {
        let budget = Budget::new(4, PATIENCE);
        let mut account = budget.open();
        let mut grant = account.take(3).await.unwrap();
        grant.merge(account.take(1).await.unwrap());
        grant.merge(account.take(5).await.unwrap());
        assert_eq!(budget.held(), 9);
        drop((grant, account));
        assert_eq!(budget.held(), 0);
        assert!(budget.try_take(4).is_some());
    }
}
