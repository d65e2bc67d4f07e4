//! A socket in the file system, which only its own user can connect to.

use super::super::load::Peer;
use std::{
    fs::{self, Permissions},
    io::{self, ErrorKind},
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};
use tokio::net::{UnixListener, UnixSocket, UnixStream};

/// How many connections wait to be accepted, as for a port.
const BACKLOG: u32 = 1024;

/// Bound, and listening. Its file goes when this is dropped.
pub(in crate::server) struct Socket {
    /// Dropped first: while the socket is open, no other file has its number.
    file: SocketFile,
    listener: UnixListener,
}

/// The file of a socket that is ours.
struct SocketFile {
    path: PathBuf,
    /// Its device and its number there.
    number: (u64, u64),
}

impl Socket {
    /// Makes a socket at `path`. One that a dead process has left goes.
    ///
    /// # Errors
    ///
    /// `AddrInUse` when somebody listens there, `AlreadyExists` when it is another kind of file, and
    /// whatever the system says.
    pub(super) async fn bind(path: &Path) -> io::Result<Self> {
        clear(path).await?;
        let socket = UnixSocket::new_stream()?;
        socket.bind(path)?;
        let file = SocketFile::of(path)?;
        // Nobody can connect before it listens, so at no moment can anybody else.
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
        Ok(Self { file, listener: socket.listen(BACKLOG)? })
    }

    pub(super) fn path(&self) -> &Path {
        &self.file.path
    }

    /// The next connection, and whose it is.
    pub(super) async fn accept(&self) -> io::Result<(UnixStream, Peer)> {
        let (stream, _) = self.listener.accept().await?;
        let user = stream.peer_cred()?.uid();
        Ok((stream, Peer::User(user)))
    }
}

/// Takes away a socket at `path` on which nobody listens.
async fn clear(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(found) if !found.file_type().is_socket() => return Err(ErrorKind::AlreadyExists.into()),
        Ok(_) => {}
    }
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path),
        // It would block: so many wait already.
        Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
        _ => Err(ErrorKind::AddrInUse.into()),
    }
}

impl SocketFile {
    fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), number: number(path)? })
    }
}

fn number(path: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|about| (about.dev(), about.ino()))
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if number(&self.path).is_ok_and(|number| number == self.number) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
