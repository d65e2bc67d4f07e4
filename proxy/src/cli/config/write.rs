//! What `brevity config` prints: TOML that could be the file, origins as comments.

use super::{KEYS, Key, Origin, Place, Setup, key::Form, network, place::FilePlace};
use std::fmt::Write as _;

/// The column where origins stand, unless a value is longer.
const COLUMN: usize = 40;

/// What is in force.
pub(super) fn toml(mut setup: Setup) -> String {
    let mut out = head(&setup.file);
    let ones = || KEYS.iter().filter(|key| !matches!(key.place, Place::List(_)));
    let mut tables: Vec<&str> = Vec::new();
    for key in ones() {
        let table = table(key);
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    tables.sort_by_key(|table| !table.is_empty());
    for name in tables {
        title(&mut out, name);
        ones().filter(|key| table(key) == name).for_each(|key| one(&mut out, key, &mut setup));
    }
    lists(&mut out, &setup);
    out.push_str(&network::ways(&setup.values.config));
    out
}

fn head(file: &FilePlace) -> String {
    let file = match file {
        FilePlace::Named(path) => path.display().to_string(),
        FilePlace::Usual(path) if path.exists() => path.display().to_string(),
        FilePlace::Usual(path) => format!("none; it would be {}", path.display()),
        FilePlace::Nowhere => "none, since there is no home; name one with --config".into(),
    };
    format!("# What is in force, and where each value comes from.\n# File: {}\n", plain(&file))
}

/// The table that `key` is in.
fn table(key: &Key) -> &'static str {
    key.name.rsplit_once('.').map_or("", |(table, _)| table)
}

fn title(out: &mut String, table: &str) {
    match table {
        "" => out.push('\n'),
        table => {
            let _ = writeln!(out, "\n[{table}]");
        }
    }
}

fn one(out: &mut String, key: &Key, setup: &mut Setup) {
    let name = key.name.rsplit('.').next().unwrap_or_default();
    let Some(text) = key.show(&mut setup.values) else { return };
    let text = match key.form() {
        Form::Text => quoted(&text),
        Form::Names => names(&text),
        _ => text,
    };
    line(out, &format!("{name} = {text}"), setup.origin(key));
}

fn lists(out: &mut String, setup: &Setup) {
    title(out, "tools");
    for tool in &setup.tools {
        let pair = format!("{} = {}", quoted(tool.value.glob()), quoted(tool.value.word()));
        line(out, &pair, &tool.origin);
    }
    title(out, "mcp");
    for server in &setup.mcp {
        let pair = format!("{} = {}", quoted(server.value.prefix()), quoted(&server.value.url()));
        line(out, &pair, &server.origin);
    }
    for route in &setup.routes {
        out.push('\n');
        line(out, "[[route]]", &route.origin);
        for (name, text) in route.value.parts() {
            let _ = writeln!(out, "{name} = {}", quoted(&text));
        }
    }
}

fn line(out: &mut String, text: &str, origin: &Origin) {
    let _ = writeln!(out, "{text:<COLUMN$} # {}", plain(&origin.to_string()));
}

/// A list of what stands between commas.
fn names(text: &str) -> String {
    let names: Vec<_> = text.split(',').filter(|name| !name.is_empty()).map(quoted).collect();
    format!("[{}]", names.join(", "))
}

/// For a comment: without what could end it.
fn plain(text: &str) -> String {
    text.replace(char::is_control, "?")
}

/// `text` as a basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        assert_eq!(quoted("a\"b\\c\n\u{7f}é"), "\"a\\\"b\\\\c\\u000a\\u007fé\"");
    }
}
