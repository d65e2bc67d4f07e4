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

#[test]
fn what_is_printed_says_the_same_as_a_file() {
    for text in ["", FULL] {
        let printed = write::toml(of_file(text));
        let again = write::toml(of_file(&printed));
        assert_eq!(values(&again), values(&printed));
    }
    assert_ne!(values(&write::toml(of_file(FULL))), values(&write::toml(of_file(""))));
}

#[test]
fn a_file_sets_every_key() {
    let setup = of_file(FULL);
    for key in KEYS.iter().filter(|key| !matches!(key.place, Place::List(_))) {
        let set = setup.origin(key) != &Origin::Default;
        assert!(set || key.name == "upstream", "{}", key.name);
    }
    let config = &setup.values.config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:4000");
    assert_eq!(config.token_file, Some("/etc/brevity/token".into()));
    assert_eq!(config.hosts[1].to_string(), "*.team.example");
    assert_eq!(config.upstreams.openai.to_string(), "http://o/v1");
    assert_eq!(config.timeouts.drain, Duration::from_millis(400));
    assert_eq!((config.mcp.len(), config.routes.len()), (2, 2));
    assert_eq!(config.holdout.unwrap().to_string(), "0.25");
    let settings = &config.settings;
    assert_eq!((settings.limits.block, settings.limits.document_nodes), (4_097, 5));
    assert_eq!(settings.policy.level, Level::Off);
    assert!(!settings.policy.stream_requests && config.rewrite_attested && !config.dry_run);
    assert_eq!(settings.policy.tools.treatment(&Tool::named("zoo")), Treatment::Excluded);
}

#[test]
fn the_later_source_wins() {
    let file = "listen = \"127.0.0.1:1\"\nlog = \"warn\"\n[upstream]\nanthropic = \"http://f\"\n";
    let vars = [("BREVITY_LISTEN", "127.0.0.1:2"), ("BREVITY_UPSTREAM_OPENAI", "http://v")];
    let flags = Flags { ones: vec![("listen", Some("127.0.0.1:3".into()))], ..Flags::default() };
    let setup = setup(file, &vars, &flags).unwrap();
    let upstreams = &setup.values.config.upstreams;
    assert_eq!(setup.values.config.listen.to_string(), "127.0.0.1:3");
    assert_eq!(upstreams.anthropic.to_string(), "http://f");
    assert_eq!(upstreams.openai.to_string(), "http://v");
    for (name, expected) in [
        ("listen", "--listen"),
        ("log", "brevity.toml:2"),
        ("upstream.anthropic", "brevity.toml:4"),
        ("upstream.openai", "BREVITY_UPSTREAM_OPENAI"),
        ("upstream.chatgpt", "default"),
        ("timeouts.idle", "default"),
    ] {
        assert_eq!(origin(&setup, name), expected);
    }
}

#[test]
fn one_upstream_stands_for_all_but_those_that_are_named() {
    let file = "upstream = \"http://f\"\n";
    let vars = [("BREVITY_UPSTREAM_CHATGPT", "http://c"), ("BREVITY_UPSTREAM", "http://v")];
    let setup = setup(file, &vars, &Flags::default()).unwrap();
    let upstreams = &setup.values.config.upstreams;
    assert_eq!(upstreams.anthropic.to_string(), "http://v");
    assert_eq!(upstreams.chatgpt.to_string(), "http://c");
    assert_eq!(origin(&setup, "upstream.anthropic"), "BREVITY_UPSTREAM");
    assert_eq!(origin(&setup, "upstream.chatgpt"), "BREVITY_UPSTREAM_CHATGPT");
}

#[test]
fn lists_of_flags_stand_on_top_of_the_files() {
    let file = r#"
[tools]
"view" = "off"
"grep" = "off"
[mcp]
"/mcp" = "http://f"
[[route]]
path = "/x"
url = "http://f"
[[route]]
path = "/y"
url = "http://z"
"#;
    let [routes, tools, mcp] =
        [["/x=http://y"], ["view=lossless"], ["/mcp/=http://g"]].map(|list| list.map(String::from));
    let flags = Flags { routes: &routes, tools: &tools, mcp: &mcp, ..Flags::default() };
    let setup = setup(file, &[], &flags).unwrap();
    let config = &setup.values.config;
    let tools = &config.settings.policy.tools;
    assert_eq!(tools.treatment(&Tool::named("view")), Treatment::Rewrite);
    assert_eq!(tools.treatment(&Tool::named("grep")), Treatment::Excluded);
    assert_eq!(config.mcp.iter().map(ToString::to_string).collect::<Vec<_>>(), ["/mcp=http://g"]);
    let bases = config.routes.iter().map(|route| route.base().to_string());
    assert_eq!(bases.collect::<Vec<_>>(), ["http://y", "http://z"]);
}

#[test]
fn a_bad_file_is_named_with_key_and_line() {
    for (text, expected) in [
        ("\nlsten = 1", "brevity.toml:2: `lsten` is no key; did you mean `listen`?"),
        ("dry-run = true", "brevity.toml:1: `dry-run` is no key; did you mean `dry_run`?"),
        ("idle = \"1s\"", "brevity.toml:1: `idle` is no key; did you mean `timeouts.idle`?"),
        (
            "[timeouts]\n\nidel = \"1s\"",
            "brevity.toml:3: `timeouts.idel` is no key; did you mean `timeouts.idle`?",
        ),
        (
            "[timeout]\nidle = \"1s\"",
            "brevity.toml:1: `timeout` is no key; did you mean `timeouts`?",
        ),
        ("token = \"secret\"", "brevity.toml:1: `token` is no key; did you mean `token_file`?"),
        (
            "api_key = \"secret\"",
            "brevity.toml:1: `api_key` is no key; `brevity config --keys` lists all",
        ),
        (
            "\"timeouts.idle\" = \"1s\"",
            "brevity.toml:1: `timeouts.idle` is no key; write it without quotes, which make one name of it",
        ),
        (
            "log = \"x\"\nlisten = \"1\"",
            "brevity.toml:1: log: `x` is no level of the log; there are off, error, warn, info, debug",
        ),
        (
            "timeouts.idle = 15",
            "brevity.toml:1: timeouts.idle: takes a time, like \"15m\", not an integer",
        ),
        (
            "timeouts.idle = \"15\"",
            "brevity.toml:1: timeouts.idle: `15` is no time from 1ms to 24h; write one like 500ms, \
             10s or 15m",
        ),
        (
            "limits = { request = \"32MB\" }",
            "brevity.toml:1: limits.request: `32MB` is no size from 1B to 1GiB; write one like \
             512KiB or 32MiB",
        ),
        (
            "limits.request = -1",
            "brevity.toml:1: limits.request: `-1` is no size from 1B to 1GiB; write one like 512KiB \
             or 32MiB",
        ),
        (
            "limits.document_nodes = 0",
            "brevity.toml:1: limits.document_nodes: `0` is no whole number from 1 to 1073741824",
        ),
        ("limits = 1", "brevity.toml:1: limits: is a table; write [limits]"),
        ("dry_run = \"yes\"", "brevity.toml:1: dry_run: takes true or false, not a string"),
        (
            "hosts = [\"a\", 3]",
            "brevity.toml:1: hosts: takes names, like [\"brevity.example.org\", \"*.team.example\"], not \
             an integer",
        ),
        (
            "holdout = 50",
            "brevity.toml:1: holdout: `50` is no share of conversations; write a number between 0 \
             and 1, like 0.5",
        ),
        (
            "output = 2",
            "brevity.toml:1: output: `2` is no output that this version knows; it knows 1",
        ),
        (
            "level = \"none\"",
            "brevity.toml:1: level: `none` is no level; there are off and lossless",
        ),
        (
            "[upstream]\nopenai = \"h\"",
            "brevity.toml:2: upstream.openai: `h` must start with http:// or https://",
        ),
        (
            "upstream = \"https://h?key=secret\"",
            "brevity.toml:1: upstream: `https://h` goes on with a query or a fragment; give the \
             scheme, the host and a path at most",
        ),
        (
            "holdout = 0.5\ndry_run = true",
            "holdout (brevity.toml:1) and dry_run (brevity.toml:2) exclude each other: a dry run \
             rewrites nothing to compare with; leave one out",
        ),
        (
            "listen = ",
            "brevity.toml:1: this is not TOML: string values must be quoted, expected literal string",
        ),
        ("log = \"info\"\nlog = \"warn\"", "brevity.toml:2: this is not TOML: duplicate key"),
    ] {
        assert_eq!(fault(text), expected);
    }
}

#[test]
fn a_bad_list_is_named_with_key_and_line() {
    let route = "[[route]]\npath = \"/x\"\n";
    for (text, expected) in [
        (
            "[tools]\n\"a*\" = \"of\"".to_owned(),
            "brevity.toml:2: tools.\"a*\": `a*=of` says nothing about tools; write a name or a glob, \
             `=`, and off, file (only lines that came before are left out) or lossless, like \
             mcp__billing__*=off",
        ),
        ("[tools]\na = 1".into(), "brevity.toml:2: tools.\"a\": takes a text, not an integer"),
        (
            "tools = []".into(),
            "brevity.toml:1: tools: takes a table, like \"mcp__billing__*\" = \"off\", not an array",
        ),
        (
            "[mcp]\n\"/a\" = \"http://a\"\n\"/a/\" = \"http://b\"".into(),
            "brevity.toml:3: mcp: two routes have the path `/a`; give each its own",
        ),
        (
            "[mcp]\nx = \"http://a\"".into(),
            "brevity.toml:2: mcp.\"x\": `x` is not PREFIX=URL; write one like \
             /mcp/issues=https://issues.example/mcp",
        ),
        (
            "[route]".into(),
            "brevity.toml:1: route: takes tables, each below [[route]], not a table",
        ),
        ("route = [1]".into(), "brevity.toml:1: route: takes tables, not an integer"),
        ("\n[[route]]".into(), "brevity.toml:2: route: a route needs a path or a model"),
        (route.into(), "brevity.toml:1: route: a route needs a url"),
        (
            format!("{route}modle = \"x\""),
            "brevity.toml:3: `route.modle` is no key; did you mean `route.model`?",
        ),
        (
            format!("{route}weight = 1"),
            "brevity.toml:3: `route.weight` is no key; a route has path, model, url, api, level",
        ),
        (format!("{route}url = 1"), "brevity.toml:3: route.url: takes a text, not an integer"),
        (
            format!("{route}model = \"x\""),
            "brevity.toml:3: route.model: a route has a path or a model, not both",
        ),
        (
            format!("{route}url = \"https://me:secret@h\""),
            "brevity.toml:3: route.url: the URL holds a user name or a password; let the client \
             send its own credentials",
        ),
        (
            format!("{route}url = \"http://h\"\nlevel = \"x\""),
            "brevity.toml:4: route.level: `level=x` is no option of a route; there are \
             api=anthropic, api=openai-chat, api=openai-responses, api=none, level=off and \
             level=lossless",
        ),
        (
            "[[route]]\npath = \"x\"\nurl = \"http://h\"".into(),
            "brevity.toml:2: route.path: a path begins with a slash and has more than that, like \
             /openrouter",
        ),
        (
            "[[route]]\nmodel = \"\"\nurl = \"http://h\"".into(),
            "brevity.toml:2: route.model: write a name or a glob, like qwen*",
        ),
    ] {
        assert_eq!(fault(&text), expected);
    }
}

#[test]
fn a_bad_variable_or_flag_is_named() {
    let set = |vars: &[(&str, &str)], ones: Vec<(&'static str, Option<String>)>| {
        let flags = Flags { ones, ..Flags::default() };
        setup("listen = \"127.0.0.1:1\"", vars, &flags).unwrap_err()
    };
    let variable = set(&[("BREVITY_DRY_RUN", "yes")], Vec::new());
    assert_eq!(variable.to_string(), "BREVITY_DRY_RUN: `yes` is neither true nor false");
    assert_eq!(variable.code(), ExitCode::from(78));
    let flag = set(&[], vec![("output", Some("7".into()))]);
    assert_eq!(flag.to_string(), "--output: `7` is no output that this version knows; it knows 1");
    assert_eq!(flag.code(), ExitCode::from(2));
    // A value that a later one replaces is checked all the same.
    let replaced = set(&[("BREVITY_OUTPUT", "x")], vec![("output", Some("1".into()))]);
    assert!(replaced.to_string().starts_with("BREVITY_OUTPUT: `x` is no output"));
}

#[test]
fn the_two_sides_of_a_conflict_are_named() {
    let dry_run = |text: &str| vec![("dry_run", Some(text.to_owned()))];
    let file = "holdout = 0.5";
    let with = |ones| setup(file, &[], &Flags { ones, ..Flags::default() });
    let fault = with(dry_run("true")).unwrap_err();
    let text = fault.to_string();
    assert!(text.starts_with("holdout (brevity.toml:1) and dry_run (--dry-run) exclude"), "{text}");
    assert_eq!(fault.code(), ExitCode::from(78));
    assert!(with(dry_run("false")).is_ok());
    let mut without = dry_run("true");
    without.push(("holdout", Some("0".into())));
    assert_eq!(with(without).unwrap().values.config.holdout, None);
    let flags = [("holdout", Some("0.5".into())), ("dry_run", Some("true".into()))];
    let flags = Flags { ones: flags.into(), ..Flags::default() };
    assert_eq!(setup("", &[], &flags).unwrap_err().code(), ExitCode::from(2));
}

#[test]
fn every_flag_has_a_key() {
    use clap::Parser as _;
    let words = "brevity proxy --listen x --upstream x --holdout x --dry-run --upstream-ca x \
                 --stream-requests --output x --rewrite-attested --admin x --log-format x \
                 --check-one-in x --upstream-proxy x --token-file x --allow-host x --allow-host y";
    let cli = crate::cli::Cli::try_parse_from(words.split_whitespace()).unwrap();
    let crate::cli::Command::Proxy(args) = cli.command else { panic!("another command") };
    let flags = args.flags();
    for (name, text) in &flags.ones {
        assert!(keys::find(name).is_some() && text.is_some(), "{name}");
    }
    assert_eq!(flags.layer().unwrap().ones.len(), flags.ones.len());
}

#[test]
fn the_documentation_has_the_table() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let docs = std::fs::read_to_string(docs).unwrap().replace("\r\n", "\n");
    let table = table::markdown();
    assert!(docs.contains(&table), "put this into docs/configuration.md:\n{table}");
}

#[test]
fn the_files_of_the_documentation_are_good() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let blocks: Vec<_> = docs.split("```toml\n").skip(1).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        of_file(block.split("```").next().unwrap_or_default());
    }
}

#[test]
fn no_key_takes_the_name_of_a_table_and_a_value_of_its_own() {
    for key in KEYS {
        let above = KEYS.iter().any(|other| key.is_above(other));
        assert_eq!(above, key.name == "upstream", "{}", key.name);
    }
}
