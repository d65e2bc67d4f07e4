//! Text into values of the arena.

use super::{
    Member, Node, Spacing, Value,
    gap::{begins_token, ends_token},
    spacing::Learner,
};
use crate::{
    Limits, Reason,
    walk::json::{Event, JsonErrorKind, JsonWalker},
};
use bumpalo::Bump;
use foldhash::HashMap;
use std::ops::Range;

/// One JSON document, or several that follow each other.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) roots: Vec<Value<'a>>,
    /// How often each value occurs, by its id.
    pub(crate) counts: Vec<u32>,
    pub(crate) spacing: Spacing,
}

/// Parses all of `text`. Strings that touch a range of `verbatim` (sorted, apart) are equal to
/// nothing else, so that no codec lets one stand for another.
///
/// # Errors
///
/// [`Reason::NoCodec`] where `text` is not JSON or spaced without rule, [`Reason::Limit`] where a
/// bound is hit, [`Reason::Protected`] where a range is not inside of one string.
pub(crate) fn parse<'a>(
    text: &'a [u8],
    verbatim: &[Range<usize>],
    limits: &Limits,
    arena: &'a Bump,
) -> Result<Document<'a>, Reason> {
    let mut parser = Parser {
        arena,
        limits,
        verbatim,
        ids: Ids::default(),
        stack: Vec::new(),
        open: Vec::new(),
        key: (&[], 0),
        roots: Vec::new(),
    };
    let spacing = parser.run(text)?;
    if !parser.verbatim.is_empty() {
        return Err(Reason::Protected);
    }
    Ok(Document { roots: parser.roots, counts: parser.ids.counts, spacing })
}

struct Parser<'a, 'p> {
    arena: &'a Bump,
    limits: &'p Limits,
    /// The ranges that no token has reached yet.
    verbatim: &'p [Range<usize>],
    ids: Ids<'a>,
    /// Children of the containers that are open, outermost first.
    stack: Vec<Member<'a>>,
    /// Where in `stack` each open container's children begin, and the key that it stands under.
    open: Vec<(usize, Key<'a>)>,
    key: Key<'a>,
    roots: Vec<Value<'a>>,
}

type Key<'a> = (&'a [u8], u32);

impl<'a> Parser<'a, '_> {
    fn run(&mut self, text: &'a [u8]) -> Result<Spacing, Reason> {
        let mut walker = JsonWalker::new(self.limits.document_depth);
        let mut spacing = Learner::new();
        let mut rest = text;
        let (mut done, mut start) = (0, 0);
        loop {
            if walker.is_complete() {
                walker.next_document();
            }
            let event = match walker.next(&mut rest) {
                Ok(Some(event)) => event,
                Ok(None) => match walker.finish() {
                    Ok(Some(event)) => event,
                    Ok(None) => break,
                    Err(_) => return Err(Reason::NoCodec),
                },
                Err(error) if error.kind == JsonErrorKind::DepthLimit => return Err(Reason::Limit),
                Err(_) => return Err(Reason::NoCodec),
            };
            let end = walker.offset() as usize;
            if begins_token(event) {
                start = end - 1;
                spacing.event(event, &text[done..start]);
            }
            done = end;
            if ends_token(event) {
                self.token(event, &text[start..end], start)?;
            }
        }
        spacing.finish(&text[done..]).ok_or(Reason::NoCodec)
    }

    /// Takes a whole token that starts at `at`.
    fn token(&mut self, event: Event, raw: &'a [u8], at: usize) -> Result<(), Reason> {
        match event {
            Event::ObjectOpen | Event::ArrayOpen => {
                self.open.push((self.stack.len(), self.key));
                self.key = (&[], 0);
            }
            Event::ObjectClose => {
                self.close(|arena, children| Node::Object(arena.alloc_slice_copy(children)))?
            }
            Event::ArrayClose => self.close(|arena, children| {
                Node::Array(arena.alloc_slice_fill_iter(children.iter().map(|c| c.value)))
            })?,
            Event::KeyEnd => {
                let inner = &raw[1..raw.len() - 1];
                self.is_verbatim(at, raw.len());
                self.key = (inner, self.ids.of(Node::String(inner), false));
            }
            Event::StringEnd => {
                let unique = self.is_verbatim(at, raw.len());
                self.value(Node::String(&raw[1..raw.len() - 1]), unique)?;
            }
            Event::ScalarEnd(_) => self.value(Node::Literal(raw), false)?,
            _ => {}
        }
        Ok(())
    }

    fn close(
        &mut self,
        node: impl FnOnce(&'a Bump, &[Member<'a>]) -> Node<'a>,
    ) -> Result<(), Reason> {
        let (from, key) = self.open.pop().ok_or(Reason::NoCodec)?;
        let node = node(self.arena, &self.stack[from..]);
        self.stack.truncate(from);
        self.key = key;
        self.value(node, false)
    }

    fn value(&mut self, node: Node<'a>, unique: bool) -> Result<(), Reason> {
        if self.ids.values == self.limits.document_nodes {
            return Err(Reason::Limit);
        }
        self.ids.values += 1;
        let value = Value { id: self.ids.of(node, unique), size: node.size(), node };
        let (key, key_id) = std::mem::take(&mut self.key);
        match self.open.is_empty() {
            true => self.roots.push(value),
            false => self.stack.push(Member { key, key_id, value }),
        }
        Ok(())
    }

    /// Whether a string token touches a verbatim range; ranges inside of it are done with.
    fn is_verbatim(&mut self, at: usize, len: usize) -> bool {
        let mut touched = false;
        while let Some((range, later)) = self.verbatim.split_first() {
            if range.start <= at || range.end >= at + len {
                break;
            }
            touched = true;
            self.verbatim = later;
        }
        touched
    }
}

/// Numbers for values: the same for the same bytes.
#[derive(Debug, Default)]
struct Ids<'a> {
    index: HashMap<Node<'a>, u32>,
    counts: Vec<u32>,
    values: usize,
}

impl<'a> Ids<'a> {
    fn of(&mut self, node: Node<'a>, unique: bool) -> u32 {
        let next = self.counts.len() as u32;
        let id = if unique { next } else { *self.index.entry(node).or_insert(next) };
        if id == next {
            self.counts.push(0);
        }
        self.counts[id as usize] += 1;
        id
    }
}
