//! Round trips, the notation itself, and bodies that nobody wrote.

use super::*;
use crate::notation::longest_text;

/// Encodes, decodes, holds the reach to its bounds, and returns the body.
fn round_trip(text: &[u8]) -> Option<String> {
    let coded = encode(text)?;
    let mut reach = Reach::default();
    let back = decode(&coded.body, longest_text(coded.body.len()), &mut reach);
    let shown = String::from_utf8_lossy(&coded.body).into_owned();
    assert_eq!(back.as_deref(), Some(text), "{shown}");
    assert!(reach.up <= 100 && reach.others <= 2, "{reach:?}\n{shown}");
    Some(shown)
}

fn coded(lines: &[&str]) -> String {
    round_trip(lines.join("\n").as_bytes()).unwrap()
}

/// The same numbers on each run.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % end
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

#[test]
fn the_notation() {
    let lines = [
        "Jul 01 10:00:01 web1 app[311]: user ann logged in from 10.0.0.7",
        "Jul 01 10:00:05 web1 app[312]: user bob logged in from 10.0.0.9",
        "Jul 01 10:00:05 web1 app[313]: user eve logged in from 10.0.0.8",
        "Jul 01 10:00:05 web1 app[313]: user eve logged in from 10.0.0.8",
        "Jul 01 10:00:05 web1 app[313]: user eve logged in from 10.0.0.8",
        "a fine day",
        "\\o/",
        "+2",
    ];
    let expected = [
        "a=Jul 01 ^10:00:01 web1 app[^311]: user *ann logged in from *10.0.0.7",
        "a 10:00:05 312 bob 10.0.0.9",
        "a 10:00:05 313 eve 10.0.0.8",
        "+2",
        "\\a fine day",
        "\\\\o/",
        "\\+2",
    ];
    assert_eq!(coded(&lines), expected.join("\n"));
}

#[test]
fn the_head_says_what_there_is() {
    let words = |text: &str| encode(text.as_bytes()).map(|coded| coded.words);
    assert_eq!(words("one\ntwo"), None);
    assert_eq!(words("one\none"), Some("intact log; +2 is twice more".to_owned()));
    let rows = "the user ann has logged in\nthe user bob has logged in\nthe user eve has logged in";
    let expected =
        "intact log; a= names a line, * ^ are marks; row a is line a with other words there";
    assert_eq!(words(rows), Some(expected.to_owned()));
}

#[test]
fn a_word_that_stands_twice_is_given_once() {
    let line =
        |id: u32| format!("request {id} of client 17 began, see /var/log/requests for {id} now");
    let lines: Vec<_> = [4711, 4712, 9002].map(line).into();
    let body = coded(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let first = "a=request ^4711 of client 17 began, see /var/log/requests for &4711 now";
    assert_eq!(body, format!("{first}\na 4712\na 9002"));
}

#[test]
fn lines_of_which_only_the_front_is_alike() {
    let body = coded(&[
        "2026-05-01 10:00:01 host-7.example.org kernel: usb device found",
        "2026-05-01 10:00:02 host-7.example.org cron: the nightly job has begun, see its own log",
        "2026-05-01 10:00:02 host-7.example.org kernel: out of memory",
    ]);
    let expected = "a=2026-05-01 ^10:00:01 host-7.example.org ~kernel: usb device found\n\
                    a 10:00:02 ~cron: the nightly job has begun, see its own log\n\
                    a ~kernel: out of memory";
    assert_eq!(body, expected);
}

#[test]
fn a_constant_that_is_like_a_value_stays() {
    let line =
        |id: u32| format!("port {id} is mapped to the port 8080 of the container, all is well");
    let lines: Vec<_> = [8080, 8081, 8082].map(line).into();
    let body = coded(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(body.contains("the port 8080 of"), "{body}");
    assert!(body.contains("a 8081\na 8082"), "{body}");
}

#[test]
fn a_new_day_is_a_new_pattern() {
    let line = |n: usize| {
        let day = if n < 12 { "2026-05-01" } else { "2026-05-02" };
        format!(
            "{day} 10:00:{n:02} INFO worker finished job {} without any error at all",
            1000 + n * n
        )
    };
    let lines: Vec<_> = (0..24).map(line).collect();
    let body = coded(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(body.lines().filter(|line| line.contains('=')).count(), 2, "{body}");
    assert_eq!(body.matches("2026-05-02").count(), 1, "{body}");
}

#[test]
fn patterns_stand_again_within_a_hundred_lines() {
    let line = |n: usize| match n % 97 {
        0 => format!("ERROR the disk {n} failed and the array is degraded since this hour"),
        _ => format!("INFO sector {n} of the disk was read and its checksum is right"),
    };
    let text = (0..1000).map(line).collect::<Vec<_>>().join("\n");
    let body = round_trip(text.as_bytes()).unwrap();
    assert!(body.lines().filter(|line| line.contains("=INFO")).count() >= 9);
}

#[test]
fn edges_come_back() {
    for text in [
        "",
        "\n",
        "\n\n\n\n",
        "one line",
        "x\r\nx\r\nx\r\nx\r",
        "same\nsame\nsame\n",
        "a\na\na\na b\na b\na=b\na=b",
        "+1\n+1\n+1",
        "\\\n\\\n\\\\\n\\\\",
        "\u{feff}t 1 is long enough\nt 2 is long enough\nt 3 is long enough",
    ] {
        round_trip(text.as_bytes());
    }
    round_trip(b"bytes \xff\xfe 1 not text\nbytes \xff\xfe 2 not text\nbytes \xff\xfe 3 not text");
    round_trip(&[0; 1000]);
    round_trip(&vec![b'\n'; 100_000]);
    round_trip(&vec![b'x'; 1 << 20]);
    round_trip(&b"a long line that stands again and again, a thousand times\n".repeat(10_000));
}

#[test]
fn a_trace_stays_in_order() {
    let trace = |id: u32| {
        format!(
            "2026-05-01 10:00:{id} ERROR [worker-{id}] java.lang.IllegalStateException: no lease {id}\n\
             \tat org.example.lease.Store.take(Store.java:120)\n\
             \tat org.example.lease.Worker.run(Worker.java:31)\n\
             \tat java.base/java.lang.Thread.run(Thread.java:840)\n\n"
        )
    };
    let text = (10..30).map(trace).collect::<String>();
    let body = round_trip(text.as_bytes()).unwrap();
    assert!(body.len() * 3 < text.len(), "{body}");
}

#[test]
fn long_constant_lines_stay_within_the_ratio() {
    let line = |n: usize| format!("{} {n}", "word ".repeat(120));
    let text = (0..3000).map(|n| line(n % 2)).collect::<Vec<_>>().join("\n");
    round_trip(text.as_bytes()).unwrap();
}

/// Pieces that marks, quotes and separators could be misread in.
const FRAGMENTS: [&str; 42] = [
    "a", "b", "A", "~", "~x", "=", " ", "  ", "\t", "*", "^", "**", "^x", "*1", "+", "+3", "\\",
    "\"", "'", "\"q 1\"", "'w'", "don't", "x:", "y.", "...", "12", "1,2", "10:00:01", "10:00:02",
    "id=7", "[9]", "(z)", "{", "}", "|", "\r", "<k>", "error", "warning", "é", "\n", "\n",
];

#[test]
fn fragments_come_back() {
    let mut lcg = Lcg(1);
    for _ in 0..3000 {
        let kinds: Vec<String> = (0..1 + lcg.below(4))
            .map(|_| (0..lcg.below(12)).map(|_| lcg.of(&FRAGMENTS)).collect())
            .collect();
        let mut text = String::new();
        for _ in 0..lcg.below(40) {
            let kind = kinds[lcg.below(kinds.len())].replace("12", &lcg.below(5).to_string());
            text += &kind.replace('9', lcg.of(&["17", "2,5", "x", "\"q 2\""]));
            text += lcg.of(&["\n", " 1\n", " tail that is long enough for a pattern\n"]);
        }
        round_trip(text.as_bytes());
    }
}

#[test]
fn bodies_that_nobody_wrote_do_no_harm() {
    let pieces = [
        "a=",
        "a",
        "b",
        "a ",
        "b=",
        "*x",
        "^y",
        " ",
        "1",
        "\n",
        "\n",
        "+2",
        "+999999999",
        "\\",
        "\"",
        "'q r'",
        "^^",
        "**",
        "x*",
        "=",
        "+18446744073709551616",
    ];
    let mut lcg = Lcg(2);
    for _ in 0..20_000 {
        let body: String = (0..lcg.below(30)).map(|_| lcg.of(&pieces)).collect();
        let mut reach = Reach::default();
        if let Some(text) = decode(body.as_bytes(), 1000, &mut reach) {
            assert!(text.len() <= 1000, "{body}");
        }
    }
}

#[test]
fn a_body_with_a_byte_changed_does_no_harm() {
    let line =
        |n: usize| format!("Jul 01 10:00:{n:02} web1 app[{}]: \"user {n}\" logged in", n % 3);
    let text = (0..30).map(line).collect::<Vec<_>>().join("\n");
    let body = encode(text.as_bytes()).unwrap().body;
    for at in 0..body.len() {
        for byte in [b' ', b'\n', b'*', b'^', b'a', b'"', b'+', 0xFF] {
            let mut changed = body.clone();
            changed[at] = byte;
            decode(&changed, 1 << 16, &mut Reach::default());
        }
    }
}
