//! Reads messages and finds where their texts stand.
//!
//! A key that comes twice in an object that matters says that nobody can tell what the object means:
//! nothing of it is eligible. Of a tool with an output schema every name counts that it has.

use super::{
    super::calls::command_in,
    keys::{Frame, Key, Level, NAME, short_text},
    message::{Id, Message},
};
use crate::{
    Limits,
    walk::json::{Event, JsonError, JsonWalker, Scalar},
};
use smallvec::SmallVec;
use std::ops::Range;

/// The longest command that is kept, in bytes.
const COMMAND: usize = 4 * 1024;
/// How much of a call's arguments is looked through for a command, in bytes.
const ARGUMENTS: usize = 8 * 1024;
/// How many names of tools with an output schema one message tells. More than a table keeps.
const SCHEMAS: usize = 8_192;
/// How many names of one tool count.
const NAMES: usize = 4;

/// A content item, or a tool of a list.
#[derive(Debug, Default)]
struct Item {
    is_text: bool,
    text: Option<Range<usize>>,
    /// Its names: one, or more where the key is doubled.
    names: SmallVec<[String; 1]>,
    has_schema: bool,
    is_doubled: bool,
}

/// Reads one message, or a batch of them.
pub(super) struct Survey<'m> {
    bytes: &'m [u8],
    walker: JsonWalker,
    levels: SmallVec<[Level; 8]>,
    /// The depth of the container that is being skipped; 0 if none is.
    skipped: usize,
    /// Where the arguments begin that are being skipped.
    arguments: Option<usize>,
    /// Where the string or number that is open begins.
    start: usize,
    message: Message,
    item: Item,
    /// How many more texts may be rewritten.
    left: usize,
}

impl<'m> Survey<'m> {
    /// A reader of what stands in `bytes`, within these bounds.
    pub(super) fn new(bytes: &'m [u8], limits: &Limits) -> Self {
        Self {
            bytes,
            walker: JsonWalker::new(limits.json_depth),
            levels: SmallVec::new(),
            skipped: 0,
            arguments: None,
            start: 0,
            message: Message::default(),
            item: Item::default(),
            left: limits.texts,
        }
    }

    /// Reads the JSON that `pieces` are, with a line feed between any two, and calls `on` for each
    /// message. A string lies in one piece, since it cannot hold a line feed.
    pub(super) fn read(
        mut self,
        pieces: &[Range<usize>],
        mut on: impl FnMut(Message),
    ) -> Result<(), JsonError> {
        let bytes = self.bytes;
        for piece in pieces {
            self.events(&bytes[piece.clone()], piece.start, &mut on)?;
            self.events(b"\n", piece.end, &mut on)?;
        }
        self.walker.finish().map(|_| ())
    }

    /// Reads on, in `piece`, which stands at `base`.
    fn events(
        &mut self,
        piece: &[u8],
        base: usize,
        on: &mut impl FnMut(Message),
    ) -> Result<(), JsonError> {
        let mut rest = piece;
        while let Some(event) = self.walker.next(&mut rest)? {
            let at = base + piece.len() - rest.len();
            if self.skipped > 0 {
                self.skip(event, at);
            } else if self.on(event, at) {
                on(std::mem::take(&mut self.message));
            }
        }
        Ok(())
    }

    fn skip(&mut self, event: Event, at: usize) {
        let closes = matches!(event, Event::ObjectClose | Event::ArrayClose);
        if closes && self.walker.depth() < self.skipped {
            self.skipped = 0;
            if let Some(start) = self.arguments.take() {
                let end = at.min(start + ARGUMENTS);
                self.message.tool.command = command_in(&self.bytes[start..end], COMMAND);
            }
        }
    }

    /// Takes what was read up to `at`; true if it ends a message.
    fn on(&mut self, event: Event, at: usize) -> bool {
        match event {
            Event::ObjectOpen => self.enter(true, at - 1),
            Event::ArrayOpen => self.enter(false, at - 1),
            Event::ObjectClose | Event::ArrayClose => return self.leave(),
            Event::KeyStart | Event::StringStart => self.start = at,
            Event::ScalarStart(_) => self.start = at - 1,
            Event::KeyEnd => self.key(Key::of(&self.bytes[self.start..at - 1])),
            Event::StringEnd => self.string(self.start..at - 1),
            Event::ScalarEnd(Scalar::Number) => self.number(self.start..at),
            Event::ScalarEnd(_) | Event::Colon | Event::Comma => {}
        }
        false
    }

    /// The innermost container, and the key before the next value in it.
    fn place(&self) -> Option<(Frame, Key)> {
        self.levels.last().map(|level| (level.frame, level.key))
    }

    fn enter(&mut self, is_object: bool, at: usize) {
        let frame = match (self.place(), is_object) {
            (None | Some((Frame::Batch, _)), true) => Frame::Message,
            (None, false) => Frame::Batch,
            (Some((Frame::Message, Key::Params)), true) => Frame::Params,
            (Some((Frame::Message, Key::Result)), true) => Frame::Result,
            (Some((Frame::Result, Key::Content)), false) => Frame::Content,
            (Some((Frame::Result, Key::Tools)), false) => Frame::Tools,
            (Some((Frame::Content, _)), true) => Frame::Item,
            (Some((Frame::Tools, _)), true) => Frame::Tool,
            (place, _) => {
                self.skipped = self.walker.depth();
                let is_arguments = is_object && place == Some((Frame::Params, Key::Arguments));
                self.arguments = is_arguments.then_some(at);
                return;
            }
        };
        match frame {
            Frame::Message => self.message = Message::default(),
            Frame::Item | Frame::Tool => self.item = Item::default(),
            _ => {}
        }
        self.levels.push(Level { frame, key: Key::Other, seen: 0 });
    }

    fn leave(&mut self) -> bool {
        let left = self.levels.pop().map(|level| level.frame);
        match left {
            Some(Frame::Item) => self.end_item(),
            Some(Frame::Tool) => self.end_tool(),
            _ => {}
        }
        left == Some(Frame::Message)
    }

    fn end_item(&mut self) {
        let Item { is_text, text, is_doubled, .. } = std::mem::take(&mut self.item);
        let text = text.filter(|text| is_text && !is_doubled && !text.is_empty());
        let Some(text) = text else { return };
        if self.left == 0 {
            self.message.beyond += text.len() as u64;
        } else {
            self.left -= 1;
            self.message.texts.push(text);
        }
    }

    fn end_tool(&mut self) {
        let Item { names, has_schema, .. } = std::mem::take(&mut self.item);
        if !has_schema {
        } else if names.len() > NAMES || self.message.schemas.len() + names.len() > SCHEMAS {
            self.message.lost_schemas = true;
        } else {
            self.message.schemas.extend(names);
        }
    }

    fn key(&mut self, key: Key) {
        let Some(level) = self.levels.last_mut() else { return };
        level.key = key;
        let bit = 1 << key as u16;
        let is_doubled = key.matters_in(level.frame) && level.seen & bit != 0;
        level.seen |= bit;
        match (level.frame, key) {
            (Frame::Result, Key::Structured) => self.message.is_structured = true,
            (Frame::Tool, Key::Schema) => self.item.has_schema = true,
            (Frame::Item, _) => self.item.is_doubled |= is_doubled,
            (Frame::Message | Frame::Params | Frame::Result, _) => {
                self.message.is_doubled |= is_doubled;
            }
            _ => {}
        }
        if (level.frame, key) == (Frame::Message, Key::Method) {
            self.message.method = Some(String::new());
        }
    }

    fn string(&mut self, inside: Range<usize>) {
        let Some(place) = self.place() else { return };
        let text = || short_text(&self.bytes[inside.clone()]);
        match place {
            (Frame::Message, Key::Id) => self.message.id = text().map(Id::Text),
            (Frame::Message, Key::Method) => {
                self.message.method = Some(text().unwrap_or_default());
            }
            (Frame::Params, Key::Name) => self.message.tool.name = text(),
            (Frame::Item, Key::Type) => self.item.is_text = text().as_deref() == Some("text"),
            (Frame::Item, Key::Text) => self.item.text = Some(inside),
            (Frame::Tool, Key::Name) if self.item.names.len() <= NAMES => {
                self.item.names.extend(text());
            }
            _ => {}
        }
    }

    fn number(&mut self, digits: Range<usize>) {
        if self.place() == Some((Frame::Message, Key::Id)) && digits.len() <= NAME {
            let digits = String::from_utf8_lossy(&self.bytes[digits]).into_owned();
            self.message.id = Some(Id::Number(digits));
        }
    }
}
