//! JSON documents of every shape that tools answer with, and of some that none should.

use super::{
    rng::Rng,
    value::{Json, Spacing, quote},
    words,
};
use brevity::escape::Style;

/// What a document looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Rows of the same keys in the same order.
    Rows,
    /// Rows in which keys are missing, null, empty, extra, in another order, or there twice.
    IrregularRows,
    /// Rows of which some columns hold one value throughout.
    ConstantColumns,
    /// Rows that hold objects and arrays of objects.
    NestedRows,
    /// Rows in which long strings come again.
    LongStrings,
    /// Rows in which whole objects come again.
    SharedObjects,
    /// An object of objects.
    Members,
    /// An object whose members differ, with rows below.
    Answer,
    /// An array of numbers, integers or not.
    Numbers,
    /// An array of scalars in every spelling that RFC 8259 allows.
    Scalars,
    /// Keys that need care: empty, with commas, quotes, newlines, braces, dots.
    OddKeys,
    /// Arrays and objects in each other, as deep as there are rows.
    Deep,
    /// A small object around one long string, as agents wrap what a command printed.
    Wrapper,
    /// A document on each line.
    Lines,
    /// Documents one after another with nothing between them.
    Concatenated,
}

impl Shape {
    /// One of each.
    pub const ALL: [Self; 15] = [
        Self::Rows,
        Self::IrregularRows,
        Self::ConstantColumns,
        Self::NestedRows,
        Self::LongStrings,
        Self::SharedObjects,
        Self::Members,
        Self::Answer,
        Self::Numbers,
        Self::Scalars,
        Self::OddKeys,
        Self::Deep,
        Self::Wrapper,
        Self::Lines,
        Self::Concatenated,
    ];

    /// Whether the text is several documents.
    pub fn is_stream(self) -> bool {
        matches!(self, Self::Lines | Self::Concatenated)
    }
}

/// A document, or a stream of them, of about `rows` rows; a line end follows it for odd seeds.
///
/// ```
/// use brevity_tests::generate::{json::{document, Shape}, value::Spacing};
/// let text = document(1, Shape::Rows, Spacing::Minified, 3);
/// assert_eq!(text, document(1, Shape::Rows, Spacing::Minified, 3));
/// ```
pub fn document(seed: u64, shape: Shape, spacing: Spacing, rows: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let style = [Style::Raw, Style::Ascii, Style::Html, Style::Slashes][rng.below(4)];
    let mut text = if shape.is_stream() {
        let between = if shape == Shape::Lines { "\n" } else { "" };
        let rows = records(&mut rng, rows);
        rows.iter().map(|row| row.minified() + between).collect()
    } else {
        value(&mut rng, shape, rows).write(spacing, style, &mut Rng::new(seed))
    };
    if seed % 2 == 1 {
        text.push('\n');
    }
    text.into_bytes()
}

/// A document of any shape and spacing, small or of some hundred rows.
pub fn any(seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(!seed);
    let shape = Shape::ALL[rng.below(Shape::ALL.len())];
    let spacing = Spacing::ALL[rng.below(Spacing::ALL.len())];
    let most = if rng.chance(20) { 300 } else { 20 };
    document(seed, shape, spacing, rng.between(0, most))
}

/// The value of a shape that is one document. A stream's shape gives its rows in an array.
pub fn value(rng: &mut Rng, shape: Shape, rows: usize) -> Json {
    match shape {
        Shape::Rows | Shape::Lines | Shape::Concatenated => Json::Array(records(rng, rows)),
        Shape::IrregularRows => Json::Array(irregular(rng, rows)),
        Shape::ConstantColumns => Json::Array(constant_columns(rng, rows)),
        Shape::NestedRows => Json::Array((0..rows).map(|at| nested(rng, at)).collect()),
        Shape::LongStrings => Json::Array(long_strings(rng, rows)),
        Shape::SharedObjects => Json::Array(shared_objects(rng, rows)),
        Shape::Members => members(rng, rows),
        Shape::Answer => answer(rng, rows),
        Shape::Numbers => Json::Array((0..rows).map(|_| number(rng)).collect()),
        Shape::Scalars => Json::Array((0..rows).map(|_| scalar(rng)).collect()),
        Shape::OddKeys => Json::Array((0..rows).map(|_| odd_keys(rng)).collect()),
        Shape::Deep => deep(rows),
        Shape::Wrapper => wrapper(rng, rows),
    }
}

/// Any scalar, in any spelling.
pub fn scalar(rng: &mut Rng) -> Json {
    const SOURCES: [&str; 30] = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1.0",
        "1.10",
        "1e400",
        "-1E-400",
        "0.1e+7",
        "12345678901234567",
        "123456789012345678901234567890",
        "-3.141592653589793238462643383",
        r#""""#,
        r#""null""#,
        r#""true""#,
        r#""1""#,
        r#""\/a\/b""#,
        r#""\u00e9\u00E9""#,
        r#""\ud83e\udd80""#,
        r#""\ud800""#,
        r#""\udc00 low""#,
        r#""\u0000\b\f\n\r\t""#,
        r#""a\\b\"c""#,
        r#""-""#,
        r#"" padded ""#,
        r#""a,b;c|d""#,
        r#""line\nline""#,
        r#""{\"json\":[1]}""#,
        r#""*3""#,
    ];
    match rng.below(8) {
        0..=4 => Json::Source(rng.pick(&SOURCES).to_owned()),
        5 => Json::text(words::unicode(rng)),
        6 => Json::text(words::sentence(rng, 6)),
        _ => number(rng),
    }
}

fn number(rng: &mut Rng) -> Json {
    let count = rng.between(1, 17);
    match rng.below(3) {
        0 => Json::Source(words::digits(rng, count)),
        1 => Json::Source(format!("-{}", words::digits(rng, 3))),
        _ => Json::Source(format!("{}.{}", words::digits(rng, 2), words::digits(rng, count))),
    }
}

fn records(rng: &mut Rng, rows: usize) -> Vec<Json> {
    (0..rows).map(|at| Json::object(record(rng, at))).collect()
}

fn record(rng: &mut Rng, at: usize) -> Vec<(&'static str, Json)> {
    vec![
        ("id", Json::number(1000 + at)),
        ("name", Json::text(words::identifier(rng))),
        ("owner", Json::text(words::person(rng))),
        ("path", Json::text(words::path(rng))),
        ("digest", Json::text(words::hex(rng, 40))),
        ("price", Json::Source(format!("{}.{:02}", rng.below(900), rng.below(100)))),
        ("active", Json::Source(rng.pick(&["true", "false"]).to_owned())),
        ("at", Json::text(format!("2026-03-{:02}T{}Z", 1 + at % 28, words::clock(at * 37)))),
        ("note", if rng.chance(60) { Json::Source("null".to_owned()) } else { scalar(rng) }),
    ]
}

fn irregular(rng: &mut Rng, rows: usize) -> Vec<Json> {
    let null = || Json::Source("null".to_owned());
    let irregular = |rng: &mut Rng, at| {
        let mut row = record(rng, at);
        let victim = rng.below(row.len());
        match rng.below(12) {
            0 => drop(row.remove(victim)),
            1 => row[victim].1 = null(),
            2 => row[victim].1 = Json::text(""),
            3 => row.push(("extra", scalar(rng))),
            4 => row.rotate_left(victim),
            5 => row.push(row[victim].clone()),
            6 => row[victim].1 = Json::object([("a", Json::number(1))]),
            7 => row.clear(),
            8 => return scalar(rng),
            _ => {}
        }
        Json::object(row)
    };
    (0..rows).map(|at| irregular(rng, at)).collect()
}

fn constant_columns(rng: &mut Rng, rows: usize) -> Vec<Json> {
    let region = Json::object([("zone", Json::text("north")), ("tier", Json::number(2))]);
    let source = Json::text(words::sentence(rng, 12));
    let with_constants = |at, mut row: Vec<_>| {
        row.insert(1, ("schema", Json::text("v2")));
        row.push(("source", source.clone()));
        row.push(("region", region.clone()));
        row.push(("page", Json::number(at / 1000)));
        Json::object(row)
    };
    (0..rows).map(|at| with_constants(at, record(rng, at))).collect()
}

fn nested(rng: &mut Rng, at: usize) -> Json {
    let lines = |rng: &mut Rng| {
        let line = |rng: &mut Rng| {
            Json::object([
                ("sku", Json::text(words::hex(rng, 8))),
                ("count", Json::number(rng.between(1, 9))),
                (
                    "tags",
                    Json::Array((0..rng.below(3)).map(|_| Json::text(words::noun(rng))).collect()),
                ),
            ])
        };
        Json::Array((0..rng.below(4)).map(|_| line(rng)).collect())
    };
    let place = Json::object([
        ("city", Json::text(words::unicode(rng))),
        ("at", Json::Array(vec![number(rng), number(rng)])),
    ]);
    Json::object([
        ("id", Json::number(at)),
        ("place", place),
        ("lines", lines(rng)),
        ("empty", Json::Array(vec![])),
        ("none", Json::object([])),
    ])
}

fn long_strings(rng: &mut Rng, rows: usize) -> Vec<Json> {
    let texts: Vec<_> = (0..4).map(|_| words::sentence(rng, 60)).collect();
    let row = |rng: &mut Rng, at| {
        let text = texts[rng.below(texts.len())].clone();
        Json::object([("id", Json::number(at)), ("licence", Json::text(text)), ("n", number(rng))])
    };
    (0..rows).map(|at| row(rng, at)).collect()
}

fn shared_objects(rng: &mut Rng, rows: usize) -> Vec<Json> {
    let authors: Vec<_> = (0..5).map(|at| Json::object(record(rng, at))).collect();
    let row = |rng: &mut Rng| {
        let author = authors[rng.below(authors.len())].clone();
        let reviewer = authors[rng.below(authors.len())].clone();
        let title = Json::text(words::sentence(rng, 5));
        Json::object([("title", title), ("author", author), ("reviewer", reviewer)])
    };
    (0..rows).map(|_| row(rng)).collect()
}

fn members(rng: &mut Rng, rows: usize) -> Json {
    let member = |rng: &mut Rng, at| {
        let key = quote(&format!("{}-{at}", words::path(rng)), Style::Raw);
        (key, Json::object(record(rng, at)))
    };
    Json::Object((0..rows).map(|at| member(rng, at)).collect())
}

fn answer(rng: &mut Rng, rows: usize) -> Json {
    let links = Json::object([
        ("self", Json::text("https://api.example/v1/items?page=1")),
        ("next", scalar(rng)),
    ]);
    Json::object([
        ("ok", Json::Source("true".to_owned())),
        ("total", Json::number(rows)),
        ("links", links),
        ("items", Json::Array(records(rng, rows))),
        ("warnings", Json::Array((0..rng.below(3)).map(|_| scalar(rng)).collect())),
    ])
}

fn odd_keys(rng: &mut Rng) -> Json {
    const KEYS: [&str; 12] =
        ["", "a.b", "a,b", "q\"q", "line\nend", "{x}", "[0]", "a:b", " ", "é", "null", "*1"];
    let member = |rng: &mut Rng, key: &str| (quote(key, Style::Raw), scalar(rng));
    let mut row: Vec<_> = KEYS.iter().map(|key| member(rng, key)).collect();
    row.push((r#""a""#.to_owned(), Json::object([("b", scalar(rng))])));
    row.push((r#""\u0061""#.to_owned(), scalar(rng)));
    Json::Object(row)
}

/// Text rather than a tree, which would overflow the stack when it is dropped.
fn deep(depth: usize) -> Json {
    let mut text: String = (0..depth).map(|at| ["[", r#"{"in":"#][at % 2]).collect();
    text.push('1');
    text.extend((0..depth).rev().map(|at| [']', '}'][at % 2]));
    Json::Source(text)
}

fn wrapper(rng: &mut Rng, rows: usize) -> Json {
    let output: String = (0..rows)
        .map(|at| format!("{} {:>5} {}\n", words::clock(at), at, words::sentence(rng, 8)))
        .collect();
    let metadata = [("exit_code", Json::number(0)), ("duration_seconds", Json::number(0.4))];
    Json::object([("output", Json::text(output)), ("metadata", Json::object(metadata))])
}

#[cfg(test)]
mod tests;
