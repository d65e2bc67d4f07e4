//! The digest of one value, whatever its white space.

/// So many bytes are hashed at once: BLAKE3 is several times faster on long runs.
const ROOM: usize = 16 * 1024;

/// The longest run that can be held back, in bytes: a key or a short text, to be looked at or taken
/// back.
const HOLD: usize = 256;

/// 64 bits of BLAKE3. Two values of one conversation have the same digest by chance once in 10^19.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Digest(u64);

impl Digest {
    /// The digest of `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::cut(blake3::hash(bytes))
    }

    /// The digest of `before` with `next` behind it.
    pub(crate) fn join(before: Option<Self>, next: Self) -> Self {
        let Some(before) = before else { return next };
        let mut both = [0; 16];
        both[..8].copy_from_slice(&before.0.to_le_bytes());
        both[8..].copy_from_slice(&next.0.to_le_bytes());
        Self::of(&both)
    }

    /// The digest as a number, spread evenly over all 64 bits.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    fn cut(hash: blake3::Hash) -> Self {
        let (front, _) = hash.as_bytes().split_at(8);
        Self(front.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

/// Takes the tokens of a value one by one.
///
/// It gathers them in a buffer of at most [`ROOM`] and [`HOLD`] bytes. What is held back is in the
/// buffer for sure, so it can be read again and taken back.
#[derive(Debug, Default)]
pub(super) struct Canon {
    buffer: Vec<u8>,
    hasher: blake3::Hasher,
    /// Whether the hasher has seen the start of the value.
    streamed: bool,
    /// Where in the buffer begins what is held back.
    held: Option<usize>,
}

impl Canon {
    /// Takes the next bytes.
    #[inline]
    pub(super) fn write(&mut self, bytes: &[u8]) {
        match bytes {
            // Most tokens are one byte.
            [byte] if self.held.is_none() && self.buffer.len() < ROOM => self.buffer.push(*byte),
            _ => self.write_run(bytes),
        }
    }

    fn write_run(&mut self, bytes: &[u8]) {
        let held = self.held.map_or(0, |start| self.buffer.len() - start);
        if held + bytes.len() > HOLD {
            self.held = None;
        }
        if self.held.is_none() && self.buffer.len() + bytes.len() > ROOM {
            self.flush();
            if bytes.len() > ROOM {
                self.hasher.update(bytes);
                return;
            }
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Holds back what comes, until it is released or longer than [`HOLD`].
    pub(super) fn hold(&mut self) {
        self.held = Some(self.buffer.len());
    }

    /// Whether anything is held back.
    pub(super) fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// Lets go of what was held back, and shows it. None if it became too long.
    pub(super) fn release(&mut self) -> Option<&[u8]> {
        self.held.take().map(|start| &self.buffer[start..])
    }

    /// Forgets all from `start` of what was held back: [`release`](Self::release) gave `len` bytes.
    pub(super) fn take_back(&mut self, len: usize) {
        self.buffer.truncate(self.buffer.len().saturating_sub(len));
    }

    /// Ends the value, and begins the next.
    pub(super) fn finish(&mut self) -> Digest {
        let digest = if self.streamed {
            self.flush();
            Digest::cut(self.hasher.finalize())
        } else {
            Digest::of(&self.buffer)
        };
        self.restart();
        digest
    }

    /// Forgets the value, and begins the next.
    pub(super) fn restart(&mut self) {
        self.buffer.clear();
        self.held = None;
        if std::mem::take(&mut self.streamed) {
            self.hasher.reset();
        }
    }

    fn flush(&mut self) {
        self.streamed = true;
        self.hasher.update(&self.buffer);
        self.buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_writes_changes_nothing() {
        let bytes: Vec<u8> = (0..5 * ROOM).map(|n| (n % 251) as u8).collect();
        for len in [0, 1, HOLD, ROOM - 1, ROOM, ROOM + 1, 5 * ROOM] {
            for size in [1, 100, ROOM - 1, ROOM, ROOM + 1, 5 * ROOM] {
                let mut canon = Canon::default();
                bytes[..len].chunks(size).for_each(|piece| canon.write(piece));
                assert_eq!(canon.finish(), Digest::of(&bytes[..len]), "{len} in {size}");
                canon.write(b"next");
                assert_eq!(canon.finish(), Digest::of(b"next"));
            }
        }
    }

    #[test]
    fn what_is_held_can_be_taken_back_wherever_the_buffer_ends() {
        for len in [0, ROOM - 3, ROOM - 1, ROOM, ROOM + 1] {
            let mut canon = Canon::default();
            let bytes = vec![b'x'; len];
            bytes.iter().for_each(|byte| canon.write(&[*byte]));
            canon.hold();
            (0..HOLD).for_each(|_| canon.write(b"y"));
            assert!(canon.buffer.len() <= ROOM + HOLD);
            assert_eq!(canon.release(), Some(&[b'y'; HOLD][..]));
            canon.take_back(HOLD);
            assert_eq!(canon.finish(), Digest::of(&bytes));
        }
    }

    #[test]
    fn what_is_too_long_is_not_held() {
        let mut canon = Canon::default();
        canon.hold();
        (0..3 * ROOM).for_each(|_| canon.write(b"y"));
        assert!(!canon.holds() && canon.buffer.len() <= ROOM);
        assert_eq!(canon.release(), None);
        assert_eq!(canon.finish(), Digest::of(&[b'y'; 3 * ROOM]));
    }
}
