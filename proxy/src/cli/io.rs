//! Bytes in and bytes out: a file or the standard streams, in bounded memory.

use super::Failure;
use brevity::{Outcome, Report, Sink};
use bytes::{Bytes, BytesMut};
use std::{
    fs::File,
    io::{BufWriter, ErrorKind, IsTerminal as _, Read, Write},
    path::{Path, PathBuf},
};

/// How much is read at once.
const CHUNK: usize = 256 * 1024;

/// A buffer with less room than this is left to the slices that were cut from it.
const ROOM: usize = 16 * 1024;

/// How much output waits for the next write.
const PENDING: usize = 64 * 1024;

/// The one argument that all filters share.
#[derive(Debug, clap::Args)]
pub(super) struct Source {
    /// The input; standard input where it is missing or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// An input, read chunk by chunk.
pub(super) struct Input {
    name: String,
    reader: Box<dyn Read>,
    buffer: BytesMut,
    len: u64,
}

/// A sink that writes. It stores its first error and then takes no more.
pub(super) struct Output<W: Write> {
    writer: BufWriter<W>,
    error: Option<std::io::Error>,
    len: u64,
    report: Report,
}

impl Source {
    /// Opens the input. At a terminal it says on standard error what it waits for.
    pub(super) fn open(&self) -> Result<Input, Failure> {
        match self.file.as_deref().filter(|file| *file != Path::new("-")) {
            Some(file) => Input::file(file),
            None => Ok(Input::stdin()),
        }
    }
}

impl Input {
    fn file(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => Ok(Self::new(name, Box::new(file))),
            Err(source) => Err(Failure::Read { name, source }),
        }
    }

    fn stdin() -> Self {
        let stdin = std::io::stdin();
        if stdin.is_terminal() {
            let _ = writeln!(std::io::stderr(), "brevity: reads the terminal; Ctrl-D ends it");
        }
        Self::new("standard input".into(), Box::new(stdin.lock()))
    }

    /// An input that is called `name` where it cannot be read.
    pub(super) fn new(name: String, reader: Box<dyn Read>) -> Self {
        Self { name, reader, buffer: BytesMut::new(), len: 0 }
    }

    /// The file's path as it was given, or the stream's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The number of bytes read so far.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Gives every chunk to `take`, until the input ends or breaks off or the output is closed.
    pub(super) fn pour<W: Write>(
        &mut self,
        output: &mut Output<W>,
        mut take: impl FnMut(Bytes, &mut Output<W>),
    ) -> Result<(), Failure> {
        while output.is_open() {
            match self.chunk()? {
                Some(chunk) => take(chunk, output),
                None => break,
            }
        }
        Ok(())
    }

    /// The next bytes; `None` at the end.
    pub(super) fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        if self.buffer.len() < ROOM {
            self.buffer = BytesMut::zeroed(CHUNK);
        }
        match read(&mut self.reader, &mut self.buffer) {
            Ok(0) => Ok(None),
            Ok(len) => {
                self.len += len as u64;
                Ok(Some(self.buffer.split_to(len).freeze()))
            }
            Err(source) => Err(Failure::Read { name: self.name.clone(), source }),
        }
    }
}

fn read(reader: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

impl Output<std::io::StdoutLock<'static>> {
    /// Standard output.
    pub(super) fn stdout() -> Self {
        Self::new(std::io::stdout().lock())
    }
}

impl Output<std::io::StderrLock<'static>> {
    /// Standard error.
    pub(super) fn stderr() -> Self {
        Self::new(std::io::stderr().lock())
    }
}

impl<W: Write> Output<W> {
    fn new(writer: W) -> Self {
        let writer = BufWriter::with_capacity(PENDING, writer);
        Self { writer, error: None, len: 0, report: Report::default() }
    }

    /// Whether everything could be written so far.
    pub(super) fn is_open(&self) -> bool {
        self.error.is_none()
    }

    /// Writes what is pending, so that a reader has it.
    pub(super) fn flush(&mut self) {
        if self.error.is_none() {
            self.error = self.writer.flush().err();
        }
    }

    /// Writes what is pending. Gives the bytes that left and what happened to each part.
    pub(super) fn finish(mut self) -> Result<(u64, Report), Failure> {
        match self.error.take() {
            Some(error) => Err(Failure::Write(error)),
            None => self.writer.flush().map_err(Failure::Write).map(|()| (self.len, self.report)),
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.error.is_none() {
            self.len += bytes.len() as u64;
            self.error = self.writer.write_all(bytes).err();
        }
    }
}

impl<W: Write> Sink for Output<W> {
    fn keep(&mut self, bytes: Bytes) {
        self.write(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.write(bytes);
    }

    fn note(&mut self, outcome: &Outcome) {
        self.report.add(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes `0` bytes, then refuses.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let len = bytes.len().min(self.0);
            self.0 -= len;
            if len == 0 { Err(ErrorKind::StorageFull.into()) } else { Ok(len) }
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_first_error_is_kept_and_told() {
        let mut output = Output::new(Full(10));
        output.put(&[b'x'; PENDING + 1]);
        assert!(!output.is_open());
        output.put(b"more");
        let failure = output.finish().expect_err("the error of the write");
        assert!(matches!(failure, Failure::Write(e) if e.kind() == ErrorKind::StorageFull));
    }

    #[test]
    fn an_error_of_the_last_flush_is_told() {
        let mut output = Output::new(Full(1));
        output.put(b"xy");
        assert!(output.is_open());
        assert!(output.finish().is_err());
    }

    #[test]
    fn chunks_tile_the_input() {
        let whole: Vec<u8> = (0..3 * CHUNK + 7).map(|i| (i % 251) as u8).collect();
        let mut input = Input::new("x".into(), Box::new(std::io::Cursor::new(whole.clone())));
        let mut out = Vec::new();
        while let Some(chunk) = input.chunk().expect("memory does not fail") {
            assert!(chunk.len() <= CHUNK);
            out.extend_from_slice(&chunk);
        }
        assert_eq!(out, whole);
        assert_eq!(input.len(), whole.len() as u64);
    }
}
