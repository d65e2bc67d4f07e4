//! One thing that can be set: its name, where its value lives, how it is read and shown.

use super::{
    fault::Why,
    keys::Values,
    value::{count, show_size, show_time, size, switch, time},
};
use brevity_proxy::Base;
use std::time::Duration;

pub(super) struct Key {
    /// As in the file, with the table that it is in: `timeouts.idle`. Who sets a key sets all that
    /// stand below it: `upstream` is `upstream.anthropic` and the others.
    pub(super) name: &'static str,
    /// What it means, for the table in the documentation.
    pub(super) says: &'static str,
    pub(super) place: Place,
}

/// Where the value of a key lives.
pub(super) enum Place {
    Switch(fn(&mut Values) -> &mut bool),
    Time(fn(&mut Values) -> &mut Duration),
    Size(fn(&mut Values) -> &mut usize),
    Count(fn(&mut Values) -> &mut usize),
    Url(fn(&mut Values) -> &mut Base),
    /// It is read and shown in a way of its own.
    Own(Own),
    /// It is many, each with an origin of its own. No variable sets them.
    List(List),
}

pub(super) struct Own {
    pub(super) form: Form,
    /// What may stand there.
    pub(super) takes: &'static str,
    pub(super) set: fn(&mut Values, &str) -> Result<(), Why>,
    /// The value as a text that `set` reads; nothing where keys below show it.
    pub(super) show: fn(&Values) -> Option<String>,
}

/// How a value stands in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Whole,
    Real,
    Switch,
    /// A list of texts; its parts have commas between them in a variable.
    Names,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Tools,
    Mcp,
    Routes,
}

impl Key {
    /// The variable that sets it.
    pub(super) fn variable(&self) -> String {
        format!("BREVITY_{}", self.name.to_uppercase().replace('.', "_"))
    }

    /// The flag that sets it, where there is one.
    pub(super) fn flag(&self) -> String {
        match self.place {
            Place::List(List::Tools) => "--tool".into(),
            _ if self.name == "hosts" => "--allow-host".into(),
            _ => format!("--{}", self.name.replace(['.', '_'], "-")),
        }
    }

    pub(super) fn form(&self) -> Form {
        match &self.place {
            Place::Switch(_) => Form::Switch,
            Place::Count(_) => Form::Whole,
            Place::Own(own) => own.form,
            _ => Form::Text,
        }
    }

    /// What may stand there, for people.
    pub(super) fn takes(&self) -> &'static str {
        match &self.place {
            Place::Switch(_) => "true or false",
            Place::Time(_) => r#"a time, like "15m""#,
            Place::Size(_) => r#"a size, like "32MiB""#,
            Place::Count(_) => "a whole number",
            Place::Url(_) => r#"a URL, like "https://gateway.example/v1""#,
            Place::Own(own) => own.takes,
            Place::List(List::Tools) => r#"a table, like "mcp__billing__*" = "off""#,
            Place::List(List::Mcp) => r#"a table, like "/mcp/x" = "https://x.example/mcp""#,
            Place::List(List::Routes) => "tables, each below [[route]]",
        }
    }

    /// Sets the value to what `text` says.
    pub(super) fn set(&self, values: &mut Values, text: &str) -> Result<(), Why> {
        match &self.place {
            Place::Switch(of) => *of(values) = switch(text)?,
            Place::Time(of) => *of(values) = time(text)?,
            Place::Size(of) => *of(values) = size(text)?,
            Place::Count(of) => *of(values) = count(text)?,
            Place::Url(of) => *of(values) = text.parse()?,
            Place::Own(own) => (own.set)(values, text)?,
            Place::List(_) => return Err("is a list".into()),
        }
        Ok(())
    }

    /// The value as a text that `set` reads; nothing where others show it.
    pub(super) fn show(&self, values: &mut Values) -> Option<String> {
        Some(match &self.place {
            Place::Switch(of) => of(values).to_string(),
            Place::Time(of) => show_time(*of(values)),
            Place::Size(of) => show_size(*of(values)),
            Place::Count(of) => of(values).to_string(),
            Place::Url(of) => of(values).to_string(),
            Place::Own(own) => return (own.show)(values),
            Place::List(_) => return None,
        })
    }

    /// Whether it stands for others, which stand below it.
    pub(super) fn is_above(&self, other: &Key) -> bool {
        other.name.strip_prefix(self.name).is_some_and(|rest| rest.starts_with('.'))
    }
}
