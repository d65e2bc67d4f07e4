//! What the flags of the command line say.

use super::{
    Fault, Layer, List, Origin, Place,
    keys::{KEYS, find},
    layer::{Listed, One},
};
use std::{error::Error, path::Path, str::FromStr};

/// Flags that were given. Values are as they were written.
#[derive(Debug, Default)]
pub(crate) struct Flags<'a> {
    /// The file, in place of the platform's.
    pub(crate) file: Option<&'a Path>,
    /// Keys with their values, as far as there are any.
    pub(crate) ones: Vec<(&'static str, Option<String>)>,
    pub(crate) routes: &'a [String],
    pub(crate) tools: &'a [String],
    pub(crate) mcp: &'a [String],
}

impl Flags<'_> {
    pub(super) fn layer(&self) -> Result<Layer, Fault> {
        let one = |(name, text): &(&str, Option<String>)| {
            let key = find(name)?;
            Some(One { key, text: text.clone()?, origin: Origin::Flag(key.flag()) })
        };
        let mut layer =
            Layer { ones: self.ones.iter().filter_map(one).collect(), ..Layer::default() };
        layer.routes = all(List::Routes, self.routes)?;
        layer.tools = all(List::Tools, self.tools)?;
        for Listed { value, origin } in all(List::Mcp, self.mcp)? {
            layer.add_mcp(value, origin)?;
        }
        Ok(layer)
    }
}

fn all<T: FromStr<Err: Error + 'static>>(
    list: List,
    texts: &[String],
) -> Result<Vec<Listed<T>>, Fault> {
    let of = |place: &Place| matches!(place, Place::List(known) if *known == list);
    let Some(key) = KEYS.iter().find(|key| of(&key.place)) else { return Ok(Vec::new()) };
    let origin = || Origin::Flag(key.flag());
    let one = |text: &String| match text.parse() {
        Ok(value) => Ok(Listed { value, origin: origin() }),
        Err(why) => Err(Fault::Value { at: origin(), key: key.name.into(), why: Box::new(why) }),
    };
    texts.iter().map(one).collect()
}
