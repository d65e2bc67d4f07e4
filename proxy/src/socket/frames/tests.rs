use super::*;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// The frames of `bytes`: opcode, FIN, payload unmasked. None where they are malformed.
fn read(side: Side, deflate: bool, pieces: &[&[u8]]) -> Option<Vec<(Opcode, bool, Vec<u8>)>> {
    let (mut frames, mut found) =
        (Frames::new(side, deflate), Vec::<(Opcode, bool, Vec<u8>)>::new());
    let (mut key, mut all) = ([0; 4], Vec::new());
    for mut piece in pieces.iter().copied() {
        while let Some(next) = frames.next(&mut piece).ok()? {
            match next {
                Piece::Head(head) => {
                    key = head.key;
                    all.extend_from_slice(head.raw());
                    found.push((head.opcode, head.fin, Vec::new()));
                }
                Piece::Payload(bytes) => {
                    all.extend_from_slice(bytes);
                    let payload = &mut found.last_mut()?.2;
                    let start = payload.len();
                    payload.extend_from_slice(bytes);
                    mask(&mut payload[start..], key, start);
                }
            }
        }
    }
    all.extend_from_slice(frames.partial());
    assert_eq!(all, pieces.concat(), "heads and payloads join to the input");
    Some(found)
}

/// The examples of RFC 6455, 5.7.
#[test]
fn the_standards_examples() {
    let masked = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    let pong = b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    let cases = [
        (Side::Server, &b"\x81\x05Hello"[..], Opcode::Text, true, "Hello"),
        (Side::Client, masked, Opcode::Text, true, "Hello"),
        (Side::Server, b"\x01\x03Hel", Opcode::Text, false, "Hel"),
        (Side::Server, b"\x89\x05Hello", Opcode::Ping, true, "Hello"),
        (Side::Client, pong, Opcode::Pong, true, "Hello"),
    ];
    for (side, bytes, kind, fin, payload) in cases {
        let expected = vec![(kind, fin, payload.into())];
        cuts(bytes, |pieces| {
            assert_eq!(read(side, false, pieces).as_ref(), Some(&expected), "{bytes:x?}");
        });
    }
}

/// Every pair of cuts.
fn cuts<'i>(input: &'i [u8], mut check: impl FnMut(&[&'i [u8]])) {
    for second in 0..=input.len() {
        for first in 0..=second {
            check(&[&input[..first], &input[first..second], &input[second..]]);
        }
    }
}

#[test]
fn what_is_written_is_read_back() {
    for len in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
        let payload: Vec<u8> = (0..len).map(|n: u32| n as u8).collect();
        let (front, back) = payload.split_at(payload.len() / 3);
        for (side, key) in [(Side::Client, Some(KEY)), (Side::Server, None)] {
            let bytes = frame(Opcode::Text, &[front, back], key);
            let expected = vec![(Opcode::Text, true, payload.clone())];
            assert_eq!(read(side, false, &[&bytes]), Some(expected), "{len}");
        }
    }
}

#[test]
fn what_is_no_frame_is_known_by_its_head() {
    let cases: [(&str, &[u8]); 12] = [
        ("a reserved bit", b"\xa1\x80"),
        ("another", b"\x91\x80"),
        ("compressed, though nobody agreed to it", b"\xc1\x80"),
        ("an opcode that is not given out", b"\x83\x80"),
        ("a control opcode that is not given out", b"\x8b\x80"),
        ("not masked", b"\x81\x00"),
        ("a long control frame", b"\x89\xfe"),
        ("a control frame in pieces", b"\x09\x80"),
        ("a continuation of nothing", b"\x80\x80"),
        ("a message in a message", b"\x01\x80\0\0\0\0\x81\x80"),
        ("a length that takes too many bytes", b"\x81\xfe\x00\x7d\0\0\0\0"),
        ("a length beyond 63 bits", b"\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0"),
    ];
    for (name, bytes) in cases {
        assert_eq!(read(Side::Client, false, &[bytes]), None, "{name}");
    }
    assert_eq!(read(Side::Server, false, &[b"\x81\x80"]), None, "a server that masks");
    assert!(read(Side::Client, true, &[b"\xc1\x80\0\0\0\0"]).is_some());
    assert_eq!(read(Side::Client, true, &[b"\xc9\x80"]), None, "a compressed ping");
    assert_eq!(read(Side::Client, true, &[b"\x01\x80\0\0\0\0\xc0\x80"]), None);
}

#[test]
fn masks_go_on_where_a_payload_is_cut() {
    let whole: Vec<u8> = (0..40).collect();
    let mut expected = whole.clone();
    expected.iter_mut().enumerate().for_each(|(at, byte)| *byte ^= KEY[at % 4]);
    for cut in 0..=whole.len() {
        let mut masked = whole.clone();
        let (front, back) = masked.split_at_mut(cut);
        mask(front, KEY, 0);
        mask(back, KEY, cut);
        assert_eq!(masked, expected, "{cut}");
    }
}
