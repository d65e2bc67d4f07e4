//! HTTP/2 frames by the thousand: the connection ends, or goes on; others do not feel it.

use super::{
    frames::{
        CANCEL, CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, PREFACE, PRIORITY,
        RESET, SETTINGS, WINDOW, frame, health, post, reset,
    },
    wire::{Scene, status},
};

const COUNT: usize = 20_000;

/// Sends `flood` behind a preface, as far as it is taken; then another client is served.
async fn survives(flood: Vec<u8>) {
    let scene = Scene::new().await;
    let mut client = scene.sends([PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await;
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

/// The numbers of so many streams.
fn streams(count: usize) -> impl Iterator<Item = u32> {
    (1..).step_by(2).take(count)
}

#[tokio::test]
async fn rapid_reset() {
    let pair = |stream| [health(END_HEADERS | END_STREAM, stream), reset(stream, CANCEL)].concat();
    survives(streams(COUNT).flat_map(pair).collect()).await;
    let nobodys = streams(COUNT).flat_map(|stream| reset(stream, CANCEL));
    survives(nobodys.collect()).await;
}

#[tokio::test]
async fn rapid_reset_of_requests_leaves_no_upstream_behind() {
    let pair = |stream| [post(stream), reset(stream, CANCEL)].concat();
    survives(streams(2_000).flat_map(pair).collect()).await;
}

#[tokio::test]
async fn settings_and_pings() {
    survives(frame(SETTINGS, 0, 0, &[]).repeat(COUNT)).await;
    // Acknowledged, though nobody asked.
    survives(frame(SETTINGS, 1, 0, &[]).repeat(COUNT)).await;
    survives(frame(PING, 0, 0, &[0; 8]).repeat(COUNT)).await;
}

#[tokio::test]
async fn continuations() {
    let field = [&[0x00, 1][..], b"x", &[100], &[b'a'; 100]].concat();
    let more = frame(CONTINUATION, 0, 1, &field).repeat(COUNT);
    survives([health(END_STREAM, 1), more].concat()).await;
    let empty = frame(CONTINUATION, 0, 1, &[]).repeat(COUNT);
    survives([health(END_STREAM, 1), empty].concat()).await;
}

#[tokio::test]
async fn empty_frames_of_data() {
    let empty = frame(DATA, 0, 1, &[]).repeat(COUNT);
    survives([health(END_HEADERS, 1), empty].concat()).await;
}

#[tokio::test]
async fn empty_headers() {
    let empty = |stream| frame(HEADERS, END_HEADERS | END_STREAM, stream, &[]);
    survives(streams(COUNT).flat_map(empty).collect()).await;
    let again = frame(HEADERS, END_HEADERS, 1, &[]).repeat(COUNT);
    survives([health(END_HEADERS, 1), again].concat()).await;
}

#[tokio::test]
async fn windows_that_grow() {
    for (stream, more) in [(0, 1_u32), (1, 1), (0, 0), (1, 0), (0, u32::MAX >> 1)] {
        let grow = frame(WINDOW, 0, stream, &more.to_be_bytes()).repeat(COUNT);
        survives([health(END_HEADERS, 1), grow].concat()).await;
    }
}

#[tokio::test]
async fn priorities() {
    let others = streams(COUNT).flat_map(|stream| frame(PRIORITY, 0, stream, &[0, 0, 0, 0, 1]));
    survives(others.collect()).await;
    survives(frame(PRIORITY, 0, 1, &[0, 0, 0, 1, 1]).repeat(COUNT)).await;
}

#[tokio::test]
async fn frames_that_mean_nothing() {
    survives(frame(RESET, 0, 0, &[0; 4]).repeat(COUNT)).await;
    survives(frame(0xee, 0xff, 1, b"unknown").repeat(COUNT)).await;
}
