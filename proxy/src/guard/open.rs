//! An element that is being read: what of it is digested, and what is noted.

use super::{
    canon::Canon,
    element::{Area, Element, Key, plain},
};
use brevity::{
    Dialect,
    walk::json::{Event, Scalar},
};

/// What stands around a text in a list of its own.
const LISTED: [&[u8]; 2] = [br#"[{"type":"text","text":"#, b"}]"];

/// What stands around a text that is an element.
const BLOCK: [&[u8]; 2] = [br#"{"type":"text","text":"#, b"}"];

/// An element that is being read.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) element: Element,
    dialect: Dialect,
    area: Area,
    /// How many brackets are open around it.
    depth: usize,
    /// The key of the next value; none in a list.
    key: Option<Key>,
    /// The last key of the element itself.
    member: Key,
    /// Whether the innermost object has no member yet that is digested.
    is_bare: bool,
    /// How many brackets are open around the value that is left out.
    left_out: Option<usize>,
    /// What the string that is being read tells of the element.
    noted: Option<Key>,
    /// What goes behind the string that is being read.
    behind: &'static [u8],
}

impl Open {
    pub(super) fn new(dialect: Dialect, area: Area) -> Self {
        Self {
            element: Element::default(),
            dialect,
            area,
            depth: 0,
            key: None,
            member: Key::Other,
            is_bare: false,
            left_out: None,
            noted: None,
            behind: b"",
        }
    }

    /// Takes the event that begins the element; `depth` brackets are open after it.
    pub(super) fn begin(&mut self, event: Event, bytes: &[u8], depth: usize, canon: &mut Canon) {
        self.depth = depth - usize::from(matches!(event, Event::ObjectOpen | Event::ArrayOpen));
        if event == Event::StringStart && self.area == Area::System {
            self.surround(BLOCK, canon);
        }
        self.is_bare = event == Event::ObjectOpen;
        canon.write(bytes);
    }

    /// Whether the element ends with `event`.
    pub(super) fn has_ended(&self, event: Event, depth: usize) -> bool {
        depth == self.depth && ends_value(event)
    }

    /// Whether what is being read is digested.
    pub(super) fn counts(&self) -> bool {
        self.left_out.is_none()
    }

    /// Takes an event and the bytes of its token that have not been taken yet.
    pub(super) fn read(&mut self, event: Event, bytes: &[u8], depth: usize, canon: &mut Canon) {
        if let Some(around) = self.left_out {
            if depth == around && ends_value(event) {
                self.left_out = None;
            }
            return;
        }
        match event {
            // All members before it were left out.
            Event::Comma if self.is_bare => {}
            Event::Comma => {
                canon.hold();
                canon.write(bytes);
            }
            Event::KeyStart => {
                if !canon.holds() {
                    canon.hold();
                }
                canon.write(bytes);
            }
            Event::KeyEnd => self.end_key(bytes, depth, canon),
            Event::StringEnd => self.end_string(bytes, canon),
            _ => self.read_value(event, bytes, depth, canon),
        }
    }

    /// A comma may be held back, and is part of what was.
    fn end_key(&mut self, bytes: &[u8], depth: usize, canon: &mut Canon) {
        canon.write(bytes);
        let held = canon.release().unwrap_or_default();
        let key = Key::of(&plain(held.strip_prefix(b",").unwrap_or(held)));
        if key == Key::CacheControl {
            let len = held.len();
            canon.take_back(len);
            self.left_out = Some(depth);
            return;
        }
        self.is_bare = false;
        self.key = Some(key);
        if depth == self.depth + 1 {
            self.member = key;
        }
    }

    fn end_string(&mut self, bytes: &[u8], canon: &mut Canon) {
        canon.write(bytes);
        if let (Some(key), Some(held)) = (self.noted.take(), canon.release()) {
            self.element.note(key, &plain(held));
        }
        canon.write(std::mem::take(&mut self.behind));
    }

    fn read_value(&mut self, event: Event, bytes: &[u8], depth: usize, canon: &mut Canon) {
        // After a comma comes a value and no key: the comma stands.
        canon.release();
        self.is_bare = event == Event::ObjectOpen;
        // The key stays until its value begins.
        let key = if event == Event::Colon { None } else { self.key.take() };
        match event {
            Event::StringStart => self.begin_string(key, depth, canon),
            Event::ScalarStart(Scalar::True) if depth == self.depth + 1 => {
                self.element.is_deferred |= key == Some(Key::DeferLoading);
            }
            _ => {}
        }
        canon.write(bytes);
    }

    fn begin_string(&mut self, key: Option<Key>, depth: usize, canon: &mut Canon) {
        if key == Some(Key::Content) && self.dialect != Dialect::OpenAiResponses {
            self.surround(LISTED, canon);
        }
        self.noted = key.filter(|key| self.is_told(*key, depth));
        if self.noted.is_some() {
            canon.hold();
        }
    }

    fn surround(&mut self, [before, behind]: [&'static [u8]; 2], canon: &mut Canon) {
        canon.write(before);
        self.behind = behind;
    }

    /// Whether a string under `key` tells something of the element.
    fn is_told(&self, key: Key, depth: usize) -> bool {
        let is_member = depth == self.depth + 1;
        match (self.area, key) {
            (Area::Messages, Key::Role | Key::Type) | (Area::System, Key::Text) => is_member,
            // OpenAI Chat has a tool's name one object further in.
            (Area::Tools, Key::Name) => {
                is_member || depth == self.depth + 2 && self.member == Key::Function
            }
            _ => false,
        }
    }
}

fn ends_value(event: Event) -> bool {
    matches!(event, Event::StringEnd | Event::ScalarEnd(_) | Event::ObjectClose | Event::ArrayClose)
}
