//! What one source says, and what stands on top.

use super::*;

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
