//! Lines made of what the codecs' notations and their texts are made of.

use brevity::Codec;
use brevity_tests::property;
use proptest::{collection::vec, prelude::*, sample::select};

/// What a line may begin with: signs of all codecs.
const STARTS: [&str; 42] = [
    "",
    "",
    "",
    "",
    "\\",
    "\\\\",
    "~",
    "~~",
    "~x 3",
    "~x 2 3",
    "~r",
    "~T",
    "~ {} ",
    "^",
    "*",
    "+",
    "+2",
    "=",
    "#",
    "# ",
    "# src/a.rs",
    "@@",
    "@@ +",
    "@@ -",
    "@@ -1,3 +1,4 @@",
    "a=",
    "a ",
    "b=",
    "b 12",
    "\" ",
    "diff ",
    "diff --git a/x b/x",
    "commit ",
    "commit message",
    "--",
    "--- a/x",
    "+++ b/x",
    "index 9f5a4da..bc7e4aa 100644",
    "-",
    "    ",
    "12:",
    "3,9,12:",
];

/// What a line goes on with.
const MIDDLES: [&str; 46] = [
    "lantern",
    "pond",
    "the same words again",
    "x",
    "0",
    "7",
    "42",
    "1000000",
    "-3.5",
    "0x1f",
    "src/pond.rs",
    "src/pond.rs:12:",
    "src/pond.rs-13-",
    "C:\\pond\\a.rs:7:",
    "./a/b c/d.txt",
    "10:00:01",
    "2026-03-04T05:06:07.089Z",
    "Mar  4 05:06:07",
    "INFO",
    "app[311]:",
    "key=value",
    "\u{1b}[32m",
    "\u{1b}[0m",
    "\u{1b}[2K",
    "\r",
    "\t",
    "\r\r",
    "\0",
    "│   ",
    "├── ",
    "└── ",
    "├─ é",
    "naïve …",
    "\"quoted\"",
    "{}",
    "{Nov}",
    ">28{}",
    "^10:00",
    "*ann",
    " ",
    "  ",
    "        ",
    "-rw-r--r-- 1 root root",
    "drwxr-xr-x 2 root root 4096 Mar  4 05:06 dir",
    "~",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
];

/// Lines as they are: notation of someone's, and what diffs are made of.
const LINES: [&str; 16] = [
    "",
    "[brevity 1 log 2 lines: x]",
    "[brevity 1 text 1 lines: x]",
    "[brevity 1 search 3 lines: x]",
    "[brevity 1 diff 2 lines: x]",
    "[same as tool result 1, line 1]",
    "[brevity 1 ",
    "\\ No newline at end of file",
    "Binary files a/x and b/x differ",
    "rename from a/x",
    "rename to b/x",
    "old mode 100644",
    "new mode 100755",
    "Author: Ann <ann@pond.example>",
    "Date:   Sat Feb 14 10:00:00 2026 +0100",
    "diff --git a/x b/x",
];

fn line() -> impl Strategy<Value = String> {
    let made = (select(&STARTS[..]), vec(select(&MIDDLES[..]), 0..6), prop::bool::ANY).prop_map(
        |(start, words, is_spaced)| {
            let gap = if is_spaced { " " } else { "" };
            [start, &words.join(gap)].concat()
        },
    );
    prop_oneof![6 => made, 2 => select(&LINES[..]).prop_map(String::from), 1 => "[ -~]{0,12}"]
}

/// Few lines, each of which may come again with other words at its end.
fn text() -> impl Strategy<Value = String> {
    let picks = vec((0..8_usize, 1..5_usize, select(&MIDDLES[..]), 0..3_u8), 1..24);
    (vec(line(), 8), picks, select(&["", "\n", "\r\n"][..])).prop_map(|(lines, picks, end)| {
        let mut all = Vec::new();
        for (pick, times, word, how) in picks {
            let line = match how {
                0 => lines[pick].clone(),
                1 => format!("{} {word}", lines[pick]),
                _ => format!("{} {word} {}", lines[pick], lines[pick / 2]),
            };
            all.extend(std::iter::repeat_n(line, times));
        }
        all.join("\n") + end
    })
}

fn check(codec: Codec, copies: u8, len: u8, text: &str) {
    property::codec(codec, &[&[copies, len], text.as_bytes()].concat());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn logs(copies in 0..4_u8, len in 1_u8.., text in text()) {
        check(Codec::Log, copies, len, &text);
    }

    #[test]
    fn searches(copies in 0..4_u8, len in 1_u8.., text in text()) {
        check(Codec::Search, copies, len, &text);
    }

    #[test]
    fn diffs(copies in 0..4_u8, len in 1_u8.., text in text()) {
        check(Codec::Diff, copies, len, &text);
    }

    #[test]
    fn texts(copies in 0..4_u8, len in 1_u8.., text in text()) {
        check(Codec::Text, copies, len, &text);
    }

    #[test]
    fn any_bytes(codec in select(brevity_tests::run::text_codecs().collect::<Vec<_>>()), data in vec(any::<u8>(), 0..200)) {
        property::codec(codec, &data);
    }
}
