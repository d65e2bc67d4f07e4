//! What a connection and the service on it tell each other.

use super::{busy::Busy, refusal::Refused, turn::Turn};
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

impl Signs {
    pub(super) fn begun(self: &Arc<Self>) -> Begun {
        self.busy.start();
        Begun(self.clone())
    }

    pub(super) fn on_its_way(self: &Arc<Self>) -> OnItsWay {
        self.busy.start();
        OnItsWay(self.clone())
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
