use super::{NEAR, decode, encode};
use crate::report::Reach;

/// The body for `text`, after a look whether the text comes back and nothing leans too far.
fn body(text: &[u8]) -> Option<Vec<u8>> {
    let coded = encode(text)?;
    let mut reach = Reach::default();
    let back = decode(&coded.body, text.len(), &mut reach);
    let shown = || String::from_utf8_lossy(&coded.body).into_owned();
    assert!(back.as_deref() == Some(text), "{:?}\n{:?}", String::from_utf8_lossy(text), shown());
    assert!(reach.up <= NEAR && reach.others <= 2, "{reach:?}");
    Some(coded.body)
}

#[track_caller]
fn is_written(text: &str, as_lines: &str) {
    let body = body(text.as_bytes()).map(|body| String::from_utf8(body).unwrap());
    assert_eq!(body.as_deref(), Some(as_lines));
}

#[track_caller]
fn stays(text: &str) {
    assert_eq!(body(text.as_bytes()), None, "{text}");
}

#[test]
fn a_commit_with_a_diff() {
    is_written(
        "commit 1f0c (HEAD -> main)\nAuthor: Ann <ann@pond.example>\nDate:   Sat Feb 14\n\n    Feed\n    \n    \
         Twice.\n\ndiff --git a/fish.txt b/fish.txt\nindex 9f5a4da..bc7e4aa 100644\n--- a/fish.txt\n+++ \
         b/fish.txt\n@@ -1 +1 @@\n-koi\n+carp\n\\ No newline at end of file\n\ncommit 2e1d\nMerge: 3c 4b\nAuthor: \
         Ann <ann@pond.example>\nDate:   Fri Feb 13\n\n    Begin\n",
        "commit 1f0c (HEAD -> main) by Ann <ann@pond.example> on Sat Feb 14\nFeed\n\nTwice.\n\
         diff fish.txt, index 9f5a4da..bc7e4aa 100644\n@@ -1 +1 @@\n-koi\n+carp\n\\\\ No newline at end of file\n\n\
         commit 2e1d merging 3c 4b by Ann on Fri Feb 13\nBegin\n--",
    );
}

#[test]
fn who_committed_and_when() {
    let commit = |author, date, committer, committed| {
        format!(
            "commit 1\nAuthor:     {author}\nAuthorDate: {date}\nCommit:     {committer}\nCommitDate: {committed}\n\n    x\n\n"
        )
    };
    let text = [
        commit("Ann <a@b>", "Mon", "Ann <a@b>", "Mon"),
        commit("Ann <a@b>", "Mon", "Bob <b@b>", "Tue"),
        commit("Ann <a@c>", "Mon", "Bob <b@b>", "Mon"),
        commit("Ann <a@b>", "Mon", "Ann <a@c>", "Tue"),
        commit("Bob <b@b>", "Mon, by day", "Bob <b@b>", "Tue"),
    ];
    is_written(
        &text.concat(),
        "commit 1 by Ann <a@b> on Mon, committed\nx\n\
         commit 1 by Ann on Mon, committed by Bob <b@b> on Tue\nx\n\
         commit 1 by Ann <a@c> on Mon, committed by Bob\nx\n\
         commit 1 by Ann <a@b> on Mon, committed by Ann on Tue\nx\n\
         commit 1 by Bob on Mon, by day, committed on Tue\nx\n--\n",
    );
}

#[test]
fn headers_of_files() {
    is_written(
        "diff --git a/a b.c b/a b.c\nnew file mode 100644\nindex 0000000..1c59427\n--- /dev/null\n+++ b/a b.c\t\n@@ -0,0 \
         +1 @@\n+x\ndiff --git a/old b/old\ndeleted file mode 100644\nindex 1c59427..0000000\n--- a/old\n+++ \
         /dev/null\n@@ -1 +0,0 @@\n-x\ndiff --git a/one b/two\nsimilarity index 90%\nrename from one\nrename to two\n\
         index 12f00e9..a11cfa4 100644\n--- a/one\n+++ b/two\n@@ -1 +1 @@\n-x\n+y\ndiff --git a/run b/run\nold mode \
         100644\nnew mode 100755\ndiff --git a/p.png b/p.png\nindex 1..2 100644\nBinary files a/p.png and b/p.png differ",
        "diff a b.c, new file mode 100644, index 0000000..1c59427\n@@ -0,0 +1 @@\n+x\n\
         diff old, deleted file mode 100644, index 1c59427..0000000\n@@ -1 +0,0 @@\n-x\n\
         diff one => two, similarity index 90%, rename, index 12f00e9..a11cfa4 100644\n@@ -1 +1 @@\n-x\n+y\n\
         diff run, old mode 100644, new mode 100755\n\
         diff p.png, index 1..2 100644\nBinary files a/p.png and b/p.png differ",
    );
}

#[test]
fn long_runs_lack_their_sign() {
    let run = |sign: &str, lines: &[&str]| lines.map_lines(|line| format!("{sign}{line}"));
    let lines = ["a", "", " b", "@@ c", "\\d", "+", "-", "v", "w", "x", "y", "z"];
    is_written(
        &format!("@@ -1 +1 @@\n{}\n{}\n e\n- f", run("+", &lines), run("-", &lines)),
        "@@ -1 +1 @@\n@@ +\na\n\n b\n\\+@@ c\n\\+\\d\n+\n-\nv\nw\nx\ny\nz\n\
         @@ -\na\n\n b\n\\-@@ c\n\\-\\d\n+\n-\nv\nw\nx\ny\nz\n@@\n e\n- f",
    );
    stays(&run("- ", &lines));
}

trait MapLines {
    fn map_lines(&self, write: impl Fn(&str) -> String) -> String;
}

impl MapLines for [&str] {
    fn map_lines(&self, write: impl Fn(&str) -> String) -> String {
        self.iter().map(|line| write(line)).collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn carriage_returns_stay_at_the_ends_of_lines() {
    is_written(
        "commit 1\r\nAuthor: Ann <a@b>\r\nDate:   Mon\r\n\r\n    x\r\n    \r\n    y\r\n\r\ndiff --git a/z \
         b/z\r\nindex 1..2\r\n--- a/z\r\n+++ b/z\r\n@@ -1 +1 @@\r\n",
        "commit 1 by Ann <a@b> on Mon\r\nx\r\n\r\ny\r\ndiff z, index 1..2\r\n@@ -1 +1 @@\r\n",
    );
}

#[test]
fn what_is_not_understood_stays() {
    stays("");
    stays("\n\n");
    stays(
        "diff --cc a.c\nindex 1,2..3\n--- a/a.c\n+++ b/a.c\n@@@ -1,1 -1,1 +1,1 @@@\n- x\n -y\n++z",
    );
    stays("diff --git a/a.c b/a.c\nindex 1..2 100644\n--- a/b.c\n+++ b/a.c\n@@ -1 +1 @@");
    stays("diff --git a/a.c b/a.c\nindex 1..2 100644\n--- a/a.c\n+++ b/a.c\nno hunk");
    stays(
        "diff --git \"a/\\303\" \"b/\\303\"\nindex 1..2\n--- \"a/\\303\"\n+++ \"b/\\303\"\n@@ -1 +1 @@",
    );
    stays("--- a.c\t2026-01-01\n+++ a.c\t2026-01-02\n@@ -1 +1 @@\n-x\n+y");
    stays("commit 1\nAuthor: nobody\nDate:   Mon\n\n    x");
    stays("commit 1\nAuthor: Ann <a@b>\nDate:   Mon\n    x");
}

#[test]
fn what_looks_like_notation_is_marked() {
    let commit = "commit 1\nAuthor: Ann <a@b>\nDate:   Mon\n\n";
    let row = "commit 1 by Ann <a@b> on Mon\n";
    let message = "    x\n    --\n    \\\n    commit 2 by Bob on Mon\n    commit message\n    @@ +\n    diff a, index 1\n    @";
    is_written(
        &format!("{commit}{message}"),
        &format!(
            "{row}x\n\\    --\n\\    \\\n\\    commit 2 by Bob on Mon\n\\    commit message\n\\    @@ +\n\
             \\    diff a, index 1\n@"
        ),
    );
    is_written(
        &format!("commit 2 by Bob on Mon\ndiff a, index 1\n@@\n@@ -\ncommit message\n--\n{commit}"),
        &format!(
            "\\commit 2 by Bob on Mon\n\\diff a, index 1\n\\@@\n\\@@ -\n\\commit message\n--\n{row}\n"
        ),
    );
}

#[test]
fn messages_that_are_not_plain_stand_as_they_are() {
    let commit = "commit 1\nAuthor: Ann <a@b>\nDate:   Mon\n\n";
    for message in ["    x\ny", "    \n    x", "    x\n   y", "x", "    --\n    x", "    x\n\ny"] {
        body(format!("{commit}{message}").as_bytes()).unwrap();
    }
}

#[test]
fn what_is_far_is_said_again() {
    let commit = "commit 1\nAuthor: Ann <a@b>\nDate:   Mon\n\n";
    let lines = |sign: &str| (0..350).map(|n| format!("{sign}{n}\n")).collect::<String>();
    let text = format!("{commit}{}\n@@ -0,0 +1 @@\n{}\n{commit}", lines("    "), lines("+"));
    let body = String::from_utf8(body(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(body.matches("\ncommit message\n").count(), 3);
    assert_eq!(body.matches("\n@@ +\n").count(), 4);
    assert_eq!(body.matches("Ann <a@b>").count(), 2);
}

/// Pieces of what the notation and its sources are made of.
const PIECES: [&str; 30] = [
    "commit 1\nAuthor: Ann <a@b>\nDate:   Mon\n\n    x\n\n",
    "commit 1\nMerge: 2 3\n",
    "Author: Bob <b@b>\nDate:   Mon\n",
    "commit 2 by Ann on Mon",
    "commit 3 by Bob <b> on Mon, committed by Ann",
    "diff --git a/x b/x\nindex 1..2\n",
    "--- a/x\n+++ b/x\n",
    "@@ -1 +1 @@\n",
    "diff x, index 1\n",
    "diff x => y, rename\n",
    "rename from x\nrename to y\n",
    "new file mode 1\n",
    "commit message\n",
    "@@ +\n",
    "@@\n",
    "+a\n+a\n+a\n+a\n+a\n+a\n+a\n+a\n+a\n+a\n+a\n+a\n",
    "-b\n-\n",
    "    y\n",
    "\n",
    "--\n",
    "\\",
    "    ",
    "+",
    " ",
    "\r\n",
    "\r",
    ", ",
    " by ",
    "\n\n",
    "é",
];

fn mix(state: &mut u64) -> Vec<u8> {
    let mut next = || {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) as usize
    };
    let count = next() % 30;
    let mut text =
        (0..count).map(|_| PIECES[next() % PIECES.len()]).collect::<String>().into_bytes();
    if let Some(byte) = text.len().checked_sub(1).map(|last| next() % (2 * last + 1))
        && byte < text.len()
    {
        text[byte] = [0xff, b'\n', b' ', b'\\'][next() % 4];
    }
    text
}

#[test]
fn any_mix_comes_back() {
    let mut state = 1;
    let written = (0..60_000).filter(|_| body(&mix(&mut state)).is_some()).count();
    assert!(written > 1_000, "{written}");
}

#[test]
fn any_body_is_read_within_bounds() {
    let mut state = 2;
    for _ in 0..60_000 {
        let body = mix(&mut state);
        let text = decode(&body, 200, &mut Reach::default());
        assert!(text.is_none_or(|text| text.len() <= 200));
    }
    assert_eq!(decode(b"commit 1 by Ann on Mon", 200, &mut Reach::default()), None);
    assert_eq!(decode(b"@@ +", 200, &mut Reach::default()), None);
}

#[test]
fn one_long_line_and_many_short_ones() {
    body(&vec![b'+'; 1 << 20]);
    body(&vec![b'\n'; 1 << 20]);
    body(&[b"@@ -1 +1 @@\n".as_slice(), &b"+\n".repeat(1 << 18)].concat()).unwrap();
    body(&b"commit 1\n".repeat(1 << 16));
    body(&b"commit 1\nAuthor: A <a>\nDate:   M\n\n    x\n\n".repeat(1 << 14)).unwrap();
    body(&b"diff --git a/x b/x\nindex 1\n".repeat(1 << 14)).unwrap();
}
