//! A record as one JSON object, for logs that programs read.

use super::{LogRecorder, Record, Recorder};
use crate::json::{array, object, quote, quote_or_null};
use brevity::Tally;
use std::time::Duration;

/// Writes one event per request to the log, its fields as JSON in the field `json`. What formats the
/// log puts them in place of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonLogRecorder;

impl Recorder for JsonLogRecorder {
    fn record(&self, record: Record) {
        let fields = record.json();
        match LogRecorder::is_warning(&record) {
            true => tracing::warn!(json = fields, "request"),
            false => tracing::info!(json = fields, "request"),
        }
    }
}

impl Record {
    /// The fields of the log's line, a JSON object. Tokens are estimated (o200k), times are in
    /// milliseconds.
    pub fn json(&self) -> String {
        let tally = |sum: &Tally| {
            object([("in", sum.tokens_in.to_string()), ("out", sum.tokens_out.to_string())])
        };
        let parts = |sum: &Tally| sum.parts.to_string();
        let report = &self.report;
        let rewritten = report.rewritten.iter().map(|(codec, sum)| (codec.name(), parts(sum)));
        let kept = report.kept.iter().map(|(reason, sum)| (reason.name(), parts(sum)));
        object([
            ("request", self.ordinal.to_string()),
            ("id", quote(&self.id.as_ref().map(ToString::to_string).unwrap_or_default())),
            ("trace", quote_or_null(self.trace.as_deref())),
            ("method", quote(self.method.as_str())),
            ("path", quote(&self.path)),
            ("api", quote(self.api())),
            ("route", quote(&self.route)),
            ("model", quote_or_null(self.model.as_deref())),
            ("stream", self.stream.to_string()),
            ("status", self.status.map_or("null".into(), |status| status.as_u16().to_string())),
            ("bytes_in", self.bytes_in.to_string()),
            ("bytes_out", self.bytes_out.to_string()),
            ("answer_bytes", self.answer_bytes.to_string()),
            ("left_alone", quote_or_null(self.skip.map(|skip| skip.name()))),
            (
                "est_o200k_tokens",
                object([("new", tally(&self.new.total())), ("resent", tally(&self.resent))]),
            ),
            ("rewritten", object(rewritten)),
            ("kept", object(kept)),
            ("usage", self.usage_json()),
            ("ms", self.times_json()),
            ("cache", array(self.busts.iter().map(|bust| quote(bust)))),
            ("error", quote_or_null(self.error.as_deref())),
        ])
    }

    fn usage_json(&self) -> String {
        let Some(usage) = &self.usage else { return "null".into() };
        let counts = [
            ("input", usage.input),
            ("cache_read", usage.cache_read),
            ("cache_write", usage.cache_write),
            ("output", usage.output),
        ];
        object(counts.into_iter().filter_map(|(name, count)| Some((name, count?.to_string()))))
    }

    fn times_json(&self) -> String {
        let millis = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
        let times = [
            ("read", self.read),
            ("engine", self.engine),
            ("first_byte", self.first_byte),
            ("all", Some(self.duration)),
        ];
        object(times.into_iter().filter_map(|(name, time)| Some((name, millis(time?)))))
    }
}
