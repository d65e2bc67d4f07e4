use super::envelope::dialect;
use crate::{cuts, run};
use brevity::{Dialect, Settings};
use bytes::Bytes;

/// Lines that a conversation says over and over, notation of someone's among them.
const LINES: [&str; 31] = [
    // Some that are segments of their own.
    "diff --git a/src/pond.rs b/src/pond.rs\nindex 9f5a4da..bc7e4aa 100644\n--- a/src/pond.rs\n\
     +++ b/src/pond.rs\n@@ -1,3 +1,3 @@\n fn main() {\n-    koi();\n+    carp();\n }",
    "2026-03-03T20:47:00Z INFO worker-0 began job 1\n2026-03-03T20:47:01Z INFO worker-1 began job 2\n\
     2026-03-03T20:47:02Z INFO worker-2 began job 3",
    "2026-03-03T20:48:10Z WARN worker-0 lost job 1\n2026-03-03T20:48:11Z WARN worker-1 lost job 2\n\
     2026-03-03T20:48:12Z WARN worker-2 lost job 3\n2026-03-03T20:48:13Z WARN worker-3 lost job 4\n\
     2026-03-03T20:48:14Z WARN worker-4 lost job 5\n2026-03-03T20:48:15Z WARN worker-5 lost job 6",
    "src/a.rs:1:use std::fmt;\nsrc/a.rs:2:use std::io;\nsrc/a.rs:3:use std::mem;\n\
     src/a.rs:4:use std::ptr;\nsrc/b.rs:1:use std::fmt;\nsrc/b.rs:2:use std::io;",
    "drwxr-xr-x 2 ann staff 4096 Nov 21 05:56 src\n-rw-r--r-- 1 ann staff 2762 Nov 21 05:56 fish.rs\n\
     -rw-r--r-- 1 ann staff 4793 Nov 21 05:58 pond.rs\n-rw-r--r-- 1 ann staff 8040 Nov 21 05:58 carp.rs",
    "    let mut walker = TagWalker::new(&policy, &limits);",
    "}",
    "",
    "   12\tfn main() { println!(\"what is printed\"); }",
    "   13\tfn main() { println!(\"what is printed\"); }",
    "  999\tlet rest = self.rest.split_off(at.min(self.rest.len()));",
    " 1000\tlet rest = self.rest.split_off(at.min(self.rest.len()));",
    "7:use std::collections::BTreeMap; // sorted, so that output is stable",
    "9:use std::collections::BTreeMap; // sorted, so that output is stable",
    "98→a line with an arrow, which is long enough to be worth a reference of its own",
    "99→a line with an arrow, which is long enough to be worth a reference of its own",
    "[same as tool result 1, line 1]",
    "[same as tool result 1, lines 1-2]",
    "[same as tool result 2, lines 1-2, numbers +1]",
    "[same as tool message 1, line 2]",
    "[same as tool output 1, line 2]",
    "[same as tool output 2, lines 1-2, numbers +1]",
    "[same as tool result 1, line 1: let mut]",
    "[brevity 1 table 4 lines below, compact: intact JSON, rows under # keys, k==v: all v]",
    "[#name,open==true\nAnn\nBob\n]",
    "<system-reminder>",
    "</system-reminder>",
    "{\"name\":\"a\",\"values\":[1,2,3],\"text\":\"some words that make it long enough to count\"}",
    "café — naïve … déjà vu, and some more words to make it worth a reference of its own",
    "C:\\dir\\file \"quoted\" <b>bold</b> & https://example.org/path/to/something",
    "a log line 2026-11-21T05:00:00Z INFO worker-3 finished in 12 ms, 40 rows, no errors",
];

/// A conversation whose tool results are made of a few lines as `data` says: what leaves comes back,
/// cut anywhere, and two conversations that share their start leave alike up to there.
pub fn repeat(data: &[u8]) {
    let [choice, size, picks @ ..] = data else { return };
    let dialect = dialect(*choice, 128);
    let mut settings = Settings::default();
    settings.policy.gain.tokens = u64::from(choice >> 1 & 15);
    if choice & 32 != 0 {
        settings.limits.window = 64;
        settings.limits.document = 200;
        settings.policy.gain.from_bytes = 1;
    }
    let results = results(picks);
    let body = body(dialect, &results, choice & 64 != 0);
    let sizes = [*size];
    let chunks = |text: &[u8]| -> Vec<Bytes> {
        cuts::sized(text, &sizes).into_iter().map(Bytes::copy_from_slice).collect()
    };
    let short =
        |body: &str| run::request(&settings, dialect, chunks(body.as_bytes()).into_iter()).0;
    let out = short(&body);
    let wanted = run::expand([Bytes::from(body.clone())].into_iter());
    let back = run::expand(chunks(&out.bytes).into_iter());
    assert_eq!(String::from_utf8_lossy(&back), String::from_utf8_lossy(&wanted), "{body}");
    if let Some((_, before)) = results.split_last() {
        let earlier = short(&self::body(dialect, before, choice & 64 != 0));
        let shared = earlier.bytes.len() - END.len();
        assert!(out.bytes.starts_with(&earlier.bytes[..shared]), "the past has changed:\n{body}");
    }
}

/// Texts of tool results: each byte is a line, and 0 ends a result.
fn results(picks: &[u8]) -> Vec<String> {
    let text = |picks: &[u8]| {
        let line = |pick: &u8| LINES[usize::from(*pick) % LINES.len()];
        picks.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    picks.split(|&pick| pick == 0).map(text).collect()
}

/// What ends a body.
const END: &str = "]}";

fn body(dialect: Dialect, results: &[String], is_ascii: bool) -> String {
    let message = |text: &String| {
        let quoted = serde_json::to_string(text).expect("a string is JSON");
        let text = if is_ascii { ascii(&quoted) } else { quoted };
        match dialect {
            Dialect::Anthropic => format!(
                r#"{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"a","content":{text}}}]}}"#
            ),
            Dialect::OpenAiResponses => {
                format!(r#"{{"type":"function_call_output","call_id":"a","output":{text}}}"#)
            }
            _ => format!(r#"{{"role":"tool","tool_call_id":"a","content":{text}}}"#),
        }
    };
    let messages: Vec<_> = results.iter().map(message).collect();
    let start = match dialect {
        // The result of a call that is not there is taken for a file's text.
        Dialect::OpenAiResponses => {
            r#""input":[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},"#
        }
        _ => r#""messages":["#,
    };
    format!(r#"{{"model":"m",{start}{}{END}"#, messages.join(","))
}

/// As Python's `json.dumps` writes strings.
fn ascii(quoted: &str) -> String {
    let escape = |c: char| match c {
        ' '..='~' => String::from(c),
        _ => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    quoted.chars().map(escape).collect()
}
