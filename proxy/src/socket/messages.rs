//! What a client sends: text messages are held until they are complete, all else passes.
//!
//! What leaves and the messages that are given out join to the input, but that control frames
//! overtake a message that is held: they may stand between its frames, and a ping must not wait.

use super::frames::{Frames, Kind, Malformed, Piece, Side, mask};
use crate::route::Skip;

/// A text message that is complete.
#[derive(Debug)]
pub(crate) struct Message {
    /// Its frames as they came.
    pub(crate) raw: Vec<u8>,
}

/// Reads what a client sends.
#[derive(Debug)]
pub(crate) struct Messages {
    frames: Frames,
    /// The most bytes that are held, heads of frames included.
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
}

impl Messages {
    /// Messages of a client, compressed ones if there is `deflate`; longer ones than `limit` bytes
    /// pass.
    pub(crate) fn new(deflate: bool, limit: usize) -> Self {
        Self {
            frames: Frames::new(Side::Client, deflate),
            limit,
            held: Vec::new(),
            is_held: false,
            takes: false,
            ends: false,
            blind: false,
            skip: None,
        }
    }

    /// Reads on in `rest`, up to the end of a message that was held. What passes goes to `out`.
    pub(crate) fn feed(&mut self, rest: &mut &[u8], out: &mut Vec<u8>) -> Option<Message> {
        while !self.blind {
            match self.frames.next(rest) {
                Ok(Some(piece)) => self.take(&piece, out),
                Ok(None) => return None,
                Err(Malformed) => self.give_up(out),
            }
            if self.takes && self.ends && self.frames.is_between() {
                (self.is_held, self.takes) = (false, false);
                return Some(Message { raw: std::mem::take(&mut self.held) });
            }
        }
        out.extend_from_slice(std::mem::take(rest));
        None
    }

    /// The client has ended. What was held leaves as it came.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        self.release(out);
        out.extend_from_slice(self.frames.partial());
    }

    /// Why something passed unread, since the last call.
    pub(crate) fn skipped(&mut self) -> Option<Skip> {
        self.skip.take()
    }

    /// Whether a frame of our own may leave now.
    pub(crate) fn is_between(&self) -> bool {
        !self.blind && !self.is_held && self.frames.is_between()
    }

    fn take(&mut self, piece: &Piece<'_>, out: &mut Vec<u8>) {
        let bytes = match piece {
            Piece::Payload(bytes) => bytes,
            Piece::Head(head) => {
                self.begin(head.kind, head.compressed, out);
                (self.takes, self.ends) = (self.is_held && !head.kind.is_control(), head.fin);
                if self.takes && !self.has_room(head.raw().len(), head.len) {
                    self.skip = Some(Skip::TooLong);
                    self.release(out);
                }
                head.raw()
            }
        };
        if self.takes { &mut self.held } else { out }.extend_from_slice(bytes);
    }

    fn begin(&mut self, kind: Kind, is_compressed: bool, out: &mut Vec<u8>) {
        match kind {
            Kind::Text | Kind::Binary => {
                self.is_held = kind == Kind::Text && !is_compressed;
                if is_compressed {
                    self.skip = Some(Skip::Encoded);
                }
            }
            // No data may follow, so what is held has to leave before it.
            Kind::Close => self.release(out),
            Kind::Continuation | Kind::Ping | Kind::Pong => {}
        }
    }

    fn has_room(&self, head: usize, len: u64) -> bool {
        (self.held.len() + head) as u64 + len <= self.limit as u64
    }

    /// The message under way is not held any more.
    fn release(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
        self.held = Vec::new();
        (self.is_held, self.takes) = (false, false);
    }

    fn give_up(&mut self, out: &mut Vec<u8>) {
        self.finish(out);
        self.blind = true;
        self.skip = Some(Skip::Malformed);
    }
}

impl Message {
    /// Its payload, unmasked.
    pub(crate) fn payload(&self) -> Vec<u8> {
        let (mut rest, mut payload) = (&self.raw[..], Vec::with_capacity(self.raw.len()));
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
}

#[cfg(test)]
mod tests;
