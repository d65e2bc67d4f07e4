//! The log: a line of text or a JSON object for each thing that happens.
//!
//! Only our own lines are written, whatever the level: what libraries write of connections can hold
//! credentials.

use brevity_proxy::{JsonLogRecorder, LogRecorder, Recorder};
use std::{
    fmt::{self, Write as _},
    io::IsTerminal as _,
    sync::Arc,
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter,
    filter::LevelFilter,
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::Writer,
        time::{FormatTime as _, SystemTime},
    },
    registry::LookupSpan,
};

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// JSON objects, one a line.
    Json,
}

impl LogFormat {
    /// The format of a name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        [Self::Text, Self::Json].into_iter().find(|format| format.name() == name)
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }

    /// Starts the log on standard error.
    pub(crate) fn start(self, level: LevelFilter) {
        let filter = EnvFilter::new(format!("off,brevity={level},brevity_proxy={level}"));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        // A log that stands already stays.
        let _ = match self {
            Self::Text => {
                log.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init()
            }
            Self::Json => log.event_format(Objects).try_init(),
        };
    }

    /// Who writes the requests to it.
    pub(crate) fn recorder(self) -> Arc<dyn Recorder> {
        match self {
            Self::Text => Arc::new(LogRecorder),
            Self::Json => Arc::new(JsonLogRecorder),
        }
    }
}

/// An event as an object: `time`, `level`, `message`, then the members of its field `json`.
struct Objects;

impl<S, N> FormatEvent<S, N> for Objects
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let (mut time, mut fields) = (String::new(), Fields::default());
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        event.record(&mut fields);
        let level = event.metadata().level().as_str().to_ascii_lowercase();
        writeln!(writer, "{}", fields.object(&time, &level))
    }
}

/// What an event says.
#[derive(Debug, Default)]
struct Fields {
    message: String,
    /// An object.
    json: Option<String>,
}

impl Fields {
    fn object(&self, time: &str, level: &str) -> String {
        let mut line = String::from("{");
        for (name, value) in [("time", time), ("level", level), ("message", &self.message)] {
            let comma = if line.len() == 1 { "" } else { "," };
            let _ = write!(line, "{comma}\"{name}\":{}", brevity_proxy::json_string(value));
        }
        let members = self.json.as_deref().and_then(|json| json.strip_prefix('{'));
        match members.filter(|members| members.len() > 1) {
            Some(members) => line + "," + members,
            None => line + "}",
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "json" => self.json = Some(value.to_owned()),
            _ => self.record_debug(field, &format_args!("{value}")),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_object() {
        let mut fields = Fields { message: "a\n\"b\"".into(), json: None };
        let start = r#"{"time":"t","level":"info","message":"a\u000a\"b\"""#;
        assert_eq!(fields.object("t", "info"), format!("{start}}}"));
        fields.json = Some("{}".into());
        assert_eq!(fields.object("t", "info"), format!("{start}}}"));
        fields.json = Some(r#"{"x":1}"#.into());
        assert_eq!(fields.object("t", "info"), format!(r#"{start},"x":1}}"#));
    }
}
