//! The arena document: JSON parsed without copying or changing a byte of it.
//!
//! Strings and numbers are slices of the source, so `1.10`, `1e400`, duplicate keys, key order and
//! escapes survive. White space is described apart, by [`Spacing`].

mod describe;
mod gap;
mod ids;
mod learn;
mod parse;
mod restore;
mod spacing;
mod token;

pub(crate) use parse::{Document, parse};
pub(crate) use spacing::Spacing;
pub(crate) use token::is_literal;

use std::hash::{Hash, Hasher};

/// A JSON value. Two values of one document have the same `id` exactly if their bytes, less white
/// space, are the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a> {
    pub(crate) id: u32,
    /// Its length in bytes without white space; a measure, not a bound.
    pub(crate) size: u32,
    pub(crate) node: Node<'a>,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'a> {
    /// A number, `true`, `false` or `null`, as it stands.
    Literal(&'a [u8]),
    /// The inside of a string, escapes as they stand.
    String(&'a [u8]),
    Array(&'a [Value<'a>]),
    Object(&'a [Member<'a>]),
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    /// The inside of the key, escapes as they stand.
    pub(crate) key: &'a [u8],
    /// Equal for equal keys.
    pub(crate) key_id: u32,
    pub(crate) value: Value<'a>,
}

impl<'a> Value<'a> {
    pub(crate) fn as_object(&self) -> Option<&'a [Member<'a>]> {
        match self.node {
            Node::Object(members) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&'a [Value<'a>]> {
        match self.node {
            Node::Array(items) => Some(items),
            _ => None,
        }
    }
}

impl Node<'_> {
    fn size(&self) -> u32 {
        match self {
            Node::Literal(raw) => raw.len() as u32,
            Node::String(raw) => raw.len() as u32 + 2,
            Node::Array(items) => items.iter().map(|item| item.size + 1).sum::<u32>() + 1,
            Node::Object(members) => {
                members.iter().map(|m| m.key.len() as u32 + m.value.size + 4).sum::<u32>() + 1
            }
        }
    }
}

/// Children are compared by their ids, so a comparison never descends.
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Node::Literal(a), Node::Literal(b)) | (Node::String(a), Node::String(b)) => a == b,
            (Node::Array(a), Node::Array(b)) => {
                a.len() == b.len() && a.iter().zip(*b).all(|(a, b)| a.id == b.id)
            }
            (Node::Object(a), Node::Object(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(*b)
                        .all(|(a, b)| a.key_id == b.key_id && a.value.id == b.value.id)
            }
            _ => false,
        }
    }
}

impl Eq for Node<'_> {}

impl Hash for Node<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Node::Literal(raw) | Node::String(raw) => state.write(raw),
            Node::Array(items) => items.iter().for_each(|item| item.id.hash(state)),
            Node::Object(members) => members.iter().for_each(|member| {
                member.key_id.hash(state);
                member.value.id.hash(state);
            }),
        }
    }
}
