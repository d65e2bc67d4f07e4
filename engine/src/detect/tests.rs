//! Samples of each kind, made up here: what is told apart, and that it is told apart in company.

use super::{Look, Run, lines, runs};

/// A pattern, with `#` for a number that goes up, said twelve times over.
fn many(patterns: &[&str]) -> String {
    let line = |n: usize| patterns[n % patterns.len()].replace('#', &(10 + n * 7 % 50).to_string());
    (0..12 * patterns.len()).map(|n| line(n) + "\n").collect()
}

fn logs() -> Vec<String> {
    vec![
        many(&["2024-01-02T10:11:#.123Z INFO server: listening port=80# peer=a.example.com:443"]),
        many(&["2024-01-02 10:11:#,123 [main] WARN  com.example.Pool - slow: took # ms"]),
        many(&["Jan  2 10:11:# host sshd[41#]: Failed password for root from 10.0.0.# port 22"]),
        many(&["10.0.0.# - - [02/Jan/2024:10:11:# +0000] \"GET /a/#.js HTTP/1.1\" 200 #"]),
        many(&["12:30:# INFO worker::pool: job # done"]),
        many(&["[# 10:11:#] DEBUG std::vector grown to #"]),
        many(&["level=info ts=17#.5 msg=started id=#"]),
        many(&["INFO  cache: hit #", "WARN  cache: miss #"]),
        many(&["test shape::edge_# ... ok", "test walk::cut_# ... FAILED"]),
        many(&["   Compiling thing-# v0.1.#", "    Checking other-# v2.0.#"]),
        many(&["tests/test_a.py::test_case_# PASSED                  [ #%]"]),
        many(&["  \u{2713} adds numbers # (# ms)", "  \u{2715} takes numbers # (# ms)"]),
        many(&["=== RUN   TestThing#", "--- PASS: TestThing# (0.#s)"]),
        many(&[
            "warning: unused variable: `x#`",
            "  --> src/a.rs:#:9",
            "   |",
            "# |     let x# = 5;",
            "   |         ^^ help: say `_x#`",
            "",
        ]),
        many(&[
            "Exception in thread \"main\" java.lang.Error: #",
            "    at com.example.Main.run(Main.java:#)",
            "    at com.example.Main.main(Main.java:#)",
        ]),
        many(&[
            "npm warn deprecated thing@1.#: no longer kept",
            "npm http fetch GET 200 https://r.example.com/x# #ms",
        ]),
        many(&["Collecting thing==#", "  Downloading thing-#-py3-none-any.whl (# kB)"]),
        many(&["[ #%] Building CXX object src/a#.o"]),
        many(&[
            "0a1b2#c Let no line lean on more than two others",
            "f00ba#1 Say why it is so, in words",
        ]),
        many(&["openat(AT_FDCWD, \"/etc/x#\", O_RDONLY) = #", "close(#) = 0"]),
        many(&["\u{1b}[32mok\u{1b}[0m step # of 99"]),
    ]
}

fn hits() -> Vec<String> {
    vec![
        many(&["src/walk/tag.rs:#:    let name = span.start;", "src/walk/json.rs:#:}"]),
        many(&["src/a.rs-#-    before", "src/a.rs:#:    the hit", "src/a.rs-#-    after", "--"]),
        many(&["./lib/x.py:#:12: E501 line too long"]),
        many(&[
            "src/x.c:#:5: error: expected ';' before '}' token",
            "   # |   int x",
            "      |        ^",
        ]),
        many(&["src/a.ts(#,4): error TS2304: Cannot find name 'x'."]),
        many(&["C:\\src\\a b\\x.cpp(#): warning C4996: old", "C:\\src\\y.cpp:#:int main() {"]),
        many(&["logs/2026-07-01-12-00.log-#-x"]),
        many(&["src/a.rs:fn one() {", "src/a.rs:fn two() {"]),
        many(&["Makefile:#:all: build"]),
    ]
}

fn listings() -> Vec<String> {
    vec![
        many(&[
            "-rw-r--r-- 1 ann staff  #00 Jan  2 10:11 file-#.txt",
            "drwxr-xr-x 2 ann staff 40# Mar 12  2023 dir",
        ]),
        many(&["./src/walk/file#.rs", "./tests/data/more_#.txt"]),
        many(&["├── file#.rs", "│   └── more#.rs"]),
        many(&["root      #4  0.0  0.1  16#  12# ?        Ss   Jan02   0:0# /usr/sbin/thing"]),
        many(&["#,Ann,3.5,yes", "#,Bob,,no"]),
        many(&["4.0K\t./src/a#", "#M\t./target"]),
        many(&["   #4 src/a.rs", "  #99 src/b.rs"]),
        many(&["ii  libthing#:amd64   1.#-2      amd64   shared library of things"]),
    ]
}

fn diffs() -> Vec<String> {
    let hunk = "@@ -1,4 +1,4 @@ fn x() {\n one\n-two\n-- three\n+2\n+++ 3\n \n";
    let file = |n| {
        format!(
            "diff --git a/f{n}.rs b/f{n}.rs\nindex 12ab..34cd 100644\n--- a/f{n}.rs\n+++ b/f{n}.rs\n{hunk}"
        )
    };
    let commit = |n| {
        format!(
            "commit 0123456789abcdef0123456789abcdef012345{n}\nAuthor: Ann <a@example.com>\nDate:   Tue Jan 2 10:11:12 2024 +0000\n\n    Say why {n}\n    \n    INFO: fn main() {{}}\n\n"
        )
    };
    let stat = " src/a.rs | 12 ++++----\n src/{b => c}.rs | Bin 0 -> 12 bytes\n 2 files changed, 6 insertions(+)\n\n";
    let of = |piece: &dyn Fn(usize) -> String| (10..22).map(piece).collect::<String>();
    vec![
        of(&file),
        of(&commit),
        of(&|n| commit(n) + stat),
        of(&|n| commit(n) + &file(n) + "\n"),
        of(&|n| commit(n) + "M\tsrc/a.rs\nR100\told.rs\tnew.rs\n\n"),
        of(&|n| format!("--- a/x{n}\n+++ b/x{n}\n{hunk}")),
        of(&|n| {
            format!(
                "diff --cc f{n}\nindex 1,2..3\n--- a/f{n}\n+++ b/f{n}\n@@@ -1,2 -1,2 +1,3 @@@\n  one\n- two\n -two\n++2\n  end\n"
            )
        }),
        of(&|n| {
            format!(
                "diff --git a/b{n} b/b{n}\nnew file mode 100644\nindex 00..12\nGIT binary patch\nliteral 12\nTcmZo*jaHz~\n\nliteral 0\nHcmV?d00001\n\n"
            )
        }),
    ]
}

const RUST: &str = "//! A thing.\n\nuse std::vec::Vec;\n\n/// Says so.\npub fn say(of: &str) -> Option<usize> {\n    let all: Vec<_> = of.split(':').collect();\n    match all.len() {\n        0 => None,\n        n => Some(n),\n    }\n}\n";
const CPP: &str = "#include <vector>\n\nnamespace app {\n// Keeps them.\nclass Store : public Base {\n public:\n  std::vector<std::string> all_;\n  void add(const std::string& s) {\n    all_.push_back(s);\n    LOG(ERROR) << \"at 10:11:12\";\n  }\n};\n}  // namespace app\n";
const PYTHON: &str = "import os\nfrom x import y\n\n\nclass Store:\n    \"\"\"Keeps them.\n\n    Each as it was put there.\n    \"\"\"\n\n    def add(self, name, at=None):\n        if name in self.all:\n            raise ValueError(name)\n        self.all[name] = at or os.getcwd()\n        return self\n";
const SCRIPT: &str = "import { x } from './x.js';\n\nexport async function say(of) {\n  const all = of.split(':');\n  for (const one of all) {\n    await x(one, { loud: true });\n  }\n  return all.length;\n}\n\nmodule.exports = { say };\n";
const GO: &str = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\n// Say says.\nfunc Say(of string) error {\n\tif of == \"\" {\n\t\treturn errors.New(\"nothing\")\n\t}\n\tfmt.Println(of)\n\treturn nil\n}\n";
const JAVA: &str = "package a.b;\n\nimport java.util.List;\n\npublic class Store {\n    private final List<String> all;\n\n    /** Says. */\n    public int say(String of) throws IOException {\n        return all.indexOf(of);\n    }\n}\n";
const RUBY: &str = "require 'set'\n\nmodule App\n  class Store\n    attr_reader :all\n\n    def add(name)\n      @all << name unless @all.include?(name)\n      self\n    end\n  end\nend\n";
const SHELL: &str = "#!/bin/sh\nset -eu\n\nfor f in \"$@\"; do\n    if [ -f \"$f\" ]; then\n        echo \"have $f\"\n        cp -- \"$f\" \"$out/\"\n    fi\ndone\n\nexit 0\n";
const HTML: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n  <head>\n    <title>A thing</title>\n  </head>\n  <body class=\"x\">\n    <p>Some words here</p>\n    <a href=\"/x\">there</a>\n  </body>\n</html>\n";
const CSS: &str = "/* A thing. */\n.store > a:hover {\n  color: #fff;\n  margin: 0 auto;\n}\n\n@media (max-width: 40em) {\n  .store { display: none; }\n}\n";
const YAML: &str = "# A thing.\nname: store\non:\n  push:\n    branches: [main]\njobs:\n  test:\n    runs-on: linux\n    steps:\n      - uses: x/checkout@v4\n      - name: Test\n        run: make test\n";
const TOML: &str = "[package]\nname = \"store\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nbytes = \"1\"\nmemchr = { version = \"2\", default-features = false }\n\n[[bin]]\nname = \"store\"\n";
const MARKDOWN: &str = "# A thing\n\nIt keeps what it is given, and gives it back when somebody asks for it.\n\n## Use\n\n- put something in\n- take it out again\n\n```sh\nstore add x\n```\n\nSee [the page](https://example.com) for what else there is to know about it.\n";

fn sources() -> Vec<String> {
    let all = [RUST, CPP, PYTHON, SCRIPT, GO, JAVA, RUBY, SHELL, HTML, CSS, YAML, TOML, MARKDOWN];
    let numbered = |between: &str| {
        let lines = RUST.repeat(3);
        let line = |(n, line): (usize, &str)| format!("{:>6}{between}{line}\n", n + 1);
        lines.lines().enumerate().map(line).collect::<String>()
    };
    let window = format!("[File: /a/x.rs (36 lines total)]\n{}", numbered(":").replace("  ", ""));
    let mut sources: Vec<String> = all.iter().map(|text| text.repeat(3)).collect();
    sources.extend([numbered("\t"), numbered("\u{2192}"), numbered(": "), window]);
    sources
}

fn kinds() -> Vec<(Look, Vec<String>)> {
    vec![
        (Look::Source, sources()),
        (Look::Search, hits()),
        (Look::Diff, diffs()),
        (Look::Log, logs()),
        (Look::Listing, listings()),
    ]
}

/// Whether the two are told apart by what is done with them.
fn alike(one: Look, other: Look) -> bool {
    let loose = |look| matches!(look, Look::Log | Look::Listing);
    one == other || loose(one) && loose(other)
}

fn tiles(text: &[u8], runs: &[Run]) {
    let mut at = 0;
    for run in runs {
        assert_eq!(run.range.start, at);
        assert!(run.range.end > at);
        at = run.range.end;
        assert!(at == text.len() || text[at - 1] == b'\n');
    }
    assert_eq!(at, text.len());
    assert!(runs.windows(2).all(|two| two[0].look != two[1].look));
}

#[test]
fn each_sample_is_one_run_of_its_look() {
    for (look, samples) in kinds() {
        for sample in samples {
            let runs = runs(sample.as_bytes());
            tiles(sample.as_bytes(), &runs);
            let looks: Vec<_> = runs.iter().map(|run| run.look).collect();
            assert_eq!(looks.len(), 1, "{looks:?} of {sample}");
            assert!(alike(looks[0], look), "{looks:?}, not {look:?}, of {sample}");
        }
    }
}

#[test]
fn carriage_returns_and_a_missing_newline_change_no_look() {
    for (look, samples) in kinds() {
        for sample in samples {
            let text = sample.trim_end().replace('\n', "\r\n");
            let runs = runs(text.as_bytes());
            tiles(text.as_bytes(), &runs);
            assert!(runs.len() == 1 && alike(runs[0].look, look), "{runs:?} of {sample}");
        }
    }
}

#[test]
fn large_texts_after_each_other_keep_their_looks() {
    let all: Vec<_> = kinds()
        .into_iter()
        .flat_map(|(look, samples)| samples.into_iter().map(move |s| (look, s.repeat(5))))
        .collect();
    for (first, one) in &all {
        for (second, other) in &all {
            let text = format!("{one}{other}");
            let runs = runs(text.as_bytes());
            tiles(text.as_bytes(), &runs);
            let ends = (runs[0].look, runs[runs.len() - 1].look);
            assert!(runs.len() <= 2, "{runs:?} of {text}");
            assert!(alike(ends.0, *first) && alike(ends.1, *second), "{runs:?} of {text}");
            if !alike(*first, *second) {
                assert!(runs[0].range.end.abs_diff(one.len()) < 300, "{runs:?} of {text}");
            }
        }
    }
}

#[test]
fn few_other_lines_part_nothing() {
    let log = many(&["2024-01-02 10:11:# INFO one thing", "2024-01-02 10:11:# INFO another #"]);
    let text = format!("$ make test\nSome words of mine before it.\n\n{log}let x = 5;\n{log}");
    let runs = runs(text.as_bytes());
    assert_eq!(runs, [Run { look: Look::Log, range: 0..text.len() }]);
}

#[test]
fn a_diff_ends_where_its_counts_say() {
    let source = RUST.repeat(4);
    let diff = diffs().swap_remove(0);
    let text = format!("{source}{diff}{source}");
    let runs = runs(text.as_bytes());
    let ends = [source.len(), source.len() + diff.len(), text.len()];
    assert_eq!(runs.iter().map(|run| run.range.end).collect::<Vec<_>>(), ends);
    assert_eq!(runs[1].look, Look::Diff);
}

#[test]
fn nothing_has_no_run() {
    assert_eq!(runs(b""), []);
    assert_eq!(runs(b"\n").len(), 1);
    assert_eq!(lines(b"a\n\nb").collect::<Vec<_>>(), [0..2, 2..3, 3..4]);
}

#[test]
fn any_bytes_are_tiled() {
    let all: Vec<_> = kinds().into_iter().flat_map(|(_, samples)| samples).collect();
    let mut seed = 7u64;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 33) as usize % below
    };
    for _ in 0..3000 {
        let mut text = Vec::new();
        for _ in 0..draw(12) {
            let from = all[draw(all.len())].as_bytes();
            let start = draw(from.len());
            text.extend_from_slice(&from[start..(start + draw(300)).min(from.len())]);
            text.extend((0..draw(4)).map(|_| draw(256) as u8));
        }
        tiles(&text, &runs(&text));
    }
}
