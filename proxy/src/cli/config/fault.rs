//! What can be wrong with a configuration. Each fault is one line that names the place. No value of a
//! key that is not known is shown, and none of a URL's credentials: they could be secrets.

use super::{Key, Origin, keys::KEYS};
use crate::cli::CONFIG;
use brevity_proxy::ConfigError;
use std::{error::Error, path::PathBuf, process::ExitCode};
use thiserror::Error;

/// Why a value makes no sense.
pub(super) type Why = Box<dyn Error>;

#[derive(Debug, Error)]
pub(crate) enum Fault {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: longer than {most} bytes; name a file in TOML", path.display())]
    Long { path: PathBuf, most: u64 },
    #[error("{at}: this is not TOML: {message}")]
    Syntax { at: Origin, message: String },
    #[error("{at}: `{key}` is no key{hint}")]
    Unknown { at: Origin, key: String, hint: String },
    #[error("{name} is no variable of Brevity's; did you mean {near}?")]
    Variable { name: String, near: String },
    #[error("{}: {why}", place(at, key))]
    Value { at: Origin, key: String, why: Why },
    #[error(
        "holdout ({holdout}) and dry_run ({dry_run}) exclude each other: a dry run rewrites nothing \
         to compare with; leave one out"
    )]
    Both { holdout: Origin, dry_run: Origin },
    #[error(transparent)]
    Whole(#[from] ConfigError),
}

impl Fault {
    /// The exit code: 2 where flags alone make no sense, as for every other flag; else 78.
    pub(crate) fn code(&self) -> ExitCode {
        let is_flag = |at: &Origin| matches!(at, Origin::Flag(_));
        let usage = match self {
            Self::Value { at, .. } => is_flag(at),
            Self::Both { holdout, dry_run } => is_flag(holdout) && is_flag(dry_run),
            _ => false,
        };
        ExitCode::from(if usage { 2 } else { CONFIG })
    }
}

fn place(at: &Origin, key: &str) -> String {
    match at {
        Origin::File { .. } | Origin::Default => format!("{at}: {key}"),
        Origin::Variable(_) | Origin::Flag(_) => at.to_string(),
    }
}

/// What somebody may have meant who wrote the key `name`, as the end of a sentence.
pub(super) fn hint(name: &str) -> String {
    match near(name, KEYS.iter().flat_map(names)) {
        Some(near) if near == name => "; write it without quotes, which make one name of it".into(),
        Some(near) => format!("; did you mean `{near}`?"),
        None => "; `brevity config --keys` lists all".into(),
    }
}

/// A key's own name, and that of the table that it is in.
fn names(key: &Key) -> impl Iterator<Item = &'static str> {
    let table = key.name.rsplit_once('.').map(|(table, _)| table);
    [Some(key.name), table].into_iter().flatten()
}

/// The nearest of `names` to `name`, if one is near. One that ends in `name` is: its table was
/// forgotten. So is one that goes on behind `name`.
pub(super) fn near<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let leaf = |known: &str| known.rsplit_once('.').is_some_and(|(_, leaf)| leaf == name);
    let goes_on = |known: &str| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    let distance = |known: &'n str| match leaf(known) || goes_on(known) {
        true => (0, known),
        false => (strsim::damerau_levenshtein(name, known), known),
    };
    let (distance, known) = names.map(distance).min_by_key(|(distance, _)| *distance)?;
    (distance <= name.chars().count().div_ceil(4).clamp(1, 3)).then_some(known)
}
