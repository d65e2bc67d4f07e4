//! What a shell prints to an agent: listings, searches, histories, test runs.

use super::{rng::Rng, words};

/// Which command printed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// `ls -lR`.
    Ls,
    /// `find`.
    Find,
    /// `tree`.
    Tree,
    /// `grep -rn`.
    Grep,
    /// `grep -rn -C1`, with `--` between groups.
    GrepContext,
    /// `git log --stat`.
    GitLog,
    /// `git diff`.
    GitDiff,
    /// `pytest -v` with a failure.
    Pytest,
    /// `cargo test` with warnings and a failure.
    CargoTest,
}

impl Listing {
    /// One of each.
    pub const ALL: [Self; 9] = [
        Self::Ls,
        Self::Find,
        Self::Tree,
        Self::Grep,
        Self::GrepContext,
        Self::GitLog,
        Self::GitDiff,
        Self::Pytest,
        Self::CargoTest,
    ];
}

/// The output for about `entries` files, matches, commits or tests. Ends in a line end.
///
/// ```
/// use brevity_tests::generate::listings::{Listing, listing};
/// assert!(listing(1, Listing::Grep, 5).lines().all(|line| line.contains(':')));
/// ```
pub fn listing(seed: u64, kind: Listing, entries: usize) -> String {
    let mut rng = Rng::new(seed);
    let mut paths: Vec<_> = (0..entries).map(|_| words::path(&mut rng)).collect();
    paths.sort();
    match kind {
        Listing::Ls => ls(&mut rng, &paths),
        Listing::Find => paths.iter().map(|path| format!("./{path}\n")).collect(),
        Listing::Tree => tree(&paths),
        Listing::Grep => grep(&mut rng, &paths, false),
        Listing::GrepContext => grep(&mut rng, &paths, true),
        Listing::GitLog => git_log(&mut rng, entries),
        Listing::GitDiff => paths.iter().map(|path| diff(&mut rng, path)).collect(),
        Listing::Pytest => pytest(&mut rng, &paths),
        Listing::CargoTest => cargo_test(&mut rng, entries),
    }
}

/// One line of code, as it could stand in any of several languages.
pub fn code_line(rng: &mut Rng) -> String {
    let (a, b, c) = (words::identifier(rng), words::identifier(rng), words::noun(rng));
    let number = rng.below(100);
    match rng.below(10) {
        0 => format!("let {c} = {a}.{b}({number});"),
        1 => format!("if {c} > {number} {{"),
        2 => format!("    return Err(Error::{}(\"{c}\"));", words::capital(c)),
        3 => format!("// {}", words::sentence(rng, 7)),
        4 => format!("self.{c}.push({a});"),
        5 => "}".to_owned(),
        6 => format!("assert_eq!({a}({number}), {b});"),
        7 => format!("pub fn {a}({c}: &str) -> usize {{"),
        8 => String::new(),
        _ => format!("{c}.{a}(|{b}| {b}.len() + {number})"),
    }
}

fn ls(rng: &mut Rng, paths: &[String]) -> String {
    let mut out = String::new();
    let mut folder = "";
    for path in paths {
        let (parent, name) = path.rsplit_once('/').unwrap_or((".", path));
        if parent != folder {
            out.push_str(&format!("\n./{parent}:\ntotal {}\n", rng.below(400)));
            folder = parent;
        }
        let (size, day, second) = (rng.below(90_000), rng.between(1, 28), rng.below(40_000));
        let time = &words::clock(second)[..5];
        out.push_str(&format!("-rw-r--r-- 1 agent staff {size:>8} Mar {day:>2} {time} {name}\n"));
    }
    out
}

fn tree(paths: &[String]) -> String {
    let mut out = String::from(".\n");
    for path in paths {
        let depth = path.matches('/').count();
        let name = path.rsplit('/').next().unwrap_or(path);
        out.push_str(&format!("{}├── {name}\n", "│   ".repeat(depth)));
    }
    out
}

fn grep(rng: &mut Rng, paths: &[String], context: bool) -> String {
    let mut out = String::new();
    for path in paths {
        let mut number = rng.between(2, 60);
        for _ in 0..rng.between(1, 4) {
            if context && !out.is_empty() {
                out.push_str("--\n");
            }
            let around = context.then_some([-1, 1]).into_iter().flatten();
            for shift in around.chain([0]).collect::<std::collections::BTreeSet<i32>>() {
                let sign = if shift == 0 { ':' } else { '-' };
                let line = number.saturating_add_signed(shift as isize);
                out.push_str(&format!("{path}{sign}{line}{sign}{}\n", code_line(rng)));
            }
            number += rng.between(3, 90);
        }
    }
    out
}

fn git_log(rng: &mut Rng, commits: usize) -> String {
    let mut out = String::new();
    for at in 0..commits {
        let (hash, author) = (words::hex(rng, 40), words::person(rng));
        let mail = author.split(' ').next().unwrap_or(author).to_lowercase();
        let time = words::clock(at * 61);
        out.push_str(&format!(
            "commit {hash}\nAuthor: {author} <{mail}@example.org>\nDate:   Tue Mar 3 {time} 2026 +0100\n\n    {}\n\n",
            words::sentence(rng, 7)
        ));
        let files = rng.between(1, 4);
        for _ in 0..files {
            let lines = rng.between(1, 20);
            out.push_str(&format!(
                " {:<40} | {lines:>4} {}\n",
                words::path(rng),
                "+".repeat(lines)
            ));
        }
        out.push_str(&format!(" {files} files changed, {} insertions(+)\n\n", files * 7));
    }
    out
}

fn diff(rng: &mut Rng, path: &str) -> String {
    let (old, new) = (words::hex(rng, 7), words::hex(rng, 7));
    let start = rng.between(1, 300);
    let mut out = format!(
        "diff --git a/{path} b/{path}\nindex {old}..{new} 100644\n--- a/{path}\n+++ b/{path}\n"
    );
    let mut lines = String::new();
    let (mut before, mut after) = (0, 0);
    for _ in 0..rng.between(4, 14) {
        let sign = rng.pick(&[" ", " ", "-", "+"]);
        before += usize::from(sign != "+");
        after += usize::from(sign != "-");
        lines.push_str(&format!("{sign}{}\n", code_line(rng)));
    }
    out.push_str(&format!("@@ -{start},{before} +{start},{after} @@\n{lines}"));
    out
}

fn pytest(rng: &mut Rng, paths: &[String]) -> String {
    let rule = "=".repeat(24);
    let mut out = format!("{rule} test session starts {rule}\ncollected {} items\n\n", paths.len());
    for (at, path) in paths.iter().enumerate() {
        let outcome = if at == 0 { "FAILED" } else { "PASSED" };
        let percent = (at + 1) * 100 / paths.len();
        out.push_str(&format!(
            "{path}::test_{} {outcome} [{percent:>3}%]\n",
            words::identifier(rng)
        ));
    }
    out.push_str(&format!("\n{rule} FAILURES {rule}\n"));
    for _ in 0..12 {
        out.push_str(&format!("    {}\n", code_line(rng)));
    }
    out.push_str(&format!("E   AssertionError: {}\n", words::sentence(rng, 6)));
    out
}

fn cargo_test(rng: &mut Rng, tests: usize) -> String {
    let mut out = String::new();
    for _ in 0..3 {
        let (path, name) = (words::path(rng), words::identifier(rng));
        out.push_str(&format!(
            "warning: unused variable: `{name}`\n --> {path}:{}:9\n  |\n",
            rng.below(400)
        ));
        out.push_str(&format!(
            "  |     {}\n  |         ^^^^ help: prefix it: `_{name}`\n\n",
            code_line(rng)
        ));
    }
    out.push_str(&format!("\nrunning {tests} tests\n"));
    for at in 0..tests {
        let outcome = if at == 1 { "FAILED" } else { "ok" };
        out.push_str(&format!(
            "test {}::tests::{} ... {outcome}\n",
            words::noun(rng),
            words::identifier(rng)
        ));
    }
    let passed = tests.saturating_sub(1);
    out.push_str(&format!(
        "\ntest result: FAILED. {passed} passed; 1 failed; 0 ignored; finished in 0.31s\n"
    ));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_every_kind() {
        for kind in Listing::ALL {
            let text = listing(2, kind, 40);
            assert_eq!(text, listing(2, kind, 40));
            assert_ne!(text, listing(3, kind, 40));
            assert!(text.ends_with('\n') && text.lines().count() >= 40, "{kind:?}");
            listing(2, kind, 0);
        }
    }

    #[test]
    fn context_stands_around_its_match() {
        let text = listing(6, Listing::GrepContext, 3);
        let signs: Vec<_> = text.lines().take(3).map(|line| line.contains(':')).collect();
        assert!(signs[1], "{text}");
        assert!(text.contains("\n--\n"));
    }

    #[test]
    fn hunks_count_their_lines() {
        let text = listing(8, Listing::GitDiff, 1);
        let header = text.lines().nth(4).expect("a hunk");
        let count = |sign: char, not: char| {
            let counts = header.split(sign).nth(1).and_then(|part| part.split([',', ' ']).nth(1));
            let lines = text.lines().skip(5).filter(|line| !line.starts_with(not)).count();
            (counts.map(str::to_owned), Some(lines.to_string()))
        };
        let (said, is) = count('-', '+');
        assert_eq!(said, is);
        let (said, is) = count('+', '-');
        assert_eq!(said, is);
    }
}
