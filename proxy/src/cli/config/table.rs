//! All keys as a table, for people. `docs/configuration.md` holds it as it is.

use super::{KEYS, Key, Place, Values};
use crate::cli::Cli;
use clap::CommandFactory as _;
use std::fmt::Write as _;

/// The table in Markdown.
pub(super) fn markdown() -> String {
    let mut out = String::from(
        "| key | takes | default | variable | flag | what it says |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    let mut values = Values::default();
    for key in KEYS {
        let default = key.show(&mut values).filter(|text| !text.is_empty());
        let default = default.map_or_else(String::new, |text| format!("`{text}`"));
        let Key { name, says, .. } = key;
        let (takes, variable, flag) = (key.takes(), variable(key), flag(key));
        let _ = writeln!(out, "| `{name}` | {takes} | {default} | {variable} | {flag} | {says} |");
    }
    out
}

fn variable(key: &Key) -> String {
    match key.place {
        Place::List(_) => String::new(),
        _ => format!("`{}`", key.variable()),
    }
}

/// The flag, if the command line has it.
fn flag(key: &Key) -> String {
    let flag = key.flag();
    let cli = Cli::command();
    let proxy = cli.find_subcommand("proxy");
    let mut longs = proxy.into_iter().flat_map(|proxy| proxy.get_arguments());
    let known = longs.any(|arg| arg.get_long().is_some_and(|long| flag[2..] == *long));
    if known { format!("`{flag}`") } else { String::new() }
}
