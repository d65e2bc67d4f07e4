//! A stream into its messages: cut at the ends of lines, of events, or nowhere.

use super::McpCarrier;
use crate::held::Held;
use bytes::Bytes;
use memchr::{memchr, memchr2};

/// What comes out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A complete unit: a line with its end, an event with its empty line, a body.
    Whole(Bytes),
    /// Bytes of one that is too long.
    Pass(Bytes),
    /// The end of one that was too long, and its length.
    Over(u64),
}

/// Gathers the bytes of one unit, up to a limit. Each byte is looked at once.
#[derive(Debug)]
pub(super) struct Units {
    ends: Ends,
    limit: usize,
    held: Held,
    /// How much of a unit that is too long has passed.
    passed: u64,
}

#[derive(Debug)]
enum Ends {
    Lines,
    Whole,
    Events(Event),
}

/// Where in an event the stream stands.
#[derive(Debug)]
struct Event {
    /// Whether a line has just ended, or the stream begun.
    at_line_start: bool,
    /// Whether the last byte was a carriage return: a line feed belongs to it.
    after_return: bool,
    /// Whether the event has just ended.
    ended: bool,
}

impl Units {
    pub(super) fn new(carrier: McpCarrier, limit: usize) -> Self {
        let ends = match carrier {
            McpCarrier::Lines => Ends::Lines,
            McpCarrier::Whole => Ends::Whole,
            McpCarrier::Events => {
                Ends::Events(Event { at_line_start: true, after_return: false, ended: false })
            }
        };
        Self { ends, limit, held: Held::default(), passed: 0 }
    }

    /// Takes the next bytes. What they complete goes to `on` at once.
    pub(super) fn write(&mut self, mut chunk: Bytes, mut on: impl FnMut(Unit)) {
        while let Some(end) = self.ends.find(&chunk) {
            let last = chunk.split_to(end);
            if self.held.is_empty() && self.passed == 0 && end <= self.limit {
                on(Unit::Whole(last));
            } else {
                self.add(last, &mut on);
                self.close(&mut on);
            }
        }
        self.add(chunk, &mut on);
    }

    /// Ends the stream. What waits is a unit if it was whole without an end of its own.
    pub(super) fn finish(&mut self, mut on: impl FnMut(Unit)) {
        match self.ends {
            // An event without its empty line is none, as the standard has it.
            Ends::Events(_) if self.passed == 0 => {
                std::mem::take(&mut self.held)
                    .into_slices()
                    .for_each(|slice| on(Unit::Pass(slice)));
            }
            _ => self.close(&mut on),
        }
    }

    /// How many bytes wait for the end of their unit.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    fn add(&mut self, bytes: Bytes, on: &mut impl FnMut(Unit)) {
        if bytes.is_empty() {
            return;
        }
        if self.passed > 0 {
            self.passed += bytes.len() as u64;
            return on(Unit::Pass(bytes));
        }
        self.held.push(bytes);
        if self.held.len() > self.limit {
            self.passed = self.held.len() as u64;
            std::mem::take(&mut self.held).into_slices().for_each(|slice| on(Unit::Pass(slice)));
        }
    }

    fn close(&mut self, on: &mut impl FnMut(Unit)) {
        match std::mem::take(&mut self.passed) {
            0 if self.held.is_empty() => {}
            0 => on(Unit::Whole(joined(std::mem::take(&mut self.held)))),
            passed => on(Unit::Over(passed)),
        }
    }
}

impl Ends {
    /// Where in `chunk` the unit ends that began in it or before it; behind its last byte.
    fn find(&mut self, chunk: &[u8]) -> Option<usize> {
        match self {
            Ends::Lines => memchr(b'\n', chunk).map(|at| at + 1),
            Ends::Whole => None,
            Ends::Events(event) => event.end(chunk),
        }
    }
}

impl Event {
    /// An empty line ends an event. Where that line ends in a carriage return, a line feed may still
    /// come: it is sent on by itself, as readers may wait for it, and always, so that no cut matters.
    fn end(&mut self, chunk: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < chunk.len() {
            let has_ended = std::mem::take(&mut self.ended);
            if std::mem::take(&mut self.after_return) && chunk[at] == b'\n' {
                at += 1;
                if has_ended {
                    return Some(at);
                }
                continue;
            }
            let Some(found) = memchr2(b'\n', b'\r', &chunk[at..]) else {
                self.at_line_start = false;
                return None;
            };
            let is_empty = self.at_line_start && found == 0;
            at += found + 1;
            self.at_line_start = true;
            self.after_return = chunk[at - 1] == b'\r';
            self.ended = is_empty && self.after_return;
            if is_empty {
                return Some(at);
            }
        }
        None
    }
}

fn joined(held: Held) -> Bytes {
    let mut all = Vec::new();
    held.copy_to(&mut all);
    all.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The complete units of a stream that comes in chunks of `size`, those behind `/` too long.
    fn units(carrier: McpCarrier, text: &str, size: usize, limit: usize) -> Vec<String> {
        let (mut out, mut units) = (Vec::new(), Units::new(carrier, limit));
        let mut long = String::new();
        let mut on = |unit| match unit {
            Unit::Whole(bytes) => out.push(String::from_utf8_lossy(&bytes).into_owned()),
            Unit::Pass(bytes) => long.push_str(&String::from_utf8_lossy(&bytes)),
            Unit::Over(len) => {
                assert_eq!(len as usize, long.len());
                out.push(format!("/{}", std::mem::take(&mut long)));
            }
        };
        for chunk in text.as_bytes().chunks(size) {
            units.write(Bytes::copy_from_slice(chunk), &mut on);
        }
        units.finish(&mut on);
        if !long.is_empty() {
            out.push(format!("+{long}"));
        }
        out
    }

    #[test]
    fn lines_and_bodies() {
        for size in 1..9 {
            let of = |carrier, text| units(carrier, text, size, 4);
            assert_eq!(
                of(McpCarrier::Lines, "abc\n\nab\r\nabcdefg\nab"),
                ["abc\n", "\n", "ab\r\n", "/abcdefg\n", "ab"]
            );
            assert_eq!(of(McpCarrier::Whole, "a\nb\n"), ["a\nb\n"]);
            assert_eq!(of(McpCarrier::Whole, "a\nb\n\n"), ["/a\nb\n\n"]);
            assert!(of(McpCarrier::Whole, "").is_empty());
        }
    }

    #[test]
    fn events_end_at_empty_lines_of_any_kind() {
        for size in 1..20 {
            let of = |text| units(McpCarrier::Events, text, size, 9);
            assert_eq!(of("data: a\n\n: b\n\n\nc"), ["data: a\n\n", ": b\n\n", "\n", "+c"]);
            let returns = of("a\rb\r\rc\n\r\nd\n\r");
            assert_eq!(returns, ["a\rb\r\r", "c\n\r", "\n", "d\n\r"]);
            assert_eq!(of("data: long\n\na\n\n"), ["/data: long\n\n", "a\n\n"]);
            let both = of("a\r\n\r\n\r\nb\r\n\r\n");
            assert_eq!(both, ["a\r\n\r", "\n", "\r", "\n", "b\r\n\r", "\n"]);
            // As long as the limit with its carriage return, too long with its line feed.
            assert_eq!(of("123456\r\n\r\n"), ["123456\r\n\r", "\n"]);
        }
    }
}
