//! Compressed messages (RFC 7692), read along.
//!
//! Nothing is compressed here. A message that was rewritten leaves plain, as any message may. Where
//! the client's compressor looks back at earlier messages, the upstream now lacks one of them, so
//! from then on all of the client's messages leave plain.

use flate2::{Decompress, FlushDecompress, Status};
use thiserror::Error;

/// What every message lacks at its end (RFC 7692, 7.2.2).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// How many bytes are unpacked at once.
const CHUNK: usize = 16 * 1024;

const NAME: &str = "permessage-deflate";

/// What both sides agreed to: whether their compressors look back at earlier messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deflate {
    pub(crate) client_looks_back: bool,
    pub(crate) server_looks_back: bool,
}

/// The answer agrees to an extension that is not known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unknown;

/// What comes is not compressed as agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a message is not compressed as agreed")]
pub(crate) struct Broken;

/// Unpacks the messages of one side.
#[derive(Debug)]
pub(crate) struct Inflater {
    state: Decompress,
    looks_back: bool,
    buffer: Box<[u8]>,
}

impl Deflate {
    /// What `extensions` say, the items of an answer's header; `None` if there are none.
    pub(crate) fn agreed<'e>(
        extensions: impl Iterator<Item = &'e str>,
    ) -> Result<Option<Self>, Unknown> {
        let mut agreed = None;
        for extension in extensions.filter(|extension| !extension.is_empty()) {
            let mut words = extension.split(';').map(str::trim);
            let is_known = words.next().is_some_and(|name| name.eq_ignore_ascii_case(NAME));
            if !is_known || agreed.is_some() {
                return Err(Unknown);
            }
            let mut deflate = Self { client_looks_back: true, server_looks_back: true };
            for word in words {
                match word.to_ascii_lowercase().as_str() {
                    "client_no_context_takeover" => deflate.client_looks_back = false,
                    "server_no_context_takeover" => deflate.server_looks_back = false,
                    // Any window up to the largest is read with the largest.
                    word if word.contains("_max_window_bits") => {}
                    _ => return Err(Unknown),
                }
            }
            agreed = Some(deflate);
        }
        Ok(agreed)
    }
}

impl Inflater {
    pub(crate) fn new(looks_back: bool) -> Self {
        Self { state: Decompress::new(false), looks_back, buffer: vec![0; CHUNK].into() }
    }

    /// Whether a message may need earlier ones to be unpacked.
    pub(crate) fn looks_back(&self) -> bool {
        self.looks_back
    }

    /// Unpacks the next bytes of a message. What goes beyond `limit` is dropped; then `out` is
    /// one byte longer than it.
    pub(crate) fn feed(
        &mut self,
        mut bytes: &[u8],
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), Broken> {
        loop {
            let (came, made) = (self.state.total_in(), self.state.total_out());
            let sync = FlushDecompress::Sync;
            let status =
                self.state.decompress(bytes, &mut self.buffer, sync).map_err(|_| Broken)?;
            let (came, made) = (self.state.total_in() - came, self.state.total_out() - made);
            // Both are lengths within the two buffers.
            let (came, made) = (came as usize, made as usize);
            bytes = &bytes[came..];
            let room = (limit + 1).saturating_sub(out.len());
            out.extend_from_slice(&self.buffer[..made.min(room)]);
            if status == Status::StreamEnd {
                // Allowed, though nobody does it: the next block would begin anew.
                return Err(Broken);
            }
            if made < CHUNK && bytes.is_empty() {
                return Ok(());
            }
            if came == 0 && made == 0 {
                return Err(Broken);
            }
        }
    }

    /// The message has ended.
    pub(crate) fn end(&mut self, out: &mut Vec<u8>, limit: usize) -> Result<(), Broken> {
        self.feed(&TAIL, out, limit)?;
        if !self.looks_back {
            self.state.reset(false);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compress, Compression, FlushCompress};

    fn deflate(state: &mut Compress, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() + 100);
        state.compress_vec(text, &mut out, FlushCompress::Sync).unwrap();
        assert!(out.ends_with(&TAIL));
        out.truncate(out.len() - TAIL.len());
        out
    }

    #[test]
    fn messages_are_unpacked_one_after_the_other() {
        for looks_back in [true, false] {
            let (mut packer, mut inflater) =
                (Compress::new(Compression::fast(), false), Inflater::new(looks_back));
            for text in ["hello, hello", "hello, hello again", "", &"x".repeat(50_000)] {
                if !looks_back {
                    packer.reset();
                }
                let packed = deflate(&mut packer, text.as_bytes());
                let mut out = Vec::new();
                for piece in packed.chunks(3) {
                    inflater.feed(piece, &mut out, usize::MAX - 1).unwrap();
                }
                inflater.end(&mut out, usize::MAX - 1).unwrap();
                assert_eq!(String::from_utf8(out).unwrap(), text);
            }
        }
    }

    #[test]
    fn the_standards_examples() {
        // RFC 7692, 7.2.3.2: two messages, the second looks back at the first.
        let mut inflater = Inflater::new(true);
        for packed in [&[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00][..], &[0xf2, 0, 0x11, 0, 0]] {
            let mut out = Vec::new();
            inflater.feed(packed, &mut out, 100).unwrap();
            inflater.end(&mut out, 100).unwrap();
            assert_eq!(out, b"Hello");
        }
    }

    #[test]
    fn what_is_beyond_the_limit_is_dropped_and_the_next_message_is_read() {
        let mut packer = Compress::new(Compression::fast(), false);
        let mut inflater = Inflater::new(true);
        for (text, expected) in [("y".repeat(100_000), 11), ("y".repeat(9), 9)] {
            let packed = deflate(&mut packer, text.as_bytes());
            let mut out = Vec::new();
            inflater.feed(&packed, &mut out, 10).unwrap();
            inflater.end(&mut out, 10).unwrap();
            assert_eq!(out.len(), expected);
        }
    }

    #[test]
    fn nonsense_is_known() {
        let mut out = Vec::new();
        assert_eq!(Inflater::new(true).feed(&[0xff; 40], &mut out, 100), Err(Broken));
    }

    #[test]
    fn what_was_agreed_to() {
        let agreed = |text: &'static str| Deflate::agreed(text.split(',').map(str::trim));
        let both = |client_looks_back, server_looks_back| {
            Ok(Some(Deflate { client_looks_back, server_looks_back }))
        };
        assert_eq!(agreed(""), Ok(None));
        assert_eq!(agreed("permessage-deflate"), both(true, true));
        assert_eq!(agreed("Permessage-Deflate; client_no_context_takeover"), both(false, true));
        let long = "permessage-deflate; server_no_context_takeover; client_max_window_bits=12";
        assert_eq!(agreed(long), both(true, false));
        for other in
            ["x", "permessage-deflate, x", "permessage-deflate; x", "x, permessage-deflate"]
        {
            assert_eq!(agreed(other), Err(Unknown), "{other}");
        }
    }
}
