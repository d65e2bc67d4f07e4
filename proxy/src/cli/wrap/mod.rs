//! `brevity wrap`: one agent, with the proxy in front of it for as long as it runs.
//!
//! What the agent has to know goes through its own environment and arguments. Nothing is written to
//! disk and nothing that outlives the agent is changed, so its next start works without Brevity.
//!
//! The proxy runs in this process, on a free port. One that runs already is used only where the user
//! says so: it could be stopped under the agent, and on a machine with several users the default
//! port can be anybody's.

mod agents;
mod gateway;
mod own;
mod program;
mod running;
mod setting;
mod token;
mod way;

use super::{
    config::{self, Environment},
    exec::{self, Leash, code},
    fail, print,
};
use agents::Agent;
use brevity_proxy::{Base, BaseError, ServeError, TokenError};
use own::Own;
use setting::{Setting, quote};
use std::{
    ffi::{OsStr, OsString},
    io::Write as _,
    path::PathBuf,
    process::{Command, ExitCode, ExitStatus},
};
use thiserror::Error;
use way::Way;

/// The arguments of `brevity wrap`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Args {
    /// An agent of the list and its arguments, or `--` and any other program with its own
    #[arg(required_unless_present = "list", value_name = "AGENT", trailing_var_arg = true)]
    words: Vec<OsString>,

    /// List the agents
    #[arg(long)]
    list: bool,

    /// Print a line for a shell that starts the agent with a proxy that runs by itself, and start
    /// nothing. Standard error says which command starts that proxy
    #[arg(long)]
    print: bool,

    /// Use the Brevity that runs there, in place of an own one: http://127.0.0.1:2738 unless URL
    /// says otherwise. If it stops, the agent has no way to its model
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true,
          default_missing_value = "http://127.0.0.1:2738")]
    proxy: Option<String>,

    /// With --proxy: a file with the token that it asks for. Claude Code alone can be told of it by
    /// `wrap`
    #[arg(long, value_name = "FILE", requires = "proxy", conflicts_with = "print")]
    token_file: Option<PathBuf>,

    /// Send every request there; without it, to where the environment points the agent now, else to
    /// Anthropic and OpenAI
    #[arg(long, value_name = "URL", conflicts_with = "proxy")]
    upstream: Option<String>,

    /// Append a line per request to this file
    #[arg(long, value_name = "FILE", conflicts_with = "proxy")]
    log: Option<PathBuf>,

    /// Say nothing on standard error but faults
    #[arg(long, short)]
    quiet: bool,
}

const USAGE: &str = "\
brevity wrap [OPTIONS] <AGENT> [ARGS]...
       brevity wrap [OPTIONS] -- <COMMAND> [ARGS]...";

const EXAMPLES: &str = "\
Starts an agent with a proxy of its own, on a free port of this machine, and ends with it. Only this
one process is told of it, by its environment or its arguments: nothing is written to disk, and the
agent's next start knows nothing of Brevity. All that follows the agent's name is the agent's; options
of `wrap` come before it. The proxy is told what `brevity config` shows, but for where to listen and
the log; where the environment points the agent at a gateway, that counts more than `upstream`.

The exit code is the agent's; 128 + N if signal N ended it, 127 if it was not found, 126 if it could
not be run, 1 if there was no proxy to be had, 78 if the configuration makes no sense. SIGINT, SIGTERM,
SIGHUP and SIGQUIT are passed on.

Examples:
  brevity wrap claude
  brevity wrap claude -p \"fix the tests\"
  brevity wrap --print codex
  brevity wrap --log requests.log aider --model sonnet
  brevity wrap -- python my_agent.py";

/// Why there is no child.
#[derive(Debug, Error)]
enum Failure {
    #[error(
        "`{name}` is no agent that Brevity knows{hint}; `brevity wrap --list` shows those that it \
         knows; for any other program: brevity wrap -- {}",
        or_command(name)
    )]
    Agent { name: String, hint: String },
    #[error(
        "{0} was not found on PATH; install it, or add its folder to PATH (an alias of your shell does \
         not count)"
    )]
    NotFound(String),
    #[error("there is no file {0}")]
    NoFile(String),
    #[error("--upstream: {0}")]
    Upstream(BaseError),
    #[error("--proxy: {0}")]
    Proxy(BaseError),
    #[error("{variable}: {source}")]
    Gateway { variable: &'static str, source: BaseError },
    #[error("{0} is set, and would be lost; move what it holds to a file of the agent's own")]
    Whole(&'static str),
    #[error("--token-file: {0}")]
    Token(#[from] TokenError),
    #[error(
        "--token-file: the agent has no variable for a header; set x-brevity-token in its own \
         configuration"
    )]
    NoRoom,
    #[error("no Brevity at {base}: {source}; leave --proxy out for an own one")]
    Running { base: Base, source: std::io::Error },
    #[error("cannot write the log to {}: {source}", path.display())]
    Log { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Config(#[from] config::Fault),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("cannot start the proxy: {0}")]
    System(#[from] std::io::Error),
}

impl Failure {
    /// Whether what the user asked for makes no sense.
    fn is_usage(&self) -> bool {
        use Failure::{Agent, Gateway, NoRoom, Proxy, Token, Upstream, Whole};
        matches!(self, Agent { .. } | Gateway { .. } | Whole(_) | Token(_) | NoRoom)
            || matches!(self, Upstream(_) | Proxy(_))
    }

    /// The exit code that tells of it.
    fn code(&self) -> ExitCode {
        if let Self::Config(fault) = self {
            return fault.code();
        }
        ExitCode::from(match self {
            Self::NotFound(_) | Self::NoFile(_) => 127,
            _ if self.is_usage() => 2,
            _ => 1,
        })
    }
}

/// `name` as a word of a shell, or what stands for one.
fn or_command(name: &str) -> String {
    if name.is_empty() { "COMMAND".into() } else { quote(OsStr::new(name)) }
}

/// Runs the agent.
pub(crate) fn run(args: &Args) -> ExitCode {
    let result = match args.list {
        true => Ok(print(&agents::list())),
        false => start(args),
    };
    result.unwrap_or_else(|failure| {
        fail(&failure);
        failure.code()
    })
}

fn start(args: &Args) -> Result<ExitCode, Failure> {
    let call = Call::new(&args.words, &std::env::args_os().collect::<Vec<_>>())?;
    let user = Environment::of_process();
    let way = Way::choose(args, call.agent, &user)?;
    if args.print {
        let setting = Setting::new(call.agent, &way.address(None), &user)?;
        say(args, &way.needs(call.agent, args.log.as_deref()));
        return Ok(print(&format!("{}\n", setting.line(call.program, call.words))));
    }
    let token = token::variable(args, call.agent, &user)?;
    call.look(&user)?;
    let own = way.open(args)?;
    let setting = Setting::new(call.agent, &way.address(own.as_ref()), &user)?.with(token);
    say(args, &format!("{} goes through {way}", call.program.display()));
    let end = attend(setting.command(call.program, call.words));
    let ledger = own.map(Own::close);
    Ok(match end {
        Ok(status) => {
            let _ = ledger.map(|ledger| say(args, &ledger.to_string()));
            ExitCode::from(code(status))
        }
        Err(fault) => fault.tell(call.program),
    })
}

/// Runs the child to its end, with our streams for its own.
fn attend(mut command: Command) -> Result<ExitStatus, exec::Fault> {
    // Before there is a child, so that no signal ends us and leaves it behind.
    let mut leash = Leash::new()?;
    let mut child = command.spawn().map_err(exec::Fault::Spawn)?;
    leash.hold(&child);
    Ok(leash.wait(&mut child)?)
}

/// Who is to be started.
#[derive(Debug)]
struct Call<'a> {
    agent: &'static Agent,
    program: &'a OsStr,
    words: &'a [OsString],
}

impl<'a> Call<'a> {
    /// `words` are the last of `all`, which tells whether `--` stands before them: then the first
    /// names a program, else an agent. A `--` right behind an agent's name is ours, too.
    fn new(words: &'a [OsString], all: &[OsString]) -> Result<Self, Failure> {
        let Some((first, rest)) = words.split_first() else {
            return Err(Failure::Agent { name: String::new(), hint: String::new() });
        };
        let before = all.len().checked_sub(words.len() + 1).and_then(|at| all.get(at));
        if before.is_some_and(|word| word == "--") {
            return Ok(Self { agent: &agents::OTHER, program: first, words: rest });
        }
        let name = first.to_string_lossy();
        let Some(agent) = agents::find(&name) else {
            let hint = agents::nearest(&name).map(|near| format!(" (did you mean {near}?)"));
            return Err(Failure::Agent { name: name.into(), hint: hint.unwrap_or_default() });
        };
        let words = rest.strip_prefix(&["--".into()][..]).unwrap_or(rest);
        Ok(Self { agent, program: OsStr::new(agent.program), words })
    }
}

impl Call<'_> {
    /// Looks for the program, so that no proxy is started and nothing promised in vain.
    fn look(&self, user: &Environment) -> Result<(), Failure> {
        let name = || self.program.display().to_string();
        match program::is_there(self.program, user) {
            true => Ok(()),
            false if program::is_path(self.program) => Err(Failure::NoFile(name())),
            false => Err(Failure::NotFound(name())),
        }
    }
}

fn say(args: &Args, text: &str) {
    if !args.quiet {
        let _ = writeln!(std::io::stderr(), "brevity: {text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(Into::into).collect()
    }

    fn called(before: &str, after: &str) -> Result<(&'static str, String, Vec<OsString>), Failure> {
        let (all, words) = (words(&format!("brevity wrap {before} {after}")), words(after));
        let call = Call::new(&words, &all)?;
        Ok((call.agent.name, call.program.display().to_string(), call.words.to_vec()))
    }

    #[test]
    fn the_first_word_is_an_agent_or_a_program() {
        let cases = [
            ("", "claude -p hi", "claude", "claude", "-p hi"),
            ("--print", "claude -- -p hi", "claude", "claude", "-p hi"),
            ("", "codex exec -- x", "codex", "codex", "exec -- x"),
            ("", "codex -- -- x", "codex", "codex", "-- x"),
            ("--", "claude -p", "", "claude", "-p"),
            ("--quiet --", "python -- x", "", "python", "-- x"),
            ("", "codex-chatgpt", "codex-chatgpt", "codex", ""),
        ];
        for (before, after, name, program, rest) in cases {
            let found = called(before, after).unwrap();
            assert_eq!(found, (name, program.to_owned(), words(rest)), "{before} {after}");
        }
    }

    #[test]
    fn a_typo_names_the_agent() {
        let text = called("", "cluade -p").unwrap_err().to_string();
        assert!(text.contains("did you mean claude?") && text.ends_with("brevity wrap -- cluade"));
        assert!(!called("", "make").unwrap_err().to_string().contains("did you mean"));
    }
}
