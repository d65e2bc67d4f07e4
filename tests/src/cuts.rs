//! Ways to cut an input into pieces. Where it is cut must change nothing.

/// Calls `check` with the pieces of every single cut of `input`, and of every pair of cuts. Cuts
/// may fall together and at the ends, so empty pieces come too. Quadratic: for small inputs.
pub fn all<'i>(input: &'i [u8], mut check: impl FnMut(&[&'i [u8]])) {
    for second in 0..=input.len() {
        let (front, back) = input.split_at(second);
        check(&[front, back]);
        for first in 0..=second {
            check(&[&front[..first], &front[first..], back]);
        }
    }
}

/// Calls `check` with the pieces of `runs` random ways to cut `input`. Pieces are up to 1, 2, 4, …
/// 64 KiB long, another bound in each run. The same seed gives the same cuts.
pub fn random<'i>(input: &'i [u8], seed: u64, runs: u32, mut check: impl FnMut(&[&'i [u8]])) {
    let mut random = Random(seed);
    for run in 0..runs {
        let longest = 1 << (run % 17);
        let mut pieces = Vec::new();
        let mut rest = input;
        while !rest.is_empty() {
            let (piece, back) = rest.split_at(rest.len().min(1 + random.below(longest)));
            pieces.push(piece);
            rest = back;
        }
        check(&pieces);
    }
}

/// Cuts `input` into pieces whose lengths are `sizes`, over and over. A zero gives an empty piece;
/// if there is nothing else, or nothing at all, `input` stays whole.
pub fn sized<'i>(input: &'i [u8], sizes: &[u8]) -> Vec<&'i [u8]> {
    if sizes.iter().all(|&size| size == 0) {
        return vec![input];
    }
    let mut rest = input;
    let mut pieces = Vec::new();
    for &size in sizes.iter().cycle() {
        let (piece, back) = rest.split_at(rest.len().min(size.into()));
        pieces.push(piece);
        rest = back;
        if rest.is_empty() {
            break;
        }
    }
    pieces
}

/// A small generator of numbers (SplitMix64), so that a seed means the same everywhere.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.number() % limit as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_input() {
        let input: Vec<u8> = (0..200).collect();
        let mut count = 0;
        all(&input[..9], |pieces| {
            assert_eq!(pieces.concat(), &input[..9]);
            count += 1;
        });
        assert_eq!(count, 10 + 55);
        random(&input, 1, 20, |pieces| assert_eq!(pieces.concat(), input));
        for sizes in [&[][..], &[0], &[0, 3], &[255], &[1]] {
            assert_eq!(sized(&input, sizes).concat(), input);
        }
    }
}
