//! A record as one line of a log.

use super::Record;
use crate::{attest::Attestation, route::Skip};
use brevity::Tally;
use std::fmt;

impl fmt::Display for Record {
    /// One line: the request, its bytes, estimated tokens, what was rewritten, what was left alone
    /// and why, the provider's usage, times.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {} {}", self.ordinal, self.method, self.path)?;
        match self.status {
            Some(status) => write!(f, " {}", status.as_u16())?,
            None => write!(f, " no answer")?,
        }
        if let Some(model) = &self.model {
            write!(f, " {}", model.escape_default())?;
        }
        write!(f, " | {} > {} bytes", self.bytes_in, self.bytes_out)?;
        if let Some(out) = self.answer_bytes_out {
            write!(f, " | answer {} > {out} bytes", self.answer_bytes)?;
        }
        self.tokens(f)?;
        self.parts(f)?;
        self.usage(f)?;
        self.times(f)?;
        for bust in &self.busts {
            write!(f, " | cache: {bust}")?;
        }
        if let Some(error) = &self.error {
            write!(f, " | error: {error}")?;
        }
        if let Some(id) = &self.id {
            write!(f, " | id {id}")?;
        }
        self.trace.as_ref().map_or(Ok(()), |trace| write!(f, " | trace {trace}"))
    }
}

impl Record {
    fn tokens(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.report.total.parts == 0 {
            return Ok(());
        }
        let span = |tally: &Tally| format!("{} > {}", tally.tokens_in, tally.tokens_out);
        write!(
            f,
            " | est. (o200k) {} tokens, new {}, re-sent {}",
            span(&self.report.total),
            span(&self.new.total()),
            span(&self.resent)
        )
    }

    fn parts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(skip) = self.skip.filter(|skip| *skip != Skip::NoDialect) {
            write!(f, " | left alone: {}", skip.name())?;
            // Nothing sets the other two aside.
            if let Skip::Attested(Attestation::Login) = skip {
                write!(f, " (see --rewrite-attested in the help)")?;
            }
        }
        let rewritten = self.report.rewritten.iter().map(|(codec, tally)| (codec.name(), tally));
        list(f, "rewritten", rewritten)?;
        list(f, "kept", self.report.kept.iter().map(|(reason, tally)| (reason.name(), tally)))
    }

    fn usage(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(usage) = &self.usage else { return Ok(()) };
        let counts = [
            ("input", usage.input),
            ("cache read", usage.cache_read),
            ("cache write", usage.cache_write),
            ("output", usage.output),
        ];
        let counts = counts.iter().filter_map(|(name, count)| Some((name, (*count)?)));
        for (index, (name, count)) in counts.enumerate() {
            write!(f, "{} {name} {count}", if index == 0 { " | usage" } else { "," })?;
        }
        Ok(())
    }

    fn times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.first_byte {
            write!(f, " | first byte {} ms,", first.as_millis())?;
        } else {
            write!(f, " |")?;
        }
        write!(f, " all {} ms", self.duration.as_millis())
    }
}

fn list<'a>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    counts: impl Iterator<Item = (&'a str, &'a Tally)>,
) -> fmt::Result {
    for (index, (name, tally)) in counts.enumerate() {
        let lead = if index == 0 { format!(" | {title}:") } else { ",".to_owned() };
        write!(f, "{lead} {name} {}", tally.parts)?;
    }
    Ok(())
}
