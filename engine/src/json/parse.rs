//! Text into values of the arena.

use super::{
    Member, Node, Spacing, Value,
    ids::Ids,
    learn::Learner,
    token::{Kind, Token, Tokens},
};
use crate::{Limits, Reason};
use bumpalo::Bump;
use std::ops::Range;

/// One JSON document, or several that follow each other.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) roots: &'a [Value<'a>],
    /// How often each value occurs, by its id.
    pub(crate) counts: Vec<u32>,
    pub(crate) spacing: Spacing,
}

/// Parses all of `text`. Strings that touch a range of `verbatim` (sorted, apart) are equal to
/// nothing else, so that no codec lets one stand for another.
///
/// Whether `text` is UTF-8 was seen where it was cut out; what is none would not come back, and stay.
///
/// # Errors
///
/// [`Reason::Spacing`] where `text` is spaced without rule, or is no JSON after all, [`Reason::Limit`] where a
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
        values: 0,
        stack: Vec::new(),
        open: Vec::new(),
        key: (&[], 0),
        roots: Vec::new(),
    };
    let spacing = parser.run(text)?;
    if !parser.verbatim.is_empty() {
        return Err(Reason::Protected);
    }
    let roots = arena.alloc_slice_copy(&parser.roots);
    Ok(Document { roots, counts: parser.ids.counts, spacing })
}

struct Parser<'a, 'p> {
    arena: &'a Bump,
    limits: &'p Limits,
    /// The ranges that no token has reached yet.
    verbatim: &'p [Range<usize>],
    ids: Ids<'a>,
    /// How many values there are.
    values: usize,
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
        let mut tokens = Tokens::new(text);
        let mut spacing = Learner::default();
        loop {
            let token = tokens.next();
            let is_key = spacing.gaps().is_at_key();
            spacing.token(&token).ok_or(Reason::Spacing)?;
            if token.kind == Kind::End {
                return spacing.finish().ok_or(Reason::Spacing);
            }
            match is_key && token.kind == Kind::String {
                true => self.key(&token),
                false => self.token(&token)?,
            }
        }
    }

    fn key(&mut self, token: &Token<'a>) {
        let inner = inside(token.text);
        self.is_verbatim(token);
        self.key = (inner, self.ids.of(Node::String(inner)));
    }

    fn token(&mut self, token: &Token<'a>) -> Result<(), Reason> {
        match token.kind {
            Kind::ObjectOpen | Kind::ArrayOpen => self.open(),
            Kind::ObjectClose => {
                self.close(|arena, children| Node::Object(arena.alloc_slice_copy(children)))
            }
            Kind::ArrayClose => self.close(|arena, children| {
                Node::Array(arena.alloc_slice_fill_iter(children.iter().map(|c| c.value)))
            }),
            Kind::String => {
                let unique = self.is_verbatim(token);
                self.value(Node::String(inside(token.text)), unique)
            }
            Kind::Literal => self.value(Node::Literal(token.text), false),
            _ => Ok(()),
        }
    }

    fn open(&mut self) -> Result<(), Reason> {
        if self.open.len() == self.limits.document_depth {
            return Err(Reason::Limit);
        }
        self.open.push((self.stack.len(), std::mem::take(&mut self.key)));
        Ok(())
    }

    fn close(
        &mut self,
        node: impl FnOnce(&'a Bump, &[Member<'a>]) -> Node<'a>,
    ) -> Result<(), Reason> {
        let (from, key) = self.open.pop().ok_or(Reason::Spacing)?;
        let node = node(self.arena, &self.stack[from..]);
        self.stack.truncate(from);
        self.key = key;
        self.value(node, false)
    }

    fn value(&mut self, node: Node<'a>, unique: bool) -> Result<(), Reason> {
        if self.values == self.limits.document_nodes {
            return Err(Reason::Limit);
        }
        self.values += 1;
        let id = if unique { self.ids.unique(node) } else { self.ids.of(node) };
        let value = Value { id, size: node.size(), node };
        let (key, key_id) = std::mem::take(&mut self.key);
        match self.open.is_empty() {
            true => self.roots.push(value),
            false => self.stack.push(Member { key, key_id, value }),
        }
        Ok(())
    }

    /// Whether a string touches a verbatim range; ranges inside of it are done with.
    fn is_verbatim(&mut self, token: &Token) -> bool {
        let mut touched = false;
        while let Some((range, later)) = self.verbatim.split_first() {
            if range.start <= token.at || range.end >= token.at + token.text.len() {
                break;
            }
            touched = true;
            self.verbatim = later;
        }
        touched
    }
}

/// A string without its quotes.
fn inside(string: &[u8]) -> &[u8] {
    &string[1..string.len() - 1]
}
