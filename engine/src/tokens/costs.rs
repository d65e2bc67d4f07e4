//! What each step of the automaton costs, in 64ths of a token.
//!
//! Fitted by least squares with no negative weight over exact o200k counts of some 40 MB: source
//! code in ten languages, prose and menus in thirty, JSON in four spacings, the same JSON as rows,
//! logs, listings, random ids, numbers and base64. Each kind of text weighs the same, and a ridge
//! pulls what is rare to its neighbours. `cargo test -p brevity-tests --test tokens -- --nocapture`
//! prints the errors on the corpus.

/// A token in the unit of the tables.
pub(super) const TOKEN: u64 = 64;

/// A letter of a word, by where it stands (see `Word` in the automaton) and whether it is a vowel,
/// a common consonant or a rare letter.
pub(super) const WORD: [[u8; 3]; 15] = [
    [62, 55, 106], // bare, 1 letter
    [6, 8, 29],    // 2
    [3, 0, 11],    // 3
    [0, 5, 29],    // 4
    [4, 0, 9],     // after a space, 1 letter
    [13, 2, 9],    // 2
    [2, 1, 15],    // 3
    [0, 5, 1],     // 4
    [9, 7, 17],    // after a mark, 1 letter
    [16, 21, 21],  // 2
    [12, 9, 20],   // 3
    [0, 5, 20],    // 4
    [0, 4, 14],    // any, 5
    [3, 0, 24],    // 6
    [0, 6, 41],    // 7 and more
];

/// A capital: one to three letters each bare, after a space, after a mark; then the fourth and on.
pub(super) const UPPER: [u8; 10] = [52, 88, 34, 8, 0, 0, 21, 50, 0, 6];

/// A digit: the first, second and third of three; beyond the twelfth.
pub(super) const DIGIT: [u8; 4] = [75, 0, 0, 18];

/// The first, second and further spaces; the same for tabs.
pub(super) const BLANK: [u8; 6] = [49, 56, 0, 78, 117, 51];

/// A line's end after a word or number, after blanks, after another line's end.
pub(super) const LINE: [u8; 3] = [59, 0, 11];

/// A line's end after a mark: often one token with it.
pub(super) const LINE_AFTER_MARK: [u8; 14] = [16, 11, 0, 1, 9, 0, 0, 25, 25, 49, 24, 10, 0, 23];

/// A mark that follows no other.
pub(super) const MARK: [u8; 14] = [50, 64, 57, 50, 42, 77, 56, 44, 32, 62, 64, 41, 68, 74];

/// A mark after a space, with which it makes one token.
pub(super) const SPACED_MARK: [u8; 14] = [10, 58, 38, 15, 0, 0, 22, 55, 0, 22, 10, 32, 13, 46];

/// A mark (column) after another (row): `","` and `":"` are one token each.
#[rustfmt::skip]
pub(super) const MARK_PAIR: [[u8; 14]; 14] = [
    [8, 0, 10, 66, 0, 64, 17, 0, 10, 18, 0, 11, 49, 9], // `"`
    [0, 27, 9, 4, 66, 19, 0, 8, 9, 0, 8, 9, 26, 10], // `,`
    [0, 8, 0, 28, 16, 0, 5, 13, 9, 0, 9, 11, 26, 9], // `:`
    [0, 32, 11, 0, 3, 79, 29, 11, 0, 35, 6, 3, 34, 12], // `{ [ ( <`
    [31, 3, 61, 0, 31, 54, 13, 0, 20, 9, 4, 21, 0, 15], // `} ] ) >`
    [1, 9, 10, 51, 13, 0, 19, 55, 19, 29, 9, 12, 33, 9], // `\`
    [16, 10, 9, 0, 3, 20, 0, 0, 25, 13, 22, 14, 9, 9], // `/`
    [14, 12, 24, 13, 13, 12, 35, 19, 0, 12, 8, 9, 26, 14], // `.`
    [11, 4, 14, 0, 7, 15, 14, 21, 43, 30, 9, 8, 14, 9], // `_`
    [13, 9, 11, 15, 31, 14, 12, 13, 20, 36, 12, 12, 24, 9], // `-`
    [0, 15, 8, 2, 25, 0, 8, 11, 8, 8, 10, 9, 53, 10], // `=`
    [5, 21, 16, 21, 1, 4, 5, 3, 8, 11, 8, 5, 14, 10], // `'`
    [38, 0, 50, 27, 32, 28, 1, 2, 12, 8, 17, 9, 7, 21], // other
    [8, 9, 9, 25, 12, 9, 9, 9, 9, 9, 9, 10, 20, 21], // control
];

/// A mark after two or more of its class: rulers and frames are few tokens.
pub(super) const MARK_AGAIN: [u8; 14] = [0, 20, 0, 26, 46, 39, 1, 9, 4, 1, 2, 7, 6, 20];

/// The first byte of a character beyond ASCII: alone, after its like, after a blank, after a
/// letter; then each of its further bytes.
pub(super) const SCRIPT: [[u8; 5]; 7] = [
    [56, 10, 11, 86, 14], // Latin beyond ASCII
    [124, 17, 0, 65, 0],  // Cyrillic, Greek, Hebrew, Arabic …
    [0, 21, 0, 0, 0],     // Indic, Thai, Georgian …
    [79, 44, 0, 57, 17],  // marks, arrows, boxes
    [89, 34, 0, 50, 7],   // Chinese, Japanese, Korean
    [71, 4, 17, 59, 3],   // private use, wide forms
    [76, 22, 2, 61, 27],  // emoji
];

/// A byte that continues no character.
pub(super) const STRAY: u8 = 4;
