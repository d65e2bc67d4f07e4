//! The data of one event, where it stands in the event's bytes.

use memchr::memchr2;
use std::ops::Range;

/// The most lines of data that an event may have. Servers write one.
const LINES: usize = 65_536;

/// What an event carries.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// The values of its `data` lines. A reader joins them by line feeds.
    pub(super) data: Vec<Range<usize>>,
    /// Whether it is of the kind that carries messages.
    pub(super) is_message: bool,
}

const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads one complete event, as the HTML standard parses it ("Server-sent events", 9.2.6). `None`: it
/// has too many lines of data.
pub(super) fn read(event: &[u8]) -> Option<Event> {
    let mut found = Event { data: Vec::new(), is_message: true };
    let mut start = if event.starts_with(MARK) { MARK.len() } else { 0 };
    while start < event.len() {
        let len = memchr2(b'\n', b'\r', &event[start..]).unwrap_or(event.len() - start);
        found.line(event, start..start + len);
        start += len + 1;
    }
    (found.data.len() <= LINES).then_some(found)
}

impl Event {
    fn line(&mut self, event: &[u8], line: Range<usize>) {
        let text = &event[line.clone()];
        let colon = memchr::memchr(b':', text).unwrap_or(text.len());
        let after = &text[(colon + 1).min(text.len())..];
        let value = line.end - after.strip_prefix(b" ").unwrap_or(after).len();
        match &text[..colon] {
            b"data" if self.data.len() <= LINES => self.data.push(value..line.end),
            b"event" => self.is_message = matches!(&event[value..line.end], b"" | b"message"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_found_where_it_stands() {
        let cases: [(&str, &[&str], bool); 9] = [
            ("data: {}\n\n", &["{}"], true),
            ("id: 1\r\nevent: message\r\ndata:{}\r\n\r\n", &["{}"], true),
            ("data:  a\rdata\rdata:b\r\r", &[" a", "", "b"], true),
            (": data: x\n\n", &[], true),
            ("event: endpoint\ndata: /x\n\n", &["/x"], false),
            ("event: ping\nevent\ndata: y\n\n", &["y"], true),
            ("\u{feff}data: z\n\n", &["z"], true),
            ("datax: z\n data: z\nDATA: z\n\n", &[], true),
            ("\n", &[], true),
        ];
        for (text, data, is_message) in cases {
            let event = read(text.as_bytes()).unwrap();
            let found: Vec<_> = event.data.iter().map(|range| &text[range.clone()]).collect();
            assert_eq!((found.as_slice(), event.is_message), (data, is_message), "{text:?}");
        }
    }

    #[test]
    fn lines_of_data_are_bounded() {
        assert_eq!(read("data\n".repeat(LINES).as_bytes()).unwrap().data.len(), LINES);
        assert_eq!(read("data\n".repeat(LINES + 1).as_bytes()), None);
    }
}
