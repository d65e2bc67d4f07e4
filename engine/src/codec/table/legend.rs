//! The words of a head line.

/// Which of the notation's words a part uses, to explain those and no others.
#[derive(Default)]
pub(super) struct Legend {
    pub(super) table: bool,
    pub(super) above: bool,
    pub(super) default: bool,
    pub(super) constant: bool,
    pub(super) optional: bool,
    pub(super) absent: bool,
    pub(super) other_row: bool,
    pub(super) marks: bool,
}

impl Legend {
    /// What a reader must know, for the head line.
    pub(super) fn words(&self) -> String {
        let words = [
            (!self.table, "intact JSON without quotes"),
            (self.table, "intact JSON, rows under # keys"),
            (self.above, "empty = as above"),
            (self.default, "k=v: empty = v"),
            (self.constant, "k==v: all v"),
            (self.optional, "k?: empty = none"),
            (self.absent, "- = none"),
            (self.other_row, "= starts a row of its own keys"),
            (self.marks, "*1 = &1"),
        ];
        let used: Vec<_> =
            words.iter().filter(|(used, _)| *used).map(|(_, words)| *words).collect();
        used.join(", ")
    }
}
