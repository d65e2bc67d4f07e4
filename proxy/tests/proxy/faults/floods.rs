//! HTTP/2 frames by the thousand: the connection ends, or goes on; others do not feel it.

use super::wire::{Scene, status};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const COUNT: usize = 20_000;

/// A frame (RFC 9113, 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&len[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// Headers of a GET of `/healthz`, which the proxy answers by itself, coded without a table.
fn headers(flags: u8, stream: u32) -> Vec<u8> {
    let block = [&[0x82, 0x86, 0x04, 8][..], b"/healthz", &[0x41, 1], b"h"].concat();
    frame(1, flags, stream, &block)
}

/// Sends `flood` behind a preface, as far as it is taken; then another client is served.
async fn survives(flood: Vec<u8>) {
    let scene = Scene::new().await;
    let mut client = scene.sends([PREFACE, &frame(4, 0, 0, &[])].concat()).await;
    for part in flood.chunks(64 << 10) {
        if !client.try_send(part).await {
            break;
        }
        // It may stop reading until its answers are taken.
        client.take().await;
    }
    let mut other = scene.sends("GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n").await;
    assert_eq!(status(&other.message().await), 200);
    assert_eq!(scene.proxy.load.requests(), 0);
    drop((client, other));
    scene.ends_clean().await;
}

#[tokio::test]
async fn rapid_reset() {
    let cancel = 8_u32.to_be_bytes();
    let pair = |at: usize| {
        let stream = u32::try_from(2 * at + 1).unwrap();
        [headers(5, stream), frame(3, 0, stream, &cancel)].concat()
    };
    survives((0..COUNT).flat_map(pair).collect()).await;
}

#[tokio::test]
async fn settings_and_pings() {
    survives(frame(4, 0, 0, &[]).repeat(COUNT)).await;
    survives(frame(6, 0, 0, &[0; 8]).repeat(COUNT)).await;
}

#[tokio::test]
async fn continuations() {
    let field = [&[0x00, 1][..], b"x", &[100], &[b'a'; 100]].concat();
    let more = frame(9, 0, 1, &field).repeat(COUNT);
    survives([headers(1, 1), more].concat()).await;
    survives([headers(1, 1), frame(9, 0, 1, &[]).repeat(COUNT)].concat()).await;
}

#[tokio::test]
async fn empty_frames_of_data() {
    survives([headers(4, 1), frame(0, 0, 1, &[]).repeat(COUNT)].concat()).await;
}
