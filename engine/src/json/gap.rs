//! Where white space stands in JSON: one class per kind of neighbour.

use crate::walk::json::Event;

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

/// Follows the events of a document and names the class of each gap.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    open: Vec<(Bracket, u16)>,
    before: Before,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Before {
    #[default]
    Start,
    Open,
    Comma,
    Colon,
    Value,
}

impl Gaps {
    /// The class of the gap before `event`; none where an event only ends a token.
    pub(crate) fn before(&self, event: Event) -> Option<Class> {
        if !begins_token(event) {
            return None;
        }
        let place = match (self.before, event) {
            (Before::Start, _) => Place::Lead,
            (Before::Open, Event::ObjectClose | Event::ArrayClose) => Place::Empty,
            (Before::Open, _) => Place::Open,
            (_, Event::ObjectClose | Event::ArrayClose) => Place::Close,
            (_, Event::Comma) => Place::BeforeComma,
            (_, Event::Colon) => Place::BeforeColon,
            (Before::Comma, _) => Place::AfterComma,
            (Before::Colon, _) => Place::AfterColon,
            (Before::Value, _) => Place::Between,
        };
        Some(self.class(place))
    }

    /// The class of the gap at the end of the input.
    pub(crate) fn at_end(&self) -> Class {
        self.class(Place::Trail)
    }

    /// Tells the style of the container that was opened last: the gap that follows its bracket.
    pub(crate) fn set_style(&mut self, style: u16) {
        if let Some((_, last)) = self.open.last_mut() {
            *last = style;
        }
    }

    /// Moves past `event`.
    pub(crate) fn pass(&mut self, event: Event) {
        self.before = match event {
            Event::ObjectOpen => self.enter(Bracket::Object),
            Event::ArrayOpen => self.enter(Bracket::Array),
            Event::ObjectClose | Event::ArrayClose => {
                self.open.pop();
                Before::Value
            }
            Event::Comma => Before::Comma,
            Event::Colon => Before::Colon,
            _ => Before::Value,
        };
    }

    fn enter(&mut self, bracket: Bracket) -> Before {
        self.open.push((bracket, 0));
        Before::Open
    }

    fn class(&self, place: Place) -> Class {
        let (bracket, style) = match self.open.last() {
            Some(&(bracket, style)) => (Some(bracket), style),
            None => (None, 0),
        };
        Class { place, bracket, depth: self.open.len() as u16, style }
    }
}

/// Whether `event` is the first of its token's.
pub(crate) fn begins_token(event: Event) -> bool {
    !matches!(event, Event::KeyEnd | Event::StringEnd | Event::ScalarEnd(_))
}

/// Whether `event` is the last of its token's.
pub(crate) fn ends_token(event: Event) -> bool {
    !matches!(event, Event::KeyStart | Event::StringStart | Event::ScalarStart(_))
}
