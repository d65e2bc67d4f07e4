//! The cache guard: does a turn repeat what earlier turns sent?
//!
//! A provider's prompt cache hits as far as a request begins like an earlier one. The guard reads
//! what leaves for the provider, remembers digests of it for each conversation, and tells when a
//! turn changes what an earlier one sent, and where. It observes only: nothing that leaves depends
//! on it.
//!
//! From bytes to an answer: [`reader`] follows a body and [`open`] an element of it; [`canon`] makes
//! a digest of its tokens and [`element`] says what it is; all of them are a [`prompt`]. A
//! [`table`] holds each [`conversation`](mod@conversation) as [`line`](mod@line)s, and a line tells a [`bust`].

mod bust;
mod canon;
mod conversation;
mod element;
mod line;
mod open;
mod prompt;
mod reader;
mod session;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use bust::{Bust, BustKind};
pub(crate) use prompt::{Prompt, conversation};
pub(crate) use session::Session;
pub(crate) use table::Bounds;

use brevity::Dialect;
use bytes::Bytes;
use std::sync::{Mutex, MutexGuard, PoisonError};
use table::Table;

/// Watches what leaves. Its table takes at most what its [`Bounds`] say.
#[derive(Debug)]
pub(crate) struct Guard {
    watched: Mutex<Watched>,
    /// How deep a body may nest.
    depth: usize,
}

#[derive(Debug)]
struct Watched {
    table: Table,
    counts: Counts,
}

/// What the guard has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Requests that were compared.
    pub(crate) requests: u64,
    /// Bodies that are not JSON or nest too deep, and those without a message.
    pub(crate) unread: u64,
    /// Busts by their [`BustKind`]'s number.
    pub(crate) busts: [u64; BustKind::ALL.len()],
    /// The conversations in the table.
    pub(crate) conversations: usize,
    /// What they take, in bytes.
    pub(crate) bytes: usize,
}

impl Guard {
    /// A guard that has seen nothing. It reads bodies that nest at most `depth` deep.
    pub(crate) fn new(bounds: Bounds, depth: usize) -> Self {
        let watched = Watched { table: Table::new(bounds), counts: Counts::default() };
        Self { watched: Mutex::new(watched), depth }
    }

    /// Reads a body that leaves, whole and in `slices`, and tells what it changed of what an earlier
    /// turn of its conversation sent. A body that cannot be read changes nothing, and is counted.
    pub(crate) fn watch(
        &self,
        dialect: Dialect,
        session: Option<Session>,
        slices: &[Bytes],
    ) -> Vec<Bust> {
        match Prompt::read(dialect, slices, self.depth) {
            Ok(prompt) => self.observe(session, &prompt),
            Err(_) => {
                self.lock().counts.unread += 1;
                Vec::new()
            }
        }
    }

    /// Tells what `prompt` changed of what an earlier turn of its conversation sent: at most one
    /// place in the tools, one in the system prompt and one in the messages. Each is told once.
    ///
    /// A conversation is what the client names one, else what has the same `prompt_cache_key`, else
    /// what has the same first message.
    pub(crate) fn observe(&self, session: Option<Session>, prompt: &Prompt) -> Vec<Bust> {
        let mut watched = self.lock();
        let Watched { table, counts } = &mut *watched;
        let Some(first) = prompt.messages.first() else {
            counts.unread += 1;
            return Vec::new();
        };
        let named = session.map(Session::digest).or(prompt.cache_key);
        let key = named.unwrap_or(first.digest).number();
        let busts = table.lend(key, |conversation| conversation.observe(prompt));
        counts.requests += 1;
        busts.iter().for_each(|bust| counts.busts[bust.kind() as usize] += 1);
        busts
    }

    /// What was seen so far.
    pub(crate) fn counts(&self) -> Counts {
        let watched = self.lock();
        let (conversations, bytes) = (watched.table.len(), watched.table.bytes());
        Counts { conversations, bytes, ..watched.counts }
    }

    /// A panic of another thread does not end the watch: the table is whole between its calls, but
    /// for the conversation that was lent.
    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
