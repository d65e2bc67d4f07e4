//! The checkout that an agent works on, and the tools that look at it.

use super::{Call, Json, Outcome};
use crate::generate::{
    json::{self, Shape},
    listings::{Listing, code_line, listing},
    logs::{Log, log},
    rng::Rng,
    value::Spacing,
    words,
};
use brevity::escape::Style;

/// Some files, which are read again and again, and edited.
pub(super) struct Workspace {
    files: Vec<File>,
}

struct File {
    path: String,
    lines: Vec<String>,
}

impl Workspace {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let file = |rng: &mut Rng| File {
            path: format!("/srv/garden/{}", words::path(rng)),
            lines: (0..rng.between(60, 320)).map(|_| code_line(rng)).collect(),
        };
        Self { files: (0..8).map(|_| file(rng)).collect() }
    }

    /// Any call, with its result.
    pub(super) fn call(&mut self, rng: &mut Rng) -> Call {
        let id = words::base64(rng, 22).replace(['+', '/'], "0");
        let (tool, input, result) = match rng.below(20) {
            0..=5 => self.read(rng),
            6..=7 => self.edit(rng),
            8..=12 => bash(rng),
            13..=14 => grep(rng),
            15..=17 => tickets(rng),
            18 => screenshot(rng),
            _ => return missing(rng, id),
        };
        Call { id, tool, input, result, failed: false }
    }

    /// A numbered view of a file, whole or from some line on.
    fn read(&self, rng: &mut Rng) -> (&'static str, Json, Outcome) {
        let file = &self.files[rng.below(self.files.len())];
        let offset = if rng.chance(40) { rng.below(file.lines.len()) } else { 0 };
        let mut view = numbered(&file.lines, offset..file.lines.len());
        if rng.chance(20) {
            view.push_str(
                "\n<system-reminder>\nThe file is not in the index.\n</system-reminder>\n",
            );
        }
        let mut input = vec![("file_path", Json::text(&file.path))];
        if offset > 0 {
            input.push(("offset", Json::number(offset + 1)));
        }
        ("Read", Json::object(input), Outcome::Whole(view))
    }

    /// Changes a line, and shows what is around it.
    fn edit(&mut self, rng: &mut Rng) -> (&'static str, Json, Outcome) {
        let at = rng.below(self.files.len());
        let file = &mut self.files[at];
        let line = rng.below(file.lines.len());
        let old = std::mem::replace(&mut file.lines[line], code_line(rng));
        let input = Json::object([
            ("file_path", Json::text(&file.path)),
            ("old_string", Json::text(old)),
            ("new_string", Json::text(&file.lines[line])),
        ]);
        let around = line.saturating_sub(4)..(line + 5).min(file.lines.len());
        let snippet = numbered(&file.lines, around);
        let result = format!("The file {} has been updated. A snippet:\n{snippet}", file.path);
        ("Edit", input, Outcome::Whole(result))
    }
}

/// Lines with their numbers, as agents view files.
fn numbered(lines: &[String], range: std::ops::Range<usize>) -> String {
    range.map(|at| format!("{:>6}\t{}\n", at + 1, lines[at])).collect()
}

fn bash(rng: &mut Rng) -> (&'static str, Json, Outcome) {
    const COMMANDS: [(&str, Listing); 7] = [
        ("ls -lR", Listing::Ls),
        ("find . -type f", Listing::Find),
        ("tree", Listing::Tree),
        ("git log --stat -n 20", Listing::GitLog),
        ("git diff", Listing::GitDiff),
        ("pytest -v", Listing::Pytest),
        ("cargo test", Listing::CargoTest),
    ];
    let (seed, entries) = (rng.bits(), rng.between(3, 60));
    let (command, output) = match rng.below(10) {
        0 => ("tail -n 200 service.log", log(seed, Log::ALL[rng.below(5)], entries * 2)),
        1 => ("make report", answer(rng, Shape::Wrapper, entries)),
        _ => {
            let (command, kind) = COMMANDS[rng.below(COMMANDS.len())];
            (command, listing(seed, kind, entries))
        }
    };
    ("Bash", Json::object([("command", Json::text(command))]), Outcome::Whole(output))
}

fn grep(rng: &mut Rng) -> (&'static str, Json, Outcome) {
    let kind = if rng.chance(50) { Listing::Grep } else { Listing::GrepContext };
    let entries = rng.between(2, 40);
    let output = listing(rng.bits(), kind, entries);
    let pattern = format!("{}\\s*\\(", words::identifier(rng));
    ("Grep", Json::object([("pattern", Json::text(pattern))]), Outcome::Whole(output))
}

/// JSON from an MCP server, in one text part or two.
fn tickets(rng: &mut Rng) -> (&'static str, Json, Outcome) {
    const SHAPES: [Shape; 8] = [
        Shape::Rows,
        Shape::Rows,
        Shape::IrregularRows,
        Shape::ConstantColumns,
        Shape::NestedRows,
        Shape::SharedObjects,
        Shape::Members,
        Shape::Answer,
    ];
    let shape = SHAPES[rng.below(SHAPES.len())];
    let rows = rng.between(2, 50);
    let mut parts = vec![answer(rng, shape, rows)];
    if rng.chance(20) {
        parts.insert(0, format!("{rows} tickets"));
    }
    let input =
        Json::object([("query", Json::text(words::noun(rng))), ("limit", Json::number(rows))]);
    ("mcp__tickets__search", input, Outcome::Parts(parts))
}

fn answer(rng: &mut Rng, shape: Shape, rows: usize) -> String {
    let spacing = [Spacing::Minified, Spacing::Python, Spacing::Pretty(2)][rng.below(3)];
    json::value(rng, shape, rows).write(spacing, Style::Raw, rng)
}

fn screenshot(rng: &mut Rng) -> (&'static str, Json, Outcome) {
    let url = format!("http://localhost:3000/{}", words::noun(rng));
    let image = Outcome::Image(words::sentence(rng, 8), words::base64(rng, 800));
    ("Screenshot", Json::object([("url", Json::text(url))]), image)
}

fn missing(rng: &mut Rng, id: String) -> Call {
    let path = words::path(rng);
    let result = Outcome::Whole(format!("<tool_use_error>{path} does not exist.</tool_use_error>"));
    let input = Json::object([("file_path", Json::text(path))]);
    Call { id, tool: "Read", input, result, failed: true }
}
