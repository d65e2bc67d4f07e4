//! One stream of the command, from its pipe to ours.

use crate::cli::{
    Failure,
    io::{Input, Output},
    stream::Stream,
};
use brevity::{Report, Settings, Treatment};
use std::io::{ErrorKind, Read, Write};

/// What came through.
#[derive(Debug, Default)]
pub(in crate::cli) struct Flow {
    pub(super) bytes_in: u64,
    pub(super) bytes_out: u64,
    pub(super) report: Report,
}

/// Reads until the stream ends. Where our own reader has left, ours is closed too, so that the
/// command learns of it by its next write; that is no failure.
pub(super) fn pump<W: Write>(
    tap: impl Read + 'static,
    mut output: Output<W>,
    treatment: Treatment,
) -> Result<Flow, Failure> {
    let mut input = Input::new("the command's output".into(), Box::new(tap));
    let mut stream = Stream::block(Settings::default(), treatment);
    let end = input.pour(&mut output, |chunk, output| {
        stream.write(chunk, output);
        output.flush();
    });
    let bytes_in = input.len();
    drop(input);
    stream.finish(&mut output);
    Flow::end(bytes_in, output, end)
}

impl Flow {
    /// What came through when all of it has come, or `end` says why not.
    pub(in crate::cli) fn end<W: Write>(
        bytes_in: u64,
        output: Output<W>,
        end: Result<(), Failure>,
    ) -> Result<Flow, Failure> {
        let flow = match output.finish() {
            Ok((bytes_out, report)) => Flow { bytes_in, bytes_out, report },
            Err(Failure::Write(error)) if error.kind() == ErrorKind::BrokenPipe => Flow::default(),
            Err(failure) => return Err(failure),
        };
        end.map(|()| flow)
    }

    /// Adds what came through beside it.
    pub(super) fn add(&mut self, other: &Flow) {
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
        self.report.total += other.report.total;
        for (codec, tally) in &other.report.rewritten {
            *self.report.rewritten.entry(*codec).or_default() += *tally;
        }
        for (reason, tally) in &other.report.kept {
            *self.report.kept.entry(*reason).or_default() += *tally;
        }
    }
}
