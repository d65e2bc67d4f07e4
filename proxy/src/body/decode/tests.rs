use super::*;
use flate2::{Compression, write};
use hyper::header::HeaderValue;

const ANSWER: &str = r#"{"type":"message","model":"m","usage":{"input_tokens":3,"cache_read_input_tokens":2048,"output_tokens":7}}"#;

fn decoder(coding: &'static str) -> Option<Decoder> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    Decoder::new(&headers, &Limits::default())
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = write::GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = write::ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = write::DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(data, 3).unwrap()
}

#[test]
fn every_coding_is_read_at_any_cut() {
    let data = ANSWER.as_bytes();
    let codings = [
        ("identity", data.to_vec()),
        ("gzip", gzip(data)),
        ("GZIP", [gzip(&data[..50]), gzip(&data[50..])].concat()),
        ("deflate", zlib(data)),
        ("deflate", deflate(data)),
        ("br", BROTLI.to_vec()),
        ("zstd", zstd(data)),
    ];
    for (coding, encoded) in codings {
        for size in [1, 7, encoded.len()] {
            let mut decoder = decoder(coding).unwrap();
            encoded.chunks(size).for_each(|chunk| decoder.feed(chunk));
            let usage = decoder.finish().unwrap_or_else(|| panic!("{coding} by {size}"));
            assert_eq!((usage.cache_read, usage.output), (Some(2048), Some(7)), "{coding}");
        }
    }
}

#[test]
fn what_does_not_decode_says_nothing() {
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let mut decoder = decoder(coding).unwrap();
        decoder.feed(ANSWER.as_bytes());
        decoder.feed(ANSWER.as_bytes());
        assert!(decoder.finish().is_none(), "{coding}");
    }
    assert!(decoder("gzip, br").is_none() && decoder("compress").is_none());
    assert!(decoder("gzip").unwrap().finish().is_none());
}

#[test]
fn an_answer_that_grows_without_end_is_given_up() {
    let bomb = zstd(&vec![b' '; DECODED + 1]);
    let mut decoder = decoder("zstd").unwrap();
    bomb.chunks(64).for_each(|chunk| decoder.feed(chunk));
    assert!(decoder.broken);
}

/// [`ANSWER`], as a brotli encoder wrote it.
const BROTLI: [u8; 69] = [
    0x1b, 0x69, 0x00, 0x20, 0x04, 0x6a, 0x6e, 0xa9, 0x5f, 0xfe, 0xc0, 0xd4, 0x4d, 0x47, 0x2b, 0x84,
    0x68, 0x50, 0x12, 0x43, 0x27, 0x07, 0xec, 0xc7, 0xdf, 0x8e, 0x7d, 0x51, 0x80, 0x89, 0x85, 0x96,
    0xc7, 0xd8, 0x34, 0x6c, 0x4a, 0x70, 0x31, 0xbd, 0x71, 0xc4, 0x20, 0x72, 0x20, 0x0e, 0x22, 0x11,
    0x2f, 0xd2, 0x14, 0xbf, 0xaf, 0x87, 0x4f, 0xf1, 0x07, 0xa3, 0xcd, 0x11, 0xf6, 0x37, 0x6c, 0x1d,
    0x71, 0xf3, 0xb3, 0x76, 0x37,
];
