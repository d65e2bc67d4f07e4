//! The configuration as a shell sees it: the file in its folder, variables, flags, exit codes.

mod entrance;

use std::{
    ffi::OsString,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// A folder for one test, which stands for the platform's. Gone when dropped.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("config-{}-{count}", std::process::id());
        let home = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        std::fs::create_dir_all(home.file().parent().expect("a folder")).expect("a folder");
        home
    }

    /// With this text in the file where the platform has it.
    fn with(text: &str) -> Self {
        let home = Self::new();
        std::fs::write(home.file(), text).expect("a file");
        home
    }

    fn file(&self) -> PathBuf {
        let folder = match cfg!(target_os = "macos") {
            true => self.0.join("Library").join("Application Support"),
            false => self.0.clone(),
        };
        folder.join("brevity").join("brevity.toml")
    }

    /// `brevity` with no variable of its own but `env`.
    fn brevity(&self, env: &[(&str, &str)], words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brevity"));
        let own = std::env::vars_os().map(|(name, _)| name);
        let is_read = |name: &OsString| {
            let name = name.to_string_lossy().to_lowercase();
            name.starts_with("brevity_") || name.ends_with("_proxy")
        };
        for name in own.filter(is_read) {
            command.env_remove(name);
        }
        for name in ["HOME", "XDG_CONFIG_HOME", "APPDATA"] {
            command.env(name, &self.0);
        }
        command.args(words).envs(env.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, env: &[(&str, &str)], words: &[&str]) -> Output {
        self.brevity(env, words).output().expect("the binary ends")
    }

    /// The lines of `brevity config`.
    fn config(&self, env: &[(&str, &str)], flags: &[&str]) -> Vec<String> {
        let output = self.run(env, &[&["config"], flags].concat());
        assert!(output.status.success() && output.stderr.is_empty(), "{}", stderr(&output));
        String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
    }

    /// What `brevity proxy` says that does not start, which is one line.
    fn refused(&self, env: &[(&str, &str)], flags: &[&str], code: i32) -> String {
        let output = self.run(env, &[&["proxy"], flags].concat());
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(output.stdout.is_empty());
        assert_eq!(text.lines().count(), 1, "{text}");
        text.strip_prefix("brevity: ").expect("our name").trim_end().to_owned()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A line without its origin.
fn value(line: &str) -> &str {
    line.split(" # ").next().unwrap_or_default().trim_end()
}

const FILE: &str = r#"
log = "warn"
holdout = 0.25
upstream = "https://gateway.example/v1"

[timeouts]
idle = "5m"

[tools]
"mcp__billing__*" = "off"

[mcp]
"/mcp/issues" = "https://issues.example/mcp/"

[[route]]
path = "/local"
url = "http://127.0.0.1:8000/v1"
api = "openai-chat"
level = "off"
"#;

#[test]
fn every_value_says_where_it_comes_from() {
    let home = Home::with(FILE);
    let file = home.file();
    let env = [("BREVITY_UPSTREAM_OPENAI", "http://127.0.0.1:9"), ("BREVITY_LIMITS_WINDOW", "")];
    let lines = home.config(&env, &["--dry-run=false", "--tool", "view=lossless"]);
    let at = |line: usize| format!("{}:{line}", file.display());
    for (value, origin) in [
        ("listen = \"127.0.0.1:2738\"", "default"),
        ("log = \"warn\"", &at(2)),
        ("dry_run = false", "--dry-run"),
        ("anthropic = \"https://gateway.example/v1\"", &at(4)),
        ("openai = \"http://127.0.0.1:9\"", "BREVITY_UPSTREAM_OPENAI"),
        ("idle = \"5m\"", &at(7)),
        ("window = \"1MiB\"", "default"),
        ("\"mcp__billing__*\" = \"off\"", &at(10)),
        ("\"view\" = \"lossless\"", "--tool"),
        ("\"/mcp/issues\" = \"https://issues.example/mcp/\"", &at(13)),
        ("[[route]]", &at(15)),
    ] {
        let found = lines.iter().filter(|line| self::value(line) == value);
        let found: Vec<_> = found.filter(|line| line.ends_with(&format!("# {origin}"))).collect();
        assert_eq!(found.len(), 1, "{value} # {origin}\n{}", lines.join("\n"));
    }
    assert!(lines.iter().any(|line| *line == format!("# File: {}", file.display())));
}

#[test]
fn what_is_printed_can_be_the_file() {
    let home = Home::with(FILE);
    let env = [("BREVITY_LOG", "DEBUG")];
    let first = home.config(&env, &["--route", "/x=http://h", "--listen", "127.0.0.1:0"]);
    let other = Home::with(&first.join("\n"));
    let file = other.file();
    let path = file.to_str().expect("UTF-8");
    let here = other.config(&[], &[]);
    let by_flag = home.config(&[], &["--config", path]);
    let by_variable = home.config(&[("BREVITY_CONFIG", path)], &[]);
    assert_eq!(here, by_flag);
    assert_eq!(here, by_variable);
    // The second line names the file.
    let values = |lines: &[String]| lines[2..].iter().map(|line| value(line).to_owned()).collect();
    let (first, here): (Vec<_>, Vec<_>) = (values(&first), values(&here));
    assert_eq!(first, here);
}

#[test]
fn the_proxy_is_told_what_the_file_says() {
    let home = Home::with("listen = \"127.0.0.1:0\"\nupstream = \"http://127.0.0.1:9\"\n");
    let mut child = home.brevity(&[], &["proxy"]).spawn().expect("the binary starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("a pipe");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    child.kill().expect("the proxy ends");
    child.wait().expect("the proxy has ended");
    assert!(line.starts_with("Brevity listens on http://127.0.0.1:"), "{line}");
    assert!(line.contains(" in front of http://127.0.0.1:9; "), "{line}");
    assert!(!line.contains(":2738"), "{line}");
}

#[test]
fn a_fault_of_the_configuration_is_78() {
    let home = Home::with("[timeouts]\nidel = \"1s\"\n");
    let file = home.file();
    let place = format!("{}:2: ", file.display());
    let unknown = "`timeouts.idel` is no key; did you mean `timeouts.idle`?";
    assert_eq!(home.refused(&[], &[], 78), format!("{place}{unknown}"));
    let home = Home::new();
    for (env, expected) in [
        (
            ("BREVITY_LOG", "nonsense"),
            "BREVITY_LOG: `nonsense` is no level of the log; there are off, error, warn, info, debug",
        ),
        (
            ("BREVITY_LISTN", "x"),
            "BREVITY_LISTN is no variable of Brevity's; did you mean BREVITY_LISTEN?",
        ),
        (("BREVITY_LISTEN", "2738"), "BREVITY_LISTEN: cannot listen on `2738`: "),
        (("BREVITY_CONFIG", "no/such.toml"), "cannot read no/such.toml: "),
        (
            ("BREVITY_UPSTREAM", "gateway"),
            "BREVITY_UPSTREAM: `gateway` must start with http:// or https://",
        ),
        (
            ("HTTPS_PROXY", "foo://"),
            "HTTPS_PROXY: a proxy's URL starts with http:// or https://, like \
             http://proxy.example:3128; it was to lead to https://api.anthropic.com: mend it, or ",
        ),
        (("ALL_PROXY", "socks5://h:1"), "ALL_PROXY: SOCKS is not supported; name an HTTP proxy"),
        (
            ("HTTPS_PROXY", "http://localhost:2738"),
            "the HTTP proxy http://localhost:2738 (HTTPS_PROXY) is where this proxy listens",
        ),
        (("BREVITY_UPSTREAM_PROXY", "socks5://h"), "BREVITY_UPSTREAM_PROXY: SOCKS is not"),
        (("BREVITY_UPSTREAM_CA", "no/such.pem"), "cannot read certificates from no/such.pem: "),
        (("BREVITY_TOKEN_FILE", "no/such"), "cannot read the token from no/such: "),
        (("BREVITY_HOSTS", "a, http://b"), "BREVITY_HOSTS: `http://b` is no name of a host; "),
    ] {
        let text = home.refused(&[env], &[], 78);
        assert!(text.starts_with(expected), "{text}");
    }
    assert!(
        home.refused(&[], &["--config", "no/such.toml"], 78).contains("cannot read no/such.toml")
    );
    let own = ["--listen", "127.0.0.1:4999", "--upstream", "http://localhost:4999"];
    assert!(home.refused(&[], &own, 78).contains("is where this proxy listens"));
}

#[test]
fn a_bad_value_of_a_flag_is_a_fault_of_usage() {
    let home = Home::new();
    for (flags, expected) in [
        (["--listen", "2738"], "--listen: cannot listen on `2738`: "),
        (["--upstream", "gateway"], "--upstream: `gateway` must start with"),
        (["--output", "2"], "--output: `2` is no output"),
        (["--holdout", "50"], "--holdout: `50` is no share"),
        (["--route", "x=http://h"], "--route: `x` selects nothing"),
        (["--upstream-proxy", "foo://h"], "--upstream-proxy: a proxy's URL starts with"),
        (["--upstream-proxy", "http://me@h"], "--upstream-proxy: the URL holds a user name or a"),
        (["--tool", "x"], "--tool: `x` says nothing about tools"),
        (["--mcp", "x=http://h"], "--mcp: `x` is not PREFIX=URL"),
        (["--allow-host", "a:80"], "--allow-host: `a:80` is no name of a host; "),
        (["--listen", "unix:"], "--listen: cannot listen on `unix:`: "),
        (["--listen", "/run/x.sock"], "--listen: cannot listen on `/run/x.sock`: "),
    ] {
        let text = home.refused(&[], &flags, 2);
        assert!(text.starts_with(expected), "{text}");
        let config = home.run(&[], &[&["config"][..], &flags].concat());
        assert_eq!((config.status.code(), config.stdout.len()), (Some(2), 0));
        assert_eq!(stderr(&config), format!("brevity: {text}\n"));
    }
    let said = home.refused(&[], &["--listen", "/run/x.sock"], 2);
    assert_eq!(said.ends_with(", or a socket, like unix:/run/brevity.sock"), cfg!(unix), "{said}");
    let output = home.run(&[], &["proxy", "--dry-run=perhaps"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_port_in_use_is_69() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let home = Home::with(&format!("listen = \"{address}\"\n"));
    let expected = format!("{address} is in use, perhaps by another Brevity; ");
    assert!(home.refused(&[], &[], 69).starts_with(&expected));
    // It can be shown all the same.
    assert!(!home.config(&[], &[]).is_empty());
}

#[test]
fn the_networks_proxy_is_shown_with_who_named_it() {
    let home = Home::with("upstream = \"https://inside.example\"\n");
    let vars = [("HTTPS_PROXY", "http://me:sk-secret@proxy.example:3128"), ("NO_PROXY", "x.y")];
    let last = |env: &[(&str, &str)], flags: &[&str]| {
        let lines = home.config(env, flags);
        assert!(!lines.join("\n").contains("sk-secret"));
        let key = lines.iter().find(|line| line.starts_with("upstream_proxy = ")).cloned();
        (value(&key.expect("the key")).to_owned(), lines.last().cloned().unwrap_or_default())
    };
    let (key, way) = last(&vars, &[]);
    assert_eq!(key, "upstream_proxy = \"environment\"");
    let through = "# https://inside.example through http://proxy.example:3128 (HTTPS_PROXY)";
    assert_eq!(way, through);
    let (_, way) = last(&[vars[0], ("NO_PROXY", ".example")], &[]);
    assert_eq!(way, "# https://inside.example directly: NO_PROXY names it");
    let (key, way) = last(&vars, &["--upstream-proxy", "http://other:1"]);
    assert_eq!(key, "upstream_proxy = \"http://other:1\"");
    assert_eq!(way, "# https://inside.example through http://other:1 (upstream_proxy)");
    let (key, way) = last(&vars, &["--upstream-proxy", "off"]);
    assert_eq!((key.as_str(), way.as_str()), ("upstream_proxy = \"off\"", "[mcp]"));
}

#[test]
fn no_secret_is_printed() {
    for text in [
        "api_key = \"sk-secret\"",
        "listen = sk-secret",
        "log = \"info\" sk-secret",
        "upstream = \"https://me:sk-secret@gateway\"",
        "upstream = \"https://gateway/?key=sk-secret\"",
        "upstream_proxy = \"https://me:sk-secret@proxy\"",
        "upstream_proxy = \"socks5://me:sk-secret@proxy\"",
        "upstream_proxy = \"http://me:a/sk-secret@proxy\"",
        "upstream_proxy = \"http://me:a@sk-secret@proxy\"",
        "[mcp]\n\"/x\" = \"https://me:sk-secret@gateway\"",
        "[[route]]\npath = \"/x\"\nurl = \"https://gateway?sk-secret\"",
    ] {
        let home = Home::with(text);
        let said = home.refused(&[], &[], 78);
        assert!(said.starts_with(&home.file().display().to_string()), "{said}");
        assert!(!said.contains("sk-secret"), "{said}");
        let output = home.run(&[], &["config"]);
        assert_eq!(output.status.code(), Some(78));
        assert!(output.stdout.is_empty() && !stderr(&output).contains("sk-secret"));
    }
    let home = Home::new();
    for url in ["socks5://me:sk-secret@h", "http://me:a@sk-secret@h", "http://me:sk-secret@h/x"] {
        let said = home.refused(&[("https_proxy", url)], &[], 78);
        assert!(said.starts_with("https_proxy: ") && !said.contains("sk-secret"), "{said}");
    }
    for flag in ["--route", "--mcp", "--upstream", "--upstream-proxy"] {
        let url = "https://me:sk-secret@gateway";
        for value in [format!("/x={url}"), format!("x={url}"), url.to_owned()] {
            let said = home.refused(&[], &[flag, &value], 2);
            assert!(!said.contains("sk-secret"), "{said}");
        }
    }
}
