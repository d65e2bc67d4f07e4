//! Sums by names that requests bring along: of models, tools and routes.
//!
//! Anybody can send any number of names, and each takes memory here and a series in whoever collects
//! the metrics. So only the first of them have a place of their own.

use crate::record::OTHER;
use std::collections::BTreeMap;

/// How many names are told apart. All others are one, [`OTHER`].
pub(crate) const NAMES: usize = 64;

/// The longest name that has a place, in bytes.
const LONGEST: usize = 96;

/// A sum for each name.
#[derive(Clone, Debug)]
pub(crate) struct Bounded<T> {
    sums: BTreeMap<String, T>,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { sums: BTreeMap::new() }
    }
}

impl<T: Default> Bounded<T> {
    /// The sum of `name`.
    pub(crate) fn of(&mut self, name: &str) -> &mut T {
        let name = if self.has_place(name) { name } else { OTHER };
        self.sums.entry(name.to_owned()).or_default()
    }

    fn has_place(&self, name: &str) -> bool {
        let is_plain = name.len() <= LONGEST && !name.chars().any(char::is_control);
        is_plain && (self.sums.contains_key(name) || self.named() < NAMES)
    }

    fn named(&self) -> usize {
        self.sums.len() - usize::from(self.sums.contains_key(OTHER))
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
