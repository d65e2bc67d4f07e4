//! Bytes both ways between a client and an upstream, until one of them ends.
//!
//! Each way reads a chunk when the last one has left, so it holds little and each side is slowed
//! down to the other's pace.

use super::{
    connection::Connection,
    events::Listener,
    frames::{Opcode, frame},
    messages::Messages,
    rewrite::{self, Rewriter},
};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::{io, pin::pin, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split},
    sync::watch,
    time::timeout,
};

/// How many bytes are read at once.
const CHUNK: usize = 64 * 1024;

/// How long the other side may be silent once one has ended.
const GOODBYE: Duration = Duration::from_secs(10);

/// The code of an endpoint that goes away (RFC 6455, 7.4.1).
const GOING_AWAY: [u8; 2] = 1001_u16.to_be_bytes();

type Io = TokioIo<Upgraded>;

/// What reads along; without it all passes unread.
pub(crate) struct Reading {
    pub(crate) messages: Messages,
    pub(crate) rewriter: Rewriter,
    pub(crate) listener: Listener,
}

/// Carries bytes until both ways have ended, one has broken off, nothing has moved for `idle`, or
/// the proxy is `closing` and nobody waits for a response.
pub(crate) async fn carry(
    client: Upgraded,
    upstream: Upgraded,
    connection: Arc<Connection>,
    reading: Option<Reading>,
    idle: Duration,
    closing: watch::Receiver<bool>,
) {
    let (client_reader, client_writer) = split(TokioIo::new(client));
    let (upstream_reader, upstream_writer) = split(TokioIo::new(upstream));
    let (up, down) = match reading {
        Some(Reading { messages, rewriter, listener }) => {
            (Some((messages, rewriter)), Some(listener))
        }
        None => (None, None),
    };
    let direction = |reader, writer| {
        let (connection, closing) = (connection.clone(), closing.clone());
        Direction { reader, writer, connection, closing, chunk: vec![0; CHUNK] }
    };
    let up = direction(client_reader, upstream_writer).up(up);
    let down = direction(upstream_reader, client_writer).down(down);
    if let Err(error) = both(up, down, &connection, idle).await {
        connection.entry.failed(&format_args!("the WebSocket broke off: {error}"));
    }
    connection.entry.ended();
}

/// Runs both ways. Once one has ended, the other has to go on moving.
async fn both(
    up: impl Future<Output = io::Result<()>>,
    down: impl Future<Output = io::Result<()>>,
    connection: &Connection,
    idle: Duration,
) -> io::Result<()> {
    let (mut up, mut down) = (pin!(up), pin!(down));
    let is_up = tokio::select! {
        result = &mut up => result.map(|()| true)?,
        result = &mut down => result.map(|()| false)?,
        () = connection.entry.silence(idle) => {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "nothing moved for too long"));
        }
    };
    connection.entry.moved();
    tokio::select! {
        result = async { if is_up { down.await } else { up.await } } => result,
        () = connection.entry.silence(GOODBYE) => Ok(()),
    }
}

/// One of the two ways.
struct Direction {
    reader: ReadHalf<Io>,
    writer: WriteHalf<Io>,
    connection: Arc<Connection>,
    closing: watch::Receiver<bool>,
    chunk: Vec<u8>,
}

/// What comes next on it.
enum Next {
    /// So many bytes.
    Chunk(usize),
    /// The end, from the side that is read.
    End,
    /// The proxy stops, and a closing frame may leave.
    Stop,
}

impl Direction {
    /// From the client to the upstream.
    async fn up(mut self, mut reading: Option<(Messages, Rewriter)>) -> io::Result<()> {
        let mut out = Vec::new();
        loop {
            let may_stop = reading.as_ref().is_some_and(|(messages, _)| messages.is_between());
            let len = match self.next(may_stop).await? {
                Next::Chunk(len) => len,
                Next::End => break,
                Next::Stop => {
                    return self
                        .close(frame(Opcode::Close, &[GOING_AWAY], Some(rewrite::key())))
                        .await;
                }
            };
            self.connection.entry.write(|record| record.bytes_in += len as u64);
            match &mut reading {
                None => out.extend_from_slice(&self.chunk[..len]),
                Some((messages, rewriter)) => {
                    self.read(len, messages, rewriter, &mut out).await?;
                }
            }
            self.send(&mut out).await?;
            self.writer.flush().await?;
        }
        if let Some((messages, _)) = &mut reading {
            messages.finish(&mut out);
        }
        self.send(&mut out).await?;
        self.writer.shutdown().await
    }

    /// Reads the first `len` bytes of the chunk. What waits after it is left in `out`.
    async fn read(
        &mut self,
        len: usize,
        messages: &mut Messages,
        rewriter: &Rewriter,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let mut start = 0;
        while start < len {
            let mut rest = &self.chunk[start..len];
            let message = messages.feed(&mut rest, out);
            start = len - rest.len();
            if let Some(skip) = messages.skipped() {
                self.connection.lose_sight(skip);
            }
            if let Some(message) = message.map_err(io::Error::other)? {
                self.send(out).await?;
                let is_packed = message.is_packed();
                let leaving = rewriter.leaving(message).await;
                if leaving.is_new && is_packed {
                    messages.detach();
                }
                self.writer.write_all(&leaving.frames).await?;
            }
        }
        Ok(())
    }

    /// From the upstream to the client.
    async fn down(mut self, mut listener: Option<Listener>) -> io::Result<()> {
        loop {
            let may_stop = listener.as_ref().is_some_and(Listener::is_between);
            let len = match self.next(may_stop).await? {
                Next::Chunk(len) => len,
                Next::End => return self.writer.shutdown().await,
                Next::Stop => return self.close(frame(Opcode::Close, &[GOING_AWAY], None)).await,
            };
            self.connection.entry.write(|record| record.answer_bytes += len as u64);
            self.writer.write_all(&self.chunk[..len]).await?;
            self.writer.flush().await?;
            if let Some(listener) = &mut listener {
                listener.feed(&self.chunk[..len], |event| self.connection.hear(event));
            }
        }
    }

    async fn next(&mut self, may_stop: bool) -> io::Result<Next> {
        let stop = async {
            let closing = self.closing.wait_for(|closing| *closing).await.is_ok();
            self.connection.quiet().await;
            closing
        };
        let read = tokio::select! {
            biased;
            read = self.reader.read(&mut self.chunk) => read,
            true = stop, if may_stop => return Ok(Next::Stop),
        };
        match read {
            Ok(0) => Ok(Next::End),
            Ok(len) => {
                self.connection.entry.moved();
                Ok(Next::Chunk(len))
            }
            // Some leave without TLS's goodbye.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Next::End),
            Err(error) => Err(error),
        }
    }

    async fn send(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.connection.entry.write(|record| record.bytes_out += out.len() as u64);
        self.writer.write_all(out).await?;
        out.clear();
        Ok(())
    }

    /// Says goodbye, and waits for the other side's: what still comes is dropped.
    async fn close(mut self, goodbye: Vec<u8>) -> io::Result<()> {
        self.writer.write_all(&goodbye).await?;
        self.writer.shutdown().await?;
        let rest = async {
            while self.reader.read(&mut self.chunk).await? > 0 {}
            io::Result::Ok(())
        };
        timeout(GOODBYE, rest).await.unwrap_or(Ok(()))
    }
}
