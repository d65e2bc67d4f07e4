use super::*;

fn back(coded: &Coded) -> (Vec<u8>, Reach) {
    let mut reach = Reach::default();
    let text = decode(&coded.body, 1 << 24, &mut reach).expect("decodes");
    (text, reach)
}

/// Encodes whether it pays or not, and checks the way back and what lines lean on.
fn round(text: &[u8]) -> Vec<u8> {
    let body = runs::fold(&page::encode(&frames::split(text)), usize::MAX);
    let mut reach = Reach::default();
    let again = decode(&body, text.len(), &mut reach);
    let shown = String::from_utf8_lossy(&body);
    assert_eq!(again.as_deref(), Some(text), "{shown}");
    assert!(reach.up <= 100 && reach.others <= 2, "{reach:?}\n{shown}");
    body
}

fn coded(text: &str) -> String {
    String::from_utf8(round(text.as_bytes())).unwrap()
}

#[test]
fn runs_of_very_short_lines() {
    let dots = format!("{}~\n\\\n\\\n.", ".\n".repeat(1 << 17));
    for text in ["\n".repeat(1 << 20).into_bytes(), dots.into_bytes()] {
        let coded = encode(&text).unwrap();
        assert_eq!(back(&coded).0, text);
        assert!(coded.body.len() * 100 < text.len() && coded.body.len() * 256 > text.len());
    }
    let digits: String = (0..1 << 17).map(|n| format!("{}\n", n % 10)).collect();
    assert_eq!(encode(digits.as_bytes()), None);
}

#[test]
fn a_run_stands_for_no_more_than_is_read() {
    let text = "all of these lines are equal\n".repeat(1 << 15);
    let coded = encode(text.as_bytes()).unwrap();
    assert_eq!(back(&coded).0, text.as_bytes());
    assert!(coded.body.len() * 256 > text.len());
}

#[test]
fn columns_of_a_listing() {
    let listing = "\
total 40
-rw-r--r-- 1 ann staff   512 Mar  3 10:15 alpha.txt
-rw-r--r-- 1 ann staff 20480 Mar  3 10:15 beta.txt
drwxr-xr-x 2 ann staff  4096 Mar  3 10:15 gamma
-rw-r--r-- 1 ann staff     7 Mar  3 10:15 delta.txt
-rw-r--r-- 1 ann staff    70 Mar  3 10:15 epsilon file
-rw-r--r-- 1 ann staff    71 Mar  3 10:15 zeta.txt";
    assert_eq!(
        coded(listing),
        "\
total 40
~ {-rw-r--r--} {1} ann staff >28{} Mar  3 10:15 {}
\" 512 alpha.txt
\" 20480 beta.txt
drwxr-xr-x 2 4096 gamma
\" 7 delta.txt
\" 70 epsilon file
\" 71 zeta.txt"
    );
}

#[test]
fn directories_of_paths() {
    let paths = "\
./Makefile
./source/engine/parse.c
./source/engine/print.c
./source/engine/lexer.c
./source/engine/token.c
./source/engine/names.c
./tests/suite/first/one.c
./tests/suite/first/two.c
./tests/suite/first/three.c
./tests/suite/first/four.c
./tests/suite/first/five.c";
    assert_eq!(
        coded(paths),
        "\
./Makefile
~ ./source/engine/{}
parse.c
print.c
lexer.c
token.c
names.c
~ ./tests/suite/first/{}
one.c
two.c
three.c
four.c
five.c"
    );
}

#[test]
fn a_tree_is_indented() {
    let tree = "\
root v1
├── first v2
│   ├── inner v3
│   │   [build]
│   │   └── tool v1
│   └── other v4
│       └── deep v5
└── last v6
    └── leaf v7

2 directories";
    assert_eq!(
        coded(tree),
        "\
~T
root v1
 first v2
  inner v3
  \\[build]
   tool v1
  other v4
   deep v5
 last v6
  leaf v7
~

2 directories"
    );
    for (from, to) in [("│   ", "|   "), ("├── ", "|-- "), ("└── ", "`-- ")] {
        round(tree.replace(from, to).as_bytes());
    }
    let ascii = tree.replace("│   ", "|   ").replace("├── ", "|-- ").replace("└── ", "`-- ");
    assert!(coded(&ascii).starts_with("~Tascii\nroot v1\n first"));
    let npm = "a@1\n├─┬ b@1\n│ ├── c@1\n│ └─┬ d@1\n│   └── e@1\n└── f@1";
    assert_eq!(coded(npm), "~Tnpm\na@1\n b@1\n  c@1\n  d@1\n   e@1\n f@1");
}

#[test]
fn cells_of_the_row_above() {
    let rows: Vec<String> = (0..12)
        .map(|n| {
            format!("{:<20}{:<24}{}", format!("package-{n}"), "4.2.17-rc.1+build9", "part of it")
        })
        .collect();
    let body = coded(&rows.join("\n"));
    assert!(!body.contains("^ ^"), "{body}");
    let uneven: Vec<String> = (0..24)
        .map(|n| {
            format!(
                "{:<20}{:<24}{}",
                format!("package-{n}"),
                format!("4.2.{}-rc.1+b{0}", n / 3),
                n * n
            )
        })
        .collect();
    let body = coded(&uneven.join("\n"));
    assert!(body.contains("package-7 ^ 49"), "{body}");
}

#[test]
fn runs_of_lines_and_groups() {
    let line = "the same line, again and again\n".repeat(50);
    assert_eq!(coded(line.trim_end()), "the same line, again and again\n~x49");
    let group = "one of the lines\nanother of them\n\n".repeat(9);
    assert_eq!(
        coded(group.strip_suffix('\n').unwrap()),
        "one of the lines\nanother of them\n\n~x8 3"
    );
}

#[test]
fn overdrawn_lines() {
    let bar: Vec<String> = (0..120).map(|n| format!("Fetching {n:>3} of 119 parts")).collect();
    let body = coded(&format!("start\n{}\nend", bar.join("\r")));
    assert!(body.contains("~r96\n"), "{body}");
    round(format!("{}\r", bar.join("\r")).as_bytes());
}

#[test]
fn separated_values() {
    let rows: Vec<String> =
        (0..40).map(|n| format!("{n},\"a, b\",EUR,open,2024-05-01,{}", n * 7)).collect();
    round(format!("id,name,currency,state,date,sum\n{}", rows.join("\n")).as_bytes());
    let tabs: Vec<String> = (0..40).map(|n| format!("{n}K\t./some/directory/{n}.txt")).collect();
    assert!(coded(&tabs.join("\n")).starts_with("~t{}\t./some/directory/{}\n0K\t0.txt\n"));
}

#[test]
fn awkward_texts_come_back() {
    let long = "word ".repeat(5000);
    for text in [
        "",
        "\n",
        "\n\n\n",
        "~",
        "\\",
        "~x5",
        "~\n~\n~",
        "\\\n\\~",
        "a\r\nb\r\n",
        "\r\r\r\r\r\r",
        "~r3\nx",
        "~T\n a\n  b",
        "x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx",
        "\"\n\"\n^",
        " a\n  b\n   c",
        "├── ",
        "│   \n├── a",
        "└── a\n└── b\n└── c\n\n├── ",
        "    └── x\n    ├── y\n├── z\n└── ",
        &long,
    ] {
        round(text.as_bytes());
    }
    round(b"\xff\xfe a/b/c\n\xff\xfe a/b/d\n\xff\xfe a/b/e\n\x00\n\xe2\x94");
}

/// Lines of fragments of the notation and of what it is for.
fn mixed(seed: u64) -> Vec<u8> {
    const PARTS: [&str; 40] = [
        "~",
        "\\",
        "~x3",
        "~ {} {}",
        "{}",
        "{",
        "}",
        "\"",
        "^",
        "~T",
        "~Tascii",
        "~r4",
        "@4",
        ">9",
        " ",
        "  ",
        "    ",
        "\t",
        ",",
        "|",
        "\r",
        "├── ",
        "└── ",
        "│   ",
        "|   ",
        "`-- ",
        "a",
        "bc",
        "src/lib/",
        "x/",
        "-rw-r--r--",
        "4096",
        "Mar",
        "root",
        "é",
        "~x2 3",
        "main",
        ";",
        "name.rs",
        "0",
    ];
    let mut state = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    let mut next = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for _ in 0..next(40) {
        let line = match next(4) {
            0 if !lines.is_empty() => lines[next(lines.len())].clone(),
            1 if !lines.is_empty() => {
                let mut line = lines[lines.len() - 1].clone();
                line.extend_from_slice(PARTS[next(PARTS.len())].as_bytes());
                line
            }
            _ => (0..next(9)).flat_map(|_| PARTS[next(PARTS.len())].bytes()).collect(),
        };
        lines.push(line);
    }
    lines.join(&b'\n')
}

#[test]
fn any_mixture_comes_back() {
    for seed in 0..4000 {
        round(&mixed(seed));
    }
}

#[test]
fn any_lines_are_read_without_harm() {
    for seed in 0..4000 {
        let body = mixed(seed);
        let mut reach = Reach::default();
        if let Some(text) = decode(&body, 5000, &mut reach) {
            assert!(text.len() <= 5000);
        }
    }
    let mut reach = Reach::default();
    assert_eq!(decode(b"abc\n~x99999999", 1000, &mut reach), None);
    assert_eq!(decode(b"~x1", 1000, &mut reach), None);
    assert_eq!(decode(b"~ @1024{}\na\nb", 1000, &mut reach), None);
}

#[test]
fn what_gains_nothing_is_no_part() {
    assert_eq!(encode(b"some words\nof no use"), None);
    assert_eq!(encode(b""), None);
}

#[test]
fn a_part_says_what_it_holds() {
    let text = "./a/long/directory/of/files/x.txt\n".repeat(3)
        + &"./a/long/directory/of/files/y.md\n".repeat(3);
    let coded = encode(text.trim_end().as_bytes()).unwrap();
    assert!(coded.words.starts_with("intact text"), "{}", coded.words);
    assert_eq!(back(&coded).0, text.trim_end().as_bytes());
}
