//! A strict reader of OpenMetrics' text format, as far as the proxy may use it. It panics at anything
//! else.

use std::collections::{BTreeMap, BTreeSet};

/// What was read: each sample by its name and its labels.
pub(crate) struct Exposition(BTreeMap<Series, f64>);

/// A name, and labels with their values.
type Series = (String, Vec<(String, String)>);

/// The family whose samples are being read.
#[derive(Default)]
struct Family {
    name: String,
    kind: String,
    has_help: bool,
}

impl Exposition {
    pub(crate) fn parse(text: &str) -> Self {
        let lines = text.strip_suffix("# EOF\n").expect("an end, and nothing after it");
        assert!(!lines.contains("# EOF") && !lines.contains('\r'));
        let (mut samples, mut names, mut family) =
            (BTreeMap::new(), BTreeSet::new(), Family::default());
        for line in lines.split_terminator('\n') {
            if let Some(comment) = line.strip_prefix("# ") {
                family.read(comment, &mut names);
            } else {
                let (name, labels, value) = sample(line);
                family.check(&name, &labels, value);
                assert!(samples.insert((name, labels), value).is_none(), "twice: {line}");
            }
        }
        let all = Self(samples);
        all.check_histograms();
        all
    }

    /// The sum of the series of `name` that have these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |own: &[(String, String)]| {
            labels.iter().all(|label| own.iter().any(|(name, value)| (&**name, &**value) == *label))
        };
        let found = self.0.iter().filter(|((own, labels), _)| own == name && has(labels));
        found.map(|(_, value)| value).sum()
    }

    /// The values that a label takes.
    pub(crate) fn values(&self, name: &str, label: &str) -> BTreeSet<&str> {
        let labels = self.0.keys().filter(|(own, _)| own == name).flat_map(|(_, labels)| labels);
        labels.filter(|(own, _)| own == label).map(|(_, value)| value.as_str()).collect()
    }

    /// Buckets ascend, the last is infinity and has them all.
    fn check_histograms(&self) {
        let mut last: BTreeMap<Series, Vec<(f64, f64)>> = BTreeMap::new();
        for ((name, labels), value) in &self.0 {
            let Some(base) = name.strip_suffix("_bucket") else { continue };
            let mut labels = labels.clone();
            let (_, bound) = labels.pop().expect("a bound");
            assert!(bound == "+Inf" || bound.contains('.'), "{bound}");
            let bound = bound.replace("+Inf", "inf").parse().unwrap();
            last.entry((base.to_owned(), labels)).or_default().push((bound, *value));
        }
        for ((base, labels), mut buckets) in last {
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{base}");
            let count = self.0[&(format!("{base}_count"), labels.clone())];
            assert_eq!(*buckets.last().unwrap(), (f64::INFINITY, count), "{base}");
            assert!(self.0.contains_key(&(format!("{base}_sum"), labels)), "{base}");
        }
    }
}

impl Family {
    /// Reads what a line says of a family: its type, then perhaps its unit, then its help.
    fn read(&mut self, comment: &str, names: &mut BTreeSet<String>) {
        let [word, name, rest] = comment.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("no metadata: {comment}")
        };
        match word {
            "TYPE" => {
                assert!(names.insert(name.to_owned()), "{name} comes twice");
                assert!(["counter", "gauge", "histogram", "info"].contains(&rest), "{rest}");
                *self = Self { name: name.into(), kind: rest.into(), has_help: false };
            }
            "UNIT" => {
                assert!(name == self.name && !self.has_help);
                assert!(name.ends_with(&format!("_{rest}")), "{name} {rest}");
            }
            "HELP" => {
                assert!(name == self.name && !std::mem::replace(&mut self.has_help, true));
                assert!(!rest.is_empty() && !rest.contains('\\'));
            }
            _ => panic!("no metadata: {comment}"),
        }
    }

    fn check(&self, name: &str, labels: &[(String, String)], value: f64) {
        assert!(self.has_help, "{name} has no family");
        let suffix = name.strip_prefix(&self.name).expect("a name of the family");
        let suffixes: &[&str] = match &*self.kind {
            "counter" => &["_total"],
            "info" => &["_info"],
            "histogram" => &["_bucket", "_count", "_sum"],
            _ => &[""],
        };
        assert!(suffixes.contains(&suffix), "{name} is no {}", self.kind);
        assert!(value >= 0.0 && (self.kind != "info" || value == 1.0), "{name}");
        assert_eq!(suffix == "_bucket", labels.last().is_some_and(|(name, _)| name == "le"));
    }
}

/// A sample's name, labels and value.
fn sample(line: &str) -> (String, Vec<(String, String)>, f64) {
    let end = line.find(['{', ' ']).expect("a value");
    let (name, mut rest) = line.split_at(end);
    assert!(is_name(name), "{line}");
    let mut labels = Vec::new();
    if let Some(mut open) = rest.strip_prefix('{') {
        loop {
            let (label, after) = open.split_once("=\"").expect("a label");
            assert!(is_name(label) && labels.iter().all(|(other, _)| other != label), "{line}");
            let (value, after) = quoted(after);
            labels.push((label.to_owned(), value));
            match after.strip_prefix(',') {
                Some(more) => open = more,
                None => {
                    rest = after.strip_prefix('}').expect("an end of labels");
                    break;
                }
            }
        }
    }
    let value = rest.strip_prefix(' ').expect("a space before the value");
    assert!(value.bytes().all(|b| b.is_ascii_digit() || b".e-+".contains(&b)), "{line}");
    (name.to_owned(), labels, value.parse().expect("a number"))
}

/// What stands before the closing quote, its escapes undone, and what follows.
fn quoted(text: &str) -> (String, &str) {
    let (mut value, mut chars) = (String::new(), text.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(match chars.next() {
                Some((_, 'n')) => '\n',
                Some((_, c @ ('"' | '\\'))) => c,
                other => panic!("no escape: {other:?}"),
            }),
            c => value.push(c),
        }
    }
    panic!("no closing quote: {text}")
}

fn is_name(name: &str) -> bool {
    let is_start = |b: &u8| b.is_ascii_alphabetic() || *b == b'_';
    name.as_bytes().first().is_some_and(is_start)
        && name.bytes().all(|b| is_start(&b) || b.is_ascii_digit())
}
