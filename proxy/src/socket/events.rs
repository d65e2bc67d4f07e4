//! What an upstream sends, read along: its text messages are a model's events.

use super::frames::{Frames, Kind, Malformed, Piece, Side};

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
}

impl Listener {
    pub(crate) fn new(deflate: bool, limit: usize) -> Self {
        let frames = Frames::new(Side::Server, deflate);
        let text = Vec::new();
        Self { frames, limit, text, reads: false, takes: false, ends: false, blind: false }
    }

    /// Reads the next bytes, and gives every text message that they complete to `each`.
    /// Compressed ones and those beyond the limit are not read.
    pub(crate) fn feed(&mut self, mut rest: &[u8], mut each: impl FnMut(&[u8])) {
        while !self.blind {
            match self.frames.next(&mut rest) {
                Ok(Some(piece)) => self.take(&piece),
                Ok(None) => return,
                Err(Malformed) => self.blind = true,
            }
            if self.takes && self.ends && self.frames.is_between() {
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
                match head.kind {
                    Kind::Text | Kind::Binary => {
                        self.reads = head.kind == Kind::Text && !head.compressed;
                        self.text.clear();
                    }
                    _ => {}
                }
                self.reads &= head.kind.is_control() || self.has_room(head.len);
                (self.takes, self.ends) = (self.reads && !head.kind.is_control(), head.fin);
            }
            Piece::Payload(bytes) if self.takes => self.text.extend_from_slice(bytes),
            Piece::Payload(_) => {}
        }
    }

    fn has_room(&self, len: u64) -> bool {
        self.text.len() as u64 + len <= self.limit as u64
    }
}
