//! What hyper may take on for one connection. Each bound stands here, also where it is the library's
//! own default, so that an update changes none.

use super::streams::Streams;
use crate::config::Caps;
use hyper_util::{rt::TokioTimer, server::conn::auto};
use std::time::Duration;

/// How often an HTTP/2 client is asked whether it still lives.
const PING: Duration = Duration::from_secs(30);

/// How long it may take to say so.
const PONG: Duration = Duration::from_secs(20);

/// Streams of one HTTP/2 connection: more than any agent has at once.
const STREAMS: u32 = 256;

/// Streams that a client opened and reset before they were looked at: rapid reset (CVE-2023-44487)
/// ends the connection here.
const RESET_UNSEEN: usize = 20;

/// Streams that were reset for a client's own faults: beyond, the connection ends.
const RESET_FAULTY: usize = 1024;

/// An HTTP/2 frame: the least that the standard allows, so that streams take turns.
const FRAME: u32 = 16 * 1024;

/// What an HTTP/2 stream may have waiting to be written.
const SEND: usize = 256 * 1024;

/// The builder of connections, whose streams run on `streams`.
pub(super) fn builder(caps: &Caps, streams: Streams) -> auto::Builder<Streams> {
    let mut builder = auto::Builder::new(streams);
    builder
        .http1()
        .timer(TokioTimer::new())
        // The reader below has its own clock, which answers before it closes.
        .header_read_timeout(None)
        // A client that closes its half has left: hyper then drops what it asked for.
        .half_close(false)
        .max_headers(caps.fields)
        .preserve_header_case(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PONG)
        .adaptive_window(true)
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESET_UNSEEN)
        .max_local_error_reset_streams(RESET_FAULTY)
        .max_frame_size(FRAME)
        .max_send_buf_size(SEND)
        // Bounds the frames of a continuation flood, too.
        .max_header_list_size(u32::try_from(caps.head).unwrap_or(u32::MAX));
    builder
}
