//! The text format of OpenMetrics 1.0.

use super::family::{Family, Kind};
use crate::stats::Histogram;
use std::fmt::Write as _;

/// A text in the making. Its families come one after the other.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    text: String,
}

/// One family of it, whose samples are being written.
pub(super) struct Samples<'a> {
    text: &'a mut String,
    family: &'static Family,
}

impl Exposition {
    /// Begins the next family.
    pub(super) fn family(&mut self, family: &'static Family) -> Samples<'_> {
        let Family { name, kind, unit, help, .. } = family;
        let _ = writeln!(self.text, "# TYPE {name} {}", kind.name());
        if !unit.is_empty() {
            let _ = writeln!(self.text, "# UNIT {name} {unit}");
        }
        let _ = writeln!(self.text, "# HELP {name} {help}");
        Samples { text: &mut self.text, family }
    }

    /// The whole text.
    pub(super) fn end(self) -> String {
        self.text + "# EOF\n"
    }
}

impl Samples<'_> {
    /// The value of one series, whose labels have these values.
    pub(super) fn add(&mut self, values: &[&str], value: u64) -> &mut Self {
        let suffix = match self.family.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        self.sample(suffix, values, None, &value.to_string());
        self
    }

    /// A histogram of one series.
    pub(super) fn histogram(&mut self, values: &[&str], histogram: &Histogram) -> &mut Self {
        for (bound, count) in histogram.up_to() {
            self.sample("_bucket", values, Some(&bound_text(bound)), &count.to_string());
        }
        self.sample("_count", values, None, &histogram.count().to_string());
        self.sample("_sum", values, None, &number(histogram.sum()));
        self
    }

    fn sample(&mut self, suffix: &str, values: &[&str], bound: Option<&str>, value: &str) {
        debug_assert_eq!(values.len(), self.family.labels.len(), "{}", self.family.name);
        let labels = self.family.labels.iter().copied().zip(values.iter().copied());
        let labels = labels.chain(bound.map(|bound| ("le", bound)));
        let _ = write!(self.text, "{}{suffix}", self.family.name);
        let mut before = '{';
        for (label, value) in labels {
            let _ = write!(self.text, "{before}{label}=\"{}\"", escaped(value));
            before = ',';
        }
        let end = if before == ',' { "}" } else { "" };
        let _ = writeln!(self.text, "{end} {value}");
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn bound_text(bound: f64) -> String {
    if bound.is_infinite() { "+Inf".into() } else { number(bound) }
}

/// A number with a point, as bounds are to be written, so that equal ones look alike.
fn number(value: f64) -> String {
    format!("{value:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::metrics::family::{GEN_AI_DURATION, READY, REQUESTS, STAGE};

    #[test]
    fn families_are_written_as_the_format_asks() {
        let mut exposition = Exposition::default();
        exposition.family(READY).add(&[], 1);
        exposition.family(REQUESTS).add(&["a\"b\\c\nd", "2xx"], 7).add(&["none", "4xx"], 0);
        let text = exposition.end();
        let (ready, requests) = text.split_once("# TYPE brevity_requests ").unwrap();
        assert!(ready.starts_with("# TYPE brevity_ready gauge\n# HELP brevity_ready "), "{ready}");
        assert!(ready.ends_with("\nbrevity_ready 1\n"), "{ready}");
        assert!(requests.starts_with("counter\n# HELP "), "{requests}");
        assert!(requests.ends_with(
            "\nbrevity_requests_total{api=\"a\\\"b\\\\c\\nd\",status=\"2xx\"} 7\n\
             brevity_requests_total{api=\"none\",status=\"4xx\"} 0\n# EOF\n"
        ));
    }

    #[test]
    fn histograms_have_bounds_that_look_alike() {
        let mut histogram = Histogram::new(&[0.001, 1.0, 67108864.0]);
        histogram.add(0.5);
        histogram.add(2.0);
        let mut exposition = Exposition::default();
        exposition.family(STAGE).histogram(&["read"], &histogram);
        let text = exposition.end();
        let start = "brevity_stage_seconds_bucket{stage=\"read\",le=\"";
        for (bound, count) in [("0.001", 0), ("1.0", 1), ("67108864.0", 2), ("+Inf", 2)] {
            assert!(text.contains(&format!("\n{start}{bound}\"}} {count}\n")), "{text}");
        }
        assert!(
            text.contains("_count{stage=\"read\"} 2\n")
                && text.contains("_sum{stage=\"read\"} 2.5\n")
        );
        assert!(text.contains("# UNIT brevity_stage_seconds seconds\n"));
        assert!(GEN_AI_DURATION.name.ends_with(GEN_AI_DURATION.unit));
    }
}
