//! What an upstream sends, read along: its text messages are a model's events.

use super::{
    frames::{Frames, Malformed, Opcode, Piece, Side},
    inflate::Inflater,
};

/// Reads what an upstream sends. It alters nothing and holds one message.
#[derive(Debug)]
pub(crate) struct Listener {
    frames: Frames,
    /// The longest message that is read, in bytes.
    limit: usize,
    text: Vec<u8>,
    /// What is done with the message under way.
    reads: bool,
    /// Whether the frame under way belongs to that message.
    takes: bool,
    ends: bool,
    blind: bool,
    inflater: Option<Inflater>,
    /// Whether the message under way is compressed, and whether the frame under way is of it.
    is_packed: bool,
    unpacks: bool,
}

impl Listener {
    /// A listener that reads texts of up to `limit` bytes, compressed ones if there is an inflater.
    pub(crate) fn new(inflater: Option<Inflater>, limit: usize) -> Self {
        Self {
            frames: Frames::new(Side::Server, inflater.is_some()),
            limit,
            text: Vec::new(),
            reads: false,
            takes: false,
            ends: false,
            blind: false,
            inflater,
            is_packed: false,
            unpacks: false,
        }
    }

    /// Reads the next bytes, and gives every text message that they complete to `each`.
    /// Those beyond the limit are not read.
    pub(crate) fn feed(&mut self, mut rest: &[u8], mut each: impl FnMut(&[u8])) {
        while !self.blind {
            match self.frames.next(&mut rest) {
                Ok(Some(piece)) => self.take(&piece),
                Ok(None) => return,
                Err(Malformed) => self.blind = true,
            }
            if !self.ends || !self.frames.is_between() {
                continue;
            }
            if std::mem::take(&mut self.unpacks) {
                self.unpack(None);
            }
            if self.takes {
                each(&self.text);
                self.text.clear();
                (self.reads, self.takes) = (false, false);
            }
        }
    }

    /// Whether a frame of our own may leave now.
    pub(crate) fn is_between(&self) -> bool {
        !self.blind && self.frames.is_between()
    }

    fn take(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Head(head) => {
                match head.opcode {
                    Opcode::Text | Opcode::Binary => {
                        self.is_packed = head.compressed;
                        self.reads = head.opcode == Opcode::Text;
                        self.text.clear();
                    }
                    _ => {}
                }
                let is_data = !head.opcode.is_control();
                self.reads &= !is_data || self.is_packed || self.has_room(head.len);
                (self.takes, self.ends) = (self.reads && is_data, head.fin);
                self.unpacks = self.is_packed && is_data;
            }
            // Even what is not read: later messages may look back at it.
            Piece::Payload(bytes) if self.unpacks => self.unpack(Some(bytes)),
            Piece::Payload(bytes) if self.takes => self.text.extend_from_slice(bytes),
            Piece::Payload(_) => {}
        }
    }

    /// Unpacks the next bytes of a message, or its end.
    fn unpack(&mut self, bytes: Option<&[u8]>) {
        let Some(inflater) = &mut self.inflater else {
            self.takes = false;
            return;
        };
        let unpacked = match bytes {
            Some(bytes) => inflater.feed(bytes, &mut self.text, self.limit),
            None => inflater.end(&mut self.text, self.limit),
        };
        if unpacked.is_err() {
            self.inflater = None;
        }
        self.reads &= unpacked.is_ok() && self.text.len() <= self.limit;
        self.takes &= self.reads;
    }

    fn has_room(&self, len: u64) -> bool {
        self.text.len() as u64 + len <= self.limit as u64
    }
}
