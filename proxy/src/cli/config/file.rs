//! The file: TOML, read with the place of every key, so that a fault names its line.

mod route;

use super::{
    Fault, KEYS, Key, Layer, List, Origin, Place,
    fault::{self, Why},
    key::Form,
    keys::find,
    layer::{Listed, One},
    place::FilePlace,
};
use brevity_proxy::{McpRoute, ToolSetting};
use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
    sync::Arc,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The longest file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

type Value<'a> = Spanned<DeValue<'a>>;

/// What the file says, if it is there.
pub(super) fn read(place: &FilePlace) -> Result<Option<Layer>, Fault> {
    let (path, named) = match place {
        FilePlace::Named(path) => (path, true),
        FilePlace::Usual(path) => (path, false),
        FilePlace::Nowhere => return Ok(None),
    };
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    match read {
        Ok(_) if text.len() as u64 > LONGEST => {
            Err(Fault::Long { path: path.clone(), most: LONGEST })
        }
        Ok(_) => parse(path, &text).map(Some),
        Err(source) if !named && source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Fault::Read { path: path.clone(), source }),
    }
}

/// What `text`, that of the file at `path`, says.
pub(super) fn parse(path: &Path, text: &str) -> Result<Layer, Fault> {
    let mut reader = Reader { path: path.into(), text, layer: Layer::default() };
    let table = DeTable::parse(text).map_err(|error| reader.syntax(&error))?;
    reader.table("", table.get_ref())?;
    Ok(reader.layer)
}

struct Reader<'a> {
    path: Arc<Path>,
    text: &'a str,
    layer: Layer,
}

impl Reader<'_> {
    /// Only the message: what else the error knows shows the line, which may hold a secret.
    fn syntax(&self, error: &toml::de::Error) -> Fault {
        let at = self.at(error.span().map_or(self.text.len(), |span| span.start));
        Fault::Syntax { at, message: error.message().to_owned() }
    }

    fn at(&self, start: usize) -> Origin {
        let before = self.text.as_bytes().iter().take(start);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        Origin::File { path: self.path.clone(), line }
    }

    fn fault<T>(&self, start: usize, key: &str, why: impl Into<Why>) -> Result<T, Fault> {
        Err(Fault::Value { at: self.at(start), key: key.into(), why: why.into() })
    }

    /// The table `above`; the root has no name.
    fn table(&mut self, above: &str, table: &DeTable<'_>) -> Result<(), Fault> {
        for (start, name, value) in entries(table) {
            let full = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
            self.entry(start, &full, name, value)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        start: usize,
        full: &str,
        name: &str,
        value: &Value<'_>,
    ) -> Result<(), Fault> {
        let is_table = || KEYS.iter().any(|key| key.name.starts_with(&format!("{full}.")));
        match (find(full), value.get_ref()) {
            // A name in quotes is one name, dots and all.
            _ if name.contains('.') => Err(self.unknown(start, full)),
            (_, DeValue::Table(table)) if is_table() => self.table(full, table),
            (Some(Key { place: Place::List(list), .. }), _) => {
                self.list(start, full, *list, value.get_ref())
            }
            (Some(key), _) => self.one(start, key, value.get_ref()),
            (None, _) if is_table() => {
                self.fault(start, full, format!("is a table; write [{full}]"))
            }
            (None, _) => Err(self.unknown(start, full)),
        }
    }

    fn unknown(&self, start: usize, key: &str) -> Fault {
        let hint = fault::hint(key);
        Fault::Unknown { at: self.at(start), key: key.escape_debug().to_string(), hint }
    }

    fn one(&mut self, start: usize, key: &'static Key, value: &DeValue<'_>) -> Result<(), Fault> {
        let Some(text) = text(key, value) else {
            return self.fault(start, key.name, expected_of(key, value));
        };
        let origin = self.at(start);
        self.layer.ones.push(One { key, text, origin });
        Ok(())
    }

    fn list(
        &mut self,
        start: usize,
        name: &str,
        list: List,
        value: &DeValue<'_>,
    ) -> Result<(), Fault> {
        match (list, value) {
            (List::Tools | List::Mcp, DeValue::Table(table)) => {
                entries(table).try_for_each(|(at, key, value)| self.pair(at, list, key, value))
            }
            (List::Routes, DeValue::Array(array)) => {
                array.iter().try_for_each(|rule| self.route(rule))
            }
            _ => {
                let takes = find(name).map_or("a list", Key::takes);
                self.fault(start, name, expected(takes, value))
            }
        }
    }

    /// One line of `[tools]` or `[mcp]`.
    fn pair(
        &mut self,
        start: usize,
        list: List,
        key: &str,
        value: &Value<'_>,
    ) -> Result<(), Fault> {
        let table = if list == List::Tools { "tools" } else { "mcp" };
        let full = format!("{table}.\"{}\"", key.escape_debug());
        let Some(text) = value.get_ref().as_str() else {
            return self.fault(start, &full, expected("a text", value.get_ref()));
        };
        let origin = self.at(start);
        match list {
            List::Tools => match ToolSetting::new(key, text) {
                Ok(value) => self.layer.tools.push(Listed { value, origin }),
                Err(error) => return self.fault(start, &full, error),
            },
            _ => match McpRoute::new(key, text) {
                Ok(value) => self.layer.add_mcp(value, origin)?,
                Err(error) => return self.fault(start, &full, error),
            },
        }
        Ok(())
    }
}

/// The entries of `table` as they stand in the file, each with the place of its key.
fn entries<'t, 'i>(
    table: &'t DeTable<'i>,
) -> impl Iterator<Item = (usize, &'t str, &'t Value<'i>)> {
    let entry = |(key, value): (&'t Spanned<_>, _)| {
        let name: &std::borrow::Cow<'i, str> = key.get_ref();
        (key.span().start, &**name, value)
    };
    let mut entries: Vec<_> = table.iter().map(entry).collect();
    entries.sort_by_key(|(start, ..)| *start);
    entries.into_iter()
}

/// The value of `key` as one text, if it has the right type.
fn text(key: &Key, value: &DeValue<'_>) -> Option<String> {
    let is_size = matches!(key.place, Place::Size(_));
    match (value, key.form()) {
        (DeValue::String(text), Form::Text) => Some(text.to_string()),
        (DeValue::Integer(number), Form::Whole | Form::Real) => whole(number),
        (DeValue::Integer(number), Form::Text) if is_size => whole(number),
        (DeValue::Float(number), Form::Real) => Some(number.as_str().to_owned()),
        (DeValue::Boolean(switch), Form::Switch) => Some(switch.to_string()),
        (DeValue::Array(names), Form::Names) => {
            let name = |name: &Value<'_>| name.get_ref().as_str().map(str::to_owned);
            Some(names.iter().map(name).collect::<Option<Vec<_>>>()?.join(","))
        }
        _ => None,
    }
}

fn whole(number: &toml::de::DeInteger<'_>) -> Option<String> {
    i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
}

/// What is wrong with the type of `value`, or of one of its items where it may be a list.
fn expected_of(key: &Key, value: &DeValue<'_>) -> String {
    let odd = value.as_array().and_then(|names| names.iter().find(|name| !name.get_ref().is_str()));
    match odd.filter(|_| key.form() == Form::Names) {
        Some(odd) => expected(key.takes(), odd.get_ref()),
        None => expected(key.takes(), value),
    }
}

fn expected(takes: &str, value: &DeValue<'_>) -> String {
    let kind = value.type_str();
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("takes {takes}, not {article} {kind}")
}
