//! The automaton behind the estimate: one step per byte.
//!
//! o200k first cuts text by a pattern, then merges bytes within each piece. The states model the
//! pattern: words with one leading character that is no letter, capitals that begin a word or go
//! on as one, digits by three, runs of marks with the line ends behind them, runs of blanks whose
//! last space joins what follows. Where a piece stands for several tokens, the cost of its bytes
//! says how many, on average.
//!
//! The automaton is *definite*: what state it is in depends on the last [`MEMORY`] bytes alone.
//! So a text can be read in several places at once.

use super::costs;

/// After so many bytes the state no longer depends on what came before them.
pub(super) const MEMORY: usize = 13;

/// Where a text begins: as after a line's end.
pub(super) const START: u32 = (LINE as u32) << SHIFT;

/// One step from a state: the low bits of the result are the next state, the rest is the cost.
pub(super) fn step(state: u32, byte: u8) -> u32 {
    TABLE[((state | u32::from(CLASS[usize::from(byte)])) & MASK) as usize]
}

/// So many steps may be added up and their cost be taken of the sum: the states below do not carry.
pub(super) const SUMMED: usize = 16;
const _: () = assert!(SUMMED as u32 * MASK < 1 << COST_SHIFT);

/// What a step cost, in the unit of [`costs::TOKEN`].
pub(super) fn cost(step: u32) -> u64 {
    u64::from(step >> COST_SHIFT)
}

// Classes of bytes.
const VOWEL: u8 = 0;
const CONSONANT: u8 = 1;
const RARE: u8 = 2;
const CAPITAL: u8 = 3;
const FIGURE: u8 = 4;
const SPACE: u8 = 5;
const TAB: u8 = 6;
const LINE_END: u8 = 7;
const MARK: u8 = 8; // fourteen of them
const TAIL: u8 = MARK + 14;
const LEAD: u8 = TAIL + 1; // seven scripts
const SHIFT: u32 = 5;

// States. `lead` is what a word began with: nothing, a space, or one mark.
const WORD: u8 = 0; // 3 leads × 4 lengths
const LONG_WORD: u8 = WORD + 12; // 5, 6, 7 letters and more
const UPPER: u8 = LONG_WORD + 3; // 3 leads × 3 lengths
const LONG_UPPER: u8 = UPPER + 9;
const DIGIT: u8 = LONG_UPPER + 1; // lengths 1 to 13
const BLANK: u8 = DIGIT + 13; // spaces 1 to 3, tabs 1 to 3
const ONE_MARK: u8 = BLANK + 6; // what follows may join it
const MARKS: u8 = ONE_MARK + 14; // a space and a mark, or several
const SCRIPT: u8 = MARKS + 14; // 7 scripts × 4 bytes
const STRAY: u8 = SCRIPT + 28;
const LINE: u8 = STRAY + 1;
const STATES: u8 = LINE + 1;

const COST_SHIFT: u32 = 16;
const MASK: u32 = 0xFFF;

static CLASS: [u8; 256] = classes();
static TABLE: [u32; MASK as usize + 1] = table();

const fn classes() -> [u8; 256] {
    let mut of = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        of[byte] = class(byte as u8);
        byte += 1;
    }
    of
}

const fn class(byte: u8) -> u8 {
    match byte {
        b'a' | b'e' | b'i' | b'o' | b'u' => VOWEL,
        b'j' | b'k' | b'q' | b'v'..=b'z' => RARE,
        b'a'..=b'z' => CONSONANT,
        b'A'..=b'Z' => CAPITAL,
        b'0'..=b'9' => FIGURE,
        b' ' => SPACE,
        b'\t' => TAB,
        b'\n' | b'\r' => LINE_END,
        0x80..=0xBF => TAIL,
        0xC0..=0xCD => LEAD,
        0xCE..=0xDF => LEAD + 1,
        0xE0..=0xE1 => LEAD + 2,
        0xE2 => LEAD + 3,
        0xE3..=0xED => LEAD + 4,
        0xEE..=0xEF => LEAD + 5,
        0xF0..=0xFF => LEAD + 6,
        _ => MARK + mark(byte),
    }
}

const fn mark(byte: u8) -> u8 {
    match byte {
        b'"' => 0,
        b',' => 1,
        b':' => 2,
        b'{' | b'[' | b'(' | b'<' => 3,
        b'}' | b']' | b')' | b'>' => 4,
        b'\\' => 5,
        b'/' => 6,
        b'.' => 7,
        b'_' => 8,
        // A caret stands in few words of the vocabulary, like a dash.
        b'-' | b'^' => 9,
        b'=' => 10,
        b'\'' => 11,
        b' '..=b'~' => 12,
        _ => 13,
    }
}

const fn table() -> [u32; MASK as usize + 1] {
    let mut table = [0; MASK as usize + 1];
    let mut state = 0;
    while state < STATES {
        let mut class = 0;
        while class < LEAD + 7 {
            let (next, cost) = edge(state, class);
            let at = ((state as usize) << SHIFT) | class as usize;
            table[at] = ((cost as u32) << COST_SHIFT) | ((next as u32) << SHIFT);
            class += 1;
        }
        state += 1;
    }
    table
}

/// The next state, and the cost.
const fn edge(state: u8, class: u8) -> (u8, u8) {
    match class {
        VOWEL..=RARE => {
            let next = letter(state);
            (next, costs::WORD[next as usize][class as usize])
        }
        CAPITAL => {
            let next = capital(state);
            (next, costs::UPPER[(next - UPPER) as usize])
        }
        FIGURE => figure(state),
        SPACE | TAB => {
            let next = blank(state, class);
            (next, costs::BLANK[(next - BLANK) as usize])
        }
        LINE_END => (LINE, line_end(state)),
        TAIL => tail(state),
        MARK..TAIL => punctuation(state, class - MARK),
        _ => (SCRIPT + (class - LEAD) * 4, script(state, class - LEAD)),
    }
}

/// What a word that begins after this state has as its lead.
const fn lead(state: u8) -> u8 {
    match state {
        BLANK..ONE_MARK => 1,
        ONE_MARK..MARKS => 2,
        _ => 0,
    }
}

const fn letter(state: u8) -> u8 {
    match state {
        WORD..LONG_WORD if state % 4 == 3 => LONG_WORD,
        WORD..LONG_WORD => state + 1,
        LONG_WORD..UPPER => min(state + 1, UPPER - 1),
        UPPER..LONG_UPPER => WORD + (state - UPPER) / 3 * 4 + (state - UPPER) % 3 + 1,
        LONG_UPPER => LONG_WORD,
        // Words of European languages go on behind their accented letters.
        SCRIPT..STRAY if state < SCRIPT + 4 => LONG_WORD,
        _ => WORD + lead(state) * 4,
    }
}

const fn capital(state: u8) -> u8 {
    match state {
        UPPER..LONG_UPPER if (state - UPPER) % 3 == 2 => LONG_UPPER,
        UPPER..LONG_UPPER => state + 1,
        LONG_UPPER => LONG_UPPER,
        _ => UPPER + lead(state) * 3,
    }
}

const fn figure(state: u8) -> (u8, u8) {
    let next = match state {
        DIGIT..BLANK => min(state + 1, BLANK - 1),
        _ => DIGIT,
    };
    let place = if next == BLANK - 1 { 3 } else { (next - DIGIT) % 3 };
    (next, costs::DIGIT[place as usize])
}

const fn blank(state: u8, class: u8) -> u8 {
    let so_far = match state {
        BLANK..ONE_MARK => min((state - BLANK) % 3 + 1, 2),
        _ => 0,
    };
    BLANK + (class - SPACE) * 3 + so_far
}

const fn line_end(state: u8) -> u8 {
    match state {
        LINE => costs::LINE[2],
        BLANK..ONE_MARK => costs::LINE[1],
        ONE_MARK..SCRIPT => costs::LINE_AFTER_MARK[((state - ONE_MARK) % 14) as usize],
        _ => costs::LINE[0],
    }
}

const fn punctuation(state: u8, mark: u8) -> (u8, u8) {
    let at = mark as usize;
    match state {
        MARKS..SCRIPT if state - MARKS == mark => (MARKS + mark, costs::MARK_AGAIN[at]),
        ONE_MARK..SCRIPT => {
            let before = (state - ONE_MARK) % 14;
            (MARKS + mark, costs::MARK_PAIR[before as usize][at])
        }
        BLANK..ONE_MARK if state < BLANK + 3 => (MARKS + mark, costs::SPACED_MARK[at]),
        _ => (ONE_MARK + mark, costs::MARK[at]),
    }
}

/// The first byte of a character beyond ASCII.
const fn script(state: u8, script: u8) -> u8 {
    let after = match state {
        SCRIPT..STRAY if (state - SCRIPT) / 4 == script => 1,
        BLANK..ONE_MARK => 2,
        WORD..DIGIT => 3,
        _ => 0,
    };
    costs::SCRIPT[script as usize][after]
}

/// A byte that goes on with a character, or is astray.
const fn tail(state: u8) -> (u8, u8) {
    const BYTES: [u8; 7] = [2, 2, 3, 3, 3, 3, 4];
    if state < SCRIPT || state >= STRAY {
        return (STRAY, costs::STRAY);
    }
    let script = ((state - SCRIPT) / 4) as usize;
    if (state - SCRIPT) % 4 + 1 == BYTES[script] {
        return (STRAY, costs::STRAY);
    }
    (state + 1, costs::SCRIPT[script][4])
}

const fn min(a: u8, b: u8) -> u8 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn next(state: u8, class: u8) -> u8 {
        edge(state, class).0
    }

    #[test]
    fn states_and_classes_fit_the_table() {
        assert!(u32::from(LEAD) + 7 <= 1 << SHIFT);
        assert!(u32::from(STATES) << SHIFT <= MASK + 1);
        assert!((0..=255).all(|byte| class(byte) < LEAD + 7));
    }

    /// Follows every pair of distinct states until all have met.
    #[test]
    fn any_two_states_meet_within_memory() {
        let mut apart: BTreeSet<(u8, u8)> =
            (0..STATES).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
        for _ in 0..MEMORY {
            assert!(!apart.is_empty(), "MEMORY is longer than it must be");
            apart = apart
                .iter()
                .flat_map(|&(a, b)| (0..LEAD + 7).map(move |c| (next(a, c), next(b, c))))
                .filter(|(a, b)| a != b)
                .collect();
        }
        assert_eq!(apart, BTreeSet::new());
    }

    #[test]
    fn a_capital_and_its_word_count_as_one_word() {
        let after = |text: &str| text.bytes().fold(LINE, |s, b| next(s, class(b)));
        assert_eq!(after("Wor"), after("wor"));
        assert_eq!(after("x Wo"), after(" wo"));
        assert_eq!(after("oneTwo"), after("two"));
        assert_eq!(after(".get"), after("x.get"));
    }
}
