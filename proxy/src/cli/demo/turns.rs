//! A request body cut into the turns that led to it.

use super::Failure;
use brevity::walk::json::{Event, JsonWalker};
use bytes::Bytes;
use std::ops::Range;

/// How deep a body may nest, in brackets.
const DEPTH: usize = 1_024;

/// Where the messages of a request body stand, as offsets.
#[derive(Debug)]
pub(super) struct Messages {
    /// Each message, and whether it is the model's own.
    list: Vec<(Range<usize>, bool)>,
    /// The `]` behind the last.
    close: usize,
}

/// One request of a conversation.
#[derive(Debug)]
pub(super) struct Turn {
    /// The body, as the client would have sent it then.
    pub(super) body: Bytes,
    /// How many messages it holds.
    pub(super) messages: usize,
}

impl Messages {
    /// Finds the messages in `body`; `None` if it is no request.
    pub(super) fn find(body: &[u8]) -> Option<Self> {
        let mut scan = Scan { body, depth: 0, start: 0, key: b"", found: Vec::new(), close: None };
        let mut walker = JsonWalker::new(DEPTH);
        let mut rest = body;
        while let Some(event) = walker.next(&mut rest).ok()? {
            scan.event(event, walker.offset() as usize);
        }
        walker.finish().ok()?;
        Some(Self { list: scan.found, close: scan.close? })
    }

    /// The end of the first `count` messages.
    pub(super) fn end(&self, count: usize) -> Option<usize> {
        self.list.get(count.checked_sub(1)?).map(|(range, _)| range.end)
    }
}

/// Cuts `body` into its turns: a request for each answer of the model, and the last one.
///
/// A turn's body is the whole one without the messages that came later, so all turns share their
/// bytes, as those of a real client do.
pub(super) fn cut(body: &[u8]) -> Result<Vec<Turn>, Failure> {
    let messages = Messages::find(body).ok_or(Failure::NoRequest)?;
    let list = &messages.list;
    let is_last = |at: usize| !list[at].1 && list.get(at + 1).is_none_or(|(_, own)| *own);
    let turns: Vec<Turn> = (0..list.len())
        .filter(|&at| is_last(at))
        .map(|at| Turn {
            body: [&body[..list[at].0.end], &body[messages.close..]].concat().into(),
            messages: at + 1,
        })
        .collect();
    if turns.is_empty() { Err(Failure::NoRequest) } else { Ok(turns) }
}

/// Reads events: `messages` of the root object, its elements, and their `role`.
struct Scan<'b> {
    body: &'b [u8],
    depth: usize,
    start: usize,
    /// The last key of the root object or of a message.
    key: &'b [u8],
    found: Vec<(Range<usize>, bool)>,
    close: Option<usize>,
}

/// The depths of the root's members, of the messages, and of a message's members.
const ROOT: usize = 1;
const LIST: usize = 2;
const MESSAGE: usize = 3;

impl Scan<'_> {
    fn event(&mut self, event: Event, offset: usize) {
        match event {
            Event::ObjectOpen | Event::ArrayOpen => self.open(event, offset),
            Event::ObjectClose | Event::ArrayClose => self.shut(event, offset),
            Event::KeyStart | Event::StringStart => self.start = offset,
            Event::KeyEnd if self.depth == ROOT || self.is_member() => {
                self.key = &self.body[self.start..offset - 1];
            }
            Event::StringEnd if self.is_member() && self.key == b"role" => {
                let own = &self.body[self.start..offset - 1] == b"assistant";
                self.found.last_mut().expect("its message is open").1 = own;
            }
            _ => {}
        }
    }

    /// Whether this is a member of an open message, which is the last one found: its end is not
    /// known yet.
    fn is_member(&self) -> bool {
        let is_open = self.found.last().is_some_and(|(range, _)| range.end == 0);
        self.depth == MESSAGE && is_open
    }

    fn open(&mut self, event: Event, offset: usize) {
        // The list is marked by an end that is not known yet: zero, until its bracket closes.
        if self.depth == ROOT && event == Event::ArrayOpen && self.key == b"messages" {
            self.close = Some(0);
        }
        if self.depth == LIST && self.close == Some(0) && event == Event::ObjectOpen {
            self.found.push((offset - 1..0, false));
        }
        self.depth += 1;
    }

    fn shut(&mut self, event: Event, offset: usize) {
        self.depth -= 1;
        if self.close != Some(0) {
            return;
        }
        match (self.depth, event, self.found.last_mut()) {
            (LIST, Event::ObjectClose, Some((range, _))) => range.end = offset,
            (ROOT, Event::ArrayClose, _) => self.close = Some(offset - 1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = concat!(
        r#"{"model":"m","messages":[{"role":"user","content":"a]}"}, {"content":"b","role":"assistant"},"#,
        r#"{"role":"user","content":[{"role":"assistant"}]}],"tools":[{"messages":[{}]}],"stream":true}"#
    );

    fn bodies(body: &str) -> Vec<String> {
        let turns = cut(body.as_bytes()).expect("turns");
        turns.iter().map(|turn| String::from_utf8_lossy(&turn.body).into_owned()).collect()
    }

    #[test]
    fn a_body_is_cut_before_each_answer() {
        let first = r#"{"model":"m","messages":[{"role":"user","content":"a]}"}],"tools":[{"messages":[{}]}],"stream":true}"#;
        assert_eq!(bodies(BODY), [first, BODY]);
        let messages = Messages::find(BODY.as_bytes()).expect("messages");
        assert_eq!(messages.end(1), first.find("],"));
        assert_eq!([messages.end(0), messages.end(4)], [None, None]);
    }

    #[test]
    fn several_messages_of_the_client_are_one_turn() {
        let user = r#"{"role":"user"}"#;
        let body = format!(r#"{{"messages":[{user},{user}]}}"#);
        assert_eq!(bodies(&body), [body]);
    }

    #[test]
    fn what_is_no_request_is_told() {
        for body in [
            "",
            "{}",
            "[]",
            r#"{"messages":{}}"#,
            r#"{"messages":[]}"#,
            r#"{"messages":[1]}"#,
            r#"{"x":{"messages":[{"role":"user"}]}}"#,
            r#"{"messages":[{"role":"assistant"}]}"#,
            "{\"messages\":[{}",
        ] {
            assert!(cut(body.as_bytes()).is_err(), "{body}");
        }
    }
}
