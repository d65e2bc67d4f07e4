//! The codec `diff`: headers of commits and files in one line each.

const LINES: [&str; 7] = [
    "index ",
    "new file mode ",
    "deleted file mode ",
    "old mode ",
    "new mode ",
    "similarity index ",
    "dissimilarity index ",
];

/// What the place of a line says of it.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Plain,
    Message,
    Run(char),
}

/// What the lines of a part stand for.
pub(super) fn decode(lines: &[&str]) -> Option<String> {
    let mut reader = Reader { place: Place::Plain, end: "", people: Vec::new(), out: Vec::new() };
    for (at, line) in lines.iter().enumerate() {
        reader.line(line, lines.get(at + 1).copied())?;
    }
    Some(reader.out.join("\n"))
}

struct Reader {
    place: Place,
    /// The carriage return of the last commit's row, if it has one.
    end: &'static str,
    /// Name and full spelling, the newest last.
    people: Vec<(String, String)>,
    out: Vec<String>,
}

impl Reader {
    fn line(&mut self, line: &str, next: Option<&str>) -> Option<()> {
        if let Some(rest) = line.strip_prefix('\\') {
            self.out.push(rest.to_owned());
            return Some(());
        }
        let (row, end) = line.strip_suffix('\r').map_or((line, ""), |row| (row, "\r"));
        let header = match self.commit(row) {
            Some(header) => Some((header, true)),
            None => file(row, next).map(|header| (header, false)),
        };
        if let Some((header, is_commit)) = header {
            if self.place == Place::Message {
                self.out.push(self.end.to_owned());
            }
            self.out.extend(header.into_iter().map(|line| line + end));
            self.place = Place::Plain;
            if is_commit {
                self.end = end;
                self.message(next);
            }
            return Some(());
        }
        match (line, self.place) {
            ("@@ +", _) => self.place = Place::Run('+'),
            ("@@ -", _) => self.place = Place::Run('-'),
            ("commit message", Place::Message) => {}
            (_, Place::Message) if row == "--" && end == self.end => {
                self.out.push(self.end.to_owned());
                self.place = Place::Plain;
            }
            (_, Place::Message) => self.out.push(format!("    {line}")),
            ("@@", Place::Run(_)) => self.place = Place::Plain,
            (_, Place::Run(sign)) if !line.starts_with("@@ ") => {
                self.out.push(format!("{sign}{line}"));
            }
            _ => {
                self.place = Place::Plain;
                self.out.push(line.to_owned());
            }
        }
        Some(())
    }

    /// Begins the message below a commit's row, unless the lines below are themselves.
    fn message(&mut self, next: Option<&str>) {
        if next.is_some_and(|next| !next.trim_end_matches('\r').is_empty()) {
            self.out.push(self.end.to_owned());
            self.place = Place::Message;
        }
    }

    fn commit(&mut self, row: &str) -> Option<Vec<String>> {
        let (ids, rest) = row.strip_prefix("commit ")?.split_once(" by ")?;
        let (author, committer) = match rest.rsplit_once(", committed") {
            Some((author, committer)) => (author, Some(committer)),
            None => (rest, None),
        };
        let (author, date) = author.rsplit_once(" on ")?;
        let full = self.who(author)?;
        let mut said = vec![author.to_owned()];
        let mut lines = match ids.split_once(" merging ") {
            Some((id, merged)) => vec![format!("commit {id}"), format!("Merge: {merged}")],
            None => vec![format!("commit {ids}")],
        };
        if let Some(committer) = committer {
            let (by, on) = committer.rsplit_once(" on ").unwrap_or((committer, date));
            let by = if by.is_empty() { author } else { by.strip_prefix(" by ")? };
            lines.push(format!("Author:     {full}"));
            lines.push(format!("AuthorDate: {date}"));
            lines.push(format!("Commit:     {}", self.who(by)?));
            lines.push(format!("CommitDate: {on}"));
            said.push(by.to_owned());
        } else {
            lines.push(format!("Author: {full}"));
            lines.push(format!("Date:   {date}"));
        }
        for who in said {
            self.people.extend(name(&who).map(|name| (name.to_owned(), who.clone())));
        }
        Some(lines)
    }

    /// The full spelling of one who is named.
    fn who(&self, who: &str) -> Option<String> {
        if name(who).is_some() {
            return Some(who.to_owned());
        }
        self.people.iter().rev().find(|(name, _)| name == who).map(|(_, full)| full.clone())
    }
}

/// The name of one who is said in full.
fn name(who: &str) -> Option<&str> {
    let at = who.match_indices(" <").map(|(at, _)| at).find(|&at| at > 0)?;
    who.ends_with('>').then_some(&who[..at])
}

/// The header that a row of a file stands for.
fn file(row: &str, next: Option<&str>) -> Option<Vec<String>> {
    let mut path = row.strip_prefix("diff ")?;
    let mut lines = Vec::new();
    while let Some((before, line)) = path.rsplit_once(", ") {
        let moved = ["rename", "copy"].contains(&line);
        if lines.len() == 8 || !(moved || LINES.iter().any(|start| line.starts_with(start))) {
            break;
        }
        lines.insert(0, line);
        path = before;
    }
    let moved = lines.iter().any(|line| ["rename", "copy"].contains(line));
    let (from, to) = if moved { path.split_once(" => ")? } else { (path, path) };
    let mut out = vec![format!("diff --git a/{from} b/{to}")];
    for line in &lines {
        if ["rename", "copy"].contains(line) {
            out.push(format!("{line} from {from}"));
            out.push(format!("{line} to {to}"));
        } else {
            out.push((*line).to_owned());
        }
    }
    let is_hunk = |next: &str| next.starts_with("@@ ") && !["@@ +", "@@ -"].contains(&next);
    if next.is_some_and(is_hunk) {
        let has = |start: &str| lines.iter().any(|line| line.starts_with(start));
        out.push(side("---", "a/", from, has("new file mode ")));
        out.push(side("+++", "b/", to, has("deleted file mode ")));
    }
    (!lines.is_empty()).then_some(out)
}

fn side(sign: &str, folder: &str, path: &str, is_null: bool) -> String {
    let tab = if path.contains(' ') { "\t" } else { "" };
    if is_null { format!("{sign} /dev/null") } else { format!("{sign} {folder}{path}{tab}") }
}
