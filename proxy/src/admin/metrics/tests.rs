use super::family::{ALL, Family};
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../../docs/observing.md");

/// The rows of the document's table of metrics.
fn rows() -> Vec<Vec<String>> {
    let rows = DOCUMENT
        .lines()
        .filter(|line| line.starts_with("| `brevity_") || line.starts_with("| `gen_ai_"));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The table in `docs/observing.md` is the one of the code.
#[test]
fn the_document_has_every_metric() {
    let row = |family: &&Family| {
        let labels: Vec<_> = family.labels.iter().map(|label| format!("`{label}`")).collect();
        let cells = [
            format!("`{}`", family.name),
            family.kind.name().to_owned(),
            family.unit.to_owned(),
            labels.join(", "),
            family.help.to_owned(),
        ];
        cells.to_vec()
    };
    let expected: Vec<_> = ALL.iter().map(row).collect();
    let table = |rows: &[Vec<String>]| -> String {
        rows.iter().map(|row| format!("| {} |\n", row.join(" | "))).collect()
    };
    let (found, expected) = (table(&rows()), table(&expected));
    assert!(found == expected, "the table of docs/observing.md has to be:\n{expected}");
}

#[test]
fn names_are_those_of_the_format() {
    let names: BTreeSet<_> = ALL.iter().map(|family| family.name).collect();
    assert_eq!(names.len(), ALL.len());
    for family in ALL {
        let Family { name, unit, help, .. } = family;
        assert!(unit.is_empty() || name.ends_with(&format!("_{unit}")), "{name}");
        assert!(!name.ends_with("_total") && !name.ends_with("_count"), "{name}");
        assert!(!help.contains(['\n', '\\', '"', '|']), "{name}");
    }
}
