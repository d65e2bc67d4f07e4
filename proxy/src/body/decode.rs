//! The meter's copy of an answer, decoded.

use super::inflate::ZSTD_WINDOW_LOG;
use crate::meter::{Meter, Usage};
use brevity::Limits;
use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use hyper::{
    HeaderMap,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName},
};
use std::io::{self, Write};

/// How many decoded bytes of one answer are read, against answers that grow a thousandfold.
const DECODED: usize = 64 * 1024 * 1024;

/// The buffer of a brotli decoder, in bytes.
const BROTLI_BUFFER: usize = 4 * 1024;

/// Decodes an answer for the meter. What does not decode is not read further.
pub(crate) struct Decoder {
    coding: Decoding,
    broken: bool,
}

enum Decoding {
    Plain(Sip),
    Gzip(Box<MultiGzDecoder<Sip>>),
    /// Which of the two wrappings of `deflate` it is, the first byte says.
    Deflate(Option<Sip>),
    Zlib(Box<ZlibDecoder<Sip>>),
    Raw(Box<DeflateDecoder<Sip>>),
    Brotli(Box<DecompressorWriter<Sip>>),
    Zstd(Box<zstd::stream::write::Decoder<'static, Sip>>),
}

/// Feeds the meter, up to a bound.
struct Sip {
    meter: Meter,
    left: usize,
}

impl Decoder {
    /// A decoder for an answer with these headers, if its content coding is known. Several codings
    /// on top of each other are not.
    pub(crate) fn new(headers: &HeaderMap, limits: &Limits) -> Option<Self> {
        let sip = Sip { meter: Meter::new(text(headers, &CONTENT_TYPE)?, limits), left: DECODED };
        let coding = match text(headers, &CONTENT_ENCODING)?.trim().to_ascii_lowercase().as_str() {
            "identity" | "" => Decoding::Plain(sip),
            "gzip" | "x-gzip" => Decoding::Gzip(Box::new(MultiGzDecoder::new(sip))),
            "deflate" => Decoding::Deflate(Some(sip)),
            "br" => Decoding::Brotli(Box::new(DecompressorWriter::new(sip, BROTLI_BUFFER))),
            "zstd" => Decoding::Zstd(Box::new(zstd_decoder(sip).ok()?)),
            _ => return None,
        };
        Some(Self { coding, broken: false })
    }

    /// Whether the answer is read as it comes, so that its length says how long that takes.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.coding, Decoding::Plain(_))
    }

    /// How many bytes of a document wait to be read at its end.
    pub(crate) fn held(&self) -> usize {
        match &self.coding {
            Decoding::Plain(sip) => sip.meter.held(),
            _ => 0,
        }
    }

    /// Takes the next bytes of the answer.
    pub(crate) fn feed(&mut self, data: &[u8]) {
        if !self.broken && !data.is_empty() {
            self.broken = self.coding.feed(data).is_err();
        }
    }

    /// Ends the answer: what the meter has read, if it read anything.
    pub(crate) fn finish(mut self) -> Option<Usage> {
        let meter = &mut self.coding.sip()?.meter;
        meter.finish();
        Some(meter.usage()).filter(|usage| **usage != Usage::default()).cloned()
    }
}

impl Decoding {
    fn feed(&mut self, data: &[u8]) -> io::Result<()> {
        if let Decoding::Deflate(sip) = self
            && let Some(sip) = sip.take()
        {
            *self = deflate(sip, data[0]);
        }
        match self {
            Decoding::Plain(sip) => sip.write_all(data),
            Decoding::Gzip(inner) => through(inner, data),
            Decoding::Deflate(_) => Ok(()),
            Decoding::Zlib(inner) => through(inner, data),
            Decoding::Raw(inner) => through(inner, data),
            Decoding::Brotli(inner) => through(inner, data),
            Decoding::Zstd(inner) => through(inner, data),
        }
    }

    fn sip(&mut self) -> Option<&mut Sip> {
        Some(match self {
            Decoding::Plain(sip) => sip,
            Decoding::Gzip(inner) => inner.get_mut(),
            Decoding::Deflate(sip) => return sip.as_mut(),
            Decoding::Zlib(inner) => inner.get_mut(),
            Decoding::Raw(inner) => inner.get_mut(),
            Decoding::Brotli(inner) => inner.get_mut(),
            Decoding::Zstd(inner) => inner.get_mut(),
        })
    }
}

/// A header's value, empty where there is none.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map_or(Some(""), |value| value.to_str().ok())
}

/// Decoders keep some output back until they are flushed; an event must reach the meter at once.
fn through(inner: &mut impl Write, data: &[u8]) -> io::Result<()> {
    inner.write_all(data)?;
    inner.flush()
}

/// `deflate` means zlib's wrapping (RFC 9110, 8.4.1.2), but some servers send bare DEFLATE. The low
/// half of zlib's first byte is 8 (RFC 1950, 2.2), which a block of DEFLATE hardly starts with.
fn deflate(sip: Sip, first: u8) -> Decoding {
    if first & 0x0f == 8 {
        Decoding::Zlib(Box::new(ZlibDecoder::new(sip)))
    } else {
        Decoding::Raw(Box::new(DeflateDecoder::new(sip)))
    }
}

fn zstd_decoder(sip: Sip) -> io::Result<zstd::stream::write::Decoder<'static, Sip>> {
    let mut decoder = zstd::stream::write::Decoder::new(sip)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(decoder)
}

impl Write for Sip {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if data.len() > self.left {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.left -= data.len();
        self.meter.feed(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
