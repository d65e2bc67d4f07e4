//! Where clients come in: a port, or a socket in the file system.

#[cfg(unix)]
mod unix;

use super::{ServeError, load::Peer};
use crate::listen::Listen;
use std::{io, net::SocketAddr, path::Path};
use tokio::net::{TcpListener, TcpStream};

/// A client's connection.
#[cfg(unix)]
pub(super) type Stream = tokio_util::either::Either<TcpStream, tokio::net::UnixStream>;
#[cfg(not(unix))]
pub(super) type Stream = TcpStream;

/// Bound, and ready to accept.
pub(super) enum Entrance {
    Port(TcpListener),
    #[cfg(unix)]
    Socket(unix::Socket),
}

impl Entrance {
    /// Binds at `listen`.
    ///
    /// # Errors
    ///
    /// When it is in use, or cannot be had.
    pub(super) async fn bind(listen: &Listen) -> Result<Self, ServeError> {
        match listen {
            Listen::At(address) => port(*address).await.map_err(|why| fault(listen, why)),
            Listen::Unix(path) => socket(listen, path).await,
        }
    }

    /// Where it is: the port is known now.
    pub(super) fn listen(&self) -> io::Result<Listen> {
        Ok(match self {
            Self::Port(listener) => Listen::At(listener.local_addr()?),
            #[cfg(unix)]
            Self::Socket(socket) => Listen::Unix(socket.path().to_owned()),
        })
    }

    /// The next connection.
    pub(super) async fn accept(&self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Port(listener) => {
                let (stream, client) = listener.accept().await?;
                // Without it, small frames wait for the client's acknowledgements.
                let _ = stream.set_nodelay(true);
                Ok((over_tcp(stream), Peer::Machine(client.ip())))
            }
            #[cfg(unix)]
            Self::Socket(socket) => {
                let (stream, client) = socket.accept().await?;
                Ok((Stream::Right(stream), client))
            }
        }
    }
}

async fn port(address: SocketAddr) -> io::Result<Entrance> {
    TcpListener::bind(address).await.map(Entrance::Port)
}

fn fault(listen: &Listen, source: io::Error) -> ServeError {
    match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::InUse(listen.clone()),
        _ => ServeError::Bind { listen: listen.clone(), source },
    }
}

#[cfg(unix)]
async fn socket(listen: &Listen, path: &Path) -> Result<Entrance, ServeError> {
    match unix::Socket::bind(path).await {
        Ok(socket) => Ok(Entrance::Socket(socket)),
        Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {
            Err(ServeError::NoSocket(path.to_owned()))
        }
        Err(source) => Err(fault(listen, source)),
    }
}

#[cfg(not(unix))]
async fn socket(listen: &Listen, _: &Path) -> Result<Entrance, ServeError> {
    Err(fault(listen, io::ErrorKind::Unsupported.into()))
}

#[cfg(unix)]
fn over_tcp(stream: TcpStream) -> Stream {
    Stream::Left(stream)
}

#[cfg(not(unix))]
fn over_tcp(stream: TcpStream) -> Stream {
    stream
}
