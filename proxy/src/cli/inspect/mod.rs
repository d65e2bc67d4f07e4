//! `brevity inspect`: what Brevity sees, and why it leaves parts alone.

mod answer;
mod parts;
mod reasons;
mod spans;

pub(super) use parts::{counted, json_string, kind, visible};
pub(super) use reasons::sentence;

use super::{
    Api, Failure,
    io::{Output, Source},
};

/// The arguments of `brevity inspect`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,

    /// The input is a request body of this API: show the tool results in it
    #[arg(long, value_enum, conflicts_with = "sse")]
    api: Option<Api>,

    /// The input is a recorded event stream: show the answer's text, its tags and its usage
    #[arg(long)]
    sse: bool,

    /// For programs: one JSON object a line
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
A block is one text: a file, or one tool result of a request. It is cut into parts, and each part
is rewritten or kept by itself. Token counts are estimates (o200k).

Examples:
  brevity inspect rows.json
  brevity inspect --api anthropic request.json
  brevity inspect --sse answer.txt";

/// Shows the input.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let mut input = args.source.open()?;
    let mut output = Output::stdout();
    let end = if args.sse {
        answer::show(args.json, &mut input, &mut output)
    } else {
        parts::show(args, &mut input, &mut output)
    };
    output.finish()?;
    end
}
