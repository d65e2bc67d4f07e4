//! Rust sources as the suites on structure read them: without comments, literals and tests.

use std::path::{Path, PathBuf};

/// One file of a crate.
#[derive(Debug)]
pub(crate) struct Source {
    /// The path below the folder that was read.
    pub(crate) file: PathBuf,
    /// The module that it is, below the crate's root: `codec/table/mod.rs` is `codec`, `table`.
    pub(crate) module: Vec<String>,
    /// The code without its modules of tests; comments and literals are blank.
    pub(crate) code: String,
}

/// The sources below `folder` of the workspace. Files that hold only tests are left out.
pub(crate) fn below(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut sources = Vec::new();
    collect(&root, &root, &mut sources);
    sources.sort_by(|a, b| a.file.cmp(&b.file));
    assert!(!sources.is_empty(), "no sources below {folder}");
    sources
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let file = path.strip_prefix(root).expect("below the root");
            sources.push(Source::new(file, &text));
        }
    }
}

impl Source {
    /// The file `file` that holds `text`.
    pub(crate) fn new(file: &Path, text: &str) -> Self {
        let code = without_tests(&without_literals(text));
        let module = file.with_extension("");
        let parts = module.iter().map(|part| part.to_string_lossy().into_owned());
        let module = parts.filter(|part| !matches!(part.as_str(), "lib" | "main" | "mod"));
        Self { file: file.to_owned(), module: module.collect(), code }
    }
}

/// What marks code that is built for tests alone.
const TEST: &str = "#[cfg(test)]";

/// Leaves out modules of tests. Other items that are built for tests alone are code like any.
fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, item)) = rest.split_once(TEST) {
        out.push_str(before);
        let is_module = item.trim_start().starts_with("mod ");
        rest = if is_module { after_item(item) } else { item };
    }
    out + rest
}

/// What follows the item that `code` starts with: its `;` or its last brace.
fn after_item(code: &str) -> &str {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return &code[at + 1..];
        }
    }
    ""
}

/// Blanks comments, strings and characters; newlines stay.
fn without_literals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = literal(rest, out.chars().next_back());
        if len == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            out.extend(rest[..len].chars().filter(|&c| c == '\n'));
            rest = &rest[len..];
        }
    }
    out
}

/// The length of the comment or literal that `rest` starts with, else 0.
fn literal(rest: &str, before: Option<char>) -> usize {
    let upto = |end: &str, from: usize| {
        rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len())
    };
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    match rest.as_bytes() {
        [b'/', b'/', ..] => rest.find('\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => upto("*/", 2),
        [b'"', ..] => quoted(rest, '"'),
        [b'r', b'"', ..] if !in_word => upto("\"", 2),
        [b'r', b'#', ..] if !in_word => raw(rest),
        [b'\'', b'\\', ..] => quoted(rest, '\''),
        [b'\'', ..] if rest.chars().nth(2) == Some('\'') => {
            rest.chars().take(3).map(char::len_utf8).sum()
        }
        _ => 0,
    }
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `r#"…"#` with any number of hashes; `r#name` is none.
fn raw(rest: &str) -> usize {
    let hashes = rest[1..].bytes().take_while(|&b| b == b'#').count();
    if !rest[1 + hashes..].starts_with('"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let from = 2 + hashes;
    rest[from..].find(&end).map_or(rest.len(), |at| from + at + end.len())
}

#[test]
fn literals_and_comments_are_blank() {
    let blank = |text| without_literals(text);
    assert_eq!(blank("a // crate::x\nb"), "a \nb");
    assert_eq!(blank("a /* x\n */ b"), "a \n b");
    assert_eq!(blank(r##"f("x\"y", r#"a"b"#, 'c', '\'', '"') + 'a"##), "f(, , , , ) + 'a");
    assert_eq!(blank("bar\"x\""), "bar");
}

#[test]
fn modules_of_tests_are_left_out() {
    let code = |text| without_tests(text).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(code("a\n#[cfg(test)]\nmod tests;\nb"), "a b");
    assert_eq!(code("a\n#[cfg(test)]\nmod tests {\n f() { x; }\n}\nb"), "a b");
    assert_eq!(code("a\n#[cfg(test)]\nuse b;\nimpl C {}"), "a use b; impl C {}");
    let source = Source::new(Path::new("codec/table/mod.rs"), "code\n#[cfg(test)]\nmod tests {}");
    assert_eq!(source.code, "code\n");
    assert_eq!(source.module, ["codec", "table"]);
    assert!(Source::new(Path::new("lib.rs"), "").module.is_empty());
}
