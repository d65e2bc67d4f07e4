//! Lines, as the codecs for text share them.

/// Begins a line of a coded part that stands as it is, where its own first byte would mean
/// something else. The byte itself is not the line's.
pub(crate) const AS_IS: u8 = b'\\';

/// The lines of `text`, without their newlines. A text without newlines is one line.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
    let mut start = 0;
    ends.map(move |end| &text[std::mem::replace(&mut start, end + 1)..end])
}

/// Adds a line as it is to a body. `is_taken`: its own first byte would mean something else.
pub(crate) fn put_as_is(line: &[u8], is_taken: bool, body: &mut Vec<u8>) {
    if is_taken || line.first() == Some(&AS_IS) {
        body.push(AS_IS);
    }
    body.extend_from_slice(line);
}

/// A text that is put back, line by line.
#[derive(Debug)]
pub(crate) struct Text {
    bytes: Vec<u8>,
    is_begun: bool,
    longest: usize,
}

impl Text {
    /// No lines; there may be `longest` bytes.
    pub(crate) fn new(longest: usize) -> Self {
        Self { bytes: Vec::new(), is_begun: false, longest }
    }

    /// Adds a line in pieces, if there is room for it.
    pub(crate) fn put(&mut self, pieces: &[&[u8]]) -> Option<()> {
        if std::mem::replace(&mut self.is_begun, true) {
            self.bytes.push(b'\n');
        }
        let more: usize = pieces.iter().map(|piece| piece.len()).sum();
        let has_room = self.bytes.len() + more <= self.longest;
        has_room.then(|| pieces.iter().for_each(|piece| self.bytes.extend_from_slice(piece)))
    }

    /// All lines. `None`: there is none.
    pub(crate) fn finish(self) -> Option<Vec<u8>> {
        self.is_begun.then_some(self.bytes)
    }
}
