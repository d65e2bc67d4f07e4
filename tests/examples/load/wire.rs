//! HTTP/1.1 on a socket, as little of it as the load needs: what the harness itself costs should not
//! hide what a proxy costs.

use std::io;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, ToSocketAddrs},
};

/// One side of a connection.
pub(crate) struct Wire {
    pub(crate) stream: TcpStream,
    held: Vec<u8>,
    at: usize,
}

/// The start of a message.
pub(crate) struct Head {
    /// Its first line.
    pub(crate) first: String,
    pub(crate) length: Length,
}

/// Where a body ends.
#[derive(Clone, Copy)]
pub(crate) enum Length {
    Bytes(usize),
    Chunked,
}

impl Head {
    /// The status of an answer; 0 if it has none.
    pub(crate) fn status(&self) -> u16 {
        let status = self.first.split(' ').nth(1);
        status.and_then(|status| status.parse().ok()).unwrap_or(0)
    }
}

impl Wire {
    pub(crate) async fn connect(to: impl ToSocketAddrs) -> io::Result<Self> {
        Self::of(TcpStream::connect(to).await?)
    }

    pub(crate) fn of(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, held: Vec::new(), at: 0 })
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// The next message's head; `None` where the other side has closed before one.
    pub(crate) async fn head(&mut self) -> io::Result<Option<Head>> {
        let end = loop {
            if let Some(end) = memchr::memmem::find(&self.held[self.at..], b"\r\n\r\n") {
                break self.at + end;
            }
            match self.more().await {
                Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
                Err(error) if !self.held.is_empty() => return Err(error),
                Err(_) => return Ok(None),
                Ok(()) => {}
            }
        };
        let text = String::from_utf8_lossy(&self.held[self.at..end]).into_owned();
        self.at = end + 4;
        let mut lines = text.split("\r\n");
        let first = lines.next().unwrap_or_default().to_owned();
        Ok(Some(Head { first, length: length(lines) }))
    }

    /// Reads a body to its end and shows it piece by piece.
    pub(crate) async fn body(
        &mut self,
        length: Length,
        mut each: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        match length {
            Length::Bytes(count) => self.bytes(count, &mut each).await,
            Length::Chunked => loop {
                let count = self.chunk().await?;
                self.bytes(count, &mut each).await?;
                self.line().await?;
                if count == 0 {
                    return Ok(());
                }
            },
        }
    }

    async fn chunk(&mut self) -> io::Result<usize> {
        let line = self.line().await?;
        let bad = || io::Error::new(io::ErrorKind::InvalidData, "a bad chunk");
        usize::from_str_radix(line.trim(), 16).map_err(|_| bad())
    }

    async fn bytes(&mut self, mut count: usize, each: &mut impl FnMut(&[u8])) -> io::Result<()> {
        while count > 0 {
            if self.at == self.held.len() {
                self.more().await?;
            }
            let end = self.held.len().min(self.at + count);
            each(&self.held[self.at..end]);
            count -= end - self.at;
            self.at = end;
        }
        Ok(())
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(len) = memchr::memmem::find(&self.held[self.at..], b"\r\n") {
                let line = String::from_utf8_lossy(&self.held[self.at..self.at + len]).into_owned();
                self.at += len + 2;
                return Ok(line);
            }
            self.more().await?;
        }
    }

    /// Reads more, and fails where there is no more.
    async fn more(&mut self) -> io::Result<()> {
        self.held.drain(..self.at);
        self.at = 0;
        self.held.reserve(16 * 1024);
        match self.stream.read_buf(&mut self.held).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn length<'a>(headers: impl Iterator<Item = &'a str>) -> Length {
    let mut length = Length::Bytes(0);
    for (name, value) in headers.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            length = Length::Bytes(value.trim().parse().unwrap_or(0));
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Length::Chunked;
        }
    }
    length
}
