//! What a line leans on: the lines above it that one must look at to know what it says.
//!
//! A cell that repeats the one above leans on the line where that stands whole; so does the copy of a
//! marked value. A value of several cells may lean on further lines itself, and then so does its copy.
//! No line leans on more than two, none of them far away. Heads do not count.

use crate::codec::{NEAR, OTHERS};

/// Lines, as far as they are written.
#[derive(Debug, Default)]
pub(super) struct Near {
    /// What each line that is complete leans on.
    complete: Vec<Leans>,
    current: Leans,
}

/// The lines that one leans on, first ones first.
#[derive(Clone, Copy, Debug, Default)]
struct Leans {
    lines: [u32; OTHERS],
    len: usize,
}

impl Near {
    /// The number of the line that is being written, from 0.
    pub(super) fn line(&self) -> u32 {
        self.complete.len() as u32
    }

    /// Ends the line.
    pub(super) fn newline(&mut self) {
        self.complete.push(std::mem::take(&mut self.current));
    }

    /// Leans on `line`, and if what is repeated there `has_parts` on what that leans on. False, and
    /// nothing is changed: that would be too many lines, or too far.
    pub(super) fn lean(&mut self, line: u32, has_parts: bool) -> bool {
        let mut leans = self.current;
        let further = self.complete.get(line as usize).filter(|_| has_parts);
        let further = further.map_or(&[][..], |further| &further.lines[..further.len]);
        let fits =
            self.add(&mut leans, line) && further.iter().all(|&line| self.add(&mut leans, line));
        if fits {
            self.current = leans;
        }
        fits
    }

    fn add(&self, leans: &mut Leans, line: u32) -> bool {
        if line == self.line() || leans.lines[..leans.len].contains(&line) {
            return true;
        }
        if leans.len == OTHERS || (self.line() - line) as usize > NEAR {
            return false;
        }
        leans.lines[leans.len] = line;
        leans.len += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_leans_on_two_others_and_on_what_they_lean_on() {
        let mut near = Near::default();
        (0..5).for_each(|_| near.newline());
        assert!(
            near.lean(0, true) && near.lean(1, true) && near.lean(0, true) && near.lean(5, true)
        );
        assert!(!near.lean(2, false));
        near.newline();
        // A value of one cell stands whole there, one of several may not.
        assert!(near.lean(5, false) && near.lean(4, false));
        near.newline();
        assert!(!near.lean(5, true) && near.lean(4, true));
    }

    #[test]
    fn a_line_leans_on_near_ones() {
        let mut near = Near::default();
        (0..101).for_each(|_| near.newline());
        assert!(!near.lean(0, false) && near.lean(1, false));
    }
}
