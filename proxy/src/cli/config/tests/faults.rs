//! What makes no sense is named with its place.

use super::*;

#[test]
fn a_key_that_is_not_known_is_named_with_its_line() {
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
    ] {
        assert_eq!(fault(text), expected);
    }
}

#[test]
fn a_value_that_is_none_of_its_kind_is_named_with_its_key() {
    for (text, expected) in [
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
    ] {
        assert_eq!(fault(text), expected);
    }
}

#[test]
fn a_value_out_of_bounds_is_named_with_its_key() {
    for (text, expected) in [
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
    ] {
        assert_eq!(fault(text), expected);
    }
}

#[test]
fn a_file_that_makes_no_sense_as_a_whole_is_named() {
    for (text, expected) in [
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
fn a_bad_tool_or_server_is_named_with_key_and_line() {
    for (text, expected) in [
        (
            "[tools]\n\"a*\" = \"of\"",
            "brevity.toml:2: tools.\"a*\": `a*=of` says nothing about tools; write a name or a glob, \
             `=`, and off, file (only lines that came before are left out) or lossless, like \
             mcp__billing__*=off",
        ),
        ("[tools]\na = 1", "brevity.toml:2: tools.\"a\": takes a text, not an integer"),
        (
            "tools = []",
            "brevity.toml:1: tools: takes a table, like \"mcp__billing__*\" = \"off\", not an array",
        ),
        (
            "[mcp]\n\"/a\" = \"http://a\"\n\"/a/\" = \"http://b\"",
            "brevity.toml:3: mcp: two routes have the path `/a`; give each its own",
        ),
        (
            "[mcp]\nx = \"http://a\"",
            "brevity.toml:2: mcp.\"x\": `x` is not PREFIX=URL; write one like \
             /mcp/issues=https://issues.example/mcp",
        ),
    ] {
        assert_eq!(fault(text), expected);
    }
}

#[test]
fn a_bad_route_is_named_with_key_and_line() {
    let route = "[[route]]\npath = \"/x\"\n";
    for (text, expected) in [
        (
            "[route]".to_owned(),
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
