//! The codec `text`: templates, trees, runs and overdrawn lines.

use super::{number, tree};

const COLUMNS: usize = 12;
const RUN: usize = 8;

/// What the lines of a part stand for.
pub(super) fn decode(lines: &[&str]) -> Option<String> {
    // The lines, and the byte behind each.
    let mut out: Vec<(String, char)> = Vec::new();
    let (mut template, mut trees, mut overdrawn) = (None, None, 0);
    for (at, line) in lines.iter().enumerate() {
        if let Some(run) = line.strip_prefix("~x") {
            repeat(run, &mut out)?;
        } else if let Some(count) = line.strip_prefix("~r") {
            overdrawn = count.parse::<usize>().ok()?;
            trees = None;
        } else if let Some(style) = line.strip_prefix("~T") {
            (template, trees) = (None, Some(tree::Style::named(style)?));
        } else if let Some(columns) = line.strip_prefix('~') {
            (template, trees) = (None, None);
            if !columns.is_empty() {
                template = Some(Template::read(columns)?);
            }
        } else {
            let text = if let Some(rest) = line.strip_prefix('\\') {
                rest.to_owned()
            } else if let Some(style) = &trees {
                style.draw(&lines[at..])
            } else {
                let row = template.as_mut().and_then(|template: &mut Template| template.row(line));
                row.unwrap_or_else(|| (*line).to_owned())
            };
            out.push((text, if overdrawn > 0 { '\r' } else { '\n' }));
            overdrawn = overdrawn.saturating_sub(1);
        }
    }
    let mut text: String = out.into_iter().map(|(line, end)| line + &end.to_string()).collect();
    text.pop();
    Some(text)
}

/// Repeats the last lines, as `5` or `5 3` says.
fn repeat(run: &str, out: &mut Vec<(String, char)>) -> Option<()> {
    let (times, lines) = run.split_once(' ').unwrap_or((run, "1"));
    let lines = lines.parse().ok().filter(|&lines| lines <= RUN)?;
    let above = out[out.len().checked_sub(lines)?..].to_vec();
    (0..times.parse::<usize>().ok()?).for_each(|_| out.extend_from_slice(&above));
    Some(())
}

/// Where a column stands, in characters.
enum Stand {
    Behind,
    Begins(usize),
    Ends(usize),
}

struct Column {
    stand: Stand,
    /// A word that each line has, or what is before the cell.
    text: String,
    /// For a hole, the word in its braces.
    hole: Option<String>,
}

struct Template {
    sign: char,
    columns: Vec<Column>,
    /// What the holes held in the row above.
    above: Option<Vec<String>>,
}

impl Template {
    fn read(text: &str) -> Option<Self> {
        let sign = text.chars().next().filter(|sign| " |t,;".contains(*sign))?;
        let pieces = split(&text[1..], sign, usize::MAX);
        let columns: Vec<_> = pieces.iter().map(|piece| Column::read(piece)).collect();
        (columns.len() <= COLUMNS).then_some(Self { sign, columns, above: None })
    }

    /// The line that a row stands for, if it is one.
    fn row(&mut self, row: &str) -> Option<String> {
        let holes: Vec<&String> =
            self.columns.iter().filter_map(|column| column.hole.as_ref()).collect();
        let ends_in_hole = self.columns.last()?.hole.is_some();
        let (mut cells, mut rest) = (Vec::new(), Some(row));
        while cells.len() < holes.len() {
            let is_last = ends_in_hole && cells.len() + 1 == holes.len();
            let most = if is_last { 1 } else { 2 };
            let text = rest?;
            let pieces = split(text, self.sign, most);
            let cell = pieces[0].as_str();
            rest = pieces.get(1).map(String::as_str).map(|_| &text[cell.len() + 1..]);
            match cell {
                "\"" => {
                    (!holes[cells.len()].is_empty()).then_some(())?;
                    while holes.get(cells.len()).is_some_and(|word| !word.is_empty()) {
                        cells.push(holes[cells.len()].clone());
                    }
                }
                "^" => cells.push(self.above.as_ref()?[cells.len()].clone()),
                "" if self.sign == ' ' => return None,
                _ => cells.push(cell.to_owned()),
            }
        }
        (rest.is_none() && !row.is_empty()).then_some(())?;
        let line = self.line(&cells);
        self.above = Some(cells);
        Some(line)
    }

    fn line(&self, cells: &[String]) -> String {
        let mut cells = cells.iter();
        let mut line = String::new();
        let mut is_first = true;
        for column in &self.columns {
            let mut text = column.text.clone();
            if column.hole.is_some() {
                text.extend(cells.next().map(String::as_str));
            }
            if text.is_empty() && self.sign == '|' {
                continue;
            }
            let gap = match self.sign {
                _ if is_first => String::new(),
                '|' => "  ".to_owned(),
                't' => "\t".to_owned(),
                sign => sign.to_string(),
            };
            is_first = false;
            let least = width(&line) + gap.len();
            let start = match column.stand {
                Stand::Behind => 0,
                Stand::Begins(start) => start,
                Stand::Ends(end) => end.saturating_sub(width(&text)),
            };
            line += &gap;
            line += &" ".repeat(start.saturating_sub(least));
            line += &text;
        }
        line
    }
}

impl Column {
    fn read(piece: &str) -> Self {
        let placed = ['@', '>'].iter().find_map(|sign| {
            let (digits, rest) = number(piece.strip_prefix(*sign)?)?;
            Some((*sign, digits.parse().ok()?, rest))
        });
        let (stand, text) = match placed {
            Some(('@', start, rest)) => (Stand::Begins(start), rest),
            Some((_, end, rest)) => (Stand::Ends(end), rest),
            None => (Stand::Behind, piece),
        };
        let hole = text.strip_suffix('}').and_then(|text| text.split_once('{'));
        let (text, hole) = hole.map_or((text, None), |(text, word)| (text, Some(word.to_owned())));
        Self { stand, text: text.to_owned(), hole }
    }
}

/// How many characters there are, where each `char` is a byte.
fn width(text: &str) -> usize {
    text.chars().filter(|byte| !('\u{80}'..'\u{c0}').contains(byte)).count()
}

/// The columns or cells of a line, at most so many; spaces where one begins are its own.
fn split(text: &str, sign: char, most: usize) -> Vec<String> {
    let sign = if sign == 't' { '\t' } else { sign };
    let mut pieces = Vec::new();
    let mut rest = text;
    while pieces.len() + 1 < most {
        let own = if sign == ' ' { rest.len() - rest.trim_start_matches(' ').len() } else { 0 };
        let Some(at) = rest[own..].find(sign) else { break };
        pieces.push(rest[..own + at].to_owned());
        rest = &rest[own + at + 1..];
    }
    pieces.push(rest.to_owned());
    pieces
}
