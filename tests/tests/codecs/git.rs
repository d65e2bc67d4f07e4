//! What git itself prints of a repository that has seen everything, and what git makes of it after
//! it was shortened and put back.

use brevity::{Codec, Settings, compress, expand};
use brevity_tests::property;
use brevity_tests::run::text_codecs;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A repository in a folder of its own, which goes with it.
struct Repository(PathBuf);

impl Drop for Repository {
    fn drop(&mut self) {
        // What cannot be removed stays with the other temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn git_takes_what_comes_back() {
    if Command::new("git").arg("--version").output().is_err() {
        return eprintln!("skipped: there is no git");
    }
    let repository = Repository::new();
    let commits = repository.history();
    let mut shortened = 0;
    for commit in &commits {
        let (parent, range) = (format!("{commit}~"), format!("{commit}~..{commit}"));
        for way in [
            vec!["diff", "--binary", &range],
            vec!["show", "--binary", "--format=fuller", commit],
            vec!["log", "-p", "--binary", "-1", commit],
            vec!["diff", "--binary", "--no-renames", "-U0", &range],
        ] {
            let printed = repository.git(&way);
            shortened += usize::from(returns(&printed));
            let context: &[&str] = if way.contains(&"-U0") { &["--unidiff-zero"] } else { &[] };
            repository.git(&["checkout", "--quiet", &parent]);
            repository.apply(context, &put_back(&printed));
            repository.git(&["checkout", "--quiet", commit]);
            repository.apply(&[&["-R"], context].concat(), &put_back(&printed));
        }
    }
    assert!(shortened > commits.len(), "{shortened} outputs were shortened");
}

/// What is no patch, or not one: merges, statistics, words, plain binaries, all of it at once.
#[test]
fn what_git_prints_comes_back() {
    if Command::new("git").arg("--version").output().is_err() {
        return eprintln!("skipped: there is no git");
    }
    let repository = Repository::new();
    repository.history();
    for way in [
        &["log", "-p", "--all"][..],
        &["log", "-p", "--all", "--cc", "--format=medium"],
        &["log", "-p", "--all", "-m", "--format=raw"],
        &["log", "-p", "--reverse", "--stat", "--all"],
        &["log", "--graph", "--oneline", "--stat", "--all"],
        &["log", "-p", "--oneline", "--all", "--word-diff", "--color=always"],
        &["log", "-p", "--raw", "--no-prefix", "--all"],
        &["log", "-p", "--full-index", "--src-prefix=old/", "--dst-prefix=new/", "--all"],
        &["log", "--format=email", "-p", "--all"],
        &["blame", "crlf.txt"],
    ] {
        returns(&repository.git(way));
    }
}

/// Shortens in every way and puts back; whether it became shorter.
fn returns(printed: &[u8]) -> bool {
    for codec in text_codecs() {
        property::comes_back(&property::alone(codec), printed, usize::MAX);
    }
    property::comes_back(&Settings::default(), printed, 61);
    compress(printed, &property::alone(Codec::Diff)).len() < printed.len()
}

fn put_back(printed: &[u8]) -> Vec<u8> {
    expand(&compress(printed, &property::alone(Codec::Diff)))
}

impl Repository {
    fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let folder = format!("brevity-codecs-{}-{count}", std::process::id());
        let repository = Self(std::env::temp_dir().join(folder));
        fs::create_dir_all(&repository.0).expect("a folder can be made");
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (key, value) in [
            ("user.name", "Ann"),
            ("user.email", "ann@pond.example"),
            ("core.autocrlf", "false"),
            ("core.safecrlf", "false"),
            ("commit.gpgsign", "false"),
        ] {
            repository.git(&["config", key, value]);
        }
        repository
    }

    /// Runs git without anyone's own configuration.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.0).args(arguments);
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_AUTHOR_DATE", "2026-02-14T10:00:00+0100");
        command.env("GIT_COMMITTER_DATE", "2026-02-14T10:00:00+0100");
        command
    }

    fn git(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.command(arguments).output().expect("git runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}");
        output.stdout
    }

    /// Whether git takes `patch` for what is checked out.
    fn apply(&self, arguments: &[&str], patch: &[u8]) {
        let mut command = self.command(&["apply", "--check", "--whitespace=nowarn"]);
        let command = command.args(arguments).arg("-").stdin(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("git runs");
        child.stdin.take().expect("a pipe").write_all(patch).expect("git reads");
        let output = child.wait_with_output().expect("git ends");
        let (said, shown) =
            (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(patch));
        assert!(output.status.success(), "{arguments:?}: {said}\n{shown}");
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// Commits all that is there, and gives the commit's name.
    fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--cleanup=verbatim", "--message", message]);
        String::from_utf8(self.git(&["rev-parse", "HEAD"])).expect("a name").trim().to_owned()
    }

    /// A commit of each kind; the first, which has no parent, is not among those that it gives.
    fn history(&self) -> Vec<String> {
        let many = |change: &str| -> String {
            (0..90)
                .map(|n| format!("line {n}{}\n", if n % 11 == 3 { change } else { "" }))
                .collect()
        };
        self.file("many.txt", many(""));
        self.file("crlf.txt", many("").replace('\n', "\r\n"));
        self.file("no end.txt", "one\ntwo\nthree");
        self.file("picture.bin", (0..=255).collect::<Vec<u8>>());
        self.file("dir/old name.txt", many(" there"));
        self.file("grüße.txt", "é\n");
        self.commit("Begin\n");
        let mut commits = Vec::new();
        let mut commit = |message: &str| commits.push(self.commit(message));

        self.file("many.txt", many(" changed"));
        self.file("crlf.txt", many(" changed").replace('\n', "\r\n"));
        commit("Change\n\nA paragraph.\n\n    an indented line\n\ndiff --git a/x b/x\n--\n@@ +\n");
        self.file("no end.txt", "one\ntwo\nfour");
        self.file("grüße.txt", "é\nà");
        commit("End without a newline");
        self.file("no end.txt", "one\ntwo\nfour\n");
        commit("End with one\n\nCo-authored-by: Bob <bob@pond.example>\n");
        self.file("picture.bin", (0..=255).rev().collect::<Vec<u8>>());
        self.file("new.bin", [0; 300]);
        commit("Turn the picture");
        self.git(&["mv", "dir/old name.txt", "dir/new name.txt"]);
        self.git(&["mv", "many.txt", "more.txt"]);
        self.file("more.txt", many(" changed again"));
        commit("Rename");
        self.git(&["mv", "more.txt", "many.txt"]);
        self.git(&["update-index", "--chmod=+x", "crlf.txt"]);
        self.git(&["rm", "--quiet", "--force", "new.bin", "no end.txt"]);
        self.git(&["checkout-index", "--force", "--all"]);
        commit("Change a mode, delete");
        self.file("signs.txt", SIGNS);
        self.file("empty.txt", "");
        commit("Add lines that look like a diff");
        self.file("signs.txt", SIGNS.replace("x\n", "y\n"));
        self.file("many.txt", (0..300).map(|n| format!("new {n}\n")).collect::<String>());
        commit("commit 0123456789012345678901234567890123456789\n\nAuthor: x\n");
        self.git(&["rm", "--quiet", "many.txt", "signs.txt", "empty.txt"]);
        commit("Delete long ones");
        self.merge();
        commits
    }

    /// Two branches that changed the same line, and what became of it.
    fn merge(&self) {
        self.file("both.txt", "a\nb\nc\n");
        self.commit("Begin anew");
        self.git(&["checkout", "--quiet", "-b", "side"]);
        self.file("both.txt", "a\nside\nc\n");
        self.commit("Side");
        self.git(&["checkout", "--quiet", "-"]);
        self.git(&["checkout", "--quiet", "-B", "main", "side~"]);
        self.file("both.txt", "a\nmain\nc\n");
        self.commit("Main");
        // It fails, since both changed the line.
        let _ = self.command(&["merge", "--quiet", "side"]).output();
        self.file("both.txt", "a\nboth\nc\n");
        self.commit("Merge");
    }
}

/// Lines that look like those of a diff once they have a sign, or without one.
const SIGNS: &str = "-- x\n++ x\n-- a/signs.txt\n++ b/signs.txt\n\\ No newline at end of file\n@@ +\n\
@@ -\n@@\n@@ -1 +1 @@\ndiff --git a/x b/x\ndiff x\ncommit message\ncommit x\n--\n\\\n\\\\x\n\n \n\
[brevity 1 diff 2 lines: x]\nx\n+x\n-x\n    x\nindex 1..2\n# x\n~ x\na=x\na x\n";
