//! Marks: `&1` before a value, and `*1` for each copy of it that stands near.
//!
//! Which values get a mark is known at the end only, since a value whose copies are all far away
//! gets none. So the body is written without marks, and they are put in afterwards.

/// Where marks may stand in a body.
pub(super) struct Marks {
    /// By value: where it was written in full last.
    latest: Vec<Option<Full>>,
    /// Where marks may stand, in order.
    sites: Vec<Site>,
    /// By mark: whether it is referred to.
    used: Vec<bool>,
}

#[derive(Clone, Copy)]
struct Full {
    mark: u32,
    line: u32,
}

struct Site {
    at: usize,
    mark: u32,
    word: Word,
}

enum Word {
    /// `&1 `, if the mark is used.
    Mark,
    /// The same, after a comma that is needed only then.
    MarkAfterComma,
    /// `*1`.
    Copy,
}

impl Marks {
    /// For a document of `ids` different values and keys.
    pub(super) fn new(ids: usize) -> Self {
        Self { latest: vec![None; ids], sites: Vec::new(), used: Vec::new() }
    }

    /// The line where the value `id` was written in full last.
    pub(super) fn latest(&self, id: u32) -> Option<u32> {
        self.latest[id as usize].map(|full| full.line)
    }

    /// Notes that a copy of the value `id` stands `at` this place in the body. It was written in
    /// full before.
    pub(super) fn copy(&mut self, id: u32, at: usize) {
        if let Some(Full { mark, .. }) = self.latest[id as usize] {
            self.used[mark as usize] = true;
            self.sites.push(Site { at, mark, word: Word::Copy });
        }
    }

    /// Notes that the value `id` will be written in full `at` this place in the body.
    pub(super) fn full(&mut self, id: u32, line: u32, at: usize) {
        let mark = self.used.len() as u32;
        self.latest[id as usize] = Some(Full { mark, line });
        self.used.push(false);
        self.sites.push(Site { at, mark, word: Word::Mark });
    }

    /// Notes that the comma right before `at` is taken back, if no mark stands there.
    pub(super) fn take_comma(&mut self, at: usize) {
        if let Some(site) = self.sites.last_mut().filter(|site| site.at == at) {
            site.at -= 1;
            site.word = Word::MarkAfterComma;
        }
    }

    /// Whether anything is a copy.
    pub(super) fn are_used(&self) -> bool {
        self.used.contains(&true)
    }

    /// Puts the marks that are used into `body`, numbered from 1.
    pub(super) fn put_into(self, body: Vec<u8>) -> Vec<u8> {
        if !self.are_used() {
            return body;
        }
        let mut numbers = Numbers::new(&self.used);
        let mut out = Vec::with_capacity(body.len() + body.len() / 16);
        let mut done = 0;
        for Site { at, mark, word } in &self.sites {
            if !self.used[*mark as usize] {
                continue;
            }
            out.extend_from_slice(&body[done..*at]);
            done = *at;
            match word {
                Word::Mark => numbers.write(b"&", *mark, b" ", &mut out),
                Word::MarkAfterComma => numbers.write(b",&", *mark, b" ", &mut out),
                Word::Copy => numbers.write(b"*", *mark, b"", &mut out),
            }
        }
        out.extend_from_slice(&body[done..]);
        out
    }
}

/// The numbers of marks that are used, in words.
struct Numbers {
    /// By mark.
    numbers: Vec<u32>,
    digits: String,
}

impl Numbers {
    fn new(used: &[bool]) -> Self {
        let number = |last: &mut u32, used: &bool| {
            *last += u32::from(*used);
            Some(*last)
        };
        Self { numbers: used.iter().scan(0, number).collect(), digits: String::new() }
    }

    fn write(&mut self, before: &[u8], mark: u32, after: &[u8], out: &mut Vec<u8>) {
        use std::fmt::Write;
        self.digits.clear();
        // Writing to a string cannot fail.
        let _ = write!(self.digits, "{}", self.numbers[mark as usize]);
        out.extend_from_slice(before);
        out.extend_from_slice(self.digits.as_bytes());
        out.extend_from_slice(after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marks_that_are_used_are_written_and_numbered() {
        let mut marks = Marks::new(3);
        marks.full(0, 0, 1);
        marks.full(1, 0, 3);
        marks.copy(1, 5);
        marks.full(0, 100, 6);
        marks.full(2, 100, 8);
        marks.copy(2, 10);
        assert_eq!((marks.latest(0), marks.latest(1)), (Some(100), Some(0)));
        let body = marks.put_into(b"[a,b,,a,c,]".to_vec());
        assert_eq!(String::from_utf8_lossy(&body), "[a,&1 b,*1,a,&2 c,*2]");
    }

    /// Records that follow each other need no comma, unless a mark stands between them.
    #[test]
    fn a_comma_is_back_where_a_mark_parts_records() {
        for (is_used, expected) in [(false, "[(1)(2),]"), (true, "[(1),&1 (2),*1]")] {
            let mut marks = Marks::new(1);
            marks.full(0, 0, 5);
            marks.take_comma(5);
            if is_used {
                marks.copy(0, 8);
            }
            let body = marks.put_into(b"[(1)(2),]".to_vec());
            assert_eq!(String::from_utf8_lossy(&body), expected);
        }
    }
}
