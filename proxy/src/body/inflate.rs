//! A compressed request body, decoded within a bound.

use brotli_decompressor::DecompressorWriter;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use hyper::{HeaderMap, header::CONTENT_ENCODING};
use std::{
    collections::VecDeque,
    io::{self, Read, Write},
};

/// The buffer of a brotli decoder, in bytes.
const BROTLI_BUFFER: usize = 64 * 1024;

/// The largest zstd window that RFC 9659 lets HTTP have: 8 MiB, as a power of two.
pub(super) const ZSTD_WINDOW_LOG: u32 = 23;

/// A content coding that request bodies come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Brotli,
    Zstd,
}

impl Coding {
    /// The coding that `headers` name: none, one that is known, or anything else as an error.
    /// Several on top of each other are not known.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, UnknownCoding> {
        let mut named = headers
            .get_all(CONTENT_ENCODING)
            .into_iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .filter(|name| !name.eq_ignore_ascii_case(b"identity"));
        let Some(name) = named.next() else { return Ok(None) };
        if named.next().is_some() {
            return Err(UnknownCoding);
        }
        Ok(Some(match name.to_ascii_lowercase().as_slice() {
            b"gzip" | b"x-gzip" => Self::Gzip,
            b"br" => Self::Brotli,
            b"zstd" => Self::Zstd,
            _ => return Err(UnknownCoding),
        }))
    }

    /// The text of a complete body of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// When the text is longer, or `chunks` are not all of a body in this coding.
    pub(crate) fn decode(self, chunks: Vec<Bytes>, limit: usize) -> io::Result<Bytes> {
        match self {
            Self::Gzip => whole(MultiGzDecoder::new(Chain(chunks.into())), limit),
            Self::Brotli => brotli(&chunks, limit),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(Chain(chunks.into()))?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                whole(decoder, limit)
            }
        }
    }
}

/// A coding that is not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnknownCoding;

/// Reads all of `decoder`, and one byte more than `limit` at most: a small body may say that it is
/// a huge one.
fn whole(decoder: impl Read, limit: usize) -> io::Result<Bytes> {
    let mut text = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut text)?;
    if text.len() > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text.into())
}

/// The reader of this coding says nothing of what follows its end, the writer does.
fn brotli(chunks: &[Bytes], limit: usize) -> io::Result<Bytes> {
    let mut decoder = DecompressorWriter::new(Bounded { text: Vec::new(), limit }, BROTLI_BUFFER);
    for chunk in chunks.iter().filter(|chunk| !chunk.is_empty()) {
        if decoder.write(chunk)? < chunk.len() {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    decoder.close()?;
    let (Ok(all) | Err(all)) = decoder.into_inner();
    Ok(all.text.into())
}

/// Takes a text up to a limit.
struct Bounded {
    text: Vec<u8>,
    limit: usize,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.text.len() + more.len() > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.text.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Chunks, read one after the other.
struct Chain(VecDeque<Bytes>);

impl Read for Chain {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while let Some(chunk) = self.0.front_mut() {
            if chunk.is_empty() {
                self.0.pop_front();
                continue;
            }
            let len = chunk.len().min(to.len());
            to[..len].copy_from_slice(&chunk.split_to(len));
            return Ok(len);
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    const TEXT: &[u8] = b"{\"messages\": [1, 2, 3, 4, 5, 6, 7, 8, 9]}";

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// One block that is stored as it is, then an empty last one (RFC 7932, 9.2).
    fn brotli(text: &[u8]) -> Vec<u8> {
        let head = ((text.len() as u32 - 1) << 4 | 1 << 20).to_le_bytes();
        [&head[..3], text, &[0x03]].concat()
    }

    fn bytewise(body: &[u8]) -> Vec<Bytes> {
        body.iter().map(|byte| Bytes::copy_from_slice(&[*byte])).collect()
    }

    #[test]
    fn codings_are_named_by_the_head() {
        let of = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            Coding::of(&headers)
        };
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&["identity"]), Ok(None));
        assert_eq!(of(&["GZIP"]), Ok(Some(Coding::Gzip)));
        assert_eq!(of(&["identity, zstd"]), Ok(Some(Coding::Zstd)));
        assert_eq!(of(&[" br "]), Ok(Some(Coding::Brotli)));
        for unknown in [&["gzip, br"][..], &["gzip", "br"], &["deflate"], &["x"], &[""]] {
            assert_eq!(of(unknown), Err(UnknownCoding), "{unknown:?}");
        }
    }

    #[test]
    fn bodies_decode_whole_or_not_at_all() {
        let zstd = zstd::encode_all(TEXT, 3).unwrap();
        let bodies =
            [(Coding::Gzip, gzip(TEXT)), (Coding::Zstd, zstd), (Coding::Brotli, brotli(TEXT))];
        for (coding, body) in bodies {
            let decode = |body: &[u8], limit| coding.decode(bytewise(body), limit);
            assert_eq!(decode(&body, TEXT.len()).unwrap(), TEXT);
            assert!(decode(&body, TEXT.len() - 1).is_err(), "beyond the limit");
            for end in 1..body.len() {
                assert!(decode(&body[..end], 1 << 20).is_err(), "{coding:?} cut at {end}");
            }
            assert!(decode(b"{\"messages\":[]}", 1 << 20).is_err(), "no such coding");
            for more in [&b"x"[..], b"more than a word"] {
                let more = [&body, more].concat();
                assert!(decode(&more, 1 << 20).is_err(), "{coding:?} with something behind");
                assert!(coding.decode(vec![more.into()], 1 << 20).is_err(), "{coding:?} at once");
            }
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = gzip(&vec![0; 64 << 20]);
        assert!(bomb.len() < 1 << 20);
        assert!(Coding::Gzip.decode(vec![bomb.into()], 1 << 20).is_err());
    }
}
