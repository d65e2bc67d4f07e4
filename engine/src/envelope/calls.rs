//! The calls of a request, so that a result's tool is known.

use crate::{
    Settings, Tool, Treatment,
    escape::unescape,
    walk::json::{Event, JsonWalker},
};
use std::{collections::HashMap, sync::Arc};

/// What one call takes beside its id and its name, in bytes, roughly.
const RECORD: usize = 96;

/// How deep arguments may nest in front of a command.
const ARGUMENT_DEPTH: usize = 64;

/// A call that is being read.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// Whether it is one: content items become calls by their type.
    pub(super) is_call: bool,
    /// Whether a program made it, which the API runs. It gets the result, and the model does not.
    pub(super) by_program: bool,
    pub(super) id: Option<String>,
    /// The name, and for shells the command.
    pub(super) tool: Tool,
    /// Whether a command was there, kept or not: only the first counts.
    pub(super) command_came: bool,
}

impl Call {
    /// Takes a command, or the next word of one; `None` for one that cannot be kept.
    pub(super) fn command(&mut self, word: Option<String>, bound: usize) {
        self.add(word, " ", bound);
    }

    /// Takes the first or the next of several commands.
    pub(super) fn command_line(&mut self, line: Option<String>, bound: usize) {
        self.add(line, "\n", bound);
    }

    fn add(&mut self, word: Option<String>, between: &str, bound: usize) {
        let first = !std::mem::replace(&mut self.command_came, true);
        self.tool.command = match (self.tool.command.take(), word) {
            (None, word) if first => word,
            (Some(words), Some(word)) if words.len() + word.len() < bound => {
                Some(words + between + &word)
            }
            _ => None,
        };
    }
}

/// What is known of the tool that a result comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) tool: Option<String>,
    pub(super) treatment: Treatment,
}

impl Source {
    pub(super) fn of(tool: Tool, settings: &Settings) -> Source {
        Source { treatment: settings.policy.tools.treatment(&tool), tool: tool.name }
    }

    /// The same, of a tool that may be any, if it has no name: it may show files.
    pub(super) fn of_any(tool: Tool, settings: &Settings) -> Source {
        let is_named = tool.name.is_some();
        let source = Source::of(tool, settings);
        match source.treatment {
            Treatment::Rewrite if !is_named => Source { treatment: Treatment::FileRead, ..source },
            _ => source,
        }
    }
}

/// The calls that came, by id: at most `limits.calls` bytes of them.
#[derive(Debug)]
pub(super) struct Calls {
    settings: Arc<Settings>,
    /// Where results come from. `None`: a program reads them.
    sources: HashMap<String, Option<Source>>,
    bytes: usize,
    /// Whether there was a call that could not be kept.
    forgot: bool,
}

impl Calls {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        Self { settings, sources: HashMap::new(), bytes: 0, forgot: false }
    }

    /// Remembers a complete call. Of two with the same id the later one counts.
    pub(super) fn add(&mut self, call: Call) {
        if !call.is_call {
            return;
        }
        let (Some(id), Some(name)) = (call.id, &call.tool.name) else {
            self.forgot = true;
            return;
        };
        let bytes = id.len() + name.len() + RECORD;
        if self.bytes + bytes > self.settings.limits.calls {
            self.sources.remove(&id);
            self.forgot = true;
            return;
        }
        self.bytes += bytes;
        let source = (!call.by_program).then(|| Source::of(call.tool, &self.settings));
        self.sources.insert(id, source);
    }

    /// Whether a program made call `id`, if that call came. What a program reads has to be what the
    /// tool gave.
    pub(super) fn is_by_program(&self, id: &str) -> Option<bool> {
        self.sources.get(id).map(Option::is_none)
    }

    /// The source of the result of call `id`. `None`: it may be one that could not be kept. Where
    /// all calls were kept, it is what `unknown` gives for a result that has none.
    pub(super) fn source(
        &self,
        id: Option<&str>,
        unknown: impl FnOnce(&Settings) -> Source,
    ) -> Option<Source> {
        match id.and_then(|id| self.sources.get(id)) {
            Some(source) => source.clone(),
            None if self.forgot => None,
            None => Some(unknown(&self.settings)),
        }
    }
}

/// The command in a call's arguments: a member `command` or `cmd` of the object, a string or a list
/// of words. `arguments` may break off behind it.
pub(super) fn command_in(arguments: &[u8], bound: usize) -> Option<String> {
    let mut walker = JsonWalker::new(ARGUMENT_DEPTH);
    let mut rest = arguments;
    let (mut start, mut wanted) = (0, false);
    let mut call = Call::default();
    while let Ok(Some(event)) = walker.next(&mut rest) {
        let at = arguments.len() - rest.len();
        match (event, walker.depth()) {
            (Event::KeyStart | Event::StringStart, _) => start = at,
            (Event::KeyEnd, 1) => {
                wanted = matches!(&arguments[start..at - 1], b"command" | b"cmd");
            }
            (Event::StringEnd, 1) if wanted => return text(&arguments[start..at - 1]),
            (Event::StringEnd, _) if wanted => call.command(text(&arguments[start..at - 1]), bound),
            (Event::ArrayClose, 1) if wanted => return call.tool.command,
            (Event::ObjectOpen, _) => wanted = false,
            _ => {}
        }
    }
    None
}

fn text(raw: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    unescape(raw, &mut text).ok()?;
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::command_in;

    #[test]
    fn commands_of_arguments() {
        let cases = [
            (r#"{"command":"cat x"}"#, Some("cat x")),
            (r#"{"timeout":5,"cmd":"a\nb"}"#, Some("a\nb")),
            (r#"{"command":["bash","-lc","ls"]}"#, Some("bash -lc ls")),
            (r#"{"command":"first","cmd":"second"}"#, Some("first")),
            (r#"{"command":"whole","code":"cut o"#, Some("whole")),
            (r#"{"x":["command"],"command":"y"}"#, Some("y")),
            (r#"{"command":"cut o"#, None),
            (r#"{"command":{"a":"b"}}"#, None),
            (r#"{"a":{"command":"b"}}"#, None),
            (r#"{"command":7}"#, None),
            (r#"["command","x"]"#, None),
            ("", None),
        ];
        for (arguments, expected) in cases {
            assert_eq!(command_in(arguments.as_bytes(), 64).as_deref(), expected, "{arguments}");
        }
        let long = format!("{{\"command\":[\"{}\",\"x\"]}}", "y".repeat(64));
        assert_eq!(command_in(long.as_bytes(), 64), None);
    }
}
