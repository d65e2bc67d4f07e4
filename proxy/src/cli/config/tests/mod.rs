//! What several suites need: a file that sets every key, and ways to read one.

mod everywhere;
mod faults;

mod layers;

use super::*;
use brevity::{Level, Tool, Treatment};
use std::{path::Path, time::Duration};

const FILE: &str = "brevity.toml";

/// The setup of a file that holds `text`, of variables and of flags.
fn setup(text: &str, vars: &[(&str, &str)], flags: &Flags) -> Result<Setup, Fault> {
    let environment: Environment = vars.iter().copied().collect();
    let mut setup = Setup::new(&place::FilePlace::Named(FILE.into()));
    setup.add(file::parse(Path::new(FILE), text)?)?;
    setup.add(environment.layer()?)?;
    setup.add(flags.layer()?)?;
    setup.check(&environment)
}

fn of_file(text: &str) -> Setup {
    setup(text, &[], &Flags::default()).unwrap()
}

fn fault(text: &str) -> String {
    setup(text, &[], &Flags::default()).unwrap_err().to_string()
}

fn origin(setup: &Setup, name: &str) -> String {
    setup.origin(keys::find(name).unwrap()).to_string()
}

/// What is in force, without where it comes from.
fn values(toml: &str) -> Vec<String> {
    let value = |line: &str| line.split(" #").next().unwrap_or_default().trim_end().to_owned();
    toml.lines().map(value).filter(|line| !line.starts_with("# File")).collect()
}

/// A file that sets every key.
const FULL: &str = r#"
listen = "127.0.0.1:4000"
token_file = "/etc/brevity/token"
hosts = ["brevity.example.org", "*.team.example"]
admin = "127.0.0.1:4001"
log_format = "json"
check_one_in = 3
log = "warn"
level = "off"
output = 1
stream_requests = false
rewrite_attested = true
dry_run = false
holdout = 0.25
upstream_ca = "/etc/ssl/a \"b\".pem"
upstream_proxy = "http://proxy.example:3128"
[upstream]
anthropic = "http://a"
openai = "http://o/v1"
chatgpt = "http://c"
[timeouts]
connect = "1s"
head = "2m"
idle = "3h"
drain = "400ms"
body = "5s"
memory = "6s"
[caps]
connections = 11
requests = 12
requests_per_client = 13
head = "14KiB"
fields = 15
memory = "16MiB"
body = "17MiB"
[limits]
request = "1MiB"
block = 4_097
window = "3KiB"
document = "1GiB"
document_nodes = 5
calls = "6MiB"
sse_event = "7B"
[tools]
"z*" = "off"
"a=\\\"*" = "file"
[mcp]
"/mcp/x" = "https://x.example/mcp/"
"/mcp/a" = "http://127.0.0.1:9"
[[route]]
path = "/openrouter"
api = "openai-chat"
url = "https://openrouter.ai/api"
[[route]]
level = "lossless"
model = "q*"
url = "http://127.0.0.1:8000/v1"
"#;
