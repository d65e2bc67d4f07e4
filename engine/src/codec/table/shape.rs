//! What repeats: the columns of like objects, and what most of their cells hold.

use crate::json::{Member, Node, Value};
use bumpalo::{Bump, collections::Vec as ArenaVec};
use foldhash::{HashMap, HashMapExt};

/// How the values of one place are written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape<'a> {
    /// Each as itself.
    Any,
    /// Objects as cells under these fields.
    Record(&'a [Field<'a>]),
    /// Arrays, whose items have a shape.
    List(&'a Shape<'a>),
    /// Objects whose keys vary and whose values have a shape.
    Map(&'a Shape<'a>),
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    pub(super) key: &'a [u8],
    pub(super) key_id: u32,
    pub(super) mode: Mode<'a>,
    pub(super) shape: Shape<'a>,
    /// The column's number on its page.
    pub(super) slot: usize,
}

/// What an empty cell of a column says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode<'a> {
    /// The same as the cell above.
    Above,
    /// The object lacks the key.
    Optional,
    /// This value.
    Default(Value<'a>),
    /// This value, in every row: there are no cells.
    Constant(Value<'a>),
}

/// How many columns a table may have; more are no table.
const FIELDS: usize = 256;

/// How many records a line may hold, on average, where each line is a list of them.
const SHORT: usize = 8;

/// Finds shapes, and numbers the columns of one page.
pub(super) struct Shaper<'a> {
    pub(super) arena: &'a Bump,
    pub(super) slots: usize,
}

impl<'a> Shaper<'a> {
    /// The shape of the values of one place, in reading order.
    pub(super) fn infer(&mut self, values: &[Value<'a>]) -> Shape<'a> {
        let objects: Vec<_> =
            values.iter().filter_map(Value::as_object).filter(|o| !o.is_empty()).collect();
        let arrays: Vec<_> =
            values.iter().filter_map(Value::as_array).filter(|a| !a.is_empty()).collect();
        let others = values.iter().filter(|v| !is_void(v)).count() - objects.len() - arrays.len();
        if objects.len() > arrays.len() + others {
            return self.record(&objects).or_else(|| self.map(&objects)).unwrap_or(Shape::Any);
        }
        if arrays.len() > others {
            let items: Vec<_> = arrays.into_iter().flatten().copied().collect();
            return match self.infer(&items) {
                Shape::Any => Shape::Any,
                shape => Shape::List(self.arena.alloc(shape)),
            };
        }
        Shape::Any
    }

    fn map(&mut self, objects: &[&'a [Member<'a>]]) -> Option<Shape<'a>> {
        let values: Vec<_> = objects.iter().flat_map(|o| o.iter()).map(|m| m.value).collect();
        match self.infer(&values) {
            Shape::Any => None,
            shape => Some(Shape::Map(self.arena.alloc(shape))),
        }
    }

    fn record(&mut self, objects: &[&'a [Member<'a>]]) -> Option<Shape<'a>> {
        let keys = union(objects).filter(|keys| objects.len() > 1 && pays(keys, objects))?;
        let mut columns = vec![Vec::with_capacity(objects.len()); keys.len()];
        for cells in objects.iter().filter_map(|o| cells(o, keys.iter().map(|key| key.1))) {
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
        let mut fields = ArenaVec::with_capacity_in(keys.len(), self.arena);
        for (&(key, key_id), column) in keys.iter().zip(&columns) {
            let mode = mode(column);
            let shape = match mode {
                Mode::Constant(_) => Shape::Any,
                _ => self.infer(&column.iter().flatten().copied().collect::<Vec<_>>()),
            };
            fields.push(Field { key, key_id, mode, shape, slot: self.slots });
            self.slots += 1;
        }
        Some(Shape::Record(fields.into_bump_slice()))
    }
}

impl<'a> Shape<'a> {
    /// Whether `rows` of this shape read well as a line each: they are records, or short lists or
    /// maps of them.
    pub(super) fn fits_lines(&self, rows: &[Value<'a>]) -> bool {
        let len = |value: &Value| match value.node {
            Node::Array(items) => items.len(),
            Node::Object(members) => members.len(),
            _ => 1,
        };
        match self {
            Shape::Any => false,
            Shape::Record(_) => true,
            _ => rows.iter().map(len).sum::<usize>() <= SHORT * rows.len(),
        }
    }
}

impl<'a> Field<'a> {
    /// Lines up an object's members with fields. `None`: a key is unknown, out of order or doubled,
    /// or a constant is not there.
    pub(super) fn cells(fields: &[Field<'a>], object: &[Member<'a>]) -> Option<Cells<'a>> {
        let cells = cells(object, fields.iter().map(|field| field.key_id))?;
        let fits = fields.iter().zip(&cells).all(|(field, cell)| match field.mode {
            Mode::Constant(value) => cell.is_some_and(|cell| cell.id == value.id),
            _ => true,
        });
        fits.then_some(cells)
    }
}

type Key<'a> = (&'a [u8], u32);
type Cells<'a> = Vec<Option<Value<'a>>>;

/// Values that say nothing of a place's shape.
fn is_void(value: &Value) -> bool {
    match value.node {
        Node::Literal(raw) => raw == b"null",
        Node::String(_) => false,
        Node::Array(items) => items.is_empty(),
        Node::Object(members) => members.is_empty(),
    }
}

/// All keys, in an order that most objects agree with. `None`: there are too many.
fn union<'a>(objects: &[&'a [Member<'a>]]) -> Option<Vec<Key<'a>>> {
    let mut keys: Vec<Key<'a>> = Vec::new();
    let mut places: HashMap<u32, usize> = HashMap::new();
    for object in objects {
        let mut next = 0;
        for member in *object {
            if keys.get(next).is_some_and(|key| key.1 == member.key_id) {
                next += 1;
                continue;
            }
            match places.get(&member.key_id) {
                Some(&place) if place < next => break,
                Some(&place) => next = place + 1,
                None if keys.len() == FIELDS => return None,
                None => {
                    keys.insert(next, (member.key, member.key_id));
                    keys.iter().enumerate().skip(next).for_each(|(place, key)| {
                        places.insert(key.1, place);
                    });
                    next += 1;
                }
            }
        }
    }
    Some(keys)
}

/// Whether naming the keys once costs less than naming them in each object.
fn pays(keys: &[Key], objects: &[&[Member]]) -> bool {
    let cost = |key: &[u8]| 8 + key.len();
    let once: usize = keys.iter().map(|key| cost(key.0)).sum();
    let each: usize = objects.iter().flat_map(|o| o.iter()).map(|m| cost(m.key)).sum();
    let cells: usize = objects.iter().map(|o| o.len()).sum();
    let absent = keys.len() * objects.len() - cells.min(keys.len() * objects.len());
    once + absent < each
}

/// An object's members, lined up with `keys`.
fn cells<'a>(object: &[Member<'a>], keys: impl Iterator<Item = u32>) -> Option<Cells<'a>> {
    let mut members = object.iter().peekable();
    let cells = keys
        .map(|key| members.next_if(|member| member.key_id == key).map(|member| member.value))
        .collect();
    members.next().is_none().then_some(cells)
}

/// The mode that leaves the fewest bytes in a column's cells.
fn mode<'a>(column: &[Option<Value<'a>>]) -> Mode<'a> {
    let Some(common) = most_costly(column) else { return Mode::Optional };
    let is_common = |cell: &Option<Value>| cell.is_some_and(|value| value.id == common.id);
    if column.len() > 1 && column.iter().all(is_common) {
        return Mode::Constant(common);
    }
    let ids = |cell: &Option<Value>| cell.map(|value| value.id);
    let all: u64 = column.iter().map(cost).sum();
    let above: u64 =
        column.windows(2).filter(|pair| ids(&pair[0]) == ids(&pair[1])).map(|p| cost(&p[1])).sum();
    let optional: u64 = column.iter().filter(|cell| cell.is_none()).map(cost).sum();
    let is_default = is_scalar(&common) && most(column, is_common);
    let default: u64 = column.iter().filter(|cell| is_default && is_common(cell)).map(cost).sum();
    let default = default.saturating_sub(cost(&Some(common)));
    debug_assert!(above <= all && optional <= all && default <= all);
    match above.max(optional).max(default) {
        most if most == optional && optional > 0 => Mode::Optional,
        most if most == above => Mode::Above,
        _ => Mode::Default(common),
    }
}

/// Whether at least half of a column is so: a reader expects a default to be the rule.
fn most(column: &[Option<Value>], is_so: impl Fn(&Option<Value>) -> bool) -> bool {
    2 * column.iter().filter(|cell| is_so(cell)).count() >= column.len()
}

fn is_scalar(value: &Value) -> bool {
    matches!(value.node, Node::Literal(_) | Node::String(_))
}

/// The value that costs most in a column, over all of its cells.
fn most_costly<'a>(column: &[Option<Value<'a>>]) -> Option<Value<'a>> {
    let mut costs: HashMap<u32, (u64, usize)> = HashMap::new();
    let mut best: Option<(u64, Value<'a>)> = None;
    for (row, value) in column.iter().enumerate().filter_map(|(i, cell)| cell.map(|v| (i, v))) {
        let entry = costs.entry(value.id).or_insert((0, row));
        entry.0 += cost(&Some(value));
        if best.is_none_or(|(most, _)| entry.0 > most) {
            best = Some((entry.0, value));
        }
    }
    best.map(|(_, value)| value)
}

/// About the tokens of a cell, in fourths.
fn cost(cell: &Option<Value>) -> u64 {
    cell.map_or(4, |value| 4 + u64::from(value.size))
}
