//! Exact counts by the o200k vocabulary, which is read once and then kept.

use tiktoken_rs::o200k_base_singleton;

/// Counts the o200k tokens of a text; special tokens in it count as plain text. Invalid UTF-8 is
/// counted as U+FFFD, as most clients would send it.
pub fn count(text: &[u8]) -> u64 {
    o200k_base_singleton().encode_ordinary(&String::from_utf8_lossy(text)).len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_counts() {
        assert_eq!(count(b""), 0);
        assert_eq!(count(b"hello world"), 2);
        assert_eq!(count(br#"{"a":"b","c":"d"}"#), 9);
        assert_eq!(count(b"1234567"), 3);
        assert!(count(b"<|endoftext|>") > 1);
        assert_eq!(count(b"\xff"), count("\u{FFFD}".as_bytes()));
    }
}
