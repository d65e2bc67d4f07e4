//! Who is let in, and where: as the program tells it.

use super::*;

#[test]
fn a_file_without_a_token_is_78_and_is_not_shown() {
    let home = Home::with("hosts = [\"a.example\", \"*.b.example\"]\n");
    let file = home.0.join("token");
    let path = file.to_str().expect("UTF-8");
    for text in ["", "sk-secret", "sk-secret and more of it\n"] {
        std::fs::write(&file, text).expect("a file");
        let said = home.refused(&[("BREVITY_TOKEN_FILE", path)], &[], 78);
        assert!(said.starts_with(&format!("{path} holds no token: ")), "{said}");
        assert!(!said.contains("sk-secret"), "{said}");
    }
    // What is printed is its path, and it is not opened.
    let lines = home.config(&[], &["--token-file", path, "--allow-host", "c", "--allow-host", "d"]);
    let shown = lines.iter().map(|line| value(line));
    let shown: Vec<_> = shown.filter(|line| line.starts_with(['h', 't'])).collect();
    let token = format!("token_file = \"{path}\"");
    assert!(
        shown.contains(&token.as_str()) && shown.contains(&r#"hosts = ["c", "d"]"#),
        "{shown:?}"
    );
    assert!(
        home.config(&[], &[])
            .iter()
            .any(|line| value(line) == r#"hosts = ["a.example", "*.b.example"]"#)
    );
}

#[cfg(unix)]
#[test]
fn a_socket_is_had_or_one_line_says_why_not() {
    let home = Home::new();
    let path = home.0.join("s");
    let listen = format!("unix:{}", path.display());
    let long = format!("unix:/{}", "x".repeat(108));
    assert!(
        home.refused(&[("BREVITY_LISTEN", &long)], &[], 78).ends_with(" bytes; choose another")
    );
    std::fs::write(&path, "mine").expect("a file");
    let said = home.refused(&[], &["--listen", &listen], 78);
    assert!(said.contains("is there, and no socket; remove it"), "{said}");
    std::fs::remove_file(&path).expect("no file");
    let taken = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
    let said = home.refused(&[("BREVITY_LISTEN", &listen)], &[], 69);
    assert!(said.starts_with(&format!("{listen} is in use, ")), "{said}");
    drop(taken);
    let words = ["proxy", "--listen", &listen, "--admin", "off"];
    let mut child = home.brevity(&[], &words).spawn().expect("the binary starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("a pipe");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    child.kill().expect("the proxy ends");
    child.wait().expect("the proxy has ended");
    assert!(line.starts_with(&format!("Brevity listens on {listen} in front of ")), "{line}");
    assert!(line.contains("curl --unix-socket"), "{line}");
}

/// Warnings, for those who let others in or give the token away.
#[cfg(unix)]
#[test]
fn a_proxy_that_others_reach_says_so() {
    use std::{io::Read as _, os::unix::fs::PermissionsExt as _};
    let home = Home::new();
    let file = home.0.join("token");
    std::fs::write(&file, "0123456789abcdef\n").expect("a file");
    let warnings = |mode: u32, flags: &[&str]| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("its mode");
        let words =
            [&["proxy", "--admin", "off", "--upstream", "http://127.0.0.1:9"], flags].concat();
        let mut child = home.brevity(&[], &words).spawn().expect("the binary starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        child.kill().expect("the proxy ends");
        child.wait().expect("the proxy has ended");
        // Who points a client at it learns what else that needs.
        assert_eq!(
            line.contains("x-brevity-token: TOKEN"),
            flags.contains(&"--token-file"),
            "{line}"
        );
        let mut said = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("UTF-8");
        said
    };
    let token = ["--token-file", file.to_str().expect("UTF-8")];
    let said = warnings(0o600, &["--listen", "0.0.0.0:0"]);
    assert!(
        said.contains("can be reached from other machines") && said.lines().count() == 1,
        "{said}"
    );
    let said = warnings(0o600, &[&["--listen", "0.0.0.0:0"], &token[..]].concat());
    assert_eq!(said, "");
    let said = warnings(0o640, &[&["--listen", "127.0.0.1:0"], &token[..]].concat());
    assert!(said.contains("can be read by others: chmod 600 "), "{said}");
    assert!(!said.contains("0123456789abcdef"), "{said}");
}
