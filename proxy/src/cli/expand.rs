//! `brevity expand`: the way back.

use super::{
    Failure,
    io::{Output, Source},
};
use brevity::{Expander, Limits};

/// The arguments of `brevity expand`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
}

const EXAMPLES: &str = "\
It needs no options: each shortened part says what it is. Everything else passes as it came, so
request bodies and logs that hold shortened parts may be given whole.

Examples:
  brevity expand short.txt > rows.json
  brevity compress rows.json | brevity expand | cmp - rows.json";

/// Puts back what was shortened.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let mut input = args.source.open()?;
    let mut output = Output::stdout();
    let mut expander = Expander::new(Limits::default());
    let end = input.pour(&mut output, |chunk, output| expander.write(chunk, output));
    expander.finish(&mut output);
    output.finish()?;
    end
}
