//! `brevity mcp-wrap`: a tool server on our standard streams, whose answers leave shortened.
//!
//! What the client sends goes to the server byte for byte, and is read along for the tools that it
//! calls: a call is noted before the server has it, so its answer cannot come first. What the server
//! sends leaves line by line, each when its line feed has come. Standard error is the server's own.

use super::{
    Failure,
    exec::{self, Fault, Flow, Leash},
    io::{Input, Output},
    stats::Format,
};
use brevity::{McpAnswers, McpCalls, McpCarrier, McpRequests, Settings, Steps};
use brevity_proxy::ToolSetting;
use std::{
    ffi::OsString,
    io::{Read, Write as _, pipe},
    process::{ChildStdin, Command, ExitCode, Stdio},
    sync::Arc,
    thread,
};

/// The arguments of `brevity mcp-wrap`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The server's command and its arguments. No shell reads them
    #[arg(required = true, value_name = "COMMAND", trailing_var_arg = true)]
    command: Vec<OsString>,

    /// How the results of some tools are treated: GLOB=off leaves them, GLOB=file too, since no result
    /// refers to another, GLOB=lossless lets them be rewritten. The last that matches wins
    #[arg(long = "tool", value_name = "GLOB=TREATMENT")]
    tools: Vec<ToolSetting>,

    /// Say on standard error, at the end, what was saved, and why parts were left alone
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, value_name = "FORMAT",
          default_missing_value = "table")]
    stats: Option<Format>,
}

const EXAMPLES: &str = "\
Write it in front of the command in the client's list of servers. The texts of tool results leave
shortened; `brevity expand` turns them back. Everything else passes as it came: other messages, other
content, what tools give that show files, and results with a structured form or of a tool with an
output schema.

The exit code is the server's own; 128 + N if signal N ended it, 127 if it was not found, 126 if it
could not be run, 1 if it went well and its output could not be written. SIGINT, SIGTERM, SIGHUP and
SIGQUIT are passed on to it.

Examples:
  brevity mcp-wrap -- npx -y @modelcontextprotocol/server-everything
  claude mcp add issues -- brevity mcp-wrap -- uvx my-issues-server
  brevity mcp-wrap --tool 'read_*=lossless' --tool 'billing_*=off' -- ./server
  brevity mcp-wrap --stats -- ./server 2> stats.txt";

/// Runs the server.
pub(crate) fn run(args: &Args) -> ExitCode {
    wrap(args).unwrap_or_else(|fault| fault.tell(&args.command[0]))
}

fn wrap(args: &Args) -> Result<ExitCode, Fault> {
    let mut command = Command::new(&args.command[0]);
    command.args(&args.command[1..]).stdin(Stdio::piped());
    // Before there is a server, so that no signal ends us and leaves it behind.
    let mut leash = Leash::new()?;
    let (output, writer) = pipe()?;
    command.stdout(writer);
    let mut child = command.spawn().map_err(Fault::Spawn)?;
    // Its copy of the pipe's other end would keep it open.
    drop(command);
    leash.hold(&child);
    let (settings, calls) = (args.settings(), Arc::new(McpCalls::new()));
    if let Some(stdin) = child.stdin.take() {
        let requests = McpRequests::new(McpCarrier::Lines, "", Arc::clone(&settings));
        let calls = Arc::clone(&calls);
        // It ends with the client's input, or with the process: the server may end first.
        thread::spawn(move || up(stdin, requests, &calls));
    }
    let tap = leash.tap(output)?;
    let answers = McpAnswers::new(McpCarrier::Lines, "", settings);
    let down = thread::spawn(move || down(tap, answers, &calls));
    let status = leash.wait(&mut child)?;
    let flow = down.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    Ok(exec::close(exec::code(status), vec![flow], args.stats))
}

impl Args {
    fn settings(&self) -> Arc<Settings> {
        let mut settings = Settings::default();
        let rules = std::mem::take(&mut settings.policy.tools);
        settings.policy.tools = self.tools.iter().fold(rules, |rules, tool| tool.add(rules));
        Arc::new(settings)
    }
}

/// Sends on what the client says, until it or the server ends. Then the server's input is closed.
fn up(mut server: ChildStdin, mut requests: McpRequests, calls: &McpCalls) {
    let mut input = Input::new("standard input".into(), Box::new(std::io::stdin().lock()));
    while let Ok(Some(chunk)) = input.chunk() {
        requests.write(chunk.clone(), calls);
        if server.write_all(&chunk).is_err() {
            return;
        }
    }
}

/// Sends on what the server says.
fn down(
    tap: impl Read + 'static,
    mut answers: McpAnswers,
    calls: &McpCalls,
) -> Result<Flow, Failure> {
    let mut input = Input::new("the server's output".into(), Box::new(tap));
    let mut output = Output::stdout();
    let mut steps = Steps::new();
    let end = input.pour(&mut output, |chunk, output| {
        answers.write(chunk, calls, &mut steps);
        steps.run_into(output);
        output.flush();
    });
    let bytes_in = input.len();
    // Where our own reader has left, the server learns of it by its next write.
    drop(input);
    answers.finish(calls, &mut steps);
    steps.run_into(&mut output);
    Flow::end(bytes_in, output, end)
}
