//! What a client sends: text messages are held until they are complete, all else passes.
//!
//! What leaves and the messages that are given out join to the input, but that control frames
//! overtake a message that is held: they may stand between its frames, and a ping must not wait.
//!
//! A compressed message is unpacked as it comes and held as well, since it may have to leave plain
//! ([`inflate`](super::inflate)).

use super::{
    frames::{Frames, Malformed, Opcode, Piece, Side, frame, mask},
    inflate::{Broken, Inflater},
};
use crate::route::Skip;
use thiserror::Error;

/// A message that is complete.
#[derive(Debug)]
pub(crate) struct Message {
    /// Its frames as they came.
    pub(crate) raw: Vec<u8>,
    /// What it holds, if it was compressed.
    unpacked: Option<Vec<u8>>,
    is_text: bool,
    /// Whether the upstream cannot unpack it.
    is_detached: bool,
}

/// A compressed message can neither be unpacked here nor at the upstream.
#[derive(Clone, Copy, Debug, Error)]
#[error("a compressed message is too long or malformed, and an earlier one was rewritten")]
pub(crate) struct Stranded;

/// Reads what a client sends.
#[derive(Debug)]
pub(crate) struct Messages {
    frames: Frames,
    /// The most bytes that are held, heads of frames included, and the most that one unpacks to.
    limit: usize,
    /// The frames of the message that is held.
    held: Vec<u8>,
    /// Whether the message under way is held.
    is_held: bool,
    /// Whether the frame under way is: not if it is a control frame in the middle of a message.
    takes: bool,
    /// Whether the frame under way ends its message.
    ends: bool,
    /// Whether all that follows passes unread.
    blind: bool,
    skip: Option<Skip>,
    packed: Packed,
}

/// What compressed messages need.
#[derive(Debug, Default)]
struct Packed {
    inflater: Option<Inflater>,
    /// Whether the message under way is unpacked, and whether the frame under way is of it.
    is_under_way: bool,
    takes: bool,
    is_text: bool,
    /// How the frame under way is masked, and how much of it was read.
    key: [u8; 4],
    offset: usize,
    plain: Vec<u8>,
    /// Whether the upstream lacks a message that later ones may look back at.
    is_detached: bool,
    is_stranded: bool,
}

impl Messages {
    /// Messages of a client, compressed ones if there is an inflater; longer ones than `limit` bytes
    /// pass.
    pub(crate) fn new(inflater: Option<Inflater>, limit: usize) -> Self {
        Self {
            frames: Frames::new(Side::Client, inflater.is_some()),
            limit,
            held: Vec::new(),
            is_held: false,
            takes: false,
            ends: false,
            blind: false,
            skip: None,
            packed: Packed { inflater, ..Packed::default() },
        }
    }

    /// Reads on in `rest`, up to the end of a message that was held. What passes goes to `out`.
    ///
    /// # Errors
    ///
    /// When a message can neither pass nor be read. It is final: the connection has to end.
    pub(crate) fn feed(
        &mut self,
        rest: &mut &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Message>, Stranded> {
        while !self.blind {
            match self.frames.next(rest) {
                Ok(Some(piece)) => self.take(&piece, out),
                Ok(None) => return Ok(None),
                Err(Malformed) => self.give_up(out),
            }
            let message = self.end(out);
            if self.packed.is_stranded {
                return Err(Stranded);
            }
            if message.is_some() {
                return Ok(message);
            }
        }
        out.extend_from_slice(std::mem::take(rest));
        Ok(None)
    }

    /// The client has ended. What was held leaves as it came.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.blind {
            self.release(out);
            out.extend_from_slice(self.frames.partial());
        }
    }

    /// Why something passed unread, since the last call.
    pub(crate) fn skipped(&mut self) -> Option<Skip> {
        self.skip.take()
    }

    /// Whether a frame of our own may leave now.
    pub(crate) fn is_between(&self) -> bool {
        !self.blind && !self.is_held && self.frames.is_between()
    }

    /// The last message, which was compressed, did not leave as it came.
    pub(crate) fn detach(&mut self) {
        self.packed.is_detached = self.packed.inflater.as_ref().is_some_and(Inflater::looks_back);
    }

    fn take(&mut self, piece: &Piece<'_>, out: &mut Vec<u8>) {
        let bytes = match piece {
            Piece::Payload(bytes) => {
                if self.packed.takes && self.packed.feed(bytes, self.limit).is_err() {
                    self.cannot(Skip::Encoded, out);
                }
                bytes
            }
            Piece::Head(head) => {
                self.begin(head.opcode, head.compressed, out);
                let is_data = !head.opcode.is_control();
                (self.takes, self.ends) = (self.is_held && is_data, head.fin);
                self.packed.takes = self.packed.is_under_way && is_data;
                (self.packed.key, self.packed.offset) = (head.key, 0);
                if self.takes && !self.has_room(head.raw().len(), head.len) {
                    self.cannot(Skip::TooLong, out);
                }
                head.raw()
            }
        };
        if self.takes && self.packed.plain.len() > self.limit {
            self.cannot(Skip::TooLong, out);
        }
        if self.takes { &mut self.held } else { out }.extend_from_slice(bytes);
    }

    fn begin(&mut self, opcode: Opcode, is_compressed: bool, out: &mut Vec<u8>) {
        match opcode {
            Opcode::Text | Opcode::Binary => {
                let is_unpacked = is_compressed && self.packed.inflater.is_some();
                (self.packed.is_under_way, self.packed.is_text) =
                    (is_unpacked, opcode == Opcode::Text);
                self.packed.plain = Vec::new();
                self.is_held = is_unpacked || opcode == Opcode::Text && !is_compressed;
                if is_compressed && !is_unpacked {
                    self.skip = Some(Skip::Encoded);
                }
            }
            // No data may follow, so what is held has to leave before it.
            Opcode::Close => self.release(out),
            Opcode::Continuation | Opcode::Ping | Opcode::Pong => {}
        }
    }

    /// Ends the message under way if its last frame is complete; the message, if it was held.
    fn end(&mut self, out: &mut Vec<u8>) -> Option<Message> {
        if !self.ends || !self.frames.is_between() {
            return None;
        }
        let is_unpacked = std::mem::take(&mut self.packed.takes);
        if is_unpacked {
            if self.packed.end(self.limit).is_err() {
                self.cannot(Skip::Encoded, out);
            } else if self.takes && self.packed.plain.len() > self.limit {
                self.cannot(Skip::TooLong, out);
            }
            self.packed.is_under_way = false;
        }
        if !self.takes {
            return None;
        }
        (self.is_held, self.takes) = (false, false);
        Some(Message {
            raw: std::mem::take(&mut self.held),
            unpacked: is_unpacked.then(|| std::mem::take(&mut self.packed.plain)),
            is_text: !is_unpacked || self.packed.is_text,
            is_detached: is_unpacked && self.packed.is_detached,
        })
    }

    fn has_room(&self, head: usize, len: u64) -> bool {
        (self.held.len() + head) as u64 + len <= self.limit as u64
    }

    /// The message under way is not held any more.
    fn release(&mut self, out: &mut Vec<u8>) {
        let mut held = std::mem::take(&mut self.held);
        if !(self.packed.is_detached && self.packed.is_under_way) {
            out.append(&mut held);
        }
        (self.is_held, self.takes) = (false, false);
    }

    /// The message under way passes, unread. One that the upstream cannot unpack must not.
    fn cannot(&mut self, skip: Skip, out: &mut Vec<u8>) {
        self.packed.is_stranded |= self.packed.is_detached && self.packed.is_under_way;
        self.skip = Some(skip);
        self.release(out);
    }

    fn give_up(&mut self, out: &mut Vec<u8>) {
        self.packed.is_stranded |= self.packed.is_detached;
        self.finish(out);
        self.blind = true;
        self.skip = Some(Skip::Malformed);
    }
}

impl Packed {
    /// Unpacks the next bytes of the frame under way. If it cannot, no message is any more.
    fn feed(&mut self, bytes: &[u8], limit: usize) -> Result<(), Broken> {
        let Some(inflater) = &mut self.inflater else { return Ok(()) };
        let mut bytes = bytes.to_vec();
        mask(&mut bytes, self.key, self.offset);
        self.offset += bytes.len();
        let fed = inflater.feed(&bytes, &mut self.plain, limit);
        fed.inspect_err(|_| self.inflater = None)
    }

    fn end(&mut self, limit: usize) -> Result<(), Broken> {
        let Some(inflater) = &mut self.inflater else { return Err(Broken) };
        let ended = inflater.end(&mut self.plain, limit);
        ended.inspect_err(|_| self.inflater = None)
    }
}

impl Message {
    /// What it holds: unmasked, unpacked.
    pub(crate) fn payload(&mut self) -> Vec<u8> {
        self.unpacked.take().unwrap_or_else(|| unmasked(&self.raw))
    }

    /// Whether it came compressed.
    pub(crate) fn is_packed(&self) -> bool {
        self.unpacked.is_some()
    }

    /// Whether it is text.
    pub(crate) fn is_text(&self) -> bool {
        self.is_text
    }

    /// Whether its frames as they came are of no use to the upstream.
    pub(crate) fn is_detached(&self) -> bool {
        self.is_detached
    }

    /// One plain frame of the same kind.
    pub(crate) fn plain<P: AsRef<[u8]>>(&self, payload: &[P], key: [u8; 4]) -> Vec<u8> {
        frame(if self.is_text { Opcode::Text } else { Opcode::Binary }, payload, Some(key))
    }
}

fn unmasked(raw: &[u8]) -> Vec<u8> {
    let (mut rest, mut payload) = (raw, Vec::with_capacity(raw.len()));
    let mut frames = Frames::new(Side::Client, false);
    let mut key = [0; 4];
    while let Ok(Some(piece)) = frames.next(&mut rest) {
        match piece {
            Piece::Head(head) => key = head.key,
            // All of it is there, so a payload comes in one piece.
            Piece::Payload(bytes) => {
                let start = payload.len();
                payload.extend_from_slice(bytes);
                mask(&mut payload[start..], key, 0);
            }
        }
    }
    payload
}

#[cfg(test)]
mod tests;
