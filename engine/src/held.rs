//! Bytes that wait, as slices of the chunks that they came in.

use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;

/// Slices below this length are joined by copying, so that many small ones cost neither a record
/// each nor the large chunks that they would pin.
pub(crate) const JOIN: usize = 256;

/// A run of bytes held as slices of the buffers that came in.
#[derive(Debug, Default)]
pub struct Held {
    slices: VecDeque<Bytes>,
    tail: BytesMut,
    len: usize,
}

impl Held {
    /// The number of bytes held.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds `bytes` at the end.
    pub fn push(&mut self, bytes: Bytes) {
        self.len += bytes.len();
        if bytes.len() < JOIN {
            self.tail.extend_from_slice(&bytes);
            if self.tail.len() >= JOIN {
                self.seal();
            }
        } else {
            self.seal();
            self.slices.push_back(bytes);
        }
    }

    /// Takes the first `len` bytes.
    ///
    /// # Panics
    ///
    /// If fewer are held.
    pub fn take(&mut self, len: usize) -> Held {
        assert!(len <= self.len, "cannot take {len} of {} bytes", self.len);
        self.seal();
        let mut front = Held::default();
        while front.len < len {
            let Some(mut slice) = self.slices.pop_front() else { break };
            let wanted = len - front.len;
            if slice.len() > wanted {
                self.slices.push_front(slice.split_off(wanted));
            }
            front.len += slice.len();
            front.slices.push_back(slice);
        }
        self.len -= len;
        front
    }

    /// All slices, in order, without taking them.
    pub(crate) fn slices(&self) -> impl Iterator<Item = &[u8]> {
        self.slices.iter().map(|slice| &slice[..]).chain([&self.tail[..]])
    }

    /// All slices, in order.
    pub fn into_slices(mut self) -> impl Iterator<Item = Bytes> {
        self.seal();
        self.slices.into_iter()
    }

    /// Writes everything to the end of `out`.
    pub fn copy_to(&self, out: &mut Vec<u8>) {
        out.reserve(self.len);
        for slice in &self.slices {
            out.extend_from_slice(slice);
        }
        out.extend_from_slice(&self.tail);
    }

    fn seal(&mut self) {
        if !self.tail.is_empty() {
            self.slices.push_back(self.tail.split().freeze());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(held: &Held) -> Vec<u8> {
        let mut out = Vec::new();
        held.copy_to(&mut out);
        out
    }

    #[test]
    fn takes_from_the_front_across_slices() {
        let whole: Vec<u8> = (0..2_000_u32).map(|i| i as u8).collect();
        for cut in [0, 1, 255, 256, 257, 1_999, 2_000] {
            let mut held = Held::default();
            held.push(Bytes::copy_from_slice(&whole[..300]));
            whole[300..600].chunks(7).for_each(|c| held.push(Bytes::copy_from_slice(c)));
            held.push(Bytes::copy_from_slice(&whole[600..]));
            let front = held.take(cut);
            assert_eq!(text(&front), &whole[..cut]);
            assert_eq!(text(&held), &whole[cut..]);
            assert_eq!((front.len(), held.len()), (cut, whole.len() - cut));
        }
    }

    #[test]
    fn large_slices_are_not_copied() {
        let chunk = Bytes::from(vec![b'x'; 1_000]);
        let mut held = Held::default();
        held.push(chunk.clone());
        let slice = held.into_slices().next().unwrap();
        assert_eq!(slice.as_ptr(), chunk.as_ptr());
    }
}
