//! Sums by names that requests bring along: of models, tools and routes.
//!
//! Anybody can send any number of names, and each takes memory here and a series in whoever collects
//! the metrics. So only the first of them have a place of their own.

use crate::record::OTHER;

/// How many names are told apart. All others are one, [`OTHER`].
pub(crate) const NAMES: usize = 64;

/// The longest name that has a place, in bytes.
const LONGEST: usize = 96;

/// A sum for each name, in the order of names.
#[derive(Clone, Debug)]
pub(crate) struct Bounded<T> {
    sums: Vec<(String, T)>,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { sums: Vec::new() }
    }
}

impl<T: Default> Bounded<T> {
    /// The sum of `name`.
    pub(crate) fn of(&mut self, name: &str) -> &mut T {
        let at = match self.find(name) {
            Ok(at) => at,
            Err(at) if self.has_place(name) => self.open(at, name),
            Err(_) => self.find(OTHER).unwrap_or_else(|at| self.open(at, OTHER)),
        };
        &mut self.sums[at].1
    }

    /// Where `name` stands, or would.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.sums.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    /// Begins the sum of `name`, which belongs at `at`.
    fn open(&mut self, at: usize, name: &str) -> usize {
        self.sums.insert(at, (name.to_owned(), T::default()));
        at
    }

    /// Whether a name that is not known yet gets a place of its own.
    fn has_place(&self, name: &str) -> bool {
        let named = self.sums.len() - usize::from(self.find(OTHER).is_ok());
        named < NAMES && name.len() <= LONGEST && !name.chars().any(char::is_control)
    }

    /// Every name with its sum, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.sums.iter().map(|(name, sum)| (name.as_str(), sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_nothing_is_lost() {
        let mut sums = Bounded::<u64>::default();
        for round in 0..2 {
            for name in 0..1_000 {
                *sums.of(&format!("model {name:03}")) += 1;
            }
            assert_eq!(sums.iter().count(), NAMES + 1, "in round {round}");
        }
        assert_eq!(sums.iter().map(|(_, sum)| sum).sum::<u64>(), 2_000);
        assert_eq!(*sums.of("model 000"), 2);
        assert_eq!(*sums.of(OTHER), 2_000 - 2 * NAMES as u64);
    }

    #[test]
    fn names_that_are_no_names_are_other() {
        let mut sums = Bounded::<u64>::default();
        for name in ["a\nb", &"x".repeat(LONGEST + 1), "\u{7f}"] {
            *sums.of(name) += 1;
        }
        assert_eq!(sums.iter().collect::<Vec<_>>(), [(OTHER, &3)]);
    }
}
