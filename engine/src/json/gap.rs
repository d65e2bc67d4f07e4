//! Where white space stands in JSON: one class per kind of neighbour.

use super::token::Kind;

/// What a gap stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// Before the first document.
    Lead,
    /// Between two documents.
    Between,
    /// After the last document.
    Trail,
    /// After an opening bracket, before the first child.
    Open,
    /// Before a closing bracket.
    Close,
    /// Inside an empty container.
    Empty,
    BeforeComma,
    AfterComma,
    BeforeColon,
    AfterColon,
}

impl Place {
    /// How many there are.
    pub(super) const COUNT: usize = Place::AfterColon as usize + 1;
}

/// A bracket's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Bracket {
    Array,
    Object,
}

/// A class of gaps that are expected to be alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Class {
    pub(crate) place: Place,
    /// The bracket around the gap; none outside of documents.
    pub(crate) bracket: Option<Bracket>,
    /// How many brackets are around the gap.
    pub(crate) depth: u16,
    /// The gap after that bracket, as an index of the caller's: it tells containers that are on one
    /// line from those that are not.
    pub(crate) style: u16,
}

/// Follows the tokens of a document, says which may come, and names the class of each gap.
///
/// Classes that differ only in their place are a row, and rows are numbered as they are met: what a
/// caller knows of a class is found without a search.
#[derive(Debug)]
pub(super) struct Gaps {
    state: State,
    /// The containers that are open, outermost first. The first entry is what is around documents.
    open: Vec<Container>,
    /// By row.
    containers: Vec<Container>,
    /// By depth and bracket, then by style: a row, or 0.
    rows: Vec<Vec<u32>>,
}

/// What the classes of a row have in common.
#[derive(Clone, Copy, Debug)]
struct Container {
    bracket: Option<Bracket>,
    depth: u16,
    style: u16,
    row: u32,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The first document.
    First,
    /// Another document.
    Next,
    /// A key or `}`.
    FirstKey,
    /// A key.
    Key,
    Colon,
    /// A member's value.
    Value,
    /// After a member.
    Member,
    /// A value or `]`.
    FirstItem,
    /// A value.
    Item,
    /// After an item.
    Items,
}

impl Default for Gaps {
    fn default() -> Self {
        let outside = Container { bracket: None, depth: 0, style: 0, row: 0 };
        Self {
            state: State::First,
            open: vec![outside],
            containers: vec![outside],
            rows: Vec::new(),
        }
    }
}

impl Gaps {
    /// Where the gap before a token stands. `None`: the token cannot come here.
    #[inline]
    pub(super) fn place(&self, kind: Kind) -> Option<Place> {
        let is_value =
            matches!(kind, Kind::String | Kind::Literal | Kind::ObjectOpen | Kind::ArrayOpen);
        Some(match (self.state, kind) {
            (State::First, _) if is_value => Place::Lead,
            (State::Next, _) if is_value => Place::Between,
            (State::Next, Kind::End) => Place::Trail,
            (State::FirstKey, Kind::String) => Place::Open,
            (State::FirstItem, _) if is_value => Place::Open,
            (State::FirstKey, Kind::ObjectClose) => Place::Empty,
            (State::FirstItem, Kind::ArrayClose) => Place::Empty,
            (State::Member, Kind::ObjectClose) => Place::Close,
            (State::Items, Kind::ArrayClose) => Place::Close,
            (State::Member | State::Items, Kind::Comma) => Place::BeforeComma,
            (State::Key, Kind::String) => Place::AfterComma,
            (State::Item, _) if is_value => Place::AfterComma,
            (State::Colon, Kind::Colon) => Place::BeforeColon,
            (State::Value, _) if is_value => Place::AfterColon,
            _ => return None,
        })
    }

    /// Whether a string that comes next is a key.
    pub(super) fn is_at_key(&self) -> bool {
        matches!(self.state, State::FirstKey | State::Key)
    }

    /// How many brackets are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len() - 1
    }

    /// The number of the class of a gap that stands here.
    #[inline]
    pub(super) fn number(&self, place: Place) -> usize {
        self.innermost().row as usize * Place::COUNT + place as usize
    }

    /// The class of a gap that stands here.
    pub(super) fn class(&self, place: Place) -> Class {
        let Container { bracket, depth, style, .. } = *self.innermost();
        Class { place, bracket, depth, style }
    }

    /// How many classes have a number.
    pub(super) fn classes(&self) -> usize {
        self.containers.len() * Place::COUNT
    }

    /// Tells the style of the container that was opened last: the gap that follows its bracket.
    /// Styles are small numbers; a container's is 0 until it is told.
    pub(super) fn set_style(&mut self, style: u16) {
        if let (Container { bracket: Some(bracket), depth, .. }, true) =
            (*self.innermost(), style > 0)
        {
            self.open.pop();
            let container = self.container(bracket, depth, style);
            self.open.push(container);
        }
    }

    /// Moves past a token that may come here.
    #[inline]
    pub(super) fn pass(&mut self, kind: Kind) {
        self.state = match kind {
            Kind::ObjectOpen => self.enter(Bracket::Object),
            Kind::ArrayOpen => self.enter(Bracket::Array),
            Kind::ObjectClose | Kind::ArrayClose => {
                self.open.pop();
                self.after_value()
            }
            Kind::Comma if self.state == State::Member => State::Key,
            Kind::Comma => State::Item,
            Kind::Colon => State::Value,
            Kind::String if self.is_at_key() => State::Colon,
            _ => self.after_value(),
        };
    }

    #[inline]
    fn after_value(&self) -> State {
        match self.innermost().bracket {
            None => State::Next,
            Some(Bracket::Object) => State::Member,
            Some(Bracket::Array) => State::Items,
        }
    }

    fn enter(&mut self, bracket: Bracket) -> State {
        let depth = self.open.len() as u16;
        let container = self.container(bracket, depth, 0);
        self.open.push(container);
        match bracket {
            Bracket::Object => State::FirstKey,
            Bracket::Array => State::FirstItem,
        }
    }

    #[inline]
    fn innermost(&self) -> &Container {
        &self.open[self.open.len() - 1]
    }

    /// A container with the row of its like.
    fn container(&mut self, bracket: Bracket, depth: u16, style: u16) -> Container {
        let like = 2 * usize::from(depth) + bracket as usize;
        if self.rows.len() <= like {
            self.rows.resize(like + 1, Vec::new());
        }
        let rows = &mut self.rows[like];
        let style_index = usize::from(style);
        if rows.len() <= style_index {
            rows.resize(style_index + 1, 0);
        }
        if let Some(container) =
            self.containers.get(rows[style_index] as usize).filter(|c| c.row > 0)
        {
            return *container;
        }
        let row = self.containers.len() as u32;
        rows[style_index] = row;
        let container = Container { bracket: Some(bracket), depth, style, row };
        self.containers.push(container);
        container
    }
}
