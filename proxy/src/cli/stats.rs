//! What a run has saved, for people and for programs.

use brevity::{Report, Tally};
use clap::ValueEnum;
use std::fmt::{self, Write as _};
use std::io::Write as _;

/// How statistics are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// For people
    Table,
    /// For programs: one line
    Json,
}

/// What a run has done.
pub(super) struct Stats<'a> {
    /// Bytes read.
    pub(super) bytes_in: u64,
    /// Bytes written.
    pub(super) bytes_out: u64,
    /// What happened to each part.
    pub(super) report: &'a Report,
}

impl Stats<'_> {
    /// Writes to standard error. If that is closed, nobody wanted to know.
    pub(super) fn print(&self, format: Format) {
        tell(&match format {
            Format::Table => self.table(),
            Format::Json => self.json(),
        });
    }

    fn table(&self) -> String {
        let mut out = format!(
            "{:<18}{:>8}{:>15}{:>15}{:>13}{:>13}{:>8}\n",
            "", "parts", "bytes in", "bytes out", "tokens in", "tokens out", "saved"
        );
        for (codec, tally) in &self.report.rewritten {
            line(&mut out, &format!("by {}", codec.name()), tally);
        }
        for (reason, tally) in &self.report.kept {
            line(&mut out, &format!("kept: {}", reason.name()), tally);
        }
        line(&mut out, "all parts", &self.report.total);
        let (before, after) = (self.bytes_in, self.bytes_out);
        let (share, before, after) = (Saved(before, after), Grouped(before), Grouped(after));
        let _ = writeln!(out, "{:<26}{before:>15}{after:>15}{:>26}{share:>8}", "whole input", "");
        out.push_str("Tokens are estimates (o200k). `brevity inspect` says why parts were kept.\n");
        out
    }

    fn json(&self) -> String {
        let group = |(name, tally): (&str, &Tally)| format!("\"{name}\":{}", object(tally));
        let rewritten: Vec<_> = self
            .report
            .rewritten
            .iter()
            .map(|(codec, tally)| group((codec.name(), tally)))
            .collect();
        let kept: Vec<_> =
            self.report.kept.iter().map(|(reason, tally)| group((reason.name(), tally))).collect();
        format!(
            "{{\"bytes_in\":{},\"bytes_out\":{},\"tokens\":\"est. (o200k)\",\"total\":{},\
             \"rewritten\":{{{}}},\"kept\":{{{}}}}}\n",
            self.bytes_in,
            self.bytes_out,
            object(&self.report.total),
            rewritten.join(","),
            kept.join(","),
        )
    }
}

/// What an expansion has done.
pub(super) struct Expanded {
    /// Bytes read.
    pub(super) bytes_in: u64,
    /// Bytes written.
    pub(super) bytes_out: u64,
    /// Parts put back.
    pub(super) parts: u64,
}

impl Expanded {
    /// Writes to standard error.
    pub(super) fn print(&self, format: Format) {
        let Self { bytes_in, bytes_out, parts } = *self;
        tell(&match format {
            Format::Table => format!(
                "parts put back: {}; {} bytes became {}\n",
                Grouped(parts),
                Grouped(bytes_in),
                Grouped(bytes_out)
            ),
            Format::Json => {
                format!("{{\"bytes_in\":{bytes_in},\"bytes_out\":{bytes_out},\"parts\":{parts}}}\n")
            }
        });
    }
}

fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn line(out: &mut String, name: &str, tally: &Tally) {
    let _ = writeln!(
        out,
        "{name:<18}{:>8}{:>15}{:>15}{:>13}{:>13}{:>8}",
        Grouped(tally.parts),
        Grouped(tally.bytes_in),
        Grouped(tally.bytes_out),
        Grouped(tally.tokens_in),
        Grouped(tally.tokens_out),
        Saved(tally.tokens_in, tally.tokens_out),
    );
}

fn object(tally: &Tally) -> String {
    format!(
        "{{\"parts\":{},\"bytes_in\":{},\"bytes_out\":{},\"tokens_in\":{},\"tokens_out\":{}}}",
        tally.parts, tally.bytes_in, tally.bytes_out, tally.tokens_in, tally.tokens_out
    )
}

/// A number with a comma before each group of three digits.
pub(super) struct Grouped(pub(super) u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

/// The share that was saved between a before and an after, in percent.
pub(super) struct Saved(pub(super) u64, pub(super) u64);

impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Saved(before, after) = *self;
        if before == 0 || before == after {
            return f.pad("-");
        }
        f.pad(&format!("{:.1} %", 100.0 * (before as f64 - after as f64) / before as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brevity::{Codec, Reason};

    fn tally(bytes_out: u64) -> Tally {
        let mut tally = Tally::default();
        (tally.parts, tally.bytes_in, tally.bytes_out) = (1, 1_000, bytes_out);
        (tally.tokens_in, tally.tokens_out) = (250, bytes_out / 4);
        tally
    }

    fn report() -> Report {
        let mut report = Report::default();
        report.rewritten.insert(Codec::Table, tally(400));
        report.kept.insert(Reason::Small, tally(1_000));
        report
    }

    #[test]
    fn numbers_are_grouped() {
        let text = |n| Grouped(n).to_string();
        assert_eq!([text(0), text(999), text(1_000)], ["0", "999", "1,000"]);
        assert_eq!(text(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(format!("{:>6}", Grouped(1_000)), " 1,000");
    }

    #[test]
    fn shares_have_a_sign_and_no_division_by_zero() {
        let text = |a, b| Saved(a, b).to_string();
        assert_eq!([text(0, 0), text(8, 6), text(6, 8)], ["-", "25.0 %", "-33.3 %"]);
        assert_eq!(text(0, 2), "-");
    }

    #[test]
    fn the_table_names_codecs_and_reasons() {
        let report = report();
        let stats = Stats { bytes_in: 2_100, bytes_out: 1_500, report: &report };
        let table = stats.table();
        for word in ["by table", "kept: small", "all parts", "60.0 %", "2,100", "1,500", "28.6 %"] {
            assert!(table.contains(word), "{word} in\n{table}");
        }
    }

    #[test]
    fn the_line_for_programs_is_json() {
        let report = report();
        let stats = Stats { bytes_in: 2_100, bytes_out: 1_500, report: &report };
        let mut line = stats.json().into_bytes();
        simd_json::to_borrowed_value(&mut line).expect("JSON");
        assert!(stats.json().contains("\"rewritten\":{\"table\":{\"parts\":1,"));
        assert!(stats.json().contains("\"kept\":{\"small\":{\"parts\":1,"));
    }
}
