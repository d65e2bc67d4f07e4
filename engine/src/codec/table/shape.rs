//! What repeats: the columns of like objects, and what most of their cells hold.

use crate::json::{Member, Node, Value};
use bumpalo::{Bump, collections::Vec as ArenaVec};

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
    Default(&'a Value<'a>),
    /// This value, in every row: there are no cells.
    Constant(&'a Value<'a>),
}

/// What an absent cell costs, in bytes of a key.
const ABSENT: usize = 4;
/// How many columns a table may have; more are no table.
const FIELDS: usize = 256;

/// How many records a line may hold, on average, where each line is a list of them.
const SHORT: usize = 8;

/// Finds shapes, and numbers the columns of one page.
///
/// The values of a place, of a place inside of it, and so on are one stack: a place's values are
/// those from an index on.
pub(super) struct Shaper<'a> {
    arena: &'a Bump,
    values: Vec<&'a Value<'a>>,
    /// By key: its place among the keys that are being collected, and one; else 0.
    places: Vec<u16>,
    /// By value: what it costs in the column that is being weighed; else 0.
    costs: Vec<u64>,
    /// How many columns the page has.
    pub(super) slots: usize,
    /// How many values were looked at.
    pub(super) looked: u64,
}

/// How many values of each kind a place has.
#[derive(Default)]
struct Tally {
    objects: usize,
    arrays: usize,
    others: usize,
}

impl<'a> Shaper<'a> {
    /// A shaper for a document of `ids` different values and keys.
    pub(super) fn new(arena: &'a Bump, ids: usize) -> Self {
        Self {
            arena,
            values: Vec::new(),
            places: vec![0; ids],
            costs: vec![0; ids],
            slots: 0,
            looked: 0,
        }
    }

    /// The shape of a page's rows, in reading order.
    pub(super) fn page(&mut self, rows: &[&'a Value<'a>]) -> Shape<'a> {
        self.slots = 0;
        self.values.extend(rows);
        self.infer(0)
    }

    /// The shape of the values from `from` on, which are taken.
    fn infer(&mut self, from: usize) -> Shape<'a> {
        let values = &self.values[from..];
        self.looked += values.len() as u64;
        let mut tally = Tally::default();
        values.iter().for_each(|value| tally.add(value));
        let shape = if tally.objects > tally.arrays + tally.others {
            self.record(from).or_else(|| self.map(from))
        } else if tally.arrays > tally.others {
            self.list(from)
        } else {
            None
        };
        self.values.truncate(from);
        shape.unwrap_or(Shape::Any)
    }

    fn list(&mut self, from: usize) -> Option<Shape<'a>> {
        let items = self.values.len();
        for i in from..items {
            self.values.extend(self.values[i].as_array().unwrap_or_default());
        }
        match self.infer(items) {
            Shape::Any => None,
            shape => Some(Shape::List(self.arena.alloc(shape))),
        }
    }

    fn map(&mut self, from: usize) -> Option<Shape<'a>> {
        let members = self.values.len();
        for i in from..members {
            let object = self.values[i].as_object().unwrap_or_default();
            self.values.extend(object.iter().map(|member| &member.value));
        }
        match self.infer(members) {
            Shape::Any => None,
            shape => Some(Shape::Map(self.arena.alloc(shape))),
        }
    }

    fn record(&mut self, from: usize) -> Option<Shape<'a>> {
        let objects = Objects(&self.values[from..]);
        let keys = objects.keys(&mut self.places);
        let keys = keys.filter(|keys| objects.pay(keys))?;
        let (cells, rows, columns) = objects.columns(&keys);
        let mut fields = ArenaVec::with_capacity_in(keys.len(), self.arena);
        for (i, (key, key_id)) in keys.into_iter().enumerate() {
            let column = &cells[i * columns..][..rows];
            let mode = self.mode(column);
            let shape = match mode {
                Mode::Constant(_) => Shape::Any,
                _ => self.column(column),
            };
            fields.push(Field { key, key_id, mode, shape, slot: self.slots });
            self.slots += 1;
        }
        Some(Shape::Record(fields.into_bump_slice()))
    }

    fn column(&mut self, column: &[Cell<'a>]) -> Shape<'a> {
        let from = self.values.len();
        self.values.extend(column.iter().flatten());
        self.infer(from)
    }

    /// The mode that leaves the fewest bytes in a column's cells.
    fn mode(&mut self, column: &[Cell<'a>]) -> Mode<'a> {
        let Some(common) = self.most_costly(column) else { return Mode::Optional };
        let (mut above, mut optional, mut default, mut commons) = (0, 0, 0, 0);
        let mut last = None;
        for cell in column {
            let id = cell.map(|value| value.id);
            let cost = cost(cell);
            if last == Some(id) {
                above += cost;
            }
            if id.is_none() {
                optional += cost;
            }
            if id == Some(common.id) {
                default += cost;
                commons += 1;
            }
            last = Some(id);
        }
        if column.len() > 1 && commons == column.len() {
            return Mode::Constant(common);
        }
        // A reader expects a default to be the rule.
        let is_default = is_scalar(common) && 2 * commons >= column.len();
        let default = if is_default { default - cost(&Some(common)) } else { 0 };
        // A cell that repeats the one above leans on its line, of which a row may need few.
        let above = above * 4 / 5;
        match above.max(optional).max(default) {
            most if most == optional && optional > 0 => Mode::Optional,
            most if most == default && default > 0 => Mode::Default(common),
            _ => Mode::Above,
        }
    }

    /// The value that costs most in a column, over all of its cells.
    fn most_costly(&mut self, column: &[Cell<'a>]) -> Option<&'a Value<'a>> {
        let mut best: Option<(u64, &Value)> = None;
        for &value in column.iter().flatten() {
            let sum = &mut self.costs[value.id as usize];
            *sum += cost(&Some(value));
            if best.is_none_or(|(most, _)| *sum > most) {
                best = Some((*sum, value));
            }
        }
        for value in column.iter().flatten() {
            self.costs[value.id as usize] = 0;
        }
        best.map(|(_, value)| value)
    }
}

impl Tally {
    /// Counts a value, if it says anything of its place's shape.
    fn add(&mut self, value: &Value) {
        match value.node {
            Node::Literal(b"null") | Node::Array([]) | Node::Object([]) => {}
            Node::Literal(_) | Node::String(_) => self.others += 1,
            Node::Array(_) => self.arrays += 1,
            Node::Object(_) => self.objects += 1,
        }
    }
}

impl<'a> Shape<'a> {
    /// Whether `rows` of this shape read well as a line each: they are records, or short lists or
    /// maps of them.
    pub(super) fn fits_lines(&self, rows: &[&'a Value<'a>]) -> bool {
        let len = |value: &&Value| match value.node {
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
    /// Whether an object is written as cells under `fields`: its members line up with them, and it
    /// has their constants.
    pub(super) fn fit(fields: &[Field<'a>], object: &'a [Member<'a>]) -> bool {
        let mut members = object;
        let fits = fields.iter().all(|field| {
            let cell = next_if(&mut members, field.key_id);
            match field.mode {
                Mode::Constant(value) => cell.is_some_and(|cell| cell.id == value.id),
                _ => true,
            }
        });
        fits && members.is_empty()
    }

    /// The cells of an object that fits.
    pub(super) fn cells<'f>(
        fields: &'f [Field<'a>],
        object: &'a [Member<'a>],
    ) -> impl Iterator<Item = (&'f Field<'a>, Cell<'a>)> {
        let mut members = object;
        fields.iter().map(move |field| (field, next_if(&mut members, field.key_id)))
    }
}

/// The value under a key, or that there is none.
pub(super) type Cell<'a> = Option<&'a Value<'a>>;

type Key<'a> = (&'a [u8], u32);

/// The objects among some values.
struct Objects<'v, 'a>(&'v [&'a Value<'a>]);

impl<'a> Objects<'_, 'a> {
    fn iter(&self) -> impl Iterator<Item = &'a [Member<'a>]> {
        self.0.iter().filter_map(|value| value.as_object()).filter(|object| !object.is_empty())
    }

    /// All keys, in an order that most objects agree with. `None`: there are too many.
    ///
    /// `places` is as [`Shaper::places`], before and after.
    fn keys(&self, places: &mut [u16]) -> Option<Vec<Key<'a>>> {
        let mut keys: Vec<Key<'a>> = Vec::new();
        let all = self.iter().try_for_each(|object| add_keys(object, &mut keys, places));
        keys.iter().for_each(|key| places[key.1 as usize] = 0);
        all.map(|()| keys)
    }

    /// Whether naming the keys once costs less than naming them in each object.
    fn pay(&self, keys: &[Key]) -> bool {
        let cost = |key: &[u8]| 8 + key.len();
        let once: usize = keys.iter().map(|key| cost(key.0)).sum();
        let (mut objects, mut members, mut each) = (0, 0, 0);
        for object in self.iter() {
            objects += 1;
            members += object.len();
            each += object.iter().map(|member| cost(member.key)).sum::<usize>();
        }
        let absent = (keys.len() * objects).saturating_sub(members);
        objects > 1 && once + ABSENT * absent < each
    }

    /// The cells of the objects that line up with `keys`, column by column: the cells, how many are
    /// in a column, and how far apart columns begin.
    fn columns(&self, keys: &[Key]) -> (Vec<Cell<'a>>, usize, usize) {
        let stride = self.iter().count();
        let mut cells = vec![None; stride * keys.len()];
        let mut rows = 0;
        for object in self.iter() {
            let mut members = object;
            for (column, key) in keys.iter().enumerate() {
                cells[column * stride + rows] = next_if(&mut members, key.1);
            }
            rows += usize::from(members.is_empty());
        }
        (cells, rows, stride)
    }
}

/// Adds an object's keys, each after the one before it. An object that disagrees with the order so
/// far adds no more.
fn add_keys<'a>(object: &[Member<'a>], keys: &mut Vec<Key<'a>>, places: &mut [u16]) -> Option<()> {
    let mut next = 0;
    for member in object {
        if keys.get(next).is_some_and(|key| key.1 == member.key_id) {
            next += 1;
            continue;
        }
        match usize::from(places[member.key_id as usize]) {
            0 if keys.len() == FIELDS => return None,
            0 => {
                keys.insert(next, (member.key, member.key_id));
                for (key, place) in keys[next..].iter().zip(next as u16 + 1..) {
                    places[key.1 as usize] = place;
                }
                next += 1;
            }
            after if after <= next => break,
            after => next = after,
        }
    }
    Some(())
}

/// Takes the first of `members` if it has this key.
#[inline]
fn next_if<'a>(members: &mut &'a [Member<'a>], key_id: u32) -> Cell<'a> {
    let (first, rest) = members.split_first().filter(|(first, _)| first.key_id == key_id)?;
    *members = rest;
    Some(&first.value)
}

fn is_scalar(value: &Value) -> bool {
    matches!(value.node, Node::Literal(_) | Node::String(_))
}

/// About the tokens of a cell, in fourths.
fn cost(cell: &Cell) -> u64 {
    cell.map_or(4, |value| 4 + u64::from(value.size))
}
