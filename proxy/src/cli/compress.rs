//! `brevity compress`: a filter that shortens.

use super::{
    Api, Failure,
    io::{Output, Source},
    stats::{Format, Stats},
    stream::Stream,
};
use brevity::{
    Output as Written, Settings,
    walk::json::{JsonError, JsonWalker},
};
use clap::ValueEnum;

/// The arguments of `brevity compress`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,

    /// What the input has to be: `json` fails, with exit code 1, where some of it is not JSON. The
    /// output is the same
    #[arg(long, value_enum, default_value_t = Kind::Auto, conflicts_with = "api")]
    kind: Kind,

    /// The input is a request body of this API: shorten the tool results in it
    #[arg(long, value_enum)]
    api: Option<Api>,

    /// Shorten the request body as it passes, never holding it whole
    #[arg(long, requires = "api")]
    stream: bool,

    /// Which bytes to write. A new number comes where a release would change them, since prompt caches
    /// see bytes; this version knows 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1))]
    output: u32,

    /// Say on standard error what was saved, and why parts were left alone
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, value_name = "FORMAT",
          default_missing_value = "table")]
    stats: Option<Format>,
}

const EXAMPLES: &str = "\
The output goes to standard output, and `brevity expand` turns it back. Memory is bounded for any
input. What cannot be shortened passes as it came: other text, half a document, invalid UTF-8.

Examples:
  brevity compress rows.json > short.txt
  kubectl get pods -o json | brevity compress --stats | pbcopy
  brevity compress --api anthropic --stats=json request.json > shorter.json";

/// How deep JSON may nest where it is asked for. The check takes a bit for each bracket.
const DEPTH: usize = 1 << 20;

/// What a block has to be.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Anything: JSON is found among other text
    Auto,
    /// Nothing but JSON: one document, or several that follow each other
    Json,
}

/// Shortens the input.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    if args.stream && matches!(args.api, Some(Api::Mcp)) {
        return Err(Failure::Usage(
            "--stream is for request bodies; messages of MCP leave one by one",
        ));
    }
    let mut input = args.source.open()?;
    let mut output = Output::stdout();
    let mut stream = Stream::new(args.api, args.settings());
    let mut check = matches!(args.kind, Kind::Json).then(Check::new);
    let end = input.pour(&mut output, |chunk, output| {
        if let Some(check) = &mut check {
            check.feed(&chunk);
        }
        stream.write(chunk, output);
    });
    // An input that breaks off gives up what it has given so far: no byte is lost.
    stream.finish(&mut output);
    let (bytes_out, report) = output.finish()?;
    end?;
    if let Some(format) = args.stats {
        Stats { bytes_in: input.len(), bytes_out, report: &report }.print(format);
    }
    match check.map(Check::finish) {
        Some(Err(error)) => Err(Failure::NotJson { name: input.name().to_owned(), error }),
        Some(Ok(())) | None => Ok(()),
    }
}

/// Reads along, to say whether all of the input is JSON.
struct Check {
    walker: JsonWalker,
    error: Option<JsonError>,
}

impl Check {
    fn new() -> Self {
        Self { walker: JsonWalker::new(DEPTH), error: None }
    }

    fn feed(&mut self, mut chunk: &[u8]) {
        while self.error.is_none() {
            self.walker.next_document();
            match self.walker.next(&mut chunk) {
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(error) => self.error = Some(error),
            }
        }
    }

    fn finish(mut self) -> Result<(), JsonError> {
        match self.error {
            Some(error) => Err(error),
            None => self.walker.finish().map(|_| ()),
        }
    }
}

impl Args {
    fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.policy.stream_requests = self.stream;
        settings.policy.output = Written::of(self.output).unwrap_or_default();
        settings
    }
}
