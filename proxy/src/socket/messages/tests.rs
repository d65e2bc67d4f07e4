use super::*;
use crate::socket::frames::frame;
use flate2::{Compress, Compression, FlushCompress};

const KEY: [u8; 4] = [1, 2, 3, 4];

/// A frame of a client; `first` has the opcode and bits.
fn client(first: u8, payload: &str) -> Vec<u8> {
    let mut bytes = frame(Opcode::Continuation, &[payload], Some(KEY));
    bytes[0] = first;
    bytes
}

fn messages(limit: usize) -> Messages {
    Messages::new(Some(Inflater::new(true)), limit)
}

/// What left, in order: what passed (`Ok`) and payloads that were held (`Err`).
type Left = Vec<Result<Vec<u8>, Vec<u8>>>;

fn feed(input: &[&[u8]], limit: usize) -> (Left, Vec<u8>, Option<Skip>) {
    let (mut messages, mut left, mut all) = (messages(limit), Left::new(), Vec::new());
    let mut out = Vec::new();
    let mut pass = |left: &mut Left, out: &mut Vec<u8>| {
        all.extend_from_slice(out);
        match left.last_mut() {
            Some(Ok(last)) => last.append(out),
            _ if out.is_empty() => {}
            _ => left.push(Ok(std::mem::take(out))),
        }
    };
    for mut rest in input.iter().copied() {
        while !rest.is_empty() {
            let message = messages.feed(&mut rest, &mut out).unwrap();
            pass(&mut left, &mut out);
            if let Some(mut message) = message {
                left.push(Err(message.payload()));
                // Its bytes stand in the place of the message.
                pass(&mut Left::new(), &mut message.raw);
            }
        }
    }
    messages.finish(&mut out);
    pass(&mut left, &mut out);
    (left, all, messages.skipped())
}

/// Checks what leaves, at every pair of cuts, and that the bytes are those that came.
#[track_caller]
fn check(input: &[Vec<u8>], limit: usize, expected: &Left, skip: Option<Skip>) {
    let input = input.concat();
    for second in 0..=input.len() {
        for first in 0..=second {
            let pieces = [&input[..first], &input[first..second], &input[second..]];
            let (left, all, skipped) = feed(&pieces, limit);
            assert_eq!((&left, skipped), (expected, skip), "cut at {first} and {second}");
            assert_eq!(all, input);
        }
    }
}

#[test]
fn texts_are_held_and_all_else_passes() {
    let (binary, ping) = (client(0x82, "bin"), client(0x89, "ping"));
    let expected = vec![
        Err(b"one".to_vec()),
        Ok([&binary[..], &ping].concat()),
        Err(Vec::new()),
        Err(b"two".to_vec()),
    ];
    let input = [client(0x81, "one"), binary, ping, client(0x81, ""), client(0x81, "two")];
    check(&input, 100, &expected, None);
}

#[test]
fn fragments_are_one_message() {
    let input = [client(0x01, "a"), client(0x00, ""), client(0x80, "bc")];
    check(&input, 100, &vec![Err(b"abc".to_vec())], None);
    let binary = [client(0x02, "a"), client(0x80, "bc")];
    check(&binary, 100, &vec![Ok(binary.concat())], None);
}

#[test]
fn a_ping_overtakes_the_message_that_it_stands_in() {
    let ping = client(0x89, "now");
    let (start, end) = (client(0x01, "a"), client(0x80, "b"));
    let mut messages = messages(100);
    let mut out = Vec::new();
    let began = messages.feed(&mut &[&start[..], &ping].concat()[..], &mut out);
    assert!(began.unwrap().is_none());
    assert_eq!(out, ping);
    assert!(!messages.is_between());
    let mut message = messages.feed(&mut &end[..], &mut out).unwrap().unwrap();
    assert_eq!((message.payload(), message.raw), (b"ab".to_vec(), [start, end].concat()));
    assert!(messages.is_between());
}

#[test]
fn a_message_beyond_the_limit_passes_and_the_next_is_held() {
    let long = [client(0x01, "long"), client(0x00, "er"), client(0x80, "!")];
    let input = [&long[..], &[client(0x81, "short")]].concat();
    let expected = vec![Ok(long.concat()), Err(b"short".to_vec())];
    check(&input, 20, &expected, Some(Skip::TooLong));
    // To the byte: six of head and five of payload.
    check(&[client(0x81, "short")], 11, &vec![Err(b"short".to_vec())], None);
    check(&[client(0x81, "short")], 10, &vec![Ok(client(0x81, "short"))], Some(Skip::TooLong));
}

/// Compresses messages that look back at earlier ones.
struct Packer(Compress);

impl Packer {
    fn new() -> Self {
        Self(Compress::new(Compression::fast(), false))
    }

    /// A compressed message in two frames; `first` is its opcode.
    fn pack(&mut self, first: u8, text: &str) -> Vec<u8> {
        let mut packed = Vec::with_capacity(text.len() + 100);
        self.0.compress_vec(text.as_bytes(), &mut packed, FlushCompress::Sync).unwrap();
        packed.truncate(packed.len() - 4);
        let (front, back) = packed.split_at(packed.len() / 2);
        let mut bytes = frame(Opcode::Continuation, &[front], Some(KEY));
        bytes[0] = 0x40 | first;
        bytes.extend(frame(Opcode::Continuation, &[back], Some([9, 8, 7, 6])));
        bytes
    }
}

#[test]
fn compressed_messages_are_unpacked() {
    let mut packer = Packer::new();
    let input = [
        packer.pack(1, "hello, hello"),
        client(0x81, "plain"),
        packer.pack(2, "hello, binary"),
        packer.pack(1, "hello again"),
    ];
    let held = |text: &str| Err(text.as_bytes().to_vec());
    let expected =
        vec![held("hello, hello"), held("plain"), held("hello, binary"), held("hello again")];
    check(&input, 100, &expected, None);
}

#[test]
fn compressed_messages_beyond_the_limit_pass_and_the_next_is_unpacked() {
    let mut packer = Packer::new();
    // Long as it came, then long when unpacked.
    let (noise, long) = (packer.pack(1, "a1b2c3d4e5f6g7h8i9j0klmnopqrst"), "a1b2".repeat(20));
    let input = [noise.clone(), packer.pack(1, &long), packer.pack(1, "b2b2")];
    let passed = [&noise[..], &input[1]].concat();
    let expected = vec![Ok(passed), Err(b"b2b2".to_vec())];
    check(&input, 40, &expected, Some(Skip::TooLong));
}

#[test]
fn what_is_not_compressed_as_agreed_passes() {
    let nonsense = [client(0x41, "\u{7f}\u{7f}"), client(0x80, "\u{7f}\u{7f}\u{7f}")];
    let other = [client(0x81, "plain"), client(0xc1, "more")];
    let input = [&nonsense[..], &other].concat();
    let expected = vec![Ok(nonsense.concat()), Err(b"plain".to_vec()), Ok(other[1].clone())];
    check(&input, 100, &expected, Some(Skip::Encoded));
}

#[test]
fn after_a_rewritten_message_the_upstream_gets_plain_ones() {
    let mut packer = Packer::new();
    let mut messages = messages(100);
    let mut next = |input: &[u8]| messages_next(&mut messages, input);
    let first = next(&packer.pack(1, "hello, hello")).unwrap();
    assert!(first.is_packed() && !first.is_detached());
    messages.detach();
    let mut next = |input: &[u8]| messages_next(&mut messages, input);
    let mut second = next(&packer.pack(2, "hello again")).unwrap();
    assert!(second.is_detached());
    let payload = second.payload();
    assert_eq!(second.plain(&[&payload], KEY), client(0x82, "hello again"));
    assert!(!next(&client(0x81, "plain")).unwrap().is_detached());
    assert!(next(&packer.pack(1, &"hello".repeat(40))).is_none(), "it can neither pass nor stay");
}

/// The message that `input` is; `None` if it strands.
fn messages_next(messages: &mut Messages, input: &[u8]) -> Option<Message> {
    let mut out = Vec::new();
    let message = messages.feed(&mut &input[..], &mut out).ok()?;
    assert_eq!(out, b"");
    message
}

#[test]
fn after_what_is_no_frame_all_passes() {
    for wrong in [&b"\x83\x80\0\0\0\0"[..], b"\x81\x05Hello", b"\x80\x80\0\0\0\0"] {
        let before = [client(0x81, "one")];
        let rest = [wrong.to_vec(), client(0x81, "two")];
        let input = [&before[..], &rest].concat();
        let expected = vec![Err(b"one".to_vec()), Ok(rest.concat())];
        check(&input, 100, &expected, Some(Skip::Malformed));
    }
    let within = [client(0x01, "held"), client(0x81, "new"), client(0x81, "two")];
    check(&within, 100, &vec![Ok(within.concat())], Some(Skip::Malformed));
}

#[test]
fn what_does_not_end_leaves_as_it_came() {
    let input = [client(0x01, "held"), client(0x80, "cut off")[..9].to_vec()];
    check(&input, 100, &vec![Ok(input.concat())], None);
    check(&[b"\x81\xfe\x00".to_vec()], 100, &vec![Ok(b"\x81\xfe\x00".to_vec())], None);
    let closed = [client(0x01, "held"), client(0x88, ""), client(0x80, "late")];
    check(&closed, 100, &vec![Ok(closed.concat())], None);
}

/// A small generator of numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % limit as u64) as usize
    }

    /// Frames of all kinds, of which some are wrong, compressed ones among them.
    fn frames(&mut self) -> Vec<u8> {
        let (mut packer, mut bytes) = (Packer::new(), Vec::new());
        for _ in 0..self.below(12) {
            let text = "abcabd".repeat(self.below(12));
            let firsts = [0x81, 0x81, 0x01, 0x80, 0x00, 0x82, 0x02, 0x89, 0x88, 0xc1, 0x83];
            match self.below(3) {
                0 => bytes.extend(packer.pack(1 + self.below(2) as u8, &text)),
                _ => bytes.extend(client(firsts[self.below(firsts.len())], &text)),
            }
        }
        bytes.truncate(bytes.len() - self.below(bytes.len() / 4 + 1));
        bytes
    }
}

#[test]
fn cuts_change_nothing_and_no_byte_is_lost() {
    let mut dice = Dice(1);
    for run in 0..20_000 {
        let (input, limit) = (dice.frames(), 1 + dice.below(150));
        let (left, all, skip) = feed(&[&input], limit);
        let mut sorted = (input.clone(), all);
        sorted.0.sort_unstable();
        sorted.1.sort_unstable();
        assert_eq!(sorted.0, sorted.1, "run {run}: all bytes left");
        let (mut pieces, mut rest) = (Vec::new(), &input[..]);
        while !rest.is_empty() {
            let (piece, back) = rest.split_at(rest.len().min(1 + dice.below(20)));
            pieces.push(piece);
            rest = back;
        }
        let (cut, _, skipped) = feed(&pieces, limit);
        assert_eq!((cut, skipped), (left, skip), "run {run}");
    }
}
