//! What a connection and the service on it tell each other.

use super::{busy::Busy, refusal::Refused, turn::Turn};
use bytes::Bytes;
use std::sync::{Arc, atomic::AtomicBool};

/// The signs of one connection.
#[derive(Debug, Default)]
pub(super) struct Signs {
    pub(super) busy: Busy,
    pub(super) refused: Refused,
    pub(super) turn: Turn,
    /// The connection carries another protocol from now on.
    pub(super) upgraded: AtomicBool,
}

/// A head that has begun to come: the connection is busy until this is dropped.
#[derive(Debug)]
pub(super) struct Begun(Arc<Signs>);

/// A request on its way. When this is dropped, the next one has its turn.
#[derive(Debug)]
pub(super) struct OnItsWay(Arc<Signs>);

/// A piece of an answer. It has left when this is dropped.
#[derive(Debug)]
struct Leaving {
    piece: Bytes,
    signs: Arc<Signs>,
}

impl Signs {
    pub(super) fn begun(self: &Arc<Self>) -> Begun {
        self.busy.start();
        Begun(self.clone())
    }

    pub(super) fn on_its_way(self: &Arc<Self>) -> OnItsWay {
        self.busy.start();
        OnItsWay(self.clone())
    }

    /// `piece` of an answer, counted until its last slice is dropped. Nothing is copied.
    pub(super) fn leaving(self: &Arc<Self>, piece: Bytes) -> Bytes {
        self.busy.leaves();
        Bytes::from_owner(Leaving { piece, signs: self.clone() })
    }
}

impl AsRef<[u8]> for Leaving {
    fn as_ref(&self) -> &[u8] {
        &self.piece
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.signs.busy.left();
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.busy.end();
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.0.busy.end();
        self.0.turn.end();
    }
}
