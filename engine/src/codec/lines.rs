//! Lines, as the codecs for text share them.

/// Begins a line of a coded part that stands as it is, where its own first byte would mean
/// something else. The byte itself is not the line's.
pub(crate) const AS_IS: u8 = b'\\';

/// The lines of `text`, without their newlines. A text without newlines is one line.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
}

/// Adds a line as it is to a body. `is_taken`: its own first byte would mean something else.
pub(crate) fn put_as_is(line: &[u8], is_taken: bool, body: &mut Vec<u8>) {
    if is_taken || line.first() == Some(&AS_IS) {
        body.push(AS_IS);
    }
    body.extend_from_slice(line);
}
