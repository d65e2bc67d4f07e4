//! The budget of `docs/design.md`: no file over 350 lines of code, no function over 60.

mod source;

use source::Source;

const FILE: usize = 350;
const FUNCTION: usize = 60;

/// Files that may be longer, and how long.
const LONGER: &[(&str, usize)] = &[];

/// Functions that may be longer, and how long.
const LONGER_FUNCTIONS: &[(&str, usize)] = &[
    // One list of streams: the allocator counts for the whole program, so there is one test.
    ("the_heap_stays_within_its_bound", 70),
];

#[test]
fn files_and_functions_stay_short() {
    let folders =
        ["engine/src", "proxy/src", "tests/src", "tests/tests", "proxy/tests", "benches/benches"];
    let sources = folders.iter().flat_map(|folder| source::below(folder));
    let faults: Vec<_> = sources.flat_map(|source| faults(&source)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn faults(source: &Source) -> Vec<String> {
    let file = source.file.display();
    let lines = source.code.lines().filter(|line| !line.trim().is_empty()).count();
    let longer = LONGER.iter().find(|(name, _)| source.file.ends_with(name));
    let file_fault = (lines > longer.map_or(FILE, |(_, lines)| *lines))
        .then(|| format!("{file}: {lines} lines of code"));
    let most = |name: &str| {
        LONGER_FUNCTIONS.iter().find(|(known, _)| *known == name).map_or(FUNCTION, |(_, len)| *len)
    };
    let long = functions(&source.code).into_iter().filter(|(name, len)| *len > most(name));
    let long = long.map(|(name, len)| format!("{file}: `{name}` has {len} lines"));
    file_fault.into_iter().chain(long).collect()
}

/// Each function's name and the lines from its signature to its closing brace. Formatted code is
/// assumed: the brace stands below the signature's first letter.
fn functions(code: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let starts = lines.iter().enumerate().filter_map(|(at, line)| Some((at, *line, name(line)?)));
    let length = |(at, line, name): (usize, &'_ str, _)| {
        let close = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        let len = lines[at..].iter().position(|line| line.trim_end() == close)?;
        (!line.trim_end().ends_with([';', '}'])).then_some((name, len + 1))
    };
    starts.filter_map(length).collect()
}

/// The name of the function whose signature starts on `line`.
fn name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let words = ["pub", "const", "async", "unsafe"];
    let is_signature =
        before.split_whitespace().all(|w| words.iter().any(|word| w.starts_with(word)));
    let end = after.find(['(', '<'])?;
    is_signature.then_some(&after[..end])
}

#[test]
fn long_code_is_found() {
    let long = |lines| {
        format!("impl X {{\n    pub(crate) fn f(\n{}    }}\n}}\n", "        x;\n".repeat(lines))
    };
    let source = |text: &str| Source::new(std::path::Path::new("x.rs"), text);
    assert_eq!(functions(&long(3)), [("f", 5)]);
    assert!(faults(&source(&long(FUNCTION - 2))).is_empty());
    assert_eq!(faults(&source(&long(FUNCTION - 1))), ["x.rs: `f` has 61 lines"]);
    assert_eq!(faults(&source(&"x;\n".repeat(FILE + 1))).len(), 1);
    assert!(faults(&source(&"// x\n".repeat(FILE + 1))).is_empty());
    assert!(functions("    fn f(&self);\n    fn g() {}\n}\n").is_empty());
}
