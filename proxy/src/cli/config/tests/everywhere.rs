//! Flags and documentation have the keys that there are.

use super::*;

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
