//! `brevity expand`: the way back.

use super::{
    Failure,
    io::{Output, Source},
    stats::{Expanded, Format},
};
use brevity::Expander;

/// The arguments of `brevity expand`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,

    /// Say on standard error how much was put back
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, value_name = "FORMAT",
          default_missing_value = "table")]
    stats: Option<Format>,
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
    let mut expander = Expander::new();
    let end = input.pour(&mut output, |chunk, output| expander.write(chunk, output));
    let put_back = expander.finish(&mut output);
    let (bytes_out, _) = output.finish()?;
    end?;
    if let Some(format) = args.stats {
        let parts = put_back.parts + put_back.references;
        Expanded { bytes_in: input.len(), bytes_out, parts }.print(format);
    }
    Ok(())
}
