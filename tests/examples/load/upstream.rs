//! The upstream: answers 1 KB of JSON, or events, and fails where the query asks for it.
//!
//! `?events=N&gap=MS` answers with so many events, `&fault=truncate` leaves after half of them.
//! `?fault=reset` closes without an answer, `?fault=slow` waits for 200 ms.

use crate::wire::{Head, Wire};
use std::{io, process::ExitCode, time::Duration};
use tokio::{
    net::TcpListener,
    time::{Instant, sleep, sleep_until},
};

/// Serves until it is killed. Prints its port.
pub(crate) async fn run() -> io::Result<ExitCode> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    let answer = answer();
    loop {
        let (stream, _) = listener.accept().await?;
        let answer = answer.clone();
        tokio::spawn(async move {
            if let Ok(wire) = Wire::of(stream) {
                // A client that leaves is no error of ours.
                let _ = serve(wire, &answer).await;
            }
        });
    }
}

/// The ordinal's event, of Anthropic's shape, some 150 bytes.
pub(crate) fn event(ordinal: u64) -> String {
    format!(
        "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":\
         {{\"type\":\"text_delta\",\"text\":\"piece {ordinal} of a stream\"}}}}\n\n"
    )
}

/// A model's answer of 1 KB, its head included.
fn answer() -> Vec<u8> {
    let text = "word ".repeat(160);
    let body = format!(
        "{{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{{\"type\":\
         \"text\",\"text\":\"{text}\"}}],\"stop_reason\":\"end_turn\",\"usage\":{{\"input_tokens\":12,\
         \"output_tokens\":160}}}}"
    );
    let len = body.len();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
    format!("{head}: {len}\r\n\r\n{body}").into_bytes()
}

async fn serve(mut wire: Wire, answer: &[u8]) -> io::Result<()> {
    while let Some(head) = wire.head().await? {
        wire.body(head.length, |_| {}).await?;
        match asked(&head, "fault") {
            Some("reset") => return Ok(()),
            Some("slow") => sleep(Duration::from_millis(200)).await,
            _ => {}
        }
        match number(&head, "events") {
            Some(count) => stream(&mut wire, &head, count).await?,
            None => wire.send(answer).await?,
        }
    }
    Ok(())
}

async fn stream(wire: &mut Wire, head: &Head, count: u64) -> io::Result<()> {
    let truncated = asked(head, "fault") == Some("truncate");
    let gap = Duration::from_millis(number(head, "gap").unwrap_or(0));
    let start =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    wire.send(start.as_bytes()).await?;
    let mut next = Instant::now();
    for ordinal in 0..count {
        if truncated && ordinal * 2 >= count {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let event = event(ordinal);
        wire.send(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).await?;
        next += gap;
        match gap.is_zero() {
            true => tokio::task::yield_now().await,
            false => sleep_until(next).await,
        }
    }
    wire.send(b"0\r\n\r\n").await
}

/// What the query of a request says of `name`.
fn asked<'h>(head: &'h Head, name: &str) -> Option<&'h str> {
    let (_, query) = head.first.split(' ').nth(1)?.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|pair| pair.0 == name).map(|pair| pair.1)
}

fn number(head: &Head, name: &str) -> Option<u64> {
    asked(head, name)?.parse().ok()
}
