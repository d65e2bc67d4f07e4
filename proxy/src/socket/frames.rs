//! Frames of a WebSocket (RFC 6455, 5.2), read as they come, cut anywhere.
//!
//! The reader holds the head of one frame and counters, never a payload. What it gives out, heads
//! as they came and payloads as they came, joins to its input.

/// The longest head: two bytes, eight of length, four of key.
const LONGEST: usize = 14;

/// The longest payload of a control frame (RFC 6455, 5.5).
const CONTROL: u64 = 125;

const FIN: u8 = 0x80;
const RSV1: u8 = 0x40;
const RSV2_AND_3: u8 = 0x30;
const MASKED: u8 = 0x80;

/// Who writes the frames. Clients mask theirs, servers must not (RFC 6455, 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// What a frame is (RFC 6455, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}

/// The head of a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) opcode: Opcode,
    /// Whether it is its message's last frame.
    pub(crate) fin: bool,
    /// Whether its message is compressed (RFC 7692, 6).
    pub(crate) compressed: bool,
    /// The bytes of its payload.
    pub(crate) len: u64,
    /// What its payload is masked with; zeros where it is not.
    pub(crate) key: [u8; 4],
    raw: [u8; LONGEST],
    raw_len: usize,
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    /// A frame begins.
    Head(Head),
    /// Bytes of its payload, masked as they came.
    Payload(&'a [u8]),
}

/// The bytes are no frames of that side. What was read of the head is in [`Frames::partial`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads the frames of one side.
#[derive(Debug)]
pub(crate) struct Frames {
    side: Side,
    /// Whether messages may be compressed.
    deflate: bool,
    /// Whether a message has begun whose last frame has not.
    in_message: bool,
    head: [u8; LONGEST],
    have: usize,
    /// What is to come of the payload.
    left: u64,
}

impl Opcode {
    const ALL: [Self; 6] =
        [Self::Continuation, Self::Text, Self::Binary, Self::Close, Self::Ping, Self::Pong];

    /// The opcode in the first byte of a head, if it is given out.
    fn of(first: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|opcode| *opcode as u8 == first & 0x0F)
    }

    /// Whether it may stand between the frames of a message.
    pub(crate) fn is_control(self) -> bool {
        matches!(self, Opcode::Close | Opcode::Ping | Opcode::Pong)
    }
}

impl Head {
    /// The head as it came.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw[..self.raw_len]
    }
}

impl Frames {
    pub(crate) fn new(side: Side, deflate: bool) -> Self {
        Self { side, deflate, in_message: false, head: [0; LONGEST], have: 0, left: 0 }
    }

    /// Reads on in `rest` up to the end of a head or of what is there of a payload. `None` when
    /// `rest` is used up.
    ///
    /// # Errors
    ///
    /// When these are no frames. It is final: the caller must not ask again.
    pub(crate) fn next<'a>(&mut self, rest: &mut &'a [u8]) -> Result<Option<Piece<'a>>, Malformed> {
        if self.left > 0 {
            let len = usize::try_from(self.left).unwrap_or(usize::MAX).min(rest.len());
            let (payload, after) = rest.split_at(len);
            (*rest, self.left) = (after, self.left - len as u64);
            return Ok((len > 0).then_some(Piece::Payload(payload)));
        }
        while let Some((byte, after)) = rest.split_first() {
            *rest = after;
            self.head[self.have] = *byte;
            self.have += 1;
            if self.have == 2 {
                self.check()?;
            }
            if self.have >= 2 && self.have == self.length() {
                return self.begin().map(|head| Some(Piece::Head(head)));
            }
        }
        Ok(None)
    }

    /// Whether the last frame is complete and no other has begun.
    pub(crate) fn is_between(&self) -> bool {
        self.have == 0 && self.left == 0
    }

    /// What was read of a head that is not complete.
    pub(crate) fn partial(&self) -> &[u8] {
        &self.head[..self.have]
    }

    /// Checks all that the first two bytes say.
    fn check(&self) -> Result<(), Malformed> {
        let [first, second, ..] = self.head;
        let opcode = Opcode::of(first).ok_or(Malformed)?;
        let is_fin = first & FIN != 0;
        let is_masked = second & MASKED != 0;
        let continues = opcode == Opcode::Continuation;
        let is_right = is_masked == (self.side == Side::Client)
            && first & RSV2_AND_3 == 0
            && (first & RSV1 == 0 || self.deflate && !continues && !opcode.is_control())
            && match opcode.is_control() {
                true => is_fin && u64::from(second & !MASKED) <= CONTROL,
                false => continues == self.in_message,
            };
        if is_right { Ok(()) } else { Err(Malformed) }
    }

    /// The length of the head, which its second byte tells.
    fn length(&self) -> usize {
        let len = match self.head[1] & !MASKED {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        2 + len + if self.side == Side::Client { 4 } else { 0 }
    }

    fn begin(&mut self) -> Result<Head, Malformed> {
        let (raw, raw_len) = (self.head, self.have);
        let opcode = Opcode::of(raw[0]).ok_or(Malformed)?;
        let (len, used) = payload_length(&raw).ok_or(Malformed)?;
        let mut key = [0; 4];
        if self.side == Side::Client {
            key.copy_from_slice(&raw[used..used + 4]);
        }
        let fin = raw[0] & FIN != 0;
        if !opcode.is_control() {
            self.in_message = !fin;
        }
        (self.have, self.left) = (0, len);
        Ok(Head { opcode, fin, compressed: raw[0] & RSV1 != 0, len, key, raw, raw_len })
    }
}

/// The length of the payload, and the bytes of the head up to its end. None where a length takes
/// more bytes than it needs, or is beyond 63 bits.
fn payload_length(raw: &[u8; LONGEST]) -> Option<(u64, usize)> {
    let wide = |bytes: &[u8]| bytes.iter().fold(0, |len, byte| len << 8 | u64::from(*byte));
    match raw[1] & !MASKED {
        126 => Some((wide(&raw[2..4]), 4)).filter(|(len, _)| *len >= 126),
        127 => Some((wide(&raw[2..10]), 10)).filter(|(len, _)| (1 << 16..1 << 63).contains(len)),
        short => Some((short.into(), 2)),
    }
}

/// Masks or unmasks `bytes`, which stand at `offset` in their payload (RFC 6455, 5.3).
pub(crate) fn mask(bytes: &mut [u8], key: [u8; 4], offset: usize) {
    let mut turned = key;
    turned.rotate_left(offset % 4);
    let [a, b, c, d] = turned;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    rest.iter_mut().zip(turned.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
}

/// A whole frame: FIN, with `payload` in pieces, masked if there is a key.
pub(crate) fn frame<P: AsRef<[u8]>>(
    opcode: Opcode,
    payload: &[P],
    key: Option<[u8; 4]>,
) -> Vec<u8> {
    let len: usize = payload.iter().map(|piece| piece.as_ref().len()).sum();
    let mut frame = Vec::with_capacity(LONGEST + len);
    let masked = if key.is_some() { MASKED } else { 0 };
    frame.push(FIN | opcode as u8);
    match (u8::try_from(len), u16::try_from(len)) {
        (Ok(short @ ..=125), _) => frame.push(masked | short),
        (_, Ok(len)) => {
            frame.push(masked | 126);
            frame.extend_from_slice(&len.to_be_bytes());
        }
        _ => {
            frame.push(masked | 127);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(key.as_ref().map_or(&[], |key| key));
    let start = frame.len();
    payload.iter().for_each(|piece| frame.extend_from_slice(piece.as_ref()));
    if let Some(key) = key {
        mask(&mut frame[start..], key, 0);
    }
    frame
}

#[cfg(test)]
mod tests;
