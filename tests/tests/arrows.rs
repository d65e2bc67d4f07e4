//! Which module of the engine may know which. The arrows of `docs/design.md`, read off the code.

mod source;

use source::Source;
use std::{collections::BTreeMap, path::Path};

/// The engine's modules from the bottom up. A module knows its own row and those above it here,
/// never one below.
const LAYERS: &[&[&str]] = &[
    &["limits", "policy", "report", "sink", "held"],
    &["escape", "walk", "json", "tokens"],
    &["codec", "repeat", "notation", "detect"],
    // Below the parts: a part is expanded before it leaves.
    &["unframe"],
    &["part", "step"],
    &["envelope", "placeholder"],
    &["expand"],
];

/// Siblings that do not know each other.
const STRANGERS: &[(&str, &[&str])] =
    &[("walk", &["tag", "json", "sse"]), ("codec", &["table", "log", "search", "diff", "text"])];

/// What the engine does without: sockets, files, a clock, tasks, and whoever uses it.
const FOREIGN: &[&str] = &[
    "std::net",
    "std::fs",
    "std::time",
    "std::process",
    "std::env",
    "async",
    "tokio",
    "hyper",
    "brevity_proxy",
    "brevity_tests",
];

#[test]
fn the_engine_keeps_its_arrows() {
    let sources = source::below("engine/src");
    let face = Face::new(&sources);
    let faults: Vec<_> = sources.iter().flat_map(|source| face.faults(source)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_module_has_its_row() {
    let modules = source::below("engine/src").into_iter().filter_map(|s| s.module.first().cloned());
    let lost: Vec<_> = modules.filter(|module| layer(module).is_none()).collect();
    assert!(lost.is_empty(), "in no row of LAYERS: {lost:?}");
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// The names that `lib.rs` gives out, each with its module: `crate::Limits` is `limits::Limits`.
struct Face(BTreeMap<String, String>);

impl Face {
    fn new(sources: &[Source]) -> Self {
        let root = sources.iter().find(|s| s.module.is_empty()).expect("lib.rs");
        let uses = root.code.split(';').filter_map(|item| item.trim().strip_prefix("pub use "));
        let paths = uses.flat_map(tree);
        let names = paths.filter_map(|path| Some((path.last()?.clone(), path.first()?.clone())));
        Self(names.collect())
    }

    /// What is wrong with the paths of `source`, a sentence each.
    fn faults(&self, source: &Source) -> Vec<String> {
        let Some(from) = source.module.first() else { return Vec::new() };
        let mut faults = Vec::new();
        for mut path in paths(source) {
            if let Some(module) = path.first().and_then(|name| self.0.get(name)) {
                path.insert(0, module.clone());
            }
            faults.extend(arrow(from, &path).or_else(|| stranger(&source.module, &path)));
        }
        let foreign = FOREIGN.iter().filter(|word| names(&source.code, word));
        faults.extend(foreign.map(|word| format!("the engine does without {word}")));
        faults.iter().map(|fault| format!("{}: {fault}", source.file.display())).collect()
    }
}

fn arrow(from: &str, path: &[String]) -> Option<String> {
    let to = path.first()?;
    match (layer(from), layer(to)) {
        (Some(a), Some(b)) if a < b => Some(format!("{from} may not know {to}")),
        _ => None,
    }
}

fn stranger(module: &[String], path: &[String]) -> Option<String> {
    let (parent, from, to) = (module.first()?, module.get(1)?, path.get(1)?);
    let (_, row) = STRANGERS.iter().find(|(name, _)| name == parent && path[0] == *name)?;
    let apart = from != to && row.contains(&from.as_str()) && row.contains(&to.as_str());
    apart.then(|| format!("{parent}::{from} may not know {parent}::{to}"))
}

/// Every path of `source` that starts with `crate` or `super`, below the crate's root.
fn paths(source: &Source) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in source.code.match_indices(start) {
            let before = source.code[..at].chars().next_back();
            if before.is_some_and(|c| c == ':' || is_name(c)) {
                continue;
            }
            for path in tree(&source.code[at..]) {
                found.extend(rooted(&source.module, path));
            }
        }
    }
    found
}

/// `super::x` in `codec::table` is `codec::x`.
fn rooted(module: &[String], path: Vec<String>) -> Option<Vec<String>> {
    let up = path.iter().take_while(|part| *part == "super").count();
    let base = if up == 0 { &[] } else { &module[..module.len().checked_sub(up)?] };
    let rest = path.into_iter().skip(up.max(1));
    Some(base.iter().cloned().chain(rest).collect())
}

/// The paths of a use tree: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn tree(text: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    branch(text, &mut Vec::new(), &mut paths);
    paths
}

/// Reads one branch of a use tree, gives what follows it.
fn branch<'t>(text: &'t str, stem: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> &'t str {
    let depth = stem.len();
    let mut rest = text.trim_start();
    if let Some(mut inner) = rest.strip_prefix('{') {
        while !inner.trim_start().starts_with('}') && !inner.trim_start().is_empty() {
            inner = branch(inner, stem, paths).trim_start();
            inner = inner.strip_prefix(',').unwrap_or(inner);
        }
        return inner.trim_start().get(1..).unwrap_or("");
    }
    let len = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    // What is no name (`*`, a macro's `$x`) ends the path; one character is left behind.
    let Some(after) = rest.get(len..).filter(|_| len > 0) else {
        paths.push(stem.clone());
        return rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
    };
    stem.push(rest[..len].to_owned());
    rest = match after.strip_prefix("::") {
        Some(more) => branch(more, stem, paths),
        None => {
            paths.push(stem.clone());
            renamed(after)
        }
    };
    stem.truncate(depth);
    rest
}

/// Skips ` as name`.
fn renamed(text: &str) -> &str {
    match text.trim_start().strip_prefix("as ") {
        Some(name) => name.trim_start_matches(|c| is_name(c) || c == ' '),
        None => text,
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `code` names `word`, whole.
fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

fn faults(file: &str, code: &str) -> Vec<String> {
    let lib = "pub use part::{Block, compress};\npub use limits::Limits;";
    let face = Face::new(&[Source::new(Path::new("lib.rs"), lib)]);
    face.faults(&Source::new(Path::new(file), code))
}

#[test]
fn a_wrong_arrow_is_found() {
    for (file, code) in [
        ("walk/tag.rs", "use crate::part::Job;"),
        ("walk/tag.rs", "use crate::{\n    Limits,\n    Block as B,\n};"),
        ("walk/tag.rs", "use super::json::JsonWalker;"),
        ("walk/tag/names.rs", "use super::super::{html, sse::SseFramer};"),
        ("walk/tag.rs", "fn f() { crate::compress(b\"\") }"),
        ("codec/table/mod.rs", "use crate::codec::log;"),
        ("codec/table/mod.rs", "use super::{log, text};"),
        ("held.rs", "use crate::{report::{self, Kind}, tokens::Estimator};"),
        ("part.rs", "pub(super) use super::envelope::*;"),
        ("tokens.rs", "use std::time::Instant;"),
        ("expand.rs", "use brevity_proxy::run;"),
        ("unframe.rs", "use crate::step::Steps;"),
        ("held.rs", "#[cfg(test)]\nmod tests;\nuse crate::part::Job;"),
    ] {
        assert!(!faults(file, code).is_empty(), "{file}: {code}");
    }
}

#[test]
fn a_right_arrow_passes() {
    for (file, code) in [
        ("envelope/anthropic.rs", "use crate::{Block, Limits, escape::Style, walk::json};"),
        ("walk/tag/names.rs", "use super::super::html;\nuse super::stack::Stack;"),
        ("walk/tag.rs", "/// See [`crate::Block`].\nuse crate::Limits;"),
        ("step.rs", "pub use crate::part::Job;"),
        ("codec/mod.rs", "mod table;\npub use self::table::Table;\nuse crate::json::Document;"),
        ("codec/table/cells.rs", "use super::columns::Column; use crate::codec::table::rows;"),
        ("held.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::part::Job; }"),
    ] {
        assert_eq!(faults(file, code), Vec::<String>::new(), "{file}: {code}");
    }
}

#[test]
fn trees_are_read_whole() {
    let text = |paths: Vec<Vec<String>>| paths.iter().map(|p| p.join("::")).collect::<Vec<_>>();
    assert_eq!(
        text(tree("a::{b, c::{d as e, self}, f::*}")),
        ["a::b", "a::c::d", "a::c::self", "a::f"]
    );
    assert_eq!(text(tree("a::{\n b,\n}; x")), ["a::b"]);
}
